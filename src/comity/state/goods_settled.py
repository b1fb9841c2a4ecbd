# SPDX-License-Identifier: Apache-2.0
"""Which receipts of goods nothing is owed for any more: since when, and by which statement.

Source: treaties.md A12, 4.5
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.ids import Place
from comity.basis.instants import Date
from comity.state.queries_goods import find_line, settlement_terms
from comity.state.records import Said
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.state.tables import Chain
from comity.support.accounts import debts_of


def note_paper(state: State, order: Place, paper: Place) -> None:
    """Keep a bill or a settlement with the order that it is of."""
    state.papers_of.put(order, Chain(paper, state.papers_of.get(order)))


def note_settled(state: State, said: Said, place: Place) -> None:
    """Keep which receipts of an order are settled now, as its lines stand after a statement.

    What is settled counts against the oldest, so a receipt that comes late for an early delivery
    takes what was settled before it, and a later one is open again.
    """
    order = state.orders.get(place)
    if order is None:
        return
    days: dict[int, frozenset[Date]] = {}
    for delivery in order.deliveries:
        found = state.receipt_of.get(delivery)
        receipt = None if found is None else state.goods_receipts.get(found)
        if receipt is None:
            continue
        is_open = any(receipt.handed_over in _days(state, order, line, days) for line in receipt.of)
        if is_open is (receipt.settled is None):
            continue
        settled = None if is_open else (said.at, said.place)
        state.goods_receipts.put(receipt.place, structs.replace(receipt, settled=settled))
        if is_open:
            state.unsettled.put(receipt.place, order.place)
        else:
            state.unsettled.drop(receipt.place)


def _days(
    state: State, order: PlacedOrder, line: int, known: dict[int, frozenset[Date]]
) -> frozenset[Date]:
    """Give the days of what is open of a line."""
    if line not in known:
        account, terms = find_line(state, order, line), settlement_terms(state, order.version)
        debts = () if account is None else debts_of(account, terms)
        known[line] = frozenset(debt.on for debt in debts)
    return known[line]
