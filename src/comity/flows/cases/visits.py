# SPDX-License-Identifier: Apache-2.0
"""Visits, and what is told or shown: asked by one authority, granted by the host's alone.

Who comes, and what about, is payload; the highest level, the days and the facility are said.
Source: Japan-ROK GSOMIA Art. 2(a), 8, 18
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant, date_of
from comity.decision import request as facts
from comity.decision.request import Request
from comity.decision.stages import Allowed, Refused, allow
from comity.decision.unlisted import refuse_unlisted
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.cases.visit_bounds import (
    asked_days,
    granted_days,
    granted_level,
    level_unknown,
    told,
)
from comity.flows.context import Context
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import Text
from comity.flows.facts import (
    find_facility,
    find_person,
    label_fact,
    person_request,
    with_assurances,
)
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.marking.labels import Draft, Label, label_draft
from comity.state.queries_cases import granted
from comity.state.records_cases import Visit
from comity.statement.cases import DisclosureRecord, VisitDecide, VisitRequest


@dataclass(frozen=True, slots=True)
class Grant:
    """What a host grants: the highest level that may be shown, and on which days."""

    level: str
    first_day: Date
    last_day: Date


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What was told or shown, to whom, and when (None: just now); `visit` None: on none.

    The level is read from the marking.
    """

    to: tuple[PartyId, ...]
    marking: str
    category: str
    form: str
    purposes: tuple[str, ...]
    disclosed_at: Instant | None = None
    visit: Place | None = None
    named_for: tuple[str, ...] = ()


