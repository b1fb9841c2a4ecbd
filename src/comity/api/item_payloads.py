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

from comity.api.desk import Desk, desk_of, done
from comity.api.limits import BATCH_BYTES_MAX, BATCH_CONTENT_BYTES_MAX, BATCH_ITEMS_MAX
from comity.api.operations import post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
    refuse_own_party,
)
from comity.api.replies import TooLarge, answer_of
from comity.api.shapes import Anything, DraftReply, EnteredReply, reply
from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, parse_party_id, parse_place
from comity.basis.limits import KIB, REPORT_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_json
from comity.flows.drafts import Content, ItemDraft, draft_item
from comity.flows.receipts import open_item
from comity.flows.release import release_draft, waits_for_officer
from comity.flows.release_now import AnotherPerson, may_go_now, release_now
from comity.flows.shapes import banner_json, draft_json, entered_json, header_json, mark_json
from comity.marking.banners import Banner
from comity.picture.reports import parse_report, schema_of
from comity.sealing.payload import PayloadHeader, format_payload_header
from comity.signin.permissions import Permission

CONTENT_TYPE: Final = "application/octet-stream"
ITEM_HEADER: Final = "Comity-Item"
ITEM_HEADER_BYTES_MAX: Final = 6 * KIB

_TAG: Final = ["items"]
_ITEMS: Final = "/agreements/{agreement:str}/items"

Word = Annotated[str, Meta(max_length=100)]
Words = Annotated[list[Word], Meta(max_length=32)]
Parties = Annotated[list[Word], Meta(min_length=1, max_length=15)]


class ItemWish(Struct, forbid_unknown_fields=True, kw_only=True):
    """An item's label, and what its payload is; title and file name are sealed with it."""

    to: Parties
    marking: Word
    category: Word
    purposes: Annotated[list[Word], Meta(min_length=1, max_length=32)]
    form: Word = "document"
    named_for: Words = msgspec.field(name="for", default_factory=list)
    supersedes: Word | None = None
    answers: Word | None = None
    channel: Word = "node"
    title: Annotated[str, Meta(max_length=500)] = "untitled"
    media_type: Word = CONTENT_TYPE
    file_name: Annotated[str, Meta(max_length=200)] | None = None
    schema: Word | None = None


class SmallItem(ItemWish, forbid_unknown_fields=True, kw_only=True):
    """An item with its payload in it, as base64."""

    content: str


class BatchBody(Struct, forbid_unknown_fields=True):
    """Small items to be released, each by itself."""

    items: Annotated[list[SmallItem], Meta(min_length=1, max_length=BATCH_ITEMS_MAX)]


class BatchResult(Struct):
    """What became of one item: the status and the answer that it would have got alone."""

    status: int
    answer: Anything


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
) -> Response[EnteredReply]:
    """Label, decide and seal the body as it comes, and release it.

    From the level that the node's configuration names on, another person must release: then the
    answer is 202, with the draft that waits.
    """
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named, wish = agreement_of(agreement), _wish(described)
    most = desk.context.config.limits.parcel_bytes_max
    chunks = _bounded(request.stream(), most)
    content: Content = chunks if wish.schema is None else [await _report(chunks, wish.schema)]
    released = await _release(desk, named, wish, content)
    status = 202 if isinstance(released, DraftReply) else 201
    return Response(cast("EnteredReply", released), status_code=status)


