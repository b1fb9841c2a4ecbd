# SPDX-License-Identifier: Apache-2.0
"""Payloads: up to be sealed and released, down when opened; never held whole, never on disk bare.

What a payload is travels beside it in the header `Comity-Item`, as base64 of JSON: nothing of it
stands in a URL, and a body is nothing but content. Source: DESIGN 2, 6
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Final, Protocol, cast

import msgspec
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody
from litestar.response import Stream
from msgspec import Meta, Struct

from comity.api.batches import BatchResult
from comity.api.desk import Desk, desk_of, done
from comity.api.item_wishes import (
    CONTENT_TYPE,
    ITEM_HEADER,
    ITEM_HEADER_BYTES_MAX,
    SmallItem,
    Word,
    check_report,
    wish_of,
)
from comity.api.limits import BATCH_BYTES_MAX, BATCH_ITEMS_MAX
from comity.api.operations import post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.api.replies import TooLarge
from comity.api.shapes import DraftReply, EnteredReply
from comity.api.small_items import release_as_it_comes, release_small, released_reply
from comity.api.waits import Prefer, acknowledged_within, waiting_place
from comity.basis.encoding import encode_base64
from comity.basis.limits import REPORT_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.flows.receipts import open_item
from comity.flows.shapes import banner_json, header_json, mark_json
from comity.flows.speak import Entered
from comity.marking.banners import Banner
from comity.sealing.payload import PayloadHeader
from comity.signin.permissions import Permission

_TAG: Final = ["items"]
_ITEMS: Final = "/agreements/{agreement:str}/items"


class BatchBody(Struct, forbid_unknown_fields=True):
    """Small items to be released, each by itself."""

    items: Annotated[list[SmallItem], Meta(min_length=1, max_length=BATCH_ITEMS_MAX)]


class BatchReply(Struct, tag_field="schema", tag="comity/item-batch/1"):
    """The results, in the order of the items."""

    results: list[BatchResult]


class OpenBody(Struct, forbid_unknown_fields=True):
    """What an item is opened for."""

    purpose: Word


_WAITS: Final = ResponseSpec(
    DraftReply, generate_examples=False, description="it waits for a releasing officer"
)


class Readable(Protocol):
    """Content being opened, chunk by authenticated chunk."""

    @property
    def banner(self) -> Banner:
        """Its banner."""

    @property
    def content(self) -> Iterator[bytes]:
        """Its plaintext."""

    @property
    def header(self) -> PayloadHeader | None:
        """Its own description, once the first content has been drawn."""


@post(
    _ITEMS,
    summary="Release an item",
    tags=_TAG,
    request_max_body_size=None,
    responses={202: _WAITS},
)
async def release(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    described: Annotated[
        str,
        HeaderParameter(
            name=ITEM_HEADER,
            max_length=ITEM_HEADER_BYTES_MAX,
            description="Base64 of JSON: label and description, as an item of a batch without "
            "its content.",
        ),
    ],
    prefer: Prefer = None,
) -> Response[EnteredReply]:
    """Label, decide and seal the body as it comes, and release it.

    From the level that the node's configuration names on, another person must release: then the
    answer is 202, with the draft that waits.
    """
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named, wish = agreement_of(agreement), wish_of(described)
    most = desk.context.config.limits.parcel_bytes_max
    chunks = _bounded(request.stream(), most)
    content = chunks if wish.schema is None else _report(chunks, wish.schema)
    with waiting_place(request, desk, prefer) as wait_s:
        released = await release_as_it_comes(desk, named, wish, content)
        entered = [released] if isinstance(released, Entered) else []
        applied = await acknowledged_within(desk, named, entered, wait_s)
    answer = cast("EnteredReply", released_reply(desk, released))
    return Response(answer, status_code=201 if entered else 202, headers=applied)


@post(
    f"{_ITEMS}:batch",
    summary="Release small items, many in one request",
    tags=_TAG,
    request_max_body_size=BATCH_BYTES_MAX,
    status_code=200,
)
async def release_batch(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    data: JSONBody[BatchBody],
    prefer: Prefer = None,
) -> Response[BatchReply]:
    """Release up to 64 items of at most 64 KiB each; each is answered by itself."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named = agreement_of(agreement)
    with waiting_place(request, desk, prefer) as wait_s:
        results, entered = await release_small(desk, named, data.items)
        applied = await acknowledged_within(desk, named, entered, wait_s)
    return Response(BatchReply(results), status_code=200, headers=applied)


@post(
    f"{_ITEMS}/{{party:str}}/{{index:int}}/open",
    summary="Open an item",
    tags=_TAG,
    status_code=200,
    media_type=CONTENT_TYPE,
)
async def open_content(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[OpenBody],
) -> Stream:
    """Open an item for a purpose: the journal has it before the first byte comes.

    The body is the content; banner and description are in the header `Comity-Item`. A body that
    ends early was cut off: nothing of it is authentic as a whole.
    """
    desk = desk_of(request, Permission.ITEMS_OPEN)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    opened = await open_item(desk.context, named, place, desk.person, purpose=data.purpose)
    return streamed(desk, f"{named}/{place}", done(opened))


def streamed(desk: Desk, name: str, opened: Readable) -> Stream:
    """Stream content, once the first of it is authenticated and says what it is."""
    first: list[bytes] = []
    for chunk in opened.content:
        first.append(chunk)
        if opened.header is not None:
            break
    value: dict[str, JsonValue] = {
        "schema": "comity/item-open/1",
        "node": mark_json(desk.context),
        "item": name,
        "banner": banner_json(opened.banner),
        "header": header_json(opened.header),
    }
    described = encode_base64(msgspec.json.encode(value))
    return Stream(
        _chunks(first, opened.content),
        status_code=200,
        media_type=CONTENT_TYPE,
        headers={ITEM_HEADER: described, "content-disposition": "attachment"},
    )


async def _chunks(first: list[bytes], rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in first:
        yield chunk
    for chunk in rest:
        yield chunk
        await asyncio.sleep(0)  # opening is work: others get their turn between two chunks


async def _bounded(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(
                "api.payload-too-large",
                "the payload is larger than this node takes",
                expected=f"at most {most} bytes",
            )
        yield chunk


async def _report(content: AsyncIterator[bytes], schema: str) -> AsyncIterator[bytes]:
    """Take a report whole, and hold it to its schema before it is sealed."""
    raw = b"".join([chunk async for chunk in _bounded(content, REPORT_BYTES_MAX)])
    check_report(raw, schema)
    yield raw


PAYLOADS: Final = (release, release_batch, open_content)
