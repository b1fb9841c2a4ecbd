# SPDX-License-Identifier: Apache-2.0
"""How far an item's keeping by one holder has come to its end, by what was said alone.

Nothing closes an item but a certificate for what was left, or the originators' receipts for what
came back. Source: Japan-ROK GSOMIA Art. 6(h), 9 (treaties.md G6h, G9)
"""

from __future__ import annotations

from enum import StrEnum

from comity.basis.ids import PartyId, Place
from comity.state.records import Item
from comity.state.records_handling import Return
from comity.state.state import State
from comity.state.tables import walk


class Keeping(StrEnum):
    """Where it stands: `SENT` and `REFUSED` are in nobody else's custody yet, or never were."""

    SENT = "sent"
    REFUSED = "refused"
    HELD = "held"
    GIVEN_BACK = "given_back"
    CLOSED = "closed"


def keeping_of(state: State, item: Item, holder: PartyId) -> Keeping:
    """Say whether a holder keeps something of an item, gave all back, or is done with it.

    What was given back stays open until an originator has receipted each return.
    """
    handled = walk(state.handled.get((item.place, holder)))
    if not handled or handled[-1].body.remaining:
        return Keeping.HELD
    returns = [row.place for row in handled if isinstance(row, Return)]
    if all(_is_receipted(state, item, place) for place in returns):
        return Keeping.CLOSED
    return Keeping.GIVEN_BACK


def custody_of(state: State, item: Item, party: PartyId) -> Keeping:
    """Say the same of whoever an item was sent to: custody passes with its receipt alone.

    Source: Japan-ROK GSOMIA Art. 9 (treaties.md G9)
    """
    sent = item.place, party
    if sent in state.receipts or walk(state.handled.get(sent)):
        return keeping_of(state, item, party)
    return Keeping.REFUSED if sent in state.refusals else Keeping.SENT


def _is_receipted(state: State, item: Item, returned: Place) -> bool:
    parties = item.release.label.originators
    return any((returned, party) in state.return_receipts for party in parties)