@post(
    f"{_ITEMS}:batch",
    summary="Release small items, many in one request",
    tags=_TAG,
    request_max_body_size=BATCH_BYTES_MAX,
    status_code=200,
)
async def release_batch(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[BatchBody]
) -> BatchReply:
    """Release up to 64 items of at most 64 KiB each; each is answered by itself."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named = agreement_of(agreement)
    # Together, so that what each of them says is committed with what the others say.
    results = await asyncio.gather(*(_release_small(desk, named, each) for each in data.items))
    return BatchReply(list(results))


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


async def _release(
    desk: Desk, agreement: AgreementId, wish: ItemWish, content: Content
) -> EnteredReply | DraftReply:
    """Draft an item, and release it where one person suffices."""
    draft, header = _draft(agreement, wish), _header(wish)
    refuse_own_party(desk, draft.to)
    kept = done(await draft_item(desk.context, desk.person, draft, header, content))
    waits = await waits_for_officer(desk.context, desk.person, kept)
    if waits is not None or not desk.caller.may(Permission.ITEMS_RELEASE):
        return reply(desk, DraftReply, {"draft": draft_json(kept)})
    entered = done(await release_draft(desk.context, desk.person, kept.number))
    return reply(desk, EnteredReply, {"entered": entered_json(entered)})


async def _release_at_once(
    desk: Desk, agreement: AgreementId, wish: ItemWish, content: bytes
) -> EnteredReply | DraftReply:
    """Release a small item in one step where one person suffices, or else as any other."""
    draft = _draft(agreement, wish)
    header = PayloadHeader(wish.title, wish.media_type, wish.file_name, wish.schema)
    refuse_own_party(desk, draft.to)
    if desk.caller.may(Permission.ITEMS_RELEASE) and may_go_now(desk.context, draft, content):
        try:
            entered = await release_now(desk.context, desk.person, draft, header, content)
        except AnotherPerson:
            pass
        else:
            return reply(desk, EnteredReply, {"entered": entered_json(done(entered))})
    return await _release(desk, agreement, wish, [content])


async def _release_small(desk: Desk, agreement: AgreementId, item: SmallItem) -> BatchResult:
    try:
        content = decode_base64(item.content, bytes_max=BATCH_CONTENT_BYTES_MAX, where="content")
        if item.schema is not None:
            _check_report(content, item.schema)
        released = await _release_at_once(desk, agreement, item, content)
    except Exception as error:
        answer = answer_of(error)
        if answer.status == 500:
            desk.node.fault(error)
        return BatchResult(answer.status, msgspec.json.decode(answer.body))
    status = 202 if isinstance(released, DraftReply) else 201
    return BatchResult(status, msgspec.to_builtins(released))


def _wish(described: str) -> ItemWish:
    raw = decode_base64(described, bytes_max=ITEM_HEADER_BYTES_MAX, where=ITEM_HEADER)
    value = parse_json(raw, bytes_max=ITEM_HEADER_BYTES_MAX, where=ITEM_HEADER)
    try:
        return msgspec.convert(value, ItemWish)
    except msgspec.ValidationError as err:
        raise InputError(
            "api.item-described",
            "the item's description does not fit",
            where=ITEM_HEADER,
            expected="the members of an item of a batch, without its content",
            found=excerpt(str(err)),
        ) from None


def _draft(agreement: AgreementId, wish: ItemWish) -> ItemDraft:
    supersedes, answers = wish.supersedes, wish.answers
    return ItemDraft(
        agreement=agreement,
        to=tuple(sorted({parse_party_id(each, "to") for each in wish.to})),
        marking=wish.marking,
        category=wish.category,
        form=wish.form,
        purposes=tuple(sorted(set(wish.purposes))),
        named_for=tuple(sorted(set(wish.named_for))),
        supersedes=None if supersedes is None else parse_place(supersedes, "supersedes"),
        answers=None if answers is None else parse_place(answers, "answers"),
        channel=wish.channel,
    )


def _header(wish: ItemWish) -> PayloadHeader:
    header = PayloadHeader(wish.title, wish.media_type, wish.file_name, wish.schema)
    format_payload_header(header)
    return header


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


async def _report(content: AsyncIterator[bytes], schema: str) -> bytes:
    """Take a report whole, and hold it to its schema before it is sealed."""
    raw = b"".join([chunk async for chunk in _bounded(content, REPORT_BYTES_MAX)])
    _check_report(raw, schema)
    return raw


def _check_report(raw: bytes, schema: str) -> None:
    found = schema_of(parse_report(raw))
    if found != schema:
        raise InputError(
            "api.other-schema",
            "the report is of another schema",
            where="schema",
            expected=schema,
            found=found,
        )


PAYLOADS: Final = (release, release_batch, open_content)
