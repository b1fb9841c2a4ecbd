# SPDX-License-Identifier: Apache-2.0
"""What the fold and the flows ask of orders: lines, debts by line, who has acted, what is settled.

Source: treaties.md 4.4, A9 to A12
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from comity.agreement.model import Agreement, Clause
from comity.basis.amounts import Rounding
from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Date, Instant
from comity.state.goods_bills import billed_on, due_by_bills
from comity.state.goods_caps import note_caps
from comity.state.goods_overdue import hand_over_by
from comity.state.goods_tallies import note_lines
from comity.state.lifecycle_dates import day_of
from comity.state.queries import zone_of
from comity.state.records_goods import PlacedOrder, ReceiptRow, Sheet
from comity.state.state import State
from comity.statement.order_values import Officer
from comity.support.accounts import (
    Claim,
    LineAccount,
    Owed,
    billable_in_cash,
    claims_of,
    owed_in,
)
from comity.support.matching import BookLine
from comity.support.terms import SettlementTerms

NO_TERMS = SettlementTerms(Rounding.HALF_UP, None, None, converts=False)
"""How debts stand where no clause speaks of settlement."""


def settlement_clause(agreement: Agreement) -> Clause | None:
    """Give the clause by which debts are settled: the first of the file."""
    return next(iter(agreement.clauses("settlement")), None)


def settlement_terms(state: State, version: Digest) -> SettlementTerms:
    """Give the numbers by which debts under a version are settled."""
    known = state.goods_terms.get(version)
    if known is None:
        clause = settlement_clause(state.files[version].agreement)
        known = NO_TERMS if clause is None else _terms(clause)
        state.goods_terms[version] = known
    return known


def _terms(clause: Clause) -> SettlementTerms:
    return SettlementTerms(
        Rounding(clause.text("rounding")),
        clause.find_duration("in_kind_within"),
        clause.find_duration("at_most"),
        clause.flag("converts"),
        paid.duration if (paid := clause.find_term("pay_within")) is not None else None,
    )


def find_sheet(state: State, order: PlacedOrder, line: int) -> tuple[Place, Sheet, int] | None:
    """Find the sheet on which a line stands, and its place on it."""
    at = bisect_right(order.sheets, line, key=lambda each: each[0]) - 1
    if at < 0:
        return None
    place = order.sheets[at][1]
    sheet = state.sheets.get(place) or ()
    index = bisect_right(sheet, line, key=lambda each: each.line) - 1
    return (place, sheet, index) if sheet and sheet[index].line == line else None


def find_line(state: State, order: PlacedOrder, line: int) -> LineAccount | None:
    """Find the account of a line."""
    found = find_sheet(state, order, line)
    return None if found is None else found[1][found[2]]


def accounts_of(state: State, order: PlacedOrder) -> Iterator[LineAccount]:
    """Give the accounts of all lines of an order, by their numbers."""
    for _, place in order.sheets:
        yield from state.sheets.get(place) or ()


def book_of(state: State) -> Iterator[BookLine]:
    """Give the lines of all orders, by order and number, to be held against another's book."""
    for place in sorted(state.orders.keys()):
        order = state.orders.get(place)
        lines = () if order is None else accounts_of(state, order)
        yield from (BookLine(place, each) for each in lines)


def put_lines(state: State, order: PlacedOrder, accounts: dict[int, LineAccount]) -> None:
    """Put changed accounts back on their sheets, and keep the sums of what is owed."""
    changed: dict[Place, list[LineAccount]] = {}
    moved: list[tuple[LineAccount, LineAccount]] = []
    for line, account in accounts.items():
        found = find_sheet(state, order, line)
        if found is not None:
            place, sheet, index = found
            moved.append((sheet[index], account))
            changed.setdefault(place, list(sheet))[index] = account
    for place, sheet_lines in changed.items():
        state.sheets.put(place, tuple(sheet_lines))
    terms = settlement_terms(state, order.version)
    note_lines(state, order, terms, moved)
    note_caps(state, order, terms, moved)


def billable_of(state: State, order: PlacedOrder, receipt: ReceiptRow, day: Date) -> dict[str, int]:
    """Give what a bill for a receipt asks for on a day, by currency; empty: nothing.

    That is what is open in cash and stands on no bill yet: what was to be paid in cash, less what
    was paid of it; and, billed before or not, what has turned into cash since.
    Source: treaties.md A9, U5, U6
    """
    terms, billed = settlement_terms(state, order.version), billed_on(state, receipt)
    billable: dict[str, int] = {}
    for line in receipt.of:
        account = find_line(state, order, line)
        amount = (
            0 if account is None else billable_in_cash(account, receipt.nth, terms, day, billed)
        )
        if account is not None and amount:
            billable[account.currency] = billable.get(account.currency, 0) + amount
    return billable


def billed_lines(
    state: State, order: PlacedOrder, receipts: Iterable[ReceiptRow]
) -> tuple[LineAccount, ...]:
    """Give the lines of an order that receipts are of, by their numbers."""
    lines = sorted({line for row in receipts for line in row.of})
    found = (find_line(state, order, line) for line in lines)
    return tuple(each for each in found if each is not None)


def asks_cash(state: State, order: PlacedOrder, receipt: Place) -> bool:
    """Answer whether something of a receipt was to be paid in cash from the beginning."""
    row = state.goods_receipts.get(receipt)
    lines = () if row is None else (find_line(state, order, line) for line in row.of)
    return any(each is not None and owed_in(each) is Owed.CASH for each in lines)


def claims_at(
    state: State, order: PlacedOrder, account: LineAccount, instant: Instant
) -> tuple[Claim, ...]:
    """List what is open of a line at an instant, by the terms of the order's own version.

    What was billed is due as the bill asks, where that is sooner.
    """
    terms = settlement_terms(state, order.version)
    claims = claims_of(account, terms, today_of(state, instant))
    return due_by_bills(state, order, terms, account.line, claims)


def is_agreed_since(state: State, order: PlacedOrder, at: Instant) -> bool:
    """Answer whether both ends of an order agreed a balance of what was said by an instant."""
    ends = ends_of_order(order)
    return any(
        row.at > at
        and row.state.until >= today_of(state, at)
        and {row.place.party, *(place.party for place, each in row.answers if not each.differs)}
        >= ends
        for _, row in state.balances.items()
    )


def today_of(state: State, instant: Instant) -> Date:
    """Give the day that it is in the zone of the file."""
    return day_of(instant, zone_of(state))


def collector_of(order: PlacedOrder) -> Officer | None:
    """Give the provider's officer who collects what is owed for an order; None: none is named yet.

    That nobody told this officer is what auditors found. Source: treaties.md A12, 4.4, 4.5
    """
    return None if order.acceptance is None else order.acceptance.collects


def is_overdue(state: State, order: PlacedOrder, today: Date) -> bool:
    """Say whether something that was accepted is not handed over by the day of its order."""
    zone = state.files[order.version].agreement.lifecycle.zone
    by = hand_over_by(order, settlement_terms(state, order.version), zone)
    late = by is not None and today > by
    return late and any(each.open_to_deliver for each in accounts_of(state, order))


def is_left_short(accounts: Iterable[LineAccount]) -> bool:
    """Answer whether something came short, and its requester has said that it wants no more of it.

    Its provider's books have it as handed over until the provider cancels it too.
    """
    return any(each.missing > each.open_to_deliver for each in accounts)


def ends_of_order(order: PlacedOrder) -> frozenset[PartyId]:
    """Give the two parties of an order."""
    return frozenset((order.requester, order.provider))
