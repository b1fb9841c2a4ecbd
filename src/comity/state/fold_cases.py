# SPDX-License-Identifier: Apache-2.0
"""The fold of incidents, visits, disclosures and contractors.

Only what register bytes and the agreement file tell is asked. A report is never held back: it
counts in every state of the agreement, also after its end.
Source: Japan-ROK GSOMIA Art. 2(a), 8, 16, 17, 18, 21(4)
"""

from __future__ import annotations

from typing import Final, assert_never

from comity.agreement.acts import Action
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date, Instant
from comity.basis.limits import FIRM_CHAIN_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.fold_handling import enclose
from comity.state.fold_items import label_stops
from comity.state.lifecycle_dates import day_of, later_day
from comity.state.queries_cases import (
    contractor_article,
    granted,
    involved_of,
    is_closed,
)
from comity.state.records import Said
from comity.state.records_cases import (
    Condition,
    Disclosure,
    Firm,
    Found,
    Incident,
    Visit,
    VisitDecision,
)
from comity.state.state import State
from comity.state.suspensions import act_suspended
from comity.state.tables import Chain
from comity.state.terms import Terms
from comity.statement.cases import (
    CasesBody,
    ContractorAssure,
    DisclosureRecord,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    VisitDecide,
    VisitRequest,
)

WITHOUT_PAYLOAD: Final = frozenset({"oral", "visual"})
"""Forms that are disclosed by word or sight. Source: GSOMIA Art. 2(a)"""


_OUTCOME: Final = "outcome"
_MEASURES: Final = "measures"
_WHOLE: Final = frozenset({_OUTCOME, _MEASURES})
"""What has to be found before anybody closes an incident."""


def apply_case(state: State, said: Said, body: CasesBody) -> Uncounted | None:
    """Apply a statement of this family."""
    match body:
        case IncidentReport():
            return apply_report(state, said, body)
        case IncidentFindings():
            return apply_findings(state, said, body)
        case IncidentClose():
            return apply_close(state, said, body)
        case VisitRequest():
            return apply_visit(state, said, body)
        case VisitDecide():
            return apply_decide(state, said, body)
        case DisclosureRecord():
            return apply_disclosure(state, said, body)
        case ContractorAssure():
            return apply_contractor(state, said, body)
        case _:
            assert_never(body)


def apply_report(state: State, said: Said, body: IncidentReport) -> Uncounted | None:
    """Open an incident: told to every originator, by a party that had to do with the items.

    It happened with one of those, or with a third party to which all of the items were passed on:
    that is no party here, and whoever tells of it answers for it.

    That a victim is named opens none: there is nothing to close, nor to be found. It counts only
    where a clause asks for it, so that no loss or compromise goes by that name.

    Source: Japan-ROK GSOMIA Art. 17
    """
    if body.found_at > said.at or body.begun_at > said.at:
        return _finding(state, said, "incident", Finding.INCIDENT_LATER)
    terms = state.files[said.version]
    if body.names_victim and not terms.asks_for_victims:
        return _finding(state, said, "incident", Finding.NO_VICTIMS)
    parties = terms.parties
    originators: set[PartyId] = set()
    for each in body.affected:
        involved = involved_of(state, each.item)
        if involved is None:
            return _finding(state, said, "incident", Finding.UNKNOWN_ITEM)
        reached = body.held_by in involved.everybody or (each.item, body.held_by) in state.onward_to
        if said.by not in involved.everybody or not reached:
            return _finding(state, said, "incident", Finding.NOT_A_HOLDER)
        originators.update(parties.intersection(involved.originators) or {each.item.party})
    present = {said.by, *said.to}
    answers = body.held_by if body.held_by in parties else said.by
    if not originators <= present or answers not in present:
        return _finding(state, said, "incident", Finding.NOT_TOLD)
    closers = (originators or present) - {answers} or present - {answers}
    if body.names_victim:
        closers = set()
    named = tuple(sorted(closers))
    row = Incident(said.place, said.at, said.to, said.version, body, named, answers)
    state.incidents.put(said.place, row)
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_findings(state: State, said: Said, body: IncidentFindings) -> Uncounted | None:
    """Take findings or measures, from the party that answers for it, until it is closed by all."""
    incident = state.incidents.get(body.incident)
    if incident is None:
        return _finding(state, said, "incident", Finding.UNKNOWN_INCIDENT)
    if said.by != incident.answers:
        return _finding(state, said, "incident", Finding.NOT_THE_INVESTIGATOR)
    if body.outcome is None and not body.measures:
        return _finding(state, said, "incident", Finding.NOTHING_FOUND)
    if is_closed(state, incident):
        return _finding(state, said, "incident", Finding.INCIDENT_CLOSED)
    found = Found(said.place, said.at, body)
    state.incident_findings.put(
        incident.place, Chain(found, state.incident_findings.get(incident.place))
    )
    told = {_OUTCOME} if body.outcome is not None else set()
    told |= {_MEASURES} if body.measures else set()
    known = state.incident_found.get(incident.place) or frozenset()
    state.incident_found.put(incident.place, known | told)
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_close(state: State, said: Said, body: IncidentClose) -> Uncounted | None:
    """Take an incident as closed, for the speaker: after the result and the measures."""
    incident = state.incidents.get(body.incident)
    if incident is None:
        return _finding(state, said, "incident", Finding.UNKNOWN_INCIDENT)
    if said.by not in incident.closers:
        return _finding(state, said, "incident", Finding.NOT_THE_CLOSER)
    if (incident.place, said.by) in state.incident_closes:
        return _finding(state, said, "incident", Finding.INCIDENT_CLOSED)
    if state.incident_found.get(incident.place) != _WHOLE:
        return _finding(state, said, "incident", Finding.NO_FINDINGS)
    state.incident_closes.put((incident.place, said.by), said.place)
    return None


