# SPDX-License-Identifier: Apache-2.0
"""By when what was accepted is handed over: past that somebody cancels it, or it holds its share.

Neither law nor file ends an acceptance by itself; whoever provides may still hand over, late.
Source: 10 U.S.C. 2347; treaties.md 4.4, A12
"""

from __future__ import annotations

from comity.basis.instants import Date, Zone
from comity.state.lifecycle_dates import day_of
from comity.state.records_goods import PlacedOrder
from comity.support.terms import SettlementTerms, due_day


def hand_over_by(order: PlacedOrder, terms: SettlementTerms, zone: Zone) -> Date | None:
    """Give the day by which an order is wanted, as it says itself.

    Where it names none: so long after it was asked for as the file gives for settling anything;
    None where the file gives no such time. Nothing that is said later moves it.
    """
    return order.head.by or due_day(day_of(order.at, zone), terms.at_most)
