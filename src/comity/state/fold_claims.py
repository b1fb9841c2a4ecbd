# SPDX-License-Identifier: Apache-2.0
"""The fold of claimed settlements that are taken back or refused: they never come to count.

Source: treaties.md A14, U12
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from comity.state.findings import Finding, Uncounted
from comity.state.fold_orders import finding
from comity.state.queries_goods import ends_of_order
from comity.state.records import Said
from comity.state.state import State
from comity.statement.settlements import SettlementDrop

_KIND: Final = "settlement"


def apply_drop(state: State, said: Said, body: SettlementDrop) -> Uncounted | None:
    """Take word that a settlement which does not count was taken back, or is refused."""
    row = state.settlements.get(body.settlement)
    order = None if row is None else state.orders.get(row.record.order)
    if row is None or order is None:
        return finding(state, said, Finding.UNKNOWN_SETTLEMENT, _KIND)
    if said.by not in ends_of_order(order):
        return finding(state, said, Finding.NOT_OF_THE_ORDER, _KIND)
    if row.counted is not None:
        return finding(state, said, Finding.ALREADY_COUNTED, _KIND)
    if row.dropped is not None:
        return finding(state, said, Finding.ALREADY_DROPPED, _KIND)
    state.settlements.put(row.place, structs.replace(row, dropped=said.place))
    state.claimed.drop(row.place)
    return None