def apply_visit(state: State, said: Said, body: VisitRequest) -> Uncounted | None:
    """Ask the host for a visit. Source: Japan-ROK GSOMIA Art. 8"""
    terms = state.files[said.version]
    stopped = terms.stop_of(Action.VISIT, state.standing(said.at).state)
    if stopped is not None:
        return stopped
    if body.host == said.by or body.host not in said.to:
        return _finding(state, said, "visit", Finding.NOT_THE_HOST)
    if body.level not in terms.ranks:
        return _finding(state, said, "visit", Finding.VISIT_LEVEL)
    today = day_of(said.at, terms.agreement.lifecycle.zone)
    if body.last_day < body.first_day or body.last_day < today:
        return _finding(state, said, "visit", Finding.VISIT_DAYS)
    state.visits.put(said.place, Visit(said.place, said.at, said.to, said.version, body))
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_decide(state: State, said: Said, body: VisitDecide) -> Uncounted | None:
    """Grant a visit or refuse it: the host alone, within what was asked, and once each.

    Source: Japan-ROK GSOMIA Art. 8
    """
    visit = state.visits.get(body.visit)
    if visit is None:
        return _finding(state, said, "visit", Finding.UNKNOWN_VISIT)
    if said.by != visit.request.host:
        return _finding(state, said, "visit", Finding.NOT_THE_HOST)
    before = state.visit_decisions.get(visit.place)
    stands = before is not None and before.newest.decide.level is not None
    if before is not None and (body.level is not None or not stands):
        return _finding(state, said, "visit", Finding.ALREADY_DECIDED)
    if body.level is None and (body.first_day, body.last_day) != (None, None):
        return _finding(state, said, "visit", Finding.VISIT_DAYS)
    stopped = None if body.level is None else _grant_stops(state, said, body, visit)
    if stopped is not None:
        return stopped
    state.visit_decisions.put(visit.place, Chain(VisitDecision(said.place, said.at, body), before))
    return None


def apply_disclosure(state: State, said: Said, body: DisclosureRecord) -> Uncounted | None:
    """Count what was told or shown: within the visit that it names, or as a release would be.

    A suspension undoes nothing that was told: it is exposed, and on record as all else.

    Source: Japan-ROK GSOMIA Art. 2(a), 8
    """
    terms = state.files[said.version]
    if body.disclosed_at > said.at:
        return _finding(state, said, "visit", Finding.DISCLOSED_LATER)
    if body.label.form not in WITHOUT_PAYLOAD:
        return _finding(state, said, "visit", Finding.DISCLOSED_FORM)
    state_then = state.standing(body.disclosed_at).state
    if body.visit is None:
        stopped = terms.stop_of_release(state_then)
    else:
        stopped = terms.stop_of(Action.DISCLOSE, state_then)
    stopped = stopped or label_stops(terms, said, body.label)
    if stopped is None and body.visit is not None:
        stopped = _visit_stops(state, said, body, body.visit)
    if stopped is not None:
        return stopped
    then, acts = body.disclosed_at, (Action.DISCLOSE.value,)
    exposed = act_suspended(state, said, acts=acts, label=body.label, instant=then)
    suspended = None if exposed is None else exposed.article
    row = Disclosure(said.place, said.at, said.to, said.version, body, suspended)
    state.disclosures.put(said.place, row)
    enclose(state, said, body.parcel, body.sealed)
    return None


