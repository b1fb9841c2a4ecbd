# SPDX-License-Identifier: Apache-2.0
"""The account of one line of an order: what came, what was given back or paid, what is owed.

Numbers are whole millionths. What was settled stands with the arrival that it was settled of: no
later word and no day that passes moves it. What is owed on a day follows from account, terms and
day alone, so that two nodes find the same. Source: treaties.md 4.4 (life of an order), A9, A12, U5
"""

from __future__ import annotations

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


class Arrival(Struct, frozen=True, gc=False, array_like=True):
    """What came of a line by one delivery in good condition, and what of it is settled.

    `nth` counts the deliveries of the order from 0, further receipts after all of them; `on` is the
    ordinal of the day of handing over.
    `before` is how much of the line had come before: an arrival is worth what it adds, so that the
    parts make up the whole however they round. `back` was given back, replaced, or paid for while
    it was owed in kind; `paid` is an amount. `price` is that of the day, once both have said it.
    """

    nth: int
    on: int
    before: int
    quantity: int
    back: int = 0
    paid: int = 0
    price: int | None = None

    @property
    def left(self) -> int:
        """Give how much of it was not given back."""
        return self.quantity - self.back


class LineAccount(Struct, frozen=True, gc=False, array_like=True):
    """One line: asked, accepted, handed over, received, and settled.

    `answered` counts what was handed over by deliveries that were receipted, whatever came of it;
    `lost` what did not come, or came damaged, and was handed over again or given up by its
    provider. `arrivals` stand the oldest first.
    `bought` pairs the ordinal of a day with the amount that was paid on it for what was owed in
    kind.
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
    arrivals: tuple[Arrival, ...] = ()
    bought: tuple[tuple[int, int], ...] = ()

    @property
    def open_to_accept(self) -> int:
        """Give what may still be accepted: a line is accepted once, declined or not at all."""
        return 0 if self.method is not None else self.asked - self.ended

    @property
    def open_to_deliver(self) -> int:
        """Give what was accepted, not cancelled, and is still to come.

        That is what was never handed over, and what did not come in good condition.
        """
        came = self.received + self.awaited
        return 0 if self.method is None else self.accepted - self.ended - came

    @property
    def never_handed_over(self) -> int:
        """Give what is still to come and was never handed over; the rest of that is missing."""
        return max(self.open_to_deliver - self.missing, 0)

    @property
    def awaited(self) -> int:
        """Give what one side alone has on record: handed over, and nothing said of it."""
        return self.delivered - self.answered

    @property
    def missing(self) -> int:
        """Give what was handed over, did not come in good condition, and was not made good."""
        return self.answered - self.received - self.lost

    @property
    def unmatched(self) -> int:
        """Give what one side handed over and the other did not receipt in good condition."""
        return self.awaited + self.missing

    @property
    def given_back(self) -> int:
        """Give how much was given back, replaced, or paid for while it was owed in kind."""
        return sum(each.back for each in self.arrivals)

    @property
    def paid(self) -> int:
        """Give what was paid of what is owed as an amount."""
        return sum(each.paid for each in self.arrivals)

    def value(self, rounding: Rounding) -> int:
        """Give what all that was received is worth, taxes included."""
        return _value(self, self.received, self.price, rounding)


class Debt(Struct, frozen=True, gc=False):
    """What is open of one arrival: `open` until the day `turns` is over, then `cash`.

    `due` is the last day on which it is not late. A debt that never turns is open as it is.
    """

    on: Date
    due: Date | None
    owed: Owed
    open: int
    turns: Date | None
    cash: int


class Claim(Struct, frozen=True, gc=False):
    """What is open of one arrival: a quantity in kind, or an amount in the line's currency.

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

    What is owed in kind or in equal value and not met by its last day is owed in cash from the day
    after, at the price of the day once both have said it, else at the price that was accepted, with
    the taxes of what is left. Source: treaties.md U5, 10 U.S.C. 2345(b)
    """
    found = (debt_of(account, each, terms) for each in account.arrivals)
    return tuple(each for each in found if each is not None)


def debt_of(account: LineAccount, arrival: Arrival, terms: SettlementTerms) -> Debt | None:
    """Give what is open of one arrival; None: nothing is."""
    cash = cash_for(account, arrival, terms.rounding) - arrival.paid
    on, owed, open_ = Date.fromordinal(arrival.on), owed_in(account), cash
    if owed is Owed.KIND:
        # What turned into cash and was paid is settled, though nothing of it came back.
        open_ = 0 if arrival.paid and not cash else arrival.left
    if not open_:
        return None
    due, turns = schedule_of(account, on, terms)
    # What is worth less than the smallest coin stays owed as it is: nobody could pay it.
    return Debt(on, due, owed, open_, turns if cash else None, cash)


def owed_in(account: LineAccount) -> Owed:
    """Give in what a line is owed, before any of it turns into cash."""
    if account.method in IN_KIND:
        return Owed.KIND
    return Owed.EQUAL_VALUE if account.method is Method.EQUAL_VALUE else Owed.CASH


def schedule_of(
    account: LineAccount, on: Date, terms: SettlementTerms
) -> tuple[Date | None, Date | None]:
    """Give the last day on which a debt is not late, and the day after which it is one in cash.

    A loan is late after the day of return that was agreed. Where that is later than the time for
    what is owed in kind, it turns no sooner: the longest time alone bounds it.
    Source: treaties.md A12, U5, U7; 10 U.S.C. 2345(b), 2350(4)
    """
    bound, owed = due_day(on, terms.at_most), owed_in(account)
    if owed is Owed.CASH:
        return bound, None
    last = due_day(on, terms.in_kind_within)
    if owed is Owed.KIND and account.return_by is not None:
        loan = Date.fromordinal(account.return_by)
        return _earlier(loan, bound), _turns(
            terms, None if last is None else max(last, loan), bound
        )
    return _earlier(last, bound), _turns(terms, last, bound)


def cash_for(account: LineAccount, arrival: Arrival, rounding: Rounding) -> int:
    """Give what is left of an arrival in cash, before what was paid of it: taxes included."""
    price = account.price if arrival.price is None else arrival.price
    return share_of(account, arrival, arrival.left, price, rounding)


def share_of(
    account: LineAccount, arrival: Arrival, quantity: int, price: int, rounding: Rounding
) -> int:
    """Give what so much of an arrival is worth: what it adds to what had come before."""
    upto = _value(account, arrival.before + quantity, price, rounding)
    return upto - _value(account, arrival.before, price, rounding)


def claim_at(debt: Debt, today: Date) -> Claim:
    """Give what is open of a debt on a day, and in what."""
    if debt.turns is None or today <= debt.turns:
        return Claim(debt.on, debt.due, debt.owed, debt.open, converted=False)
    return Claim(debt.on, debt.due, Owed.CASH, debt.cash, converted=True)


def claims_of(account: LineAccount, terms: SettlementTerms, today: Date) -> tuple[Claim, ...]:
    """List what is open of a line on a day, the oldest arrival first."""
    return tuple(claim_at(debt, today) for debt in debts_of(account, terms))


def billable_in_cash(
    account: LineAccount, nth: int, terms: SettlementTerms, day: Date, billed: Date | None
) -> int:
    """Give what of a delivery is open in cash on a day, and on no bill yet; taxes included.

    `billed` is the day of its last bill, on which all stood that was open in cash by then: what
    turned into cash since is left. None: there is no bill.
    """
    billable = 0
    for each in account.arrivals:
        debt = debt_of(account, each, terms) if each.nth == nth else None
        if debt is not None and claim_at(debt, day).owed is Owed.CASH:
            stood = billed is not None and claim_at(debt, billed).owed is Owed.CASH
            billable += 0 if stood else debt.cash
    return billable


def open_amount(account: LineAccount, terms: SettlementTerms, today: Date) -> int:
    """Give the amount that is open on a day, whether in cash or in equal value."""
    return sum(
        claim.open for claim in claims_of(account, terms, today) if claim.owed is not Owed.KIND
    )


def handed_over(account: LineAccount, quantity: int) -> LineAccount:
    """Give the account once so much was handed over: at first what never was, then what is missing.

    What is handed over again is missing no more: it is awaited.
    """
    again = max(quantity - account.never_handed_over, 0)
    return structs.replace(
        account, delivered=account.delivered + quantity, lost=account.lost + again
    )


def arrived(account: LineAccount, nth: int, on: Date, quantity: int) -> LineAccount:
    """Give the account once so much of the nth delivery, of that day, came in good condition.

    What was cancelled and had come all the same is not ended.
    """
    ended = account.ended - max(quantity - account.open_to_deliver, 0)
    came = Arrival(nth, on.toordinal(), account.received, quantity)
    arrivals = sorted((*account.arrivals, came), key=lambda each: (each.on, each.nth))
    received = account.received + quantity
    return structs.replace(account, received=received, ended=ended, arrivals=tuple(arrivals))


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


def _turns(terms: SettlementTerms, last: Date | None, bound: Date | None) -> Date | None:
    return _earlier(last, bound) if terms.converts else None


def _earlier(one: Date | None, other: Date | None) -> Date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
