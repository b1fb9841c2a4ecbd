# SPDX-License-Identifier: Apache-2.0
"""What a settlement does to the account of a line: it is counted for arrivals, the oldest first.

Every function looks at what had been handed over by the day of the settlement, as it was owed then,
and gives the account after it; None: so much was not owed so.
Source: treaties.md A9, A10, U5; 10 U.S.C. 2344(a), 2345
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from msgspec import Struct, structs

from comity.basis.instants import Date
from comity.support.accounts import (
    Arrival,
    LineAccount,
    Owed,
    cash_for,
    claim_at,
    debt_of,
    share_of,
)
from comity.support.terms import SettlementTerms


class Part(Struct, frozen=True, gc=False, array_like=True):
    """What a settlement took of one arrival: `back` of its quantity, `paid` of its amount.

    The arrival of a line is known by how much had come `before` it.
    """

    line: int
    before: int
    back: int
    paid: int


_KIND = frozenset({Owed.KIND})
_CASH = frozenset({Owed.CASH})


def open_on(
    account: LineAccount, terms: SettlementTerms, day: Date, kinds: Collection[Owed]
) -> int:
    """Give what was owed on a day in one of these ways: quantities, or amounts."""
    return sum(open_ for _, open_ in open_parts(account, terms, day, kinds))


def open_parts(
    account: LineAccount, terms: SettlementTerms, day: Date, kinds: Collection[Owed]
) -> Iterator[tuple[int, int]]:
    """Give which arrivals were open so on a day, the oldest first, and how much of each."""
    for index, each in enumerate(account.arrivals):
        debt = debt_of(account, each, terms) if each.on <= day.toordinal() else None
        claim = None if debt is None else claim_at(debt, day)
        if claim is None or claim.owed not in kinds:
            continue
        # What was paid as a debt in cash does not come back, whatever day is named later.
        if claim.owed is not Owed.KIND or not each.paid:
            yield index, claim.open


def give_back(
    account: LineAccount, terms: SettlementTerms, day: Date, quantity: int
) -> LineAccount | None:
    """Give back or replace a quantity of what is owed in kind."""
    return _taken(account, open_parts(account, terms, day, _KIND), quantity, _with_back)


def pay(
    account: LineAccount, terms: SettlementTerms, day: Date, kinds: Collection[Owed], amount: int
) -> LineAccount | None:
    """Pay an amount of what is owed as one, in cash or in equal value."""
    return _taken(account, open_parts(account, terms, day, kinds), amount, _with_paid)


def cost_of(account: LineAccount, terms: SettlementTerms, day: Date, quantity: int) -> int | None:
    """Give what a quantity costs that is owed in kind and is paid for: at the accepted price.

    Source: treaties.md A9 (3)
    """
    after = give_back(account, terms, day, quantity)
    if after is None:
        return None
    worth = partial(share_of, account, price=account.price, rounding=terms.rounding)
    pairs = zip(account.arrivals, after.arrivals, strict=True)
    return sum(worth(old, old.left) - worth(old, new.left) for old, new in pairs)


def with_day_price(
    account: LineAccount, terms: SettlementTerms, day: Date, price: int
) -> LineAccount | None:
    """Take the price of the day for what has become a debt in cash and has none yet.

    None too where more was paid than it is worth at that price. Source: treaties.md U5
    """
    turned = {
        index for index, _ in open_parts(account, terms, day, _CASH)
        if account.arrivals[index].price is None
    }  # fmt: skip
    arrivals = tuple(
        structs.replace(each, price=price) if index in turned else each
        for index, each in enumerate(account.arrivals)
    )
    over = any(cash_for(account, each, terms.rounding) < each.paid for each in arrivals)
    return None if over or not turned else structs.replace(account, arrivals=arrivals)


def days_settled(before: LineAccount, after: LineAccount) -> Iterator[Date]:
    """List the days of handing over of the arrivals that a settlement counts for."""
    for old, new in zip(before.arrivals, after.arrivals, strict=True):
        if old != new:
            yield Date.fromordinal(old.on)


def parts_settled(before: LineAccount, after: LineAccount) -> Iterator[Part]:
    """List what a settlement took of each arrival that it counts for."""
    for old, new in zip(before.arrivals, after.arrivals, strict=True):
        if old != new:
            yield Part(before.line, old.before, new.back - old.back, new.paid - old.paid)


def without_parts(account: LineAccount, parts: Collection[Part]) -> LineAccount:
    """Give the account without what a settlement took: so much is owed again, of its own day.

    What else was settled stays with the arrivals that it was settled of.
    """
    taken = {each.before: each for each in parts if each.line == account.line}
    arrivals = tuple(
        structs.replace(each, back=each.back - part.back, paid=each.paid - part.paid)
        if (part := taken.get(each.before)) is not None
        else each
        for each in account.arrivals
    )
    return structs.replace(account, arrivals=arrivals)


def _taken(
    account: LineAccount,
    parts: Iterator[tuple[int, int]],
    count: int,
    settled: Callable[[Arrival, int], Arrival],
) -> LineAccount | None:
    arrivals, left = list(account.arrivals), count
    for index, open_ in parts:
        part = min(left, open_)
        if part:
            arrivals[index] = settled(arrivals[index], part)
            left -= part
    return None if left else structs.replace(account, arrivals=tuple(arrivals))


def _with_back(arrival: Arrival, quantity: int) -> Arrival:
    return structs.replace(arrival, back=arrival.back + quantity)


def _with_paid(arrival: Arrival, amount: int) -> Arrival:
    return structs.replace(arrival, paid=arrival.paid + amount)
