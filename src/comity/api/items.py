# SPDX-License-Identifier: Apache-2.0
"""Items: labels and what became of them, receipts, refusals, new levels, and what may be done.

Content is in `item_payloads.py`; drafts in `drafts.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Request
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from comity.api.desk import desk_of, done
from comity.api.operations import get, post
from comity.api.places import (
    LIMIT,
    AgreementPath,
    IndexPath,
    Limit,
    PartyPath,
    Start,
    agreement_of,
    cursor_of,
    known_item,
    place_of,
)
from comity.api.shapes import (
    DecisionReply,
    EnteredReply,
    ItemPageReply,
    ItemReply,
    entered_reply,
    reply,
)
from comity.basis.errors import InvariantError
from comity.basis.ids import parse_party_id
from comity.basis.instants import parse_instant
from comity.decision.deciding import decision_json
from comity.decision.stages import Allowed, Refused
from comity.flows.item_pages import page_items
from comity.flows.listing import show_item
from comity.flows.passing.deciding import decide_act
from comity.flows.promises import reclassify, refuse_item
from comity.flows.receipts import receipt_item
from comity.flows.shapes import item_json
from comity.signin.permissions import Permission

_TAG: Final = ["items"]
_ITEM: Final = "/agreements/{agreement:str}/items/{party:str}/{index:int}"

Word = Annotated[str, Meta(max_length=100)]
Code = Annotated[str, Meta(max_length=100)]


class ReceiptBody(Struct, forbid_unknown_fields=True):
    """Our own marking, where several correspond to the originator's."""

    marking: Word | None = None


class RefusalBody(Struct, forbid_unknown_fields=True):
    """Why an item is not taken: a code, and the articles."""

    code: Code
    articles: Annotated[list[Word], Meta(max_length=32)] = []


class ReclassificationBody(Struct, forbid_unknown_fields=True):
    """One of our own markings, which gives the level; from when on, or now."""

    marking: Word
    effective: Annotated[str, Meta(max_length=32)] | None = None


class QuestionBody(Struct, forbid_unknown_fields=True):
    """What a person would like to do with an item."""

    action: Word
    purpose: Word | None = None
    recipient: Word | None = None
    channel: Word | None = None


@get("/agreements/{agreement:str}/items", summary="List items, page by page", tags=_TAG)
async def list_items(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    start: Start = None,
    limit: Limit = LIMIT,
) -> ItemPageReply:
    """List the items to us and by us that the person may know of.

    Give `next` of the last page as `start` to go on; a page is empty while nothing new is there.
    """
    desk = desk_of(request, Permission.ITEMS_READ)
    named = agreement_of(agreement)
    cursor = cursor_of(start)
    page = done(await page_items(desk.context, named, desk.person, cursor, limit=limit))
    value = {
        "agreement": named,
        "items": [item_json(named, row) for row in page.rows],
        "next": [str(each) for each in page.next],
    }
    return reply(desk, ItemPageReply, value)


@get(_ITEM, summary="Show an item", tags=_TAG)
async def show(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> ItemReply:
    """Show an item's label, who holds it, and what was said of it since."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    row = done(await show_item(desk.context, named, place, desk.person))
    return reply(desk, ItemReply, {"item": item_json(named, row)})


@post(f"{_ITEM}/receipt", summary="Acknowledge an item and its payload", tags=_TAG)
async def receipt(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ReceiptBody],
) -> EnteredReply:
    """Acknowledge an item under our own marking; only then can it be opened."""
    desk = desk_of(request, Permission.ITEMS_RECEIPT)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    entered = await receipt_item(desk.context, named, place, desk.person, marking=data.marking)
    return entered_reply(desk, done(entered))


@post(f"{_ITEM}/refusal", summary="Refuse an item", tags=_TAG)
async def refuse(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[RefusalBody],
) -> EnteredReply:
    """Say that an item to us is not taken, and why."""
    desk = desk_of(request, Permission.ITEMS_RECEIPT)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    entered = await refuse_item(
        desk.context, named, place, desk.person, code=data.code, articles=tuple(data.articles)
    )
    return entered_reply(desk, done(entered))


@post(f"{_ITEM}/reclassification", summary="Give an item of ours another level", tags=_TAG)
async def give_level(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ReclassificationBody],
) -> EnteredReply:
    """Give an item of ours another level by one of our markings; every holder follows."""
    desk = desk_of(request, Permission.ITEMS_RELEASE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    effective = None if data.effective is None else parse_instant(data.effective, "effective")
    entered = await reclassify(
        desk.context, named, place, data.marking, desk.person, effective=effective
    )
    return entered_reply(desk, done(entered))


@post(
    f"{_ITEM}/decision",
    summary="Ask whether something may be done with an item",
    tags=_TAG,
    status_code=HTTP_200_OK,
)
async def may(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[QuestionBody],
) -> DecisionReply:
    """Decide an act of this person on an item as it would be decided now; nothing is done."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    outcome = await decide_act(
        desk.context,
        named,
        place,
        desk.person,
        action=data.action,
        purpose=data.purpose,
        recipient=None if data.recipient is None else parse_party_id(data.recipient, "recipient"),
        channel=data.channel,
    )
    return decided(outcome)


def decided(outcome: Allowed | Refused) -> DecisionReply:
    """Give a decision for what it is: to have asked whether one may is never refused.

    Raises:
        InvariantError: a rule of the node's own house decided, which is no decision.
    """
    if outcome.decision is None:
        raise InvariantError("api.no-decision", "nothing was decided under the agreement")
    return msgspec.convert(decision_json(outcome.decision), DecisionReply)


ITEMS: Final = (list_items, show, receipt, refuse, give_level, may)
