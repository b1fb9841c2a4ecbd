# SPDX-License-Identifier: Apache-2.0
"""What each arrival of a line is worth, and how much of that is settled.

What is owed in kind is worth its accepted price, or that of the day once it is one in cash.
Source: 10 U.S.C. 2342(h)
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from comity.basis.instants import Date
from comity.support.accounts import (
    Arrival,
    LineAccount,
    Owed,
    cash_for,
    owed_in,
    schedule_of,
    share_of,
)
from comity.support.terms import SettlementTerms


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
    in_kind = owed_in(account) is Owed.KIND
    for each in account.arrivals:
        full = share_of(account, each, each.quantity, account.price, terms.rounding)
        if in_kind:
            yield _in_kind(account, each, terms, today, full)
        else:
            yield Worth(Date.fromordinal(each.on), each.quantity, full, each.paid)


def _in_kind(
    account: LineAccount, arrival: Arrival, terms: SettlementTerms, today: Date, full: int
) -> Worth:
    on = Date.fromordinal(arrival.on)
    left = share_of(account, arrival, arrival.left, account.price, terms.rounding)
    _, turns = schedule_of(account, on, terms)
    if not arrival.left or turns is None or today <= turns:
        return Worth(on, arrival.quantity, full, full - left, arrival.back)
    cash = cash_for(account, arrival, terms.rounding)
    returned = full - left
    return Worth(
        on,
        arrival.quantity,
        returned + cash,
        returned + arrival.paid,
        arrival.back,
        turns,
        cash,
    )
