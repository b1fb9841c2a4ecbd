# SPDX-License-Identifier: Apache-2.0
"""Incidents, visits, disclosures and contractors as JSON, each list in the order of its keys."""

from __future__ import annotations

from comity.basis.ids import Place, format_place
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.export_handling import reclassifications_json
from comity.state.export_lifecycle import nullable_place
from comity.state.protected import told_as_item
from comity.state.queries import item_level, recalled_by, zone_of
from comity.state.queries_cases import granted, holds, is_closed, measures_and_outcome
from comity.state.records_cases import Condition, Disclosure, Firm, FirmKey, Incident, Visit
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.values import format_nullable_date

_Row = dict[str, JsonValue]


def incidents_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the incidents, each with its findings and who has taken it as closed."""
    return [incident_json(state, row) for _, row in sorted(state.incidents.items())]


def visits_json(state: State, at: Instant) -> list[JsonValue]:
    """Write the visits, each with what its host said."""
    return [visit_json(state, row, at) for _, row in sorted(state.visits.items())]


def disclosures_json(state: State, at: Instant) -> list[JsonValue]:
    """Write what was told or shown, and the level at which it stands."""
    return [disclosure_json(state, row, at) for _, row in sorted(state.disclosures.items())]


def contractors_json(state: State, at: Instant) -> list[JsonValue]:
    """Write the facilities of firms, each with the conditions that were assured there."""
    return [contractor_json(state, key, row, at) for key, row in sorted(state.firms.items())]


def incident_json(state: State, incident: Incident) -> _Row:
    """Write one incident."""
    measures, outcome = measures_and_outcome(state, incident.place)
    return {
        **incident.report.to_json(),
        **_placed(incident.place, incident.at),
        "to": list(incident.to),
        "version": incident.version,
        "findings": [
            {**found.findings.to_json(), **_placed(found.place, found.at)}
            for found in walk(state.incident_findings.get(incident.place))
        ],
        "outcome": None if outcome is None else outcome.value,
        "measures": list(measures),
        "to_close": [
            {
                "by": party,
                "closed_by": nullable_place(state.incident_closes.get((incident.place, party))),
            }
            for party in incident.closers
        ],
        "closed": is_closed(state, incident),
    }


def visit_json(state: State, visit: Visit, at: Instant) -> _Row:
    """Write one visit, and the level that it stands granted at, if it does."""
    grant = granted(state, visit, at)
    return {
        **visit.request.to_json(),
        **_placed(visit.place, visit.at),
        "to": list(visit.to),
        "version": visit.version,
        "decisions": [
            {**said.decide.to_json(), **_placed(said.place, said.at)}
            for said in walk(state.visit_decisions.get(visit.place))
        ],
        "granted": None if grant is None else grant.decide.level,
    }


def disclosure_json(state: State, disclosure: Disclosure, at: Instant) -> _Row:
    """Write one disclosure."""
    item = told_as_item(disclosure)
    return {
        **disclosure.record.to_json(),
        **_placed(disclosure.place, disclosure.at),
        "to": list(disclosure.to),
        "version": disclosure.version,
        "suspended": disclosure.suspended,
        "level": item_level(state, item, at),
        "reclassifications": reclassifications_json(state, item),
        "recalled_by": [*recalled_by(state, item)],
    }


def contractor_json(state: State, key: FirmKey, firm: Firm, at: Instant) -> _Row:
    """Write one firm's facility."""
    party, name, facility = key
    return {
        "by": party,
        "firm": name,
        "facility": facility,
        "parent": firm.parent,
        "clearance": None if firm.cleared is None else _cleared_json(state, firm.cleared, at),
        "conditions": [_condition_json(state, each, at) for each in firm.conditions],
    }


def _condition_json(state: State, condition: Condition, at: Instant) -> _Row:
    said = condition.assure.to_json()
    for key in ("firm", "facility", "parent", "conditions", "clearance"):
        del said[key]
    return {
        **said,
        "until": format_nullable_date(condition.until),
        "letter": condition.letter,
        "place": format_place(condition.place),
        "at": format_instant(condition.at),
        "current": holds(condition, at, zone_of(state)),
    }


def _cleared_json(state: State, condition: Condition, at: Instant) -> _Row:
    return {
        "level": condition.assure.clearance,
        "place": format_place(condition.place),
        "until": format_nullable_date(condition.until),
        "current": holds(condition, at, zone_of(state)),
    }


def _placed(place: Place, at: Instant) -> _Row:
    return {"place": format_place(place), "by": place.party, "at": format_instant(at)}