def apply_contractor(state: State, said: Said, body: ContractorAssure) -> Uncounted | None:
    """Count conditions that a party has made sure of at a firm, or takes back.

    What is made sure of has its evidence; to stop a firm takes none.

    Source: Japan-ROK GSOMIA Art. 16
    """
    zone = state.files[said.version].agreement.lifecycle.zone
    if body.met and body.document is None and body.sealed is None:
        return _of_firm(state, said, Finding.NO_EVIDENCE)
    if body.assured_on > day_of(said.at, zone):
        return _of_firm(state, said, Finding.ASSURED_LATER)
    if body.clearance is not None and body.clearance not in state.files[said.version].ranks:
        return _of_firm(state, said, Finding.UNKNOWN_LEVEL)
    if body.parent == body.firm or _is_above(state, said.by, body.firm, body.parent):
        return _of_firm(state, said, Finding.OWN_PARENT)
    key = (said.by, body.firm, body.facility)
    before = state.firms.get(key)
    conditions = {} if before is None else {each.letter: each for each in before.conditions}
    until = _firm_until(state.files[said.version], body)
    for letter in body.conditions:
        conditions[letter] = Condition(letter, said.place, said.at, body, until)
    rows = tuple(conditions[letter] for letter in sorted(conditions))
    cleared = None if before is None else before.cleared
    if body.clearance is not None:
        cleared = Condition("", said.place, said.at, body, until)
    parent = body.parent or (None if before is None else before.parent)
    if before is None:
        known = state.facilities.get((said.by, body.firm))
        state.facilities.put((said.by, body.firm), Chain(body.facility, known))
    state.firms.put(key, Firm(parent, rows, cleared))
    if body.parent is not None:
        state.firm_parents.put((said.by, body.firm), body.parent)
    enclose(state, said, body.parcel, body.sealed)
    return None


def _firm_until(terms: Terms, body: ContractorAssure) -> Date | None:
    """Give the last day of what was made sure of at a firm; None: none is named, or asked for.

    What names no end holds until an inspection is owed again, where the file says so.

    Source: Japan-ROK GSOMIA Art. 16(g)
    """
    clauses = terms.agreement.clauses("contractor")
    spans = (each.find_duration("inspect_every") for each in clauses)
    owed = [later_day(body.assured_on, each) for each in spans if each is not None]
    return min(owed, default=None) if body.until is None else body.until


def _is_above(state: State, party: PartyId, firm: str, parent: str | None) -> bool:
    """Answer whether a firm stands above the parent that is named for it, or too many would."""
    for _ in range(FIRM_CHAIN_MAX - 1):
        if parent is None:
            return False
        parent = state.firm_parents.get((party, parent))
        if parent == firm:
            return True
    return parent is not None


def _grant_stops(state: State, said: Said, body: VisitDecide, visit: Visit) -> Uncounted | None:
    terms, asked = state.files[said.version], visit.request
    stopped = terms.stop_of(Action.VISIT, state.standing(said.at).state)
    if stopped is not None:
        return stopped
    rank = terms.ranks.get(body.level or "")
    highest = min(terms.ranks.get(each, -1) for each in (asked.level, asked.clearance))
    if rank is None or rank > highest:
        return _finding(state, said, "visit", Finding.VISIT_LEVEL)
    first, last = body.first_day, body.last_day
    if first is None or last is None or not asked.first_day <= first <= last <= asked.last_day:
        return _finding(state, said, "visit", Finding.VISIT_DAYS)
    return None


def _visit_stops(
    state: State, said: Said, body: DisclosureRecord, place: Place
) -> Uncounted | None:
    """Say why something was not to be disclosed on a visit: on whose, when, up to which level."""
    visit = state.visits.get(place)
    if visit is None or not _meets(visit, said):
        return _finding(state, said, "visit", Finding.UNKNOWN_VISIT)
    grant = granted(state, visit, body.disclosed_at)
    terms = state.files[said.version]
    if grant is None:
        return _finding(state, said, "visit", Finding.NOT_GRANTED)
    if not _on_a_day(terms, grant, body.disclosed_at):
        return _finding(state, said, "visit", Finding.OUTSIDE_VISIT)
    if terms.ranks[body.label.level] > terms.ranks.get(grant.decide.level or "", -1):
        return _finding(state, said, "visit", Finding.ABOVE_VISIT)
    return None


def _on_a_day(terms: Terms, grant: VisitDecision, at: Instant) -> bool:
    first, last = grant.decide.first_day, grant.decide.last_day
    day = day_of(at, terms.agreement.lifecycle.zone)
    return first is not None and last is not None and first <= day <= last


def _meets(visit: Visit, said: Said) -> bool:
    """Answer whether host and visitor are the ones who disclose and are disclosed to, alone."""
    both = {visit.request.host, visit.place.party}
    return said.by in both and set(said.to) == both - {said.by}


def _of_firm(state: State, said: Said, finding: Finding) -> Uncounted:
    return Uncounted(finding, contractor_article(state.files[said.version].agreement))


def _finding(state: State, said: Said, clause: str, finding: Finding) -> Uncounted:
    return Uncounted(finding, state.files[said.version].article(clause))
