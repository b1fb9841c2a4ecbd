# SPDX-License-Identifier: Apache-2.0
"""Requests, consents and assurances: what parties ask, grant and promise one another.

A row about what a person has no need to know is left out without a trace. To give consent binds the
state and is done at the command line.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request
from litestar.params import JSONBody
from litestar.response import Stream
from msgspec import Meta, Struct

from comity.api.authority import tell_command
from comity.api.case_sight import may_know_category
from comity.api.desk import Desk, desk_of, done
from comity.api.item_payloads import streamed
from comity.api.item_wishes import CONTENT_TYPE
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
from comity.api.replies import not_there
from comity.api.shapes import (
    AssurancesReply,
    ConsentsReply,
    EnteredReply,
    RequestsReply,
    entered_reply,
    reply,
)
from comity.basis.encoding import decode_base64
from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.basis.instants import (
    Date,
    Instant,
    end_of_day,
    parse_day_or_instant,
)
from comity.basis.limits import KIB
from comity.flows import requests
from comity.flows.consent_search import may_know_consent
from comity.flows.listing import may_know_all, read_state
from comity.flows.people.register import known_levels
from comity.flows.promises import consent_to, promise
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.sealing.payload import PayloadHeader, format_payload_header
from comity.signin.permissions import Permission
from comity.state.queries import zone_of
from comity.state.records import Ask
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    Subject,
)

QUESTION_BYTES_MAX: Final = 512 * KIB

_REQUESTS: Final = "/agreements/{agreement:str}/requests"
_CONSENTS: Final = "/agreements/{agreement:str}/consents"
_ASSURANCES: Final = "/agreements/{agreement:str}/assurances"
_AT: Final = "{party:str}/{index:int}"
_TEXT: Final = "text/plain"

Word = Annotated[str, Meta(max_length=100)]
Parties = Annotated[list[Word], Meta(min_length=1, max_length=15)]


class RequestBody(Struct, forbid_unknown_fields=True):
    """Whom to ask about what: information, or laws; the question itself is sealed to them."""

    to: Parties
    category: Word
    subject: Literal["law"] | None = None
    question: Annotated[str, Meta(max_length=QUESTION_BYTES_MAX)] | None = None
    encoding: Literal["text", "base64"] = "text"
    title: Annotated[str, Meta(max_length=500)] = "untitled"
    media_type: Word = _TEXT


class AnswerBody(Struct, forbid_unknown_fields=True):
    """Our item that answers."""

    item: Word


class ConsentBody(Struct, forbid_unknown_fields=True):
    """Leave that is asked for: items or a category, to whom, for what and until when."""

    recipient: Word
    purpose: Word
    items: Annotated[list[Word], Meta(max_length=256)] = []
    category: Word | None = None
    until: Annotated[str, Meta(max_length=32)] | None = None
    to: Annotated[list[Word], Meta(max_length=15)] = []


class AssuranceBody(Struct, forbid_unknown_fields=True):
    """What we assure all partners of."""

    level: Word
    named_for: Word | None = msgspec.field(name="for", default=None)
    need: bool = True
    equivalent_protection: bool = True
    until: Annotated[str, Meta(max_length=32)] | None = None


@get(_REQUESTS, summary="List requests for information", tags=["requests"])
async def list_requests(request: Request[Any, Any, Any], agreement: AgreementPath) -> RequestsReply:
    """List the requests of every party that one may know of, and who answered them.

    An answer by an item that one may not know of is not shown.
    """
    desk = desk_of(request, Permission.REQUESTS_READ)
    named = agreement_of(agreement)
    listed: Any = await read_state(desk.context, named, parts=("requests",))
    state, person = (await read_view(desk.context, named)).fold.state, desk.caller.person

    def is_known(answer: dict[str, Any]) -> bool:
        item = answer["item"]
        return item is None or may_know_all(state, person, (parse_place(item),))

    rows = [
        {**each, "replies": [answer for answer in each["replies"] if is_known(answer)]}
        for each in listed["requests"]
        if may_know_category(desk, each["category"])
    ]
    return reply(desk, RequestsReply, {"requests": rows})


@post(_REQUESTS, summary="Ask partners for information", tags=["requests"])
async def ask(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[RequestBody]
) -> EnteredReply:
    """Ask partners for information of a category, with the question sealed to them."""
    desk = desk_of(request, Permission.REQUESTS_WRITE)
    to = tuple(sorted({parse_party_id(each, "to") for each in data.to}))
    refuse_own_party(desk, to)
    entered = await requests.ask(
        desk.context,
        agreement_of(agreement),
        to,
        category=data.category,
        person=desk.person,
        question=_question(data),
        subject=None if data.subject is None else Subject(data.subject),
    )
    return entered_reply(desk, done(entered))


@post(
    f"{_REQUESTS}/{_AT}/open",
    summary="Read the question of a request",
    tags=["requests"],
    status_code=200,
    media_type=CONTENT_TYPE,
)
async def open_question(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read a question; the journal has it first. The header `Comity-Item` describes it."""
    desk = desk_of(request, Permission.REQUESTS_READ, Permission.ITEMS_OPEN)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known_request(desk, named, place)
    question = done(await requests.open_question(desk.context, named, place, desk.person))
    return streamed(desk, f"{named}/{place}", question)


