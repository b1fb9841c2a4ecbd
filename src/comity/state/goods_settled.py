# SPDX-License-Identifier: Apache-2.0
"""Which receipts of goods nothing is owed for any more: since when, and by which statement.

Source: treaties.md A12, 4.5
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.goods_bills import receipts_of
from comity.state.queries_goods import find_line, settlement_terms
from comity.state.records import Said
from comity.state.records_goods import ReceiptRow
from comity.state.state import State
from comity.state.tables import Chain
from comity.support.accounts import LineAccount, debt_of
from comity.support.terms import SettlementTerms


def note_paper(state: State, order: Place, paper: Place) -> None:
    """Keep a bill or a settlement with the order that it is of."""
    state.papers_of.put(order, Chain(paper, state.papers_of.get(order)))


def note_settled(state: State, said: Said, place: Place, *, reopens: bool = False) -> None:
    """Keep which receipts of an order are settled now, as its lines stand after a statement.

    A settlement is counted for an arrival and stays with it: what is settled is so for good, unless
    the statement takes a settlement back (`reopens`).
    """
    order = state.orders.get(place)
    if order is None:
        return
    terms = settlement_terms(state, order.version)
    known: dict[int, frozenset[int]] = {}
    for receipt in receipts_of(state, order):
        if receipt.settled is not None and not reopens:
            continue
        for line in receipt.of:
            if line not in known:
                known[line] = _open_deliveries(find_line(state, order, line), terms)
        open_ = frozenset(line for line in receipt.of if receipt.nth in known[line])
        now = _settled_now(receipt, open_, (said.at, said.place))
        if now != receipt:
            state.goods_receipts.put(receipt.place, now)
        if not open_:
            state.unsettled.drop(receipt.place)
        elif receipt.settled is not None:
            state.unsettled.put(receipt.place, order.place)


def _settled_now(
    receipt: ReceiptRow, open_: frozenset[int], when: tuple[Instant, Place]
) -> ReceiptRow:
    """Give a receipt of which these lines are open still; each loan of it is settled by itself."""
    loans = tuple(
        structs.replace(each, settled=None if open_ & set(each.of) else each.settled or when)
        for each in receipt.loans
    )
    return structs.replace(receipt, loans=loans, settled=None if open_ else receipt.settled or when)


def _open_deliveries(account: LineAccount | None, terms: SettlementTerms) -> frozenset[int]:
    """Give the deliveries of which something is owed of a line."""
    arrivals = () if account is None else account.arrivals
    return frozenset(each.nth for each in arrivals if account and debt_of(account, each, terms))
