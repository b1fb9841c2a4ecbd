# SPDX-License-Identifier: Apache-2.0
"""Copies of items over HTTP: made, translated, derived from, handed over, read, counted.

What a person may not know of is answered as if it were not there. Whoever is named as second person
or holder must be one who may open the item.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody, Parameter
from litestar.response import Stream

from comity.api.case_shapes import text_of
from comity.api.copy_shapes import (
    CopiesReply,
    CopyBody,
    CopyReply,
    CountBody,
    CountedReply,
    DerivedBody,
    ExpectedReply,
    HandOverBody,
    MadeReply,
    PurposeBody,
    TakeOverBody,
    TranslationBody,
)
from comity.api.desk import Desk, desk_of, done
from comity.api.item_payloads import streamed
from comity.api.item_wishes import CONTENT_TYPE, read_use_until
from comity.api.operations import get, post
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
    refuse_own_party,
)
from comity.api.shapes import DraftReply, reply
from comity.basis.errors import InputError
from comity.basis.ids import PersonId, parse_party_id, parse_person_id, parse_place
from comity.basis.limits import COPY_NUMBER_MAX
from comity.flows.drafts import ItemDraft
from comity.flows.enclosures import Text
from comity.flows.keeping.counting import count, expected_copies
from comity.flows.keeping.handing import CopyAt, hand_over, take_over
from comity.flows.keeping.looking import list_copies
from comity.flows.keeping.making import CopyWish, TranslationWish, make_copy, translate
from comity.flows.keeping.making_from import derive_item
from comity.flows.keeping.reading import open_copy
from comity.flows.keeping.shapes import (
    copies_json,
    copy_json,
    counted_json,
    made_json,
    row_json,
)
from comity.flows.shapes import draft_json
from comity.signin.permissions import Permission

_TAG: Final = ["copies"]
_ITEM: Final = "/agreements/{agreement:str}/items/{party:str}/{index:int}"
_COPY: Final = _ITEM + "/copies/{number:int}"
_INVENTORY: Final = "/agreements/{agreement:str}/inventory"

Number = Annotated[
    int, Parameter(ge=1, le=COPY_NUMBER_MAX, description="The copy's number; 1 is the item itself.")
]
AtFacility = Annotated[str | None, Parameter(max_length=100, description="At this facility alone.")]


@get(f"{_ITEM}/copies", summary="List the copies of an item", tags=_TAG)
async def show_copies(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> CopiesReply:
    """List who has each copy where, through whose hands it went, and how it ended."""
    desk = desk_of(request, Permission.COPIES_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    found = done(await list_copies(desk.context, named, place, desk.person))
    return reply(desk, CopiesReply, copies_json(found))


@post(f"{_ITEM}/copies", summary="Make one more copy of an item", tags=_TAG)
async def make(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[CopyBody],
) -> MadeReply:
    """Put one more copy on the register; it gets the next number."""
    desk = desk_of(request, Permission.COPIES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    second = None if data.second is None else parse_person_id(data.second, "second")
    wish = CopyWish(data.purpose, data.reason, _holder(desk, data.holder), second)
    made = done(await make_copy(desk.context, named, place, desk.person, wish))
    return reply(desk, MadeReply, made_json(named, made))


@post(f"{_ITEM}/translations", summary="Keep a translation of an item", tags=_TAG)
async def keep_translation(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[TranslationBody],
) -> MadeReply:
    """Keep a translation as a cleared translator; it bears a note in its own language."""
    desk = desk_of(request, Permission.COPIES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    wish = CopyWish(data.purpose, data.reason, _holder(desk, data.holder))
    worded = TranslationWish(wish, data.language, data.note, _text(data))
    made = done(await translate(desk.context, named, place, desk.person, worded))
    return reply(desk, MadeReply, made_json(named, made))


@post(
    "/agreements/{agreement:str}/derived-items", summary="Draft an item made from others", tags=_TAG
)
async def derive(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[DerivedBody]
) -> DraftReply:
    """Draft an item made from held ones; it inherits level, originators and purposes."""
    desk = desk_of(request, Permission.ITEMS_DRAFT)
    named = agreement_of(agreement)
    parents = tuple(sorted({parse_place(each, "made_from") for each in data.made_from}))
    for each in parents:
        await known_item(desk, named, each)
    to = tuple(sorted({parse_party_id(each, "to") for each in data.to}))
    refuse_own_party(desk, to)
    item = ItemDraft(
        agreement=named,
        to=to,
        marking=data.marking,
        category=data.category,
        form=data.form,
        purposes=tuple(sorted(set(data.purposes))),
        derived_from=parents,
        use_until=read_use_until(data.use_until),
        named_for=tuple(sorted(set(data.named_for))),
        rights=tuple(sorted(set(data.rights))),
    )
    kept = done(await derive_item(desk.context, desk.person, item, *_text(data)))
    return reply(desk, DraftReply, {"draft": draft_json(kept)})


@post(f"{_COPY}/hand-over", summary="Hand a copy over", tags=_TAG)
async def hand(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    *,
    number: Number,
    data: JSONBody[HandOverBody],
) -> CopyReply:
    """Hand a copy over as its holder; the other person then takes it over."""
    desk = desk_of(request, Permission.COPIES_WRITE)
    which = CopyAt(agreement_of(agreement), place_of(party, index), number)
    await known_item(desk, which.agreement, which.item)
    to = parse_person_id(data.to, "to")
    copy = done(await hand_over(desk.context, which, desk.person, to=to, purpose=data.purpose))
    value = {"item": f"{which.agreement}/{which.item}", "copy": copy_json(copy)}
    return reply(desk, CopyReply, value)


@post(f"{_COPY}/take-over", summary="Confirm that one has a copy", tags=_TAG)
async def take(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    *,
    number: Number,
    data: JSONBody[TakeOverBody],
) -> CopyReply:
    """Confirm that one has a copy now; a missing link needs a report of the gap."""
    desk = desk_of(request, Permission.COPIES_WRITE)
    which = CopyAt(agreement_of(agreement), place_of(party, index), number)
    await known_item(desk, which.agreement, which.item)
    copy = done(
        await take_over(desk.context, which, desk.person, purpose=data.purpose, gap=data.gap)
    )
    value = {"item": f"{which.agreement}/{which.item}", "copy": copy_json(copy)}
    return reply(desk, CopyReply, value)


@post(
    f"{_COPY}/open",
    summary="Read a copy",
    tags=_TAG,
    status_code=200,
    media_type=CONTENT_TYPE,
)
async def read_copy(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    *,
    number: Number,
    data: JSONBody[PurposeBody],
) -> Stream:
    """Read a copy as its holder, a translation in its own text; the journal has it first."""
    desk = desk_of(request, Permission.ITEMS_OPEN)
    which = CopyAt(agreement_of(agreement), place_of(party, index), number)
    await known_item(desk, which.agreement, which.item)
    opened = done(await open_copy(desk.context, which, desk.person, purpose=data.purpose))
    return streamed(desk, f"{which.agreement}/{which.item} copy {number}", opened)


@get(_INVENTORY, summary="List what an inventory should find", tags=_TAG)
async def show_expected(
    request: Request[Any, Any, Any], agreement: AgreementPath, facility: AtFacility = None
) -> ExpectedReply:
    """List the copies that should be found, and where."""
    desk = desk_of(request, Permission.COPIES_READ)
    named = agreement_of(agreement)
    rows = done(await expected_copies(desk.context, named, desk.person, facility=facility))
    return reply(desk, ExpectedReply, {"copies": [row_json(named, each) for each in rows]})


@post(_INVENTORY, summary="Count copies", tags=_TAG)
async def take_inventory(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[CountBody]
) -> CountedReply:
    """Put down what is missing and report it; partners are told as far as the agreement asks."""
    desk = desk_of(request, Permission.ITEMS_END)
    named = agreement_of(agreement)
    found = {(parse_place(each.item, "found"), each.number) for each in data.found}
    counted = done(await count(desk.context, named, desk.person, found, facility=data.facility))
    return reply(desk, CountedReply, counted_json(named, counted))


def _holder(desk: Desk, named: str | None) -> PersonId:
    return desk.person if named is None else parse_person_id(named, "holder")


def _text(data: TranslationBody | DerivedBody) -> Text:
    text = text_of(data.text)
    if text is None:
        raise InputError("api.no-text", "there is no text", where="text")
    return text


COPIES: Final = (
    show_copies,
    make,
    keep_translation,
    derive,
    hand,
    take,
    read_copy,
    show_expected,
    take_inventory,
)