async def ask_visit(
    context: Context,
    agreement: AgreementId,
    visit: VisitRequest,
    *,
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Ask a host for a visit; subject, scope and visitors go sealed beside it.

    Raises:
        InputError: the host is no party of the agreement, or it has no such clearance.
        NotCounted: it would not count, so it was not said.

    Source: Japan-ROK GSOMIA Art. 8
    """
    view = await read_view(context, agreement)
    _refuse_no_party(view, visit.host)
    file = view.agreement()
    zone = file.lifecycle.zone
    file.levels.rank(visit.clearance)  # one that is on no ladder could never be granted
    to = None if visit.host == context.config.party else (visit.host,)
    saying = Saying(visit, person, text=text, to=to)
    days = asked_days(visit, date_of(view.moment(context), zone), zone)
    with told(level_unknown(file, visit.level), days):
        return await say_case(context, agreement, saying)


async def decide_visit(
    context: Context,
    agreement: AgreementId,
    place: Place,
    grant: Grant | None,
    *,
    person: PersonId,
) -> Entered | Refused:
    """Grant a visit to one of our facilities, or refuse it (None), or take a grant back.

    The file decides on a grant: asked by the visitors' authority, a level on the ladder, visitors
    cleared to it.

    Raises:
        StateError: no such visit, or it is to a facility that we do not have.
        NotCounted: we are not the host, it is decided, or the grant goes beyond what was asked.

    Source: Japan-ROK GSOMIA Art. 8
    """
    view = await read_view(context, agreement)
    asked = find_visit(view, place)
    if grant is None:
        body = VisitDecide(place, None, None, None)
        return await say_case(
            context, agreement, Saying(body, person, to=_others(view, asked.place.party))
        )
    if asked.request.host == view.own:
        await _refuse_elsewhere(context, asked)
    body = VisitDecide(place, grant.level, grant.first_day, grant.last_day)

    async def decide(view: View) -> Allowed | Refused:
        return await _decide_grant(context, view, find_visit(view, place), grant, person)

    to, file = _others(view, asked.place.party), view.agreement()
    level = granted_level(file, asked.request, grant.level)
    with told(level, granted_days(asked.request, grant.first_day, grant.last_day)):
        return await say_case(context, agreement, Saying(body, person, to=to, decide=decide))


async def grant_refused(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> Refused | None:
    """Say why the file lets a visit be granted at no level at all; None: at some level it does.

    Nothing is kept of it: it is shown beside the act before anybody does it.

    Raises:
        StateError: no such visit.

    Source: Japan-ROK GSOMIA Art. 8
    """
    view = await read_view(context, agreement)
    asked = find_visit(view, place)
    lowest = view.agreement().levels.order[-1]
    grant = Grant(lowest, asked.request.first_day, asked.request.last_day)
    decided = await _decide_grant(context, view, asked, grant, person)
    return decided if isinstance(decided, Refused) else None


async def _decide_grant(
    context: Context, view: View, asked: Visit, grant: Grant, person: PersonId
) -> Allowed | Refused:
    by = await find_person(context, person)
    request = await person_request(context, view, by, view.moment(context))
    visit = _as_granted(asked, grant, view.own)
    return allow(view.agreement(), replace(request, action="visit", visit=visit))


async def record_disclosure(
    context: Context,
    agreement: AgreementId,
    disclosed: Disclosed,
    *,
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Put on record what was told or shown; it gets a control number, with or without a payload.

    On a visit the file holds it to the visit's days and highest level; else it is decided as a
    release would be. A suspension refuses what is told just now; what was told at a time that is
    named is put on record all the same, and exposed where the suspension was known.

    Raises:
        InputError: the marking is none at all.
        StateError: no such visit.
        NotCounted: it would not count, so it was not said.

    Source: Japan-ROK GSOMIA Art. 2(a), 8
    """
    view = await read_view(context, agreement)
    now = view.moment(context)
    at = now if disclosed.disclosed_at is None else disclosed.disclosed_at
    try:
        label = _label(view, disclosed, at)
    except InputError as err:
        refused = refuse_unlisted(Action.DISCLOSE.value, view.agreement(), err)
        return await keep_refusal(context, refused, person, {"agreement": agreement})
    if disclosed.visit is not None:
        find_visit(view, disclosed.visit)

    async def decide(view: View) -> Allowed | Refused:
        by, then = await find_person(context, person), min(at, view.moment(context))
        request = await person_request(context, view, by, then)
        request = with_assurances(view, request, disclosed.to, label.named_for, then)
        if disclosed.disclosed_at is not None:  # a fact: told it was, whatever is suspended
            request = replace(request, suspended=())
        visit = None if disclosed.visit is None else find_visit(view, disclosed.visit)
        wanted = replace(
            request,
            action="disclose",
            item=label_fact(label),
            visit=None if visit is None else visit_fact(view, visit, at),
        )
        return _decide_each(view, wanted, disclosed.to)

    body = DisclosureRecord(disclosed.visit, label, at)
    saying = Saying(body, person, text=text, to=disclosed.to, decide=decide)
    return await say_case(context, agreement, saying)


async def asked_visit(context: Context, agreement: AgreementId, place: Place) -> Visit:
    """Return a visit as it was asked for.

    Raises:
        StateError: no such visit was asked for.
    """
    return find_visit(await read_view(context, agreement), place)


def _refuse_no_party(view: View, host: PartyId) -> None:
    parties = sorted((view.own, *view.partners))
    if host not in parties:
        raise InputError(
            "visit.no-party",
            "the host is no party of this agreement",
            where="host",
            expected=" or ".join(each for each in parties if each != view.own),
            found=host,
            hint="name one of the partners as the host",
        )


async def _refuse_elsewhere(context: Context, visit: Visit) -> None:
    facility = visit.request.facility
    if await find_facility(context, facility) is None:
        raise StateError(
            "facility.unknown",
            "no such facility on this node's register",
            where=f"visit {visit.place}",
            found=excerpt(facility),
            hint="refuse the visit: comity visit refuse; or see what we have: comity facility list",
        )


def visit_fact(view: View, visit: Visit, at: Instant) -> facts.Visit:
    """Give the facts of a visit as it stood granted at an instant."""
    grant = granted(view.fold.state, visit, at)
    if grant is None:
        return replace(_asked(visit), granted_by=None, begins=None, until=None, level=None)
    said = grant.decide
    return replace(
        _asked(visit),
        granted_by=visit.request.host,
        begins=said.first_day,
        until=said.last_day,
        level=said.level,
    )


def find_visit(view: View, place: Place) -> Visit:
    """Return a visit.

    Raises:
        StateError: no such visit was asked for.
    """
    visit = view.fold.state.visits.get(place)
    if visit is None:
        raise StateError(
            "visit.unknown",
            "no such visit was asked for",
            where=view.agreement_id,
            found=str(place),
            hint="list the visits: comity visit list",
        )
    return visit


def _as_granted(visit: Visit, grant: Grant, host: PartyId) -> facts.Visit:
    return replace(
        _asked(visit),
        granted_by=host,
        begins=grant.first_day,
        until=grant.last_day,
        level=grant.level,
    )


def _asked(visit: Visit) -> facts.Visit:
    said = visit.request
    return facts.Visit(
        host=said.host,
        asked_by=visit.place.party,
        asked_at=visit.at,
        clearance=said.clearance,
        clearance_until=said.clearance_until,
    )


def _label(view: View, disclosed: Disclosed, at: Instant) -> Label:
    file = view.agreement()
    draft = Draft(
        by=view.own,
        to=disclosed.to,
        marking=disclosed.marking,
        category=disclosed.category,
        form=disclosed.form,
        purposes=disclosed.purposes,
        named_for=disclosed.named_for,
    )
    on = date_of(at, file.lifecycle.zone)
    return label_draft(draft, file.table, on).label


def _decide_each(view: View, wanted: Request, to: tuple[PartyId, ...]) -> Allowed | Refused:
    outcome: Allowed | Refused | None = None
    for party in sorted(set(to)):
        outcome = allow(view.agreement(), replace(wanted, recipient=party))
        if isinstance(outcome, Refused):
            return outcome
    return allow(view.agreement(), wanted) if outcome is None else outcome


def _others(view: View, party: PartyId) -> tuple[PartyId, ...]:
    return (party,) if party != view.own else view.partners
