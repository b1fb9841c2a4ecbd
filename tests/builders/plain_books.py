# SPDX-License-Identifier: Apache-2.0
"""Plain books of what parties owe each other: another reading of the same treaty words.

Fractions, and every arrival looked at anew on every day that is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from comity.basis.ids import PartyId, Place
from comity.statement.orders import Method, Nature

DIGITS = {"JPY": 0, "KRW": 0, "USD": 2}


@dataclass
class PlainArrival:
    """What came by one delivery, and what of it is settled."""

    on: date
    nth: int
    before: Fraction
    quantity: Fraction
    back: Fraction = Fraction(0)
    paid: Fraction = Fraction(0)


@dataclass
class PlainLine:
    """One line in the plain books."""

    category: str
    nature: Nature
    asked: Decimal
    ended: Decimal = Decimal(0)
    accepted: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    method: Method | None = None
    delivered: Decimal = Decimal(0)
    arrivals: list[PlainArrival] = field(default_factory=list)

    @property
    def not_come(self) -> Decimal:
        """Give what was accepted and has not come in good condition."""
        rest = Fraction(self.accepted) - sum(one.quantity for one in self.arrivals)
        return Decimal(rest.numerator) / Decimal(rest.denominator)

    def add(self, on: date, nth: int, quantity: Decimal) -> PlainArrival:
        """Let so much come; no more than was accepted."""
        before = sum((one.quantity for one in self.arrivals), Fraction(0))
        self.arrivals.append(PlainArrival(on, nth, before, Fraction(quantity)))
        assert self.not_come >= 0
        return self.arrivals[-1]

    @property
    def in_kind(self) -> bool:
        """Say whether it is given back or replaced."""
        return self.method in (Method.RETURN, Method.REPLACEMENT_IN_KIND)


@dataclass
class PlainOrder:
    """One order in the plain books."""

    place: Place
    provider: PartyId
    lines: dict[int, PlainLine]
    deliveries: dict[Place, tuple[int, date, dict[int, Decimal]]] = field(default_factory=dict)
    made: int = 0
    came: dict[Place, list[tuple[PlainLine, PlainArrival]]] = field(default_factory=dict)
    short: dict[Place, tuple[date, dict[int, Decimal]]] = field(default_factory=dict)
    currency: str = "USD"


Owing = dict[tuple[str, str, str, str, str], Fraction]
"""What is open, by debtor, creditor, in what, category if in kind, and unit or currency."""


def rounded(amount: Fraction, currency: str) -> Fraction:
    """Bring an amount to the currency's smallest unit, halves up."""
    step = Decimal(1).scaleb(-DIGITS[currency])
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return Fraction(exact.quantize(step, rounding=ROUND_HALF_UP))


def months_after(day: date, months: int) -> date:
    """Give the same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    ends = date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(1)
    return date(year, month + 1, min(day.day, ends.day))


def open_of(line: PlainLine, currency: str, day: date) -> list[tuple[str, Fraction]]:
    """Work out what is open of a line on a day, arrival by arrival."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for each in line.arrivals:
        kind, open_ = open_part(line, each, currency, day)
        found[kind] += open_
    return sorted(found.items())


def open_part(line: PlainLine, one: PlainArrival, currency: str, day: date) -> tuple[str, Fraction]:
    """Work out what is open of one arrival: what turned is worth what it adds to what came.

    What is worth no coin at all stays owed in kind.
    """
    turned = day > months_after(one.on, 6)
    left = one.quantity - one.back
    cash = worth_of(line, one.before + left, currency) - worth_of(line, one.before, currency)
    if line.in_kind and not one.paid and not (turned and cash):
        return "kind", left
    if line.in_kind:
        return "cash", cash - one.paid
    still = line.method is Method.EQUAL_VALUE and not turned
    return "equal_value" if still else "cash", cash - one.paid


Taken = list[tuple[PlainArrival, Fraction, Fraction]]
"""What a settlement took: of which arrival, given back, and paid."""


def settle_oldest(
    line: PlainLine, kinds: set[str], count: Fraction, currency: str, day: date
) -> Taken:
    """Count a settlement for what is open so, the oldest first; give what it took."""
    taken: Taken = []
    for one in sorted(line.arrivals, key=lambda each: (each.on, each.nth)):
        kind, open_ = open_part(line, one, currency, day)
        part = min(count, open_) if kind in kinds else Fraction(0)
        count -= part
        if kind == "kind":
            one.back += part
            taken.append((one, part, Fraction(0)))
        else:
            one.paid += part
            taken.append((one, Fraction(0), part))
    assert not count
    return taken


def worth_of(line: PlainLine, quantity: Fraction, currency: str) -> Fraction:
    """Give what a quantity is worth with its share of the tax, cut down to the smallest unit."""
    worth = rounded(quantity * Fraction(line.price), currency)
    if quantity >= Fraction(line.accepted):
        return worth + Fraction(line.tax)
    scale = 10 ** DIGITS[currency]
    share = Fraction(line.tax) * quantity / Fraction(line.accepted)
    return worth + Fraction(int(share * scale), scale)
