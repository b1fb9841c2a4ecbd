# SPDX-License-Identifier: Apache-2.0
"""Losses and compromises: told before any review, looked into, closed by both sides.

A report needs one person of any role, no draft and no second person, and is possible in every
state of the agreement. It takes no access away: only the agreement's file does.
Source: Japan-ROK GSOMIA Art. 17, 21(4)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.cases.speaking import Saying, say_case
from comity.flows.context import Context
from comity.flows.copies import copies_of
from comity.flows.enclosures import Text
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.protected import find_protected
from comity.state.queries_cases import involved_of
from comity.state.records_cases import Incident
from comity.statement.cases import (
    Affected,
    Certainty,
    Harm,
    IncidentClose,
    IncidentFindings,
    IncidentReport,
    Outcome,
)
from comity.tlog.cosignatures import cosigned_at_s

ANYBODY: Final = frozenset(Role)
_SECOND_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. `held_by` None: it happened with us.

    `found_at` None: just now. `begun_at` is when the person began to report it.
    """

    affected: tuple[Affected, ...]
    harm: Harm
    certainty: Certainty
    begun_at: Instant
    found_at: Instant | None = None
    held_by: PartyId | None = None


def put_together(affected: Iterable[Affected]) -> tuple[Affected, ...]:
    """Put what was named of one item together; the whole of it is more than some copies."""
    found: dict[Place, set[int] | None] = {}
    for each in affected:
        known = found.get(each.item, set())
        whole = known is None or not each.copies
        found[each.item] = None if whole or known is None else known | set(each.copies)
    return tuple(Affected(item, tuple(sorted(found[item] or ()))) for item in sorted(found))


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """When a partner cosigned a report, by its own clock, to the second."""

    party: PartyId
    at: Instant


@dataclass(frozen=True, slots=True)
class Clock:
    """How long it took until a report was told. `told_ms` counts from its beginning.

    `entered_at` is when it was entered and could be sent; the partners' cosignatures follow.
    """

    found_at: Instant
    begun_at: Instant
    entered_at: Instant
    acknowledged: tuple[Acknowledged, ...]

    @property
    def told_ms(self) -> int:
        """Give the time from the beginning of the report until it was entered."""
        return self.entered_at - self.begun_at

    @property
    def since_found_ms(self) -> int:
        """Give the time from the finding until it was entered."""
        return self.entered_at - self.found_at

    def acknowledged_ms(self, party: PartyId) -> int | None:
        """Give the time from the beginning until a partner cosigned, at most; None: it has not.

        A cosignature names a second: the end of it counts, and never less than it took to enter.
        """
        known = next((each for each in self.acknowledged if each.party == party), None)
        if known is None:
            return None
        return max(self.told_ms, known.at + _SECOND_MS - 1 - self.begun_at)


async def report_incident(
    context: Context,
    agreement: AgreementId,
    report: Report,
    *,
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Tell the originators of a loss or compromise, or of the possibility of one.

    The statement opens the investigation. It goes to every originator, and to the party where it
    happened; a partner without a valid sealing key is told without the text.

    Raises:
        NotCounted: no such item, or the speaker has nothing to do with it.
        StateError: no version of the agreement was ever signed, or there is no such copy here.

    Source: Japan-ROK GSOMIA Art. 17
    """
    view = await read_view(context, agreement)
    now = context.ports.clock.now()
    held_by = report.held_by or view.own
    if held_by == view.own:
        await _check_copies(context, view, report.affected)
    body = IncidentReport(
        report.affected,
        held_by,
        report.harm,
        report.certainty,
        now if report.found_at is None else report.found_at,
        min(report.begun_at, now),
    )
    told = _to_tell(view, body)
    saying = Saying(body, person, roles=ANYBODY, text=text, to=told, urgent=True)
    return await say_case(context, agreement, saying)


async def give_findings(
    context: Context,
    agreement: AgreementId,
    incident: Place,
    *,
    outcome: Outcome | None,
    measures: tuple[str, ...],
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Tell what the investigation found, and what is done against repetition."""
    view = await read_view(context, agreement)
    known = _looked_into(view, incident)
    to = _others(view, (known.place.party, *known.to))
    body = IncidentFindings(incident, outcome, tuple(sorted(set(measures))))
    return await say_case(context, agreement, Saying(body, person, text=text, to=to))


async def close_incident(
    context: Context, agreement: AgreementId, incident: Place, person: PersonId
) -> Entered | Refused:
    """Take an incident as closed, on the originator's side, after result and measures."""
    view = await read_view(context, agreement)
    known = _looked_into(view, incident)
    to = _others(view, (known.place.party, *known.to))
    return await say_case(context, agreement, Saying(IncidentClose(incident), person, to=to))


async def incident_clock(context: Context, agreement: AgreementId, incident: Place) -> Clock:
    """Measure how long it took until an incident was told, and acknowledged.

    Raises:
        StateError: no such incident.
    """
    view = await read_view(context, agreement)
    known = find_incident(view, incident)
    origin = view.heads[incident.party].origin
    given = await context.ports.store.cosignatures(origin, start=incident.index + 1)
    first: dict[PartyId, Instant] = {}
    for each in given:  # sorted by size: the first of a party is the one that told of it
        if each.party not in first:
            first[each.party] = Instant(cosigned_at_s(each.raw) * _SECOND_MS)
    acknowledged = tuple(Acknowledged(party, first[party]) for party in sorted(first))
    return Clock(known.report.found_at, known.report.begun_at, known.at, acknowledged)


def find_incident(view: View, place: Place) -> Incident:
    """Return an incident.

    Raises:
        StateError: no such incident counts.
    """
    incident = view.fold.state.incidents.get(place)
    if incident is None:
        raise StateError(
            "incident.unknown",
            "no such incident",
            where=view.agreement_id,
            found=str(place),
            hint="list the incidents: comity incident list",
        )
    return incident


def _looked_into(view: View, place: Place) -> Incident:
    """Return an incident that is looked into and closed: none that names a victim.

    Raises:
        StateError: no such incident counts, or it names a victim.
    """
    known = find_incident(view, place)
    if known.report.names_victim:
        raise StateError(
            "incident.names-victim",
            "a named victim is neither looked into nor closed",
            where=view.agreement_id,
            found=str(place),
            hint=f"see who was told: comity incident show {view.agreement_id}/{place}",
        )
    return known


async def _check_copies(context: Context, view: View, affected: Iterable[Affected]) -> None:
    """Refuse numbers that no copy of ours bears; copies of partners are theirs to number."""
    for each in affected:
        item = find_protected(view.fold.state, each.item)
        if item is None or not each.copies:
            continue
        known = await copies_of(context, view, item)
        for number in each.copies:
            if not known.unread:
                known.copy(number)


def _to_tell(view: View, body: IncidentReport) -> tuple[PartyId, ...] | None:
    """List whom a report is told; None: all partners, where an item is not known here."""
    told = {body.held_by}
    for each in body.affected:
        involved = involved_of(view.fold.state, each.item)
        if involved is None:
            return None
        told |= involved.originators | {each.item.party}
        if view.own in involved.originators:
            told |= involved.everybody
    return _others(view, tuple(told)) or None


def _others(view: View, parties: tuple[PartyId, ...]) -> tuple[PartyId, ...]:
    return tuple(sorted(set(parties) & set(view.partners)))
