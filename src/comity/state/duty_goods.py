# SPDX-License-Identifier: Apache-2.0
"""The duties that follow from goods: to receipt, to bill, to pay and to settle what came.

Receipts, claims and bills stand in tables of their own, and what is settled is told by the sums:
no one statement settles a receipt. Source: treaties.md A12, U6; 10 U.S.C. 2345
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from comity.basis.ids import PartyId, Place
from comity.state.affairs import Act
from comity.state.queries_goods import collector_of
from comity.state.records_goods import DeliveredRow, InvoiceRow, LoanRow, PlacedOrder, ReceiptRow
from comity.state.state import State
from comity.statement.order_values import Officer

DELIVERY: Final = "delivery.make"
RECEIPT: Final = "delivery.receipt"
CLAIM: Final = "claim.notice"
INVOICE: Final = "invoice.issue"
SETTLED: Final = "delivery.settled"
PAID: Final = "invoice.settled"
LOAN: Final = "delivery.loan"
RETURNED: Final = "loan.return"
SETTLING: Final = frozenset({SETTLED, PAID, RETURNED})
TRIGGERS: Final = frozenset({DELIVERY, RECEIPT, CLAIM, INVOICE, LOAN})


def goods_acts(state: State, *, live: bool) -> Iterator[Act]:
    """Give what triggers duties of goods; with `live` only of what is not receipted or settled."""
    deliveries = state.unanswered.keys() if live else state.deliveries.keys()
    yield from _known(_delivery(state, place) for place in deliveries)
    bills: set[Place] = set()
    for place in state.unsettled.keys() if live else state.goods_receipts.keys():
        claim = state.claims.get(place)
        yield from _known((_receipt(state, place),))
        yield from _loans(state, place)
        if claim is not None:
            yield from _known((_claim(state, claim),))
        for bill in (state.invoiced.get(place), state.billed_again.get(place)):
            if bill is not None and bill not in bills:
                bills.add(bill)
                yield from _known((_invoice(state, bill),))


def goods_acts_of(state: State, place: Place) -> Iterator[Act]:
    """Give what one statement triggers duties of goods as: a receipt also as each of its loans."""
    yield from _known(find(state, place) for find in (_delivery, _receipt, _claim, _invoice))
    yield from _loans(state, place)


def end_of(state: State, act: Act, who: str) -> PartyId | None:
    """Give who owes for goods, or is owed; None: the act is of no order."""
    order = order_of(state, act)
    ends = {} if order is None else {"debtor": order.requester, "creditor": order.provider}
    return ends.get(who)


def order_of(state: State, act: Act) -> PlacedOrder | None:
    """Give the order that an act on goods is of."""
    if isinstance(act.body, DeliveredRow | ReceiptRow | InvoiceRow | LoanRow):
        return state.orders.get(act.body.order)
    return None


def collecting(state: State, act: Act) -> Officer | None:
    """Give the officer who collects what came or was billed. Source: treaties.md A12, 4.4"""
    order = None if isinstance(act.body, DeliveredRow) else order_of(state, act)
    return None if order is None else collector_of(order)


def dispute_of(state: State, act: Act) -> Place | None:
    """Find where a line of a receipt, of a loan or of a bill was disputed."""
    order = order_of(state, act)
    if order is None or not order.disputed:
        return None
    lines = [line for row in _owing(state, act) for line in row.of]
    found = (order.dispute_of(line) for line in lines)
    return min((place for place in found if place is not None), default=None)


def goods_discharges(state: State, act: Act, kinds: Iterable[str]) -> Iterator[Act]:
    """Give what discharges a duty that an act on goods triggers, of these kinds."""
    if isinstance(act.body, DeliveredRow) and RECEIPT in kinds:
        place = state.receipt_of.get(act.place)
        yield from _known(() if place is None else (_receipt(state, place),))
    receipts = tuple(_owing(state, act))
    if INVOICE in kinds:
        bills = (state.invoiced.get(row.place) for row in receipts if isinstance(row, ReceiptRow))
        yield from _known(_invoice(state, place) for place in bills if place is not None)
    if receipts and SETTLING.intersection(kinds):
        settled = [receipt.settled for receipt in receipts]
        told = [each for each in settled if each is not None]
        if len(told) == len(settled):
            at, place = max(told)
            yield Act(SETTLED, place, at, (), act.version, None)


def _owing(state: State, act: Act) -> Iterator[ReceiptRow | LoanRow]:
    """Give what an act says is owed: a receipt, that of its claim, those of a bill, or a loan."""
    if isinstance(act.body, ReceiptRow | LoanRow):
        yield act.body
    elif isinstance(act.body, InvoiceRow):
        found = (state.goods_receipts.get(place) for place in act.body.receipts)
        yield from (receipt for receipt in found if receipt is not None)


def _delivery(state: State, place: Place) -> Act | None:
    return _act(state, DELIVERY, state.deliveries.get(place))


def _receipt(state: State, place: Place) -> Act | None:
    return _act(state, RECEIPT, state.goods_receipts.get(place))


def _loans(state: State, place: Place) -> Iterator[Act]:
    """Give the loans of a receipt, each with its day of return. Source: treaties.md U7"""
    receipt = state.goods_receipts.get(place)
    act = _act(state, LOAN, receipt)
    if receipt is not None and act is not None:
        yield from (replace(act, body=each) for each in receipt.loans)


def _invoice(state: State, place: Place) -> Act | None:
    return _act(state, INVOICE, state.invoices.get(place))


def _claim(state: State, place: Place) -> Act | None:
    """Give a claim with the receipt that it arose from."""
    known = state.claim_of.get(place)
    receipt = None if known is None else state.goods_receipts.get(known[1])
    order = None if receipt is None else state.orders.get(receipt.order)
    if known is None or receipt is None or order is None:
        return None
    return Act(CLAIM, place, known[0], (order.provider,), order.version, receipt)


def _act(state: State, kind: str, row: DeliveredRow | ReceiptRow | InvoiceRow | None) -> Act | None:
    order = None if row is None else state.orders.get(row.order)
    if row is None or order is None:
        return None
    ends = {order.requester, order.provider} - {row.place.party}
    return Act(kind, row.place, row.at, tuple(sorted(ends)), order.version, row)


def _known(acts: Iterable[Act | None]) -> Iterator[Act]:
    return (act for act in acts if act is not None)
