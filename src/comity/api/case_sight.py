# SPDX-License-Identifier: Apache-2.0
"""Which incidents and disclosures a person may know of, and how a sealed text is read."""

from __future__ import annotations

from typing import Any

from comity.api.desk import Desk
from comity.api.replies import not_there
from comity.basis.ids import AgreementId, Place, parse_place
from comity.decision.house import allow_sight
from comity.decision.stages import Refused
from comity.flows.enclosures import OpenedText
from comity.flows.listing import read_state
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.sealing.payload import PayloadHeader
from comity.state.queries_cases import involved_of


class Asked:
    """A sealed text being read, under its banner."""

    def __init__(self, opened: OpenedText) -> None:
        """Take what was opened."""
        self.banner = opened.banner
        self.content = opened.content
        self._opened = opened

    @property
    def header(self) -> PayloadHeader | None:
        """The text's own description."""
        return self._opened.header


def may_know_incident(desk: Desk, view: View, row: dict[str, Any]) -> bool:
    """Answer whether a person may know of every item that an incident is about."""
    found = (involved_of(view.fold.state, parse_place(each["item"])) for each in row["affected"])
    return all(each is None or _may_know(desk, each.label.category) for each in found)


def may_know_disclosure(desk: Desk, row: dict[str, Any]) -> bool:
    """Answer whether a person may know of what was told or shown."""
    return _may_know(desk, row["label"]["category"])


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


def _may_know(desk: Desk, category: str) -> bool:
    return not isinstance(allow_sight(desk.caller.person, category), Refused)
