# SPDX-License-Identifier: Apache-2.0
"""How keeping an item ends, over HTTP: destroyed, given back, erased, called back, looked at again.

What a person may not know of is answered as if it were not there.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.params import JSONBody

from comity.agreement.acts import DestructionMeans, Recalled
from comity.api.copy_shapes import (
    CopiesReply,
    DestructionBody,
    ErasedReply,
    ErasureBody,
    RecallBody,
    ReturnBody,
    ReturnsReply,
    ReviewBody,
    ReviewReply,
    ReviewsReply,
)
from comity.api.desk import Desk, desk_of, done
from comity.api.items import ReceiptBody
from comity.api.operations import get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.api.replies import not_there
from comity.api.shapes import EnteredReply, entered_reply, reply
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId, Place, parse_person_id, parse_place
from comity.basis.instants import Date, parse_date
from comity.flows.item_pages import find_all_known
from comity.flows.keeping.calling_back import recall, receipt_return
from comity.flows.keeping.ending import Destroying, EndedHere, Returning, destroy, give_back
from comity.flows.keeping.erasing import erase_item
from comity.flows.keeping.shapes import copies_json, erased_json, review_json
from comity.flows.listing import read_state
from comity.flows.reviewing import list_reviews, review_item
from comity.flows.turns import read_view
from comity.signin.permissions import Permission
from comity.statement.handling import ItemRecall

_TAG: Final = ["copies"]
_AGREEMENT: Final = "/agreements/{agreement:str}"
_ITEM: Final = _AGREEMENT + "/items/{party:str}/{index:int}"
_RETURNS: Final = _AGREEMENT + "/returns"


@post(f"{_ITEM}/destruction", summary="Certify that copies were destroyed", tags=_TAG)
async def certify(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[DestructionBody],
) -> EnteredReply | CopiesReply:
    """Give the originators a certificate; of our own item nobody is told."""
    desk, named, place = await _item(request, agreement, place_of(party, index))
    how = Destroying(
        DestructionMeans(data.means),
        tuple(data.copies),
        _person(data.second),
        _day(data.on, "on"),
        data.note,
        data.backup_replaced,
    )
    ended = await destroy(desk.context, named, place, desk.person, how)
    if isinstance(ended, EndedHere):
        return reply(
            desk, CopiesReply, {**copies_json(ended.copies), "articles": [*ended.articles]}
        )
    return entered_reply(desk, done(ended))


@post(f"{_ITEM}/return", summary="Give copies back", tags=_TAG)
async def return_copies(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ReturnBody],
) -> EnteredReply:
    """Give copies back to the originators; their receipt closes it."""
    desk, named, place = await _item(request, agreement, place_of(party, index))
    how = Returning(tuple(data.copies), _day(data.on, "on"), data.note)
    ended = done(await give_back(desk.context, named, place, desk.person, how))
    return entered_reply(desk, ended)


@post(f"{_ITEM}/erasure", summary="Erase an item's key", tags=_TAG)
async def erase(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ErasureBody],
) -> ErasedReply:
    """Erase the key of an item and of its translations: nobody here opens them again."""
    desk, named, place = await _item(request, agreement, place_of(party, index))
    means, second = DestructionMeans(data.means), _person(data.second)
    erased = done(await erase_item(desk.context, named, place, desk.person, means, second=second))
    return reply(desk, ErasedReply, {"erased": erased_json(f"{named}/{place}", erased)})


@post(f"{_ITEM}/recall", summary="Call an item of ours back", tags=_TAG)
async def call_back(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[RecallBody],
) -> EnteredReply:
    """Call an item back: its holders make nothing more of it."""
    desk, named, place = await _item(request, agreement, place_of(party, index))
    body = ItemRecall((place,), Recalled(data.wanted), data.code, _day(data.until, "until"))
    entered = done(await recall(desk.context, named, body, desk.person))
    return entered_reply(desk, entered)


@post(f"{_ITEM}/review", summary="Say that an item is still needed", tags=_TAG)
async def review(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ReviewBody],
) -> ReviewReply:
    """Say until when an item is needed, or that it is not any longer; it closes nothing."""
    desk, named, place = await _item(request, agreement, place_of(party, index))
    if (data.until is None) is not data.ended:
        raise InputError(
            "api.review",
            "a review says until when an item is needed, or that its need has ended",
            where="until",
            hint="give `until`, or `ended`",
        )
    until = _day(data.until, "until")
    found = done(await review_item(desk.context, named, place, desk.person, until))
    return reply(desk, ReviewReply, {"review": review_json(named, found)})


@get(f"{_AGREEMENT}/reviews", summary="List until when items are kept", tags=_TAG)
async def show_reviews(request: Request[Any, Any, Any], agreement: AgreementPath) -> ReviewsReply:
    """List until when each item that one may know of is kept before it is looked at again."""
    desk = desk_of(request, Permission.COPIES_READ)
    named = agreement_of(agreement)
    rows = done(await list_reviews(desk.context, named, desk.person))
    return reply(desk, ReviewsReply, {"reviews": [review_json(named, each) for each in rows]})


@get(_RETURNS, summary="List what was given back", tags=_TAG)
async def show_returns(request: Request[Any, Any, Any], agreement: AgreementPath) -> ReturnsReply:
    """List what was given back of items that one may know of, and by whom it was receipted."""
    desk = desk_of(request, Permission.COPIES_READ)
    named = agreement_of(agreement)
    state: Any = await read_state(desk.context, named, parts=("returns",))
    back = [row for row in state["returns"] if "follows" not in row]  # not to whom it came from
    places = [parse_place(row["item"]) for row in back]
    known = await find_all_known(desk.context, named, places, desk.person)
    rows = [row for row in back if parse_place(row["item"]) in known]
    return reply(desk, ReturnsReply, {"returns": rows})


@post(f"{_RETURNS}/{{party:str}}/{{index:int}}/receipt", summary="Receipt a return", tags=_TAG)
async def receipt(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[ReceiptBody],
) -> EnteredReply:
    """Acknowledge what was given back under our own marking: it closes it."""
    desk = desk_of(request, Permission.ITEMS_RECEIPT)
    named, place = agreement_of(agreement), place_of(party, index)
    returned = (await read_view(desk.context, named)).fold.state.returns.get(place)
    if returned is None:
        raise not_there()
    await known_item(desk, named, returned.body.item)
    entered = done(
        await receipt_return(desk.context, named, place, desk.person, marking=data.marking)
    )
    return entered_reply(desk, entered)


async def _item(
    request: Request[Any, Any, Any], agreement: str, place: Place
) -> tuple[Desk, AgreementId, Place]:
    desk = desk_of(request, Permission.ITEMS_END)
    named = agreement_of(agreement)
    await known_item(desk, named, place)
    return desk, named, place


def _person(text: str | None) -> PersonId | None:
    return None if text is None else parse_person_id(text, "second")


def _day(text: str | None, where: str) -> Date | None:
    return None if text is None else parse_date(text, where)


ENDS: Final = (
    certify,
    return_copies,
    erase,
    call_back,
    review,
    show_reviews,
    show_returns,
    receipt,
)
