# SPDX-License-Identifier: Apache-2.0
"""Which statements belong to a case: their texts are read by the rules of that case alone."""

from __future__ import annotations

from comity.basis.ids import Place
from comity.state.records_cases import Incident
from comity.state.state import State
from comity.state.tables import walk


def incident_told_at(state: State, place: Place) -> Incident | None:
    """Give the incident that was reported at a place, or looked into there; None: no such one."""
    reported = state.incidents.get(place)
    if reported is not None:
        return reported
    for incident in state.incidents.values():
        found = walk(state.incident_findings.get(incident.place))
        if any(each.place == place for each in found):
            return incident
    return None


def is_of_case(state: State, place: Place) -> bool:
    """Answer whether an incident, a visit or a disclosure was told of at a place."""
    return (
        place in state.disclosures
        or place in state.visits
        or incident_told_at(state, place) is not None
    )
