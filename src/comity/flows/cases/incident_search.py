# SPDX-License-Identifier: Apache-2.0
"""Losses and compromises that a person may know of, the newest first.

To whom an item that one is about is hidden, nothing is there.
Source: Japan-ROK GSOMIA Art. 7(1), 17
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all, view_of_lister
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.queries_cases import is_closed, measures_and_outcome
from comity.state.records_cases import Found as Findings
from comity.state.records_cases import Incident
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.cases import Outcome


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident: what was found, the oldest first, who has yet to close it, and whether it is."""

    incident: Incident
    found: tuple[Findings, ...]
    outcome: Outcome | None
    measures: tuple[str, ...]
    to_close: tuple[PartyId, ...]
    is_closed: bool


async def search_incidents(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    open_only: bool = False,
) -> Found[IncidentRow] | Refused:
    """Find incidents; `open_only`: those alone that are not closed."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister
    state = view.fold.state

    async def fits(incident: Incident) -> bool:
        return not (open_only and is_closed(state, incident)) and _may_know(state, by, incident)

    going = NewestFirst(context, view, state.incidents.get, fits, before)
    return await going.page(limit, lambda incident: _row(view, incident))


async def find_incident_row(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> IncidentRow | None:
    """Give one incident; None: there is none, or a person may not know of it."""
    view = await read_view(context, agreement)
    by, state = await find_person(context, person), view.fold.state
    known = state.incidents.get(place)
    return None if known is None or not _may_know(state, by, known) else _row(view, known)


def _may_know(state: State, by: Person, incident: Incident) -> bool:
    return may_know_all(state, by, (each.item for each in incident.report.affected))


def _row(view: View, incident: Incident) -> IncidentRow:
    state, place = view.fold.state, incident.place
    measures, outcome = measures_and_outcome(state, place)
    waiting = (each for each in incident.closers if (place, each) not in state.incident_closes)
    found = tuple(reversed(tuple(walk(state.incident_findings.get(place)))))
    return IncidentRow(
        incident, found, outcome, tuple(measures), tuple(waiting), is_closed(state, incident)
    )
