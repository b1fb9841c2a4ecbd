# SPDX-License-Identifier: Apache-2.0
"""What a settlement would do to the lines of its order, and what the file is asked about it.

Nothing is changed here: the fold puts the accounts that come of it, and whoever is about to say a
settlement asks the file just what the fold will. A confirmation is looked at on the day that the
settlement names which it confirms. Source: treaties.md A9 to A12, U5; 10 U.S.C. 2344, 2345
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.amounts import to_millionths
from comity.basis.instants import Date
from comity.state.findings import Finding
from comity.state.goods_decisions import Asked, Settling
from comity.state.queries_goods import accounts_of, find_line, settlement_terms
from comity.state.records_goods import PlacedOrder, SettlementRow
from comity.state.state import State
from comity.statement.orders import Method
from comity.statement.settlements import SettledLine, SettlementRecord
from comity.support.accounts import IN_KIND, LineAccount, Owed
from comity.support.settling import (
    Part,
    cost_of,
    days_settled,
    give_back,
    open_on,
    open_parts,
    parts_settled,
    pay,
    with_day_price,
    without_parts,
)
from comity.support.terms import SettlementTerms

AMOUNTS = frozenset({Owed.EQUAL_VALUE, Owed.CASH})
IN_CASH = frozenset({Owed.CASH})
PAID_IN = {Method.CASH: AMOUNTS, Method.EQUAL_VALUE: AMOUNTS, Method.OFFSET: IN_CASH}
"""Which debts a method pays: cash meets what is owed in equal value too, before its term."""


@dataclass(frozen=True, slots=True)
class SettledOrder:
    """The lines of an order as they stand once a settlement counts, and since when they were owed.

    `delivered` is the latest day of handing over of what is settled.
    """

    order: PlacedOrder
    accounts: dict[int, LineAccount]
    delivered: Date | None


@dataclass(frozen=True, slots=True)
class _Work:
    """A settlement that is worked out: of which order, on which day, by which terms."""

    state: State
    order: PlacedOrder
    body: SettlementRecord
    day: Date

    @property
    def terms(self) -> SettlementTerms:
        return settlement_terms(self.state, self.order.version)


def work_out(
    state: State, order: PlacedOrder, body: SettlementRecord
) -> tuple[SettledOrder, ...] | Finding:
    """Work out the orders after a settlement, its own first, or say what is wrong with it."""
    confirmed = None if body.confirms is None else state.settlements.get(body.confirms)
    work = _Work(state, order, body, body.on if confirmed is None else confirmed.record.on)
    accounts: dict[int, LineAccount] = {}
    days: list[Date] = []
    total = 0
    for each in body.lines:
        account = find_line(state, order, each.line)
        if account is None:
            return Finding.UNKNOWN_LINE
        if each.amount is not None and body.currency != account.currency:
            return Finding.CURRENCY
        after = _settle_line(work, each, account)
        if isinstance(after, Finding):
            return after
        accounts[each.line] = after
        days += days_settled(account, after)
        total += after.paid - account.paid
    own = SettledOrder(order, accounts, max(days, default=None))
    if body.method is not Method.OFFSET:
        return (own,)
    other = _taken_from(work, total)
    return other if isinstance(other, Finding) else (own, other)


def parts_of(state: State, settled: SettledOrder) -> Iterator[Part]:
    """List what a settlement takes of each arrival of an order, before it counts."""
    for line, after in settled.accounts.items():
        before = find_line(state, settled.order, line)
        yield from () if before is None else parts_settled(before, after)


def work_back(state: State, order: PlacedOrder, row: SettlementRow) -> SettledOrder:
    """Work out an order without a settlement that counts by the word of its creditor alone."""
    known = ((line, find_line(state, order, line.line)) for line in row.record.lines)
    moved = [
        (account, _without(account, row, line)) for line, account in known if account is not None
    ]
    days = [day for before, after in moved for day in days_settled(before, after)]
    return SettledOrder(order, {after.line: after for _, after in moved}, max(days, default=None))


def _without(account: LineAccount, row: SettlementRow, line: SettledLine) -> LineAccount:
    after = without_parts(account, row.taken)
    if not row.taken or line.quantity is None or line.amount is None:
        return after
    bought = list(after.bought)
    bought.remove((row.record.on.toordinal(), to_millionths(line.amount)))
    return structs.replace(after, bought=tuple(bought))


def asks_of(
    state: State, order: PlacedOrder, body: SettlementRecord
) -> tuple[tuple[Asked, Settling], ...]:
    """Give the acts that the file is asked about: an offset settles lines of two orders.

    Where its figures are wrong, the file is asked about the lines that it names.
    """
    settled = work_out(state, order, body)
    if isinstance(settled, Finding):
        found = (find_line(state, order, each.line) for each in body.lines)
        accounts = {each.line: each for each in found if each is not None}
        settled = (SettledOrder(order, accounts, None),)
    return tuple(ask_of(body, each) for each in settled)


def ask_of(body: SettlementRecord, settled: SettledOrder) -> tuple[Asked, Settling]:
    """Give the act of settling lines of one order; who says it or confirms it approves of it."""
    order = settled.order
    accounts = tuple(settled.accounts.values())
    return (
        Asked(Action.SETTLE, order, body.acting.person, accounts),
        Settling(body.method, body.reason, settled.delivered, (order.requester, order.provider)),
    )


def _settle_line(work: _Work, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    match work.body.method:
        case Method.RETURN | Method.REPLACEMENT_IN_KIND:
            return _give_back(work, line, account)
        case Method.CONVERTED:
            return _convert(work, line, account)
        case Method.CASH | Method.EQUAL_VALUE | Method.OFFSET:
            return _pay(work, line, account)
        case _:
            assert_never(work.body.method)


def _give_back(work: _Work, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    """Give back a quantity of what was owed in kind on that day: by its own kind and unit."""
    if line.quantity is None or line.amount is not None or line.price is not None:
        return Finding.SETTLED_FIGURES
    if account.method not in IN_KIND:
        return Finding.SETTLED_OTHERWISE
    after = give_back(account, work.terms, work.day, to_millionths(line.quantity))
    return Finding.SETTLED_BEYOND if after is None else after


def _convert(work: _Work, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    """Take the price of the day for a debt in kind that has become one in cash."""
    if line.price is None or line.quantity is not None or line.amount is not None:
        return Finding.SETTLED_FIGURES
    if account.method not in IN_KIND:
        return Finding.NOT_CONVERTED
    after = with_day_price(account, work.terms, work.day, to_millionths(line.price))
    return Finding.NOT_CONVERTED if after is None else after


def _pay(work: _Work, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    """Pay an amount; of what is still owed in kind, a quantity at its price in the amount."""
    if line.amount is None or line.price is not None:
        return Finding.SETTLED_FIGURES
    if line.quantity is not None:
        return _buy(work, account, to_millionths(line.quantity), to_millionths(line.amount))
    kinds = PAID_IN[work.body.method]
    owed = open_on(account, work.terms, work.day, kinds)
    if not owed and open_on(account, work.terms, work.day, frozenset(Owed)):
        return Finding.SETTLED_OTHERWISE
    after = pay(account, work.terms, work.day, kinds, to_millionths(line.amount))
    return Finding.SETTLED_BEYOND if after is None else after


def _buy(work: _Work, account: LineAccount, quantity: int, amount: int) -> LineAccount | Finding:
    """Pay for a quantity that is still owed in kind. Source: treaties.md A9 (3)"""
    in_kind = open_on(account, work.terms, work.day, frozenset({Owed.KIND}))
    if work.body.method is not Method.CASH or not in_kind:
        return Finding.SETTLED_OTHERWISE
    after = give_back(account, work.terms, work.day, quantity)
    if after is None:
        return Finding.SETTLED_BEYOND
    cost = cost_of(account, work.terms, work.day, quantity)
    if amount != cost:
        return Finding.SETTLED_FIGURES
    return structs.replace(after, bought=(*after.bought, (work.day.toordinal(), amount)))


def _taken_from(work: _Work, total: int) -> SettledOrder | Finding:
    """Take a total from an order of the other direction: what was handed over first, first."""
    state, order, against = work.state, work.order, work.body.against
    other = None if against is None else state.orders.get(against)
    if other is None or (other.requester, other.provider) != (order.provider, order.requester):
        return Finding.UNKNOWN_ORDER
    terms = settlement_terms(state, other.version)
    lines = {
        each.line: each for each in accounts_of(state, other) if each.currency == work.body.currency
    }
    parts = sorted(
        (account.arrivals[index].on, line, open_)
        for line, account in lines.items()
        for index, open_ in open_parts(account, terms, work.day, IN_CASH)
    )
    left, amounts = total, dict.fromkeys(lines, 0)
    for _, line, open_ in parts:
        part = min(left, open_)
        amounts[line] += part
        left -= part
    if left:
        return Finding.SETTLED_BEYOND
    paid = {
        line: pay(lines[line], terms, work.day, IN_CASH, amount)
        for line, amount in amounts.items()
        if amount
    }
    taken = {line: after for line, after in paid.items() if after is not None}
    days = [day for line, after in taken.items() for day in days_settled(lines[line], after)]
    return SettledOrder(other, taken, max(days, default=None))
