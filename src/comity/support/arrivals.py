# SPDX-License-Identifier: Apache-2.0
"""What each arrival of a line is worth, and how much of that is settled: the oldest first.

What is owed in kind is worth its accepted price, or that of the day once it is one in cash.
Source: 10 U.S.C. 2342(h)
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, structs

from comity.basis.instants import Date
from comity.support.accounts import IN_KIND, LineAccount, amount_of
from comity.support.terms import SettlementTerms, due_day


class Worth(Struct, frozen=True, gc=False):
    """One arrival: what came on which day, its worth, and what of it is settled.

    `back` is what was given back or replaced of it. `turned` is the worth of what is owed in cash
    in its place, from the day after `due` on; None: nothing turned.
    """

    on: Date
    quantity: int
    worth: int
    settled: int
    back: int = 0
    due: Date | None = None
    turned: int | None = None

    @property
    def outstanding(self) -> int:
        """Give what is not settled of its worth."""
        return self.worth - self.settled


def worths_of(account: LineAccount, terms: SettlementTerms, today: Date) -> Iterator[Worth]:
    """List the arrivals of a line with what they are worth, the oldest first."""
    if account.method in IN_KIND:
        return _in_kind(account, terms, today)
    return _by_value(account, terms)


def _by_value(account: LineAccount, terms: SettlementTerms) -> Iterator[Worth]:
    paid, came, before = account.paid, 0, 0
    for on, quantity in _arrivals(account):
        came += quantity
        upto = structs.replace(account, received=came).value(terms.rounding)
        worth, before = upto - before, upto
        settled = min(paid, worth)
        paid -= settled
        yield Worth(on, quantity, worth, settled)


def _in_kind(account: LineAccount, terms: SettlementTerms, today: Date) -> Iterator[Worth]:
    given, paid, turned = account.given_back, account.paid, 0
    price = account.price if account.day_price is None else account.day_price
    for on, quantity in _arrivals(account):
        back = min(given, quantity)
        given -= back
        left = quantity - back
        returned = amount_of(back, account.price, account.currency, terms.rounding)
        ends = [due_day(on, each) for each in (terms.in_kind_within, terms.at_most)]
        due = min((each for each in ends if each is not None), default=None)
        if not (left and terms.converts and due is not None and today > due):
            worth = amount_of(quantity, account.price, account.currency, terms.rounding)
            yield Worth(on, quantity, worth, returned, back)
            continue
        before = amount_of(turned, price, account.currency, terms.rounding)
        turned += left
        cash = amount_of(turned, price, account.currency, terms.rounding) - before
        settled = min(paid, cash)
        paid -= settled
        yield Worth(on, quantity, returned + cash, returned + settled, back, due, cash)


def _arrivals(account: LineAccount) -> Iterator[tuple[Date, int]]:
    days, quantities = account.arrivals[::2], account.arrivals[1::2]
    for day, quantity in zip(days, quantities, strict=True):
        yield Date.fromordinal(day), quantity
