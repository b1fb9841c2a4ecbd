# SPDX-License-Identifier: Apache-2.0
"""Incidents, visits, disclosures and contractors over HTTP.

Anybody may report a loss. What concerns an item that a person may not know of is left out, and
answered as if it were not there.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.params import JSONBody

from comity.api.case_shapes import (
    AssureBody,
    ContractorsReply,
    DisclosureBody,
    DisclosuresReply,
    FindingsBody,
    GiveBody,
    GivenReply,
    GrantBody,
    IncidentReply,
    IncidentsReply,
    ReportBody,
    ReportedReply,
    VisitBody,
    VisitsReply,
    text_of,
)
from comity.api.case_sight import known_incident, may_know_disclosure, may_know_incident
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
from comity.api.replies import not_there
from comity.api.shapes import EnteredReply, entered_reply, reply
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.basis.instants import parse_date, parse_instant
from comity.flows.cases import contractors, incidents, visits
from comity.flows.cases.incidents import Report
from comity.flows.cases.shapes import clock_json
from comity.flows.cases.visits import Disclosed, Grant
from comity.flows.listing import read_state
from comity.flows.shapes import entered_json
from comity.flows.turns import read_view
from comity.signin.permissions import Permission
from comity.statement.cases import (
    Affected,
    Certainty,
    ContractorAssure,
    Harm,
    Outcome,
    VisitKind,
    VisitRequest,
)

_INCIDENTS: Final = "/agreements/{agreement:str}/incidents"
_VISITS: Final = "/agreements/{agreement:str}/visits"
_DISCLOSURES: Final = "/agreements/{agreement:str}/disclosures"
_CONTRACTORS: Final = "/agreements/{agreement:str}/contractors"
_AT: Final = "{party:str}/{index:int}"


@get(_INCIDENTS, summary="List incidents", tags=["incidents"])
async def list_incidents(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> IncidentsReply:
    """List the losses and compromises that one may know of."""
    desk = desk_of(request, Permission.CASES_READ)
    named = agreement_of(agreement)
    state: Any = await read_state(desk.context, named, parts=("incidents",))
    view = await read_view(desk.context, named)
    rows = [each for each in state["incidents"] if may_know_incident(desk, view, each)]
    return reply(desk, IncidentsReply, {"incidents": rows})


@post(_INCIDENTS, summary="Report a loss or compromise", tags=["incidents"])
async def report_incident(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[ReportBody]
) -> ReportedReply:
    """Tell the originators at once, before any review; a possibility is enough."""
    desk = desk_of(request, Permission.INCIDENTS_REPORT)
    named, begun = agreement_of(agreement), desk.context.ports.clock.now()
    affected = (
        Affected(parse_place(each.item, "affected"), tuple(each.copies)) for each in data.affected
    )
    report = Report(
        incidents.put_together(affected),
        Harm(data.harm),
        Certainty(data.certainty),
        begun,
        None if data.found_at is None else parse_instant(data.found_at, "found_at"),
        None if data.held_by is None else parse_party_id(data.held_by, "held_by"),
    )
    entered = done(
        await incidents.report_incident(
            desk.context, named, report, person=desk.person, text=text_of(data.text)
        )
    )
    clock = await incidents.incident_clock(desk.context, named, entered.place)
    value = {"entered": entered_json(entered), "clock": clock_json(clock)}
    return reply(desk, ReportedReply, value)


@get(f"{_INCIDENTS}/{_AT}", summary="Show an incident and its clock", tags=["incidents"])
async def show_incident(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> IncidentReply:
    """Show what was found, who closed it, and how long it took to be told and acknowledged."""
    desk = desk_of(request, Permission.CASES_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    row = await known_incident(desk, named, place)
    clock = await incidents.incident_clock(desk.context, named, place)
    return reply(desk, IncidentReply, {"incident": {**row, "clock": clock_json(clock)}})


@post(f"{_INCIDENTS}/{_AT}/findings", summary="Give findings and measures", tags=["incidents"])
async def give_findings(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[FindingsBody],
) -> EnteredReply:
    """Tell what the investigation found, and what is done against repetition."""
    desk = desk_of(request, Permission.CASES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_incident(desk, named, place)
    entered = await incidents.give_findings(
        desk.context,
        named,
        place,
        outcome=None if data.outcome is None else Outcome(data.outcome),
        measures=tuple(data.measures),
        person=desk.person,
        text=text_of(data.text),
    )
    return entered_reply(desk, done(entered))


@post(f"{_INCIDENTS}/{_AT}/close", summary="Take an incident as closed", tags=["incidents"])
async def close_incident(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Take an incident as closed, on the originator's side, after result and measures."""
    desk = desk_of(request, Permission.CASES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_incident(desk, named, place)
    entered = await incidents.close_incident(desk.context, named, place, desk.person)
    return entered_reply(desk, done(entered))


@get(_VISITS, summary="List visits", tags=["visits"])
async def list_visits(request: Request[Any, Any, Any], agreement: AgreementPath) -> VisitsReply:
    """List the visits that were asked for, and what their hosts said."""
    desk = desk_of(request, Permission.CASES_READ)
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=("visits",))
    return reply(desk, VisitsReply, {"visits": state["visits"]})


@post(_VISITS, summary="Ask for a visit", tags=["visits"])
async def ask_visit(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[VisitBody]
) -> EnteredReply:
    """Ask a host for a visit, with subject, scope and visitors sealed to it."""
    desk = desk_of(request, Permission.CASES_WRITE)
    host, until = parse_party_id(data.host, "host"), data.clearance_until
    refuse_own_party(desk, (host,))
    body = VisitRequest(
        host=host,
        facility=data.facility,
        purpose=VisitKind(data.purpose),
        level=data.level,
        first_day=parse_date(data.first_day, "first_day"),
        last_day=parse_date(data.last_day, "last_day"),
        visitors=data.visitors,
        clearance=data.clearance,
        clearance_until=None if until is None else parse_date(until, "clearance_until"),
    )
    entered = await visits.ask_visit(
        desk.context, agreement_of(agreement), body, person=desk.person, text=text_of(data.text)
    )
    return entered_reply(desk, done(entered))


