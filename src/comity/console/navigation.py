# SPDX-License-Identifier: Apache-2.0
"""The pages that stand in the navigation, and for which roles. What is not there is not linked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.console.languages import phrase
from comity.console.visit import Visit
from comity.decision.house import CONTENT_ROLES, GOODS_OFFICES, REGISTER_READERS
from comity.decision.people import Role
from comity.flows.people.register_pages import READERS
from comity.flows.picture.points import SETTERS

SPEAKERS: Final = frozenset({Role.DRAFTER, Role.RELEASING_OFFICER})


@dataclass(frozen=True, slots=True)
class Entry:
    """One link; `roles` None: for everybody who is signed in. Some only where the node plays."""

    path: str
    name: str
    roles: frozenset[Role] | None = None
    exercise_only: bool = False


ENTRIES: Final = (
    Entry("/", phrase("Home")),
    Entry("/alerts", phrase("Alerts")),
    Entry("/items", phrase("Items")),
    Entry("/agreements", phrase("Agreements")),
    Entry("/duties", phrase("Duties")),
    Entry("/map", phrase("Picture"), CONTENT_ROLES),
    Entry("/map/points", phrase("Points of interest"), SETTERS),
    Entry("/write", phrase("Write"), SPEAKERS),
    Entry("/drafts", phrase("Drafts"), SPEAKERS),
    Entry("/requests", phrase("Requests")),
    Entry("/orders", phrase("Orders"), GOODS_OFFICES),
    Entry("/exercises", phrase("Exercises"), GOODS_OFFICES),
    Entry("/balances", phrase("Balances"), GOODS_OFFICES),
    Entry("/consents", phrase("Consents")),
    Entry("/consultations", phrase("Consultations")),
    Entry("/incidents", phrase("Incidents")),
    Entry("/visits", phrase("Visits")),
    Entry("/contractors", phrase("Firms")),
    Entry("/inventories", phrase("Inventories")),
    Entry("/partners", phrase("Partners"), frozenset({Role.ADMINISTRATOR, Role.REGISTRAR})),
    Entry("/registers", phrase("Registers"), REGISTER_READERS),
    Entry("/journal", phrase("Journal"), frozenset({Role.AUDITOR})),
    Entry("/people", phrase("People"), READERS),
    Entry("/reports", phrase("Reports"), frozenset({Role.AUDITOR})),
    Entry("/tour", phrase("Tour"), exercise_only=True),
)


def entries_for(visit: Visit) -> tuple[Entry, ...]:
    """Give the links of whoever is signed in; nobody has none."""
    if visit.caller is None:
        return ()
    held = frozenset(visit.caller.person.roles)
    plays = visit.node.context.config.exercise
    return tuple(
        each
        for each in ENTRIES
        if (each.roles is None or each.roles & held) and (plays or not each.exercise_only)
    )