@post(f"{_REQUESTS}/{_AT}/answer", summary="Answer a request by an item", tags=["requests"])
async def answer(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[AnswerBody],
) -> EnteredReply:
    """Say that an item of ours answers a request."""
    desk = desk_of(request, Permission.REQUESTS_WRITE)
    named, place, item = agreement_of(agreement), place_of(party, index), parse_place(data.item)
    await _known_request(desk, named, place)
    await known_item(desk, named, item)
    entered = await requests.answer(desk.context, named, place, item, desk.person)
    return entered_reply(desk, done(entered))


@post(f"{_REQUESTS}/{_AT}/decline", summary="Decline a request", tags=["requests"])
async def decline(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Decline a request; no reason is owed."""
    desk = desk_of(request, Permission.REQUESTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await _known_request(desk, named, place)
    entered = await requests.decline(desk.context, named, place, desk.person)
    return entered_reply(desk, done(entered))


@get(_CONSENTS, summary="List consents", tags=["consents"])
async def list_consents(request: Request[Any, Any, Any], agreement: AgreementPath) -> ConsentsReply:
    """List what was asked and given that one may know of, and whether it holds now."""
    desk = desk_of(request, Permission.CONSENTS_READ)
    named = agreement_of(agreement)
    state: Any = await read_state(desk.context, named, parts=("consents",))
    view = await read_view(desk.context, named)
    rows = {
        part: [each for each in state["consents"][part] if _may_know(desk, each, view)]
        for part in ("asked", "given")
    }
    return reply(desk, ConsentsReply, rows)


@post(_CONSENTS, summary="Ask for consent", tags=["consents"])
async def ask_consent(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[ConsentBody]
) -> EnteredReply:
    """Ask partners (all, unless some are named) for leave to pass on, or for another purpose."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named = agreement_of(agreement)
    items = tuple(sorted({parse_place(each, "items") for each in data.items}))
    for each in items:
        await known_item(desk, named, each)
    until = await read_end(desk, named, data.until)
    worded = consent_to(
        items=items,
        category=data.category,
        recipient=parse_party_id(data.recipient, "recipient"),
        purpose=data.purpose,
        until=until,
    )
    body = ConsentAsk(worded.items, worded.category, worded.recipient, worded.purpose, until)
    to = tuple(sorted({parse_party_id(each, "to") for each in data.to}))
    refuse_own_party(desk, to)
    entered = await promise(desk.context, named, body, desk.person, to=to or None)
    return entered_reply(desk, done(entered))


@post(f"{_CONSENTS}/{_AT}/grant", summary="Give consent: at the command line", tags=["consents"])
async def give_consent(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> None:
    """Answer that the authority's key signs a consent, and by which command."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_ask(desk, named, place)
    await tell_command(desk, ConsentGive.KIND, named, f"consent give {named}/{place}")


@post(f"{_CONSENTS}/{_AT}/refusal", summary="Refuse a consent", tags=["consents"])
async def refuse_consent(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Refuse what was asked; no reason is owed."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_ask(desk, named, place)
    entered = await promise(desk.context, named, ConsentRefuse(place), desk.person)
    return entered_reply(desk, done(entered))


@post(f"{_CONSENTS}/{_AT}/withdrawal", summary="Withdraw a consent", tags=["consents"])
async def withdraw_consent(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Withdraw our consent, for what has not been released under it yet."""
    desk = desk_of(request, Permission.CONSENTS_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    view = await read_view(desk.context, named)
    if place not in view.fold.state.consents:
        raise not_there()
    entered = await promise(desk.context, named, ConsentWithdraw(place), desk.person)
    return entered_reply(desk, done(entered))


@get(_ASSURANCES, summary="List assurances", tags=["assurances"])
async def list_assurances(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> AssurancesReply:
    """List every party's assurances, and whether they hold now."""
    desk = desk_of(request, Permission.ASSURANCES_READ)
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=("assurances",))
    return reply(desk, AssurancesReply, {"assurances": state["assurances"]})


@post(_ASSURANCES, summary="Assure partners in writing", tags=["assurances"])
async def assure(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[AssuranceBody]
) -> EnteredReply:
    """Assure all partners of an official need and of equivalent protection."""
    desk = desk_of(request, Permission.ASSURANCES_WRITE)
    levels = await known_levels(desk.context)
    if levels and data.level not in levels:
        raise InputError(
            "api.no-such-level",
            "no agreement here has such a level",
            where="level",
            expected=", ".join(levels),
        )
    named = agreement_of(agreement)
    until = await read_end(desk, named, data.until)
    body = AssuranceGive(data.level, data.named_for, data.need, data.equivalent_protection, until)
    entered = await promise(desk.context, named, body, desk.person)
    return entered_reply(desk, done(entered))


def _question(data: RequestBody) -> tuple[PayloadHeader, list[bytes]] | None:
    if data.question is None:
        return None
    header = PayloadHeader(data.title, data.media_type)
    format_payload_header(header)
    if data.encoding == "text":
        return header, [data.question.encode()]
    return header, [decode_base64(data.question, bytes_max=QUESTION_BYTES_MAX, where="question")]


async def _known_request(desk: Desk, agreement: AgreementId, place: Place) -> None:
    view = await read_view(desk.context, agreement)
    known = view.fold.state.requests.get(place)
    if known is None or not may_know_category(desk, known.request.category):
        raise not_there()


async def known_ask(desk: Desk, agreement: AgreementId, place: Place) -> Ask:
    """Give what was asked, by its place.

    Raises:
        NotThere: nothing was asked there.
    """
    view = await read_view(desk.context, agreement)
    ask = view.fold.state.asks.get(place)
    if ask is None:
        raise not_there()
    return ask


def _may_know(desk: Desk, row: dict[str, Any], view: View) -> bool:
    """Answer whether a consent concerns only what a person needs to know of."""
    items = map(parse_place, row["items"])
    return may_know_consent(view.fold.state, desk.caller.person, items, row["category"])


async def read_end(desk: Desk, agreement: AgreementId, text: str | None) -> Date | Instant | None:
    """Read the end of something's validity, which must not have passed in the agreement's zone."""
    if text is None:
        return None
    until = parse_day_or_instant(text, "until")
    zone = zone_of((await read_view(desk.context, agreement)).fold.state)
    end = end_of_day(until, zone) if isinstance(until, Date) else until
    if end <= desk.context.ports.clock.now():
        raise InputError(
            "api.past-end",
            "this end has passed already, so nothing would ever hold",
            where="until",
            hint="look at the year; without it, it holds without end",
        )
    return until


PROMISES: Final = (
    list_requests,
    ask,
    open_question,
    answer,
    decline,
    list_consents,
    ask_consent,
    give_consent,
    refuse_consent,
    withdraw_consent,
    list_assurances,
    assure,
)