@post(f"{_VISITS}/{_AT}/grant", summary="Grant a visit", tags=["visits"])
async def grant_visit(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[GrantBody],
) -> EnteredReply:
    """Grant a visit to one of our facilities, at most what was asked for."""
    desk = desk_of(request, Permission.CASES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    grant = Grant(
        data.level, parse_date(data.first_day, "first_day"), parse_date(data.last_day, "last_day")
    )
    return await _decided(desk, named, place, grant)


@post(f"{_VISITS}/{_AT}/refusal", summary="Refuse a visit", tags=["visits"])
async def refuse_visit(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> EnteredReply:
    """Refuse a visit, or take back what was granted; no reason is owed."""
    desk = desk_of(request, Permission.CASES_WRITE)
    return await _decided(desk, agreement_of(agreement), place_of(party, index), None)


@get(_DISCLOSURES, summary="List what was told or shown", tags=["visits"])
async def list_disclosures(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> DisclosuresReply:
    """List what was told or shown that one may know of."""
    desk = desk_of(request, Permission.CASES_READ)
    state: Any = await read_state(desk.context, agreement_of(agreement), parts=("disclosures",))
    rows = [each for each in state["disclosures"] if may_know_disclosure(desk, each)]
    return reply(desk, DisclosuresReply, {"disclosures": rows})


@post(_DISCLOSURES, summary="Record what was told or shown", tags=["visits"])
async def record_disclosure(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[DisclosureBody]
) -> EnteredReply:
    """Put on record what was told or shown; it gets a control number."""
    desk = desk_of(request, Permission.CASES_WRITE)
    to = tuple(sorted({parse_party_id(each, "to") for each in data.to}))
    refuse_own_party(desk, to)
    at = data.disclosed_at
    said = Disclosed(
        to=to,
        marking=data.marking,
        category=data.category,
        form=data.form,
        purposes=tuple(data.purposes),
        disclosed_at=None if at is None else parse_instant(at, "disclosed_at"),
        visit=None if data.visit is None else parse_place(data.visit, "visit"),
    )
    entered = await visits.record_disclosure(
        desk.context, agreement_of(agreement), said, person=desk.person, text=text_of(data.text)
    )
    return entered_reply(desk, done(entered))


@get(_CONTRACTORS, summary="List firms and what lacks at each", tags=["contractors"])
async def list_contractors(
    request: Request[Any, Any, Any], agreement: AgreementPath
) -> ContractorsReply:
    """List the firms: which conditions stand, which lack, and what was given to each here."""
    desk = desk_of(request, Permission.CASES_READ)
    rows = await contractors.firms_now(desk.context, agreement_of(agreement), desk.person)
    return reply(desk, ContractorsReply, {"contractors": rows})


@post(_CONTRACTORS, summary="Assure conditions at a firm", tags=["contractors"])
async def assure_contractor(
    request: Request[Any, Any, Any], agreement: AgreementPath, data: JSONBody[AssureBody]
) -> EnteredReply:
    """Say which conditions are met at a firm's facility, by what evidence, until when."""
    desk = desk_of(request, Permission.CASES_WRITE)
    body = ContractorAssure(
        firm=data.firm,
        facility=data.facility,
        parent=data.parent,
        conditions=tuple(sorted(set(data.conditions))),
        met=data.met,
        clearance=data.clearance,
        document=data.document,
        assured_by=data.assured_by,
        assured_on=parse_date(data.assured_on, "assured_on"),
        until=None if data.until is None else parse_date(data.until, "until"),
    )
    entered = await contractors.assure_contractor(
        desk.context, agreement_of(agreement), body, person=desk.person, text=text_of(data.text)
    )
    return entered_reply(desk, done(entered))


@post(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/contractor",
    summary="Give an item to a firm",
    tags=["contractors"],
)
async def give_to_firm(
    request: Request[Any, Any, Any],
    agreement: AgreementPath,
    party: PartyPath,
    index: IndexPath,
    data: JSONBody[GiveBody],
) -> GivenReply:
    """Give an item that we hold to a firm: every letter that lacks is named."""
    desk = desk_of(request, Permission.CASES_WRITE)
    named, place = agreement_of(agreement), place_of(party, index)
    await known_item(desk, named, place)
    given = done(
        await contractors.release_to_contractor(
            desk.context,
            named,
            place,
            (data.firm, data.facility),
            person=desk.person,
            purpose=data.purpose,
            rights_confirmed=data.rights_respected,
        )
    )
    value = {
        "item": f"{named}/{place}",
        "firm": given.firm,
        "facility": given.facility,
        "articles": [*given.articles],
    }
    return reply(desk, GivenReply, {"given": value})


async def _decided(
    desk: Desk, agreement: AgreementId, place: Place, grant: Grant | None
) -> EnteredReply:
    view = await read_view(desk.context, agreement)
    if place not in view.fold.state.visits:
        raise not_there()
    entered = await visits.decide_visit(desk.context, agreement, place, grant, person=desk.person)
    return entered_reply(desk, done(entered))


CASES: Final = (
    list_incidents,
    report_incident,
    show_incident,
    give_findings,
    close_incident,
    list_visits,
    ask_visit,
    grant_visit,
    refuse_visit,
    list_disclosures,
    record_disclosure,
    list_contractors,
    assure_contractor,
    give_to_firm,
)
