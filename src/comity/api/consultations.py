# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: the others are asked; what they answer stands on record.

Approval binds the state and is given at the command line. What a person has no need to know of is
left out without a trace. Source: AGREEMENTS.md section 3 (consultation)
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import JSONBody
from msgspec import Meta, Struct

from comity.api.authority import tell_command
from comity.api.desk import Desk, desk_of, done
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
from comity.api.promises import Word, known_ask, read_end
from comity.api.replies import not_there
from comity.api.shapes import ConsultationsReply, EnteredReply, entered_reply, reply
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.flows.cases.consultations import (
    Consultation,
    consult,
    consultation_json,
    consultations,
)
from comity.flows.consent_search import may_know_consent
from comity.flows.promises import promise
from comity.flows.turns import read_view
from comity.signin.permissions import Permission
from comity.statement.information import ConsentAsk, ConsentGive, ConsentRefuse, ConsentWithdraw

_ALL: Final = "/agreements/{agreement:str}/consultations"
_AT: Final = f"{_ALL}/{{party:str}}/{{index:int}}"
_TAG: Final = ["consultations"]


class ConsultationBody(Struct, forbid_unknown_fields=True):
    """About which act the others are asked, for which items or category, and who; else all."""

    matter: Word
    items: Annotated[list[Word], Meta(max_length=256)] = []
    category: Word | None = None
    until: Annotated[str, Meta(max_length=32)] | None = None
    to: Annotated[list[Word], Meta(max_length=15)] = []


@get(_ALL, summary="List consultations", tags=_TAG)
async def list_consultations(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> ConsultationsReply:
    """List what was asked before acting, by which article, and how each party stands to it."""
    desk = desk_of(request, Permission.CONSENTS_READ)
    named = agreement_of(agreement)
    state = (await read_view(desk.context, named)).fold.state
    rows = [
        consultation_json(each)
        for each in await consultations(desk.context, named)
        if may_know_consent(state, desk.caller.person, each.items, each.category)
    ]
    return reply(desk, ConsultationsReply, {"consultations": rows})


@post(_ALL, summary="Ask partners before acting", tags=_TAG)
async def ask_before(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[ConsultationBody]
) -> EnteredReply:
    """Ask partners for their understanding before an act; what they answer stops nothing."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named = agreement_of(agreement)
    items = tuple(sorted({parse_place(each, "items") for each in data.items}))
    for each in items:
        await known_item(desk, named, each)
    if bool(items) == (data.category is not None):
        raise InputError(
            "api.consultation-about",
            "a consultation is about items or about a category",
            hint="give `items`, or one `category`",
        )
    to = tuple(sorted({parse_party_id(each, "to") for each in data.to}))
    refuse_own_party(desk, to)
    entered = await consult(
        desk.context,
        named,
        data.matter,
        about=items if data.category is None else data.category,
        person=desk.person,
        until=await read_end(desk, named, data.until),
        to=to or None,
    )
    return entered_reply(desk, done(entered))


@post(f"{_AT}/approval", summary="Approve: at the command line", tags=_TAG)
async def approve_act(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> None:
    """Answer that the authority's key signs an approval, and by which command."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known(desk, named, place)
    await tell_command(desk, ConsentGive.KIND, named, f"consent give {named}/{place}")


@post(f"{_AT}/refusal", summary="Answer no to a consultation", tags=_TAG)
async def refuse_act(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Refuse understanding for what the others mean to do; no reason is owed."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known(desk, named, place)
    entered = await promise(desk.context, named, ConsentRefuse(place), desk.person)
    return entered_reply(desk, done(entered))


@post(f"{_AT}/withdrawal", summary="Take back our approval", tags=_TAG)
async def withdraw_approval(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Take back the approval that we gave to what was asked here."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known(desk, named, place)
    ours = _given(desk, place, await consultations(desk.context, named))
    if ours is None:
        raise not_there()
    entered = await promise(desk.context, named, ConsentWithdraw(ours), desk.person)
    return entered_reply(desk, done(entered))


def _given(desk: Desk, place: Place, rows: tuple[Consultation, ...]) -> Place | None:
    """Find the approval that we gave to a consultation, and that holds."""
    own = desk.context.config.party
    answers = (answer for row in rows if row.place == place for answer in row.answers)
    return next((each.place for each in answers if each.party == own and each.agreed), None)


async def _known(desk: Desk, agreement: AgreementId, place: Place) -> ConsentAsk:
    asked = await known_ask(desk, agreement, place)
    state = (await read_view(desk.context, agreement)).fold.state
    said = asked.ask
    known = may_know_consent(state, desk.caller.person, said.items, said.category)
    if not known or not said.consults(place.party):
        raise not_there()
    return said


CONSULTATIONS: Final = (
    list_consultations,
    ask_before,
    approve_act,
    refuse_act,
    withdraw_approval,
)
