# SPDX-License-Identifier: Apache-2.0
"""By when a bill asks to be paid: what is owed in cash is due then, where that is sooner.

What came by deliveries of one day is due together, by the first of its bills.
Source: treaties.md U6
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from comity.basis.instants import Date
from comity.state.lifecycle_dates import day_of
from comity.state.queries import zone_of
from comity.state.records_goods import PlacedOrder, ReceiptRow
from comity.state.state import State
from comity.support.accounts import Claim, Owed
from comity.support.terms import SettlementTerms, due_day

BillDays = dict[tuple[int, Date], Date]
"""The last day on which it is paid in time, by line and the day of handing over."""


def due_by_bills(
    state: State, order: PlacedOrder, terms: SettlementTerms, line: int, claims: tuple[Claim, ...]
) -> tuple[Claim, ...]:
    """Give what is open of a line, each due no later than its bill asks."""
    if terms.pay_within is None or not any(each.owed is Owed.CASH for each in claims):
        return claims
    days = bill_days(state, order, terms)
    return tuple(_sooner(each, days.get((line, each.on))) for each in claims)


def bill_days(state: State, order: PlacedOrder, terms: SettlementTerms) -> BillDays:
    """Give by when the bills of an order ask to be paid what came of each line."""
    days: BillDays = {}
    if terms.pay_within is None:
        return days
    for receipt in receipts_of(state, order):
        due = pay_day(state, receipt, terms)
        if due is not None:
            for key in ((line, receipt.handed_over) for line in receipt.of):
                days[key] = min(due, days.get(key, due))
    return days


def pay_day(state: State, receipt: ReceiptRow, terms: SettlementTerms) -> Date | None:
    """Give the last day on which the bill for a receipt is paid in time; None: nothing says so."""
    place = state.invoiced.get(receipt.place)
    bill = None if place is None else state.invoices.get(place)
    return None if bill is None else due_day(day_of(bill.at, zone_of(state)), terms.pay_within)


def billed_on(state: State, receipt: ReceiptRow) -> Date | None:
    """Give the day of the last bill for a receipt; None: there is none."""
    place = state.billed_again.get(receipt.place) or state.invoiced.get(receipt.place)
    bill = None if place is None else state.invoices.get(place)
    return None if bill is None else day_of(bill.at, zone_of(state))


def _sooner(claim: Claim, due: Date | None) -> Claim:
    """Give a claim due by its bill; what turned into cash was late by its own day before that."""
    if due is None or claim.owed is not Owed.CASH or claim.converted:
        return claim
    if claim.due is not None and claim.due <= due:
        return claim
    return structs.replace(claim, due=due)


def receipts_of(state: State, order: PlacedOrder) -> Iterator[ReceiptRow]:
    """Give the receipts of an order's deliveries, in the order of these; the further ones last."""
    for place in (*(state.receipt_of.get(each) for each in order.deliveries), *order.further):
        receipt = None if place is None else state.goods_receipts.get(place)
        if receipt is not None:
            yield receipt
