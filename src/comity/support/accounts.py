# SPDX-License-Identifier: Apache-2.0
"""The account of one line of an order: what came, what was given back or paid, what is owed.

Quantities, prices and amounts are whole millionths. Every change gives a new account; whether it
is allowed is for whoever folds statements to ask first. What is owed at a day follows from the
account, the terms and the day alone, so that two nodes find the same.
Source: treaties.md 4.4 (life of an order), A9, A12, U5
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import StrEnum
from typing import Final, assert_never

from msgspec import Struct, structs

from comity.basis.amounts import Rounding
from comity.basis.currencies import minor_digits
from comity.basis.instants import Date
from comity.statement.orders import Method, Nature
from comity.support.terms import SettlementTerms, due_day

MILLION: Final = 1_000_000
AMOUNT_MAX: Final = 10**15 * MILLION
"""An order's line is worth less: sums of a million of them stay exact in every reader."""

IN_KIND: Final = frozenset({Method.RETURN, Method.REPLACEMENT_IN_KIND})


class Owed(StrEnum):
    """In what something is owed: things of the same kind, things of equal value, or cash."""

    KIND = "kind"
    EQUAL_VALUE = "equal_value"
    CASH = "cash"


class LineAccount(Struct, frozen=True, gc=False):
    """One line: asked, accepted, handed over, received, and settled.

    `arrivals` holds pairs of a day's ordinal and the quantity that came by deliveries of that day,
    the oldest first. `answered` counts what was handed over by deliveries that were receipted,
    whatever came of it; `lost` what did not come and its provider asks for no more. `given_back`
    counts quantity, `paid` an amount. `day_price` is the price of the day, once both have said it.
    """

    line: int
    category: str
    nature: Nature
    unit: str
    asked: int
    return_by: int | None = None
    accepted: int = 0
    price: int = 0
    taxes: int = 0
    currency: str = ""
    method: Method | None = None
    ended: int = 0
    delivered: int = 0
    answered: int = 0
    received: int = 0
    damaged: int = 0
    lost: int = 0
    arrivals: tuple[int, ...] = ()
    given_back: int = 0
    paid: int = 0
    day_price: int | None = None

    @property
    def open_to_accept(self) -> int:
        """Give what may still be accepted: a line is accepted once, declined or not at all."""
        return 0 if self.method is not None else self.asked - self.ended

    @property
    def open_to_deliver(self) -> int:
        """Give what was accepted, not cancelled, and not handed over yet."""
        return 0 if self.method is None else self.accepted - self.ended - self.delivered

    @property
    def awaited(self) -> int:
        """Give what one side alone has on record: handed over, and nothing said of it."""
        return self.delivered - self.answered

    @property
    def missing(self) -> int:
        """Give what was handed over and did not come in good condition, by the receipt."""
        return self.answered - self.received - self.lost

    @property
    def unmatched(self) -> int:
        """Give what one side handed over and the other did not receipt in good condition."""
        return self.awaited + self.missing

    @property
    def price_now(self) -> int:
        """Give the price of the day once both have said it, else the one that was accepted."""
        return self.price if self.day_price is None else self.day_price

    def value(self, rounding: Rounding) -> int:
        """Give what all that was received is worth, taxes included."""
        return _value(self, self.received, self.price, rounding)


class Debt(Struct, frozen=True, gc=False):
    """What is open of the arrivals of one day: `open` until the day `turns` is over, then `cash`.

    `due` is the last day on which it is not late. A debt that never turns is open as it is.
    """

    on: Date
    due: Date | None
    owed: Owed
    open: int
    turns: Date | None
    cash: int


class Claim(Struct, frozen=True, gc=False):
    """What is open of one day's arrivals: a quantity in kind, or an amount in the line's currency.

    `due` is the last day on which it is not late. `converted` tells a debt in kind that has become
    one in cash.
    """

    on: Date
    due: Date | None
    owed: Owed
    open: int
    converted: bool


def amount_of(quantity: int, price: int, currency: str, rounding: Rounding) -> int:
    """Multiply millionths by millionths and round to the currency's smallest unit: millionths.

    Source: the file's rounding; ISO 4217 (minor units)
    """
    step = int(10 ** (12 - minor_digits(currency)))
    whole, rest = divmod(quantity * price, step)
    match rounding:
        case Rounding.HALF_UP:
            whole += 2 * rest >= step
        case Rounding.HALF_EVEN:
            whole += 2 * rest > step or (2 * rest == step and whole % 2 == 1)
        case Rounding.DOWN:
            pass
        case _:
            assert_never(rounding)
    return whole * step // MILLION


