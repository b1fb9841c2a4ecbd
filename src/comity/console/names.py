# SPDX-License-Identifier: Apache-2.0
"""Parties by the names that each writes itself, on its card, with their codes beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from comity.basis.ids import AgreementId, PartyId
from comity.console.visit import Visit
from comity.flows.turns import read_view
from comity.keys.cards import shown_name
from comity.marking.hidden import printable_text

Names: TypeAlias = Callable[[str], str]
"""Gives a party's name for a page; a party that has no card here is called by its code."""


async def party_names(visit: Visit, agreement: AgreementId) -> Names:
    """Name the parties of an agreement in the reader's language, as their cards have it."""
    view = await read_view(visit.context, agreement)
    known = {
        str(party): f"{printable_text(shown_name(view.card(party), visit.tongue.code))} ({party})"
        for party in view.heads
    }

    def name(party: PartyId | str) -> str:
        return known.get(str(party), str(party))

    return name
