# SPDX-License-Identifier: Apache-2.0
"""Receipts for many items in one request: what is said together is committed together.

One alone is in `items.py`. Source: Japan-ROK GSOMIA Art. 7; DESIGN 2
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody
from msgspec import Meta, Struct

from comity.api.batches import BatchResult, by_itself
from comity.api.desk import Desk, desk_of, done
from comity.api.limits import BATCH_ITEMS_MAX, JSON_BYTES_MAX
from comity.api.operations import post
from comity.api.places import AgreementPath, agreement_of, known_items
from comity.api.replies import not_there
from comity.api.shapes import EnteredReply, PlaceText, entered_reply
from comity.basis.ids import AgreementId, Place, parse_place
from comity.flows.receipts import receipt_item
from comity.signin.permissions import Permission


class ReceiptWish(Struct, forbid_unknown_fields=True):
    """An item by its place, and our own marking where several correspond to the originator's."""

    item: PlaceText
    marking: Annotated[str, Meta(max_length=100)] | None = None


class ReceiptsBody(Struct, forbid_unknown_fields=True):
    """Items to be acknowledged, each by itself."""

    receipts: Annotated[list[ReceiptWish], Meta(min_length=1, max_length=BATCH_ITEMS_MAX)]


class ReceiptsReply(Struct, tag_field="schema", tag="comity/receipt-batch/1"):
    """The results, in the order of the items."""

    results: list[BatchResult]


@post(
    "/agreements/{agreement:str}/receipts:batch",
    summary="Acknowledge items and their payloads, many in one request",
    tags=["items"],
    request_max_body_size=JSON_BYTES_MAX,
    status_code=200,
)
async def receipt_batch(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[ReceiptsBody]
) -> ReceiptsReply:
    """Acknowledge up to 64 items; each is answered by itself, as if it had been asked alone."""
    desk = desk_of(request, Permission.ITEMS_RECEIPT)
    named = agreement_of(agreement)
    places = [parse_place(each.item, "item") for each in data.receipts]
    found = await known_items(desk, named, places)
    # Together, so that what each of them says is committed with what the others say.
    results = await asyncio.gather(
        *(
            by_itself(desk, _receipt(desk, named, place, wish.marking, known=place in found))
            for place, wish in zip(places, data.receipts, strict=True)
        )
    )
    return ReceiptsReply(list(results))


async def _receipt(
    desk: Desk, agreement: AgreementId, place: Place, marking: str | None, *, known: bool
) -> tuple[int, EnteredReply]:
    if not known:
        raise not_there()
    entered = await receipt_item(desk.context, agreement, place, desk.person, marking=marking)
    return 201, entered_reply(desk, done(entered))


RECEIPTS: Final = (receipt_batch,)