def debts_of(account: LineAccount, terms: SettlementTerms) -> tuple[Debt, ...]:
    """List what is open of a line, the oldest arrival first: before its turn and after it.

    What was settled counts against the oldest. What is owed in kind or in equal value and not met
    by its last day is owed in cash from the day after, at the price of the day once both have said
    it, else at the price that was accepted. Source: treaties.md U5, 10 U.S.C. 2345(b)
    """
    if account.method is None:
        return ()
    if account.method in IN_KIND:
        return tuple(_debts_in_kind(account, terms))
    return tuple(_debts_of_value(account, terms))


def claim_at(debt: Debt, today: Date) -> Claim | None:
    """Give what is open of a debt on a day, and in what."""
    if debt.turns is None or today <= debt.turns:
        return Claim(debt.on, debt.due, debt.owed, debt.open, converted=False)
    if not debt.cash:
        return None
    return Claim(debt.on, debt.due, Owed.CASH, debt.cash, converted=True)


def claims_of(account: LineAccount, terms: SettlementTerms, today: Date) -> tuple[Claim, ...]:
    """List what is open of a line on a day, the oldest arrival first."""
    claims = (claim_at(debt, today) for debt in debts_of(account, terms))
    return tuple(claim for claim in claims if claim is not None)


def is_overpaid(account: LineAccount, terms: SettlementTerms) -> bool:
    """Say whether more was paid than what is not given back is worth, whenever it turns to cash."""
    if account.method not in IN_KIND:
        return account.paid > account.value(terms.rounding)
    left = account.received - account.given_back
    return account.paid > amount_of(left, account.price_now, account.currency, terms.rounding)


def open_quantity(account: LineAccount) -> int:
    """Give how much is still to be given back or replaced, converted or not."""
    return account.received - account.given_back if account.method in IN_KIND else 0


def open_amount(account: LineAccount, terms: SettlementTerms, today: Date) -> int:
    """Give the amount that is open on a day, whether in cash or in equal value."""
    return sum(
        claim.open for claim in claims_of(account, terms, today) if claim.owed is not Owed.KIND
    )


def arrived(account: LineAccount, on: Date, quantity: int) -> LineAccount:
    """Give the account once so much of a delivery of that day was receipted in good condition."""
    by_day = dict(zip(account.arrivals[::2], account.arrivals[1::2], strict=True))
    by_day[on.toordinal()] = by_day.get(on.toordinal(), 0) + quantity
    return structs.replace(
        account,
        received=account.received + quantity,
        arrivals=tuple(itertools.chain.from_iterable(sorted(by_day.items()))),
    )


def _debts_in_kind(account: LineAccount, terms: SettlementTerms) -> Iterator[Debt]:
    given, paid, left, before = account.given_back, account.paid, 0, 0
    for on, quantity in _arrivals(account):
        back = min(given, quantity)
        given -= back
        if back == quantity:
            continue
        last = _earlier(due_day(on, terms.in_kind_within), due_day(on, terms.at_most))
        # Rounded as a whole and shared out, so that the parts make up the whole.
        left += quantity - back
        upto = amount_of(left, account.price_now, account.currency, terms.rounding)
        worth, before = upto - before, upto
        settled = min(paid, worth)
        paid -= settled
        loan = None if account.return_by is None else Date.fromordinal(account.return_by)
        turns = last if terms.converts else None
        due = _earlier(last, loan)
        yield Debt(on, due, Owed.KIND, quantity - back, turns, worth - settled)


def _debts_of_value(account: LineAccount, terms: SettlementTerms) -> Iterator[Debt]:
    paid, came, before = account.paid, 0, 0
    equal = account.method is Method.EQUAL_VALUE
    for on, quantity in _arrivals(account):
        came += quantity
        upto = _value(account, came, account.price, terms.rounding)
        worth, before = upto - before, upto
        settled = min(paid, worth)
        paid -= settled
        left = worth - settled
        if not left:
            continue
        due = due_day(on, terms.at_most)
        if equal:
            due = _earlier(due_day(on, terms.in_kind_within), due)
        turns = due if equal and terms.converts else None
        yield Debt(on, due, Owed.EQUAL_VALUE if equal else Owed.CASH, left, turns, left)


def _value(account: LineAccount, quantity: int, price: int, rounding: Rounding) -> int:
    """Give what a quantity of the line is worth; taxes by the share that came, the rest last."""
    worth = amount_of(quantity, price, account.currency, rounding)
    if not account.taxes:
        return worth
    if quantity >= account.accepted:
        return worth + account.taxes
    share = amount_of(
        account.taxes * quantity // account.accepted, MILLION, account.currency, Rounding.DOWN
    )
    return worth + share


def _arrivals(account: LineAccount) -> Iterator[tuple[Date, int]]:
    days, quantities = account.arrivals[::2], account.arrivals[1::2]
    for day, quantity in zip(days, quantities, strict=True):
        yield Date.fromordinal(day), quantity


def _earlier(one: Date | None, other: Date | None) -> Date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
