# SPDX-License-Identifier: Apache-2.0
"""Which incidents and disclosures a person may know of."""

from __future__ import annotations

from typing import Any

from comity.api.desk import Desk
from comity.api.replies import not_there
from comity.basis.ids import AgreementId, Place, parse_place
from comity.decision.house import knows_of
from comity.flows.listing import may_know_all, read_state
from comity.flows.turns import read_view
from comity.flows.view import View


def may_know_incident(desk: Desk, view: View, row: dict[str, Any]) -> bool:
    """Answer whether a person may know of every item that an incident is about."""
    items = (parse_place(each["item"]) for each in row["affected"])
    return may_know_all(view.fold.state, desk.caller.person, items)


def may_know_disclosure(desk: Desk, row: dict[str, Any]) -> bool:
    """Answer whether a person may know of what was told or shown."""
    return may_know_category(desk, row["label"]["category"])


async def known_incident(desk: Desk, agreement: AgreementId, place: Place) -> dict[str, Any]:
    """Find an incident that the caller may know of.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    state: Any = await read_state(desk.context, agreement, parts=("incidents",))
    view = await read_view(desk.context, agreement)
    for row in state["incidents"]:
        if row["place"] == str(place) and may_know_incident(desk, view, row):
            known: dict[str, Any] = row
            return known
    raise not_there()


def may_know_category(desk: Desk, category: str) -> bool:
    """Answer whether a person may know of what is of a category."""
    return knows_of(desk.caller.person, category)
