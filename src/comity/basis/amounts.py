# SPDX-License-Identifier: Apache-2.0
"""Exact decimals, money and quantities: never a binary fraction, and one spelling each.

A decimal is text of digits with at most one point: no sign, no exponent, no zero that says
nothing. Equal amounts are equal bytes, and no sum or product of ours is ever inexact: only
`round_money` rounds, and it is told how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)
from enum import StrEnum
from typing import Final

from comity.basis.currencies import minor_digits, parse_currency
from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.limits import DECIMAL_DIGITS_MAX, DECIMAL_PLACES_MAX
from comity.basis.units import parse_unit

_DECIMAL = re.compile(
    rf"(?:0|[1-9][0-9]{{0,{DECIMAL_DIGITS_MAX - 1}}})"
    rf"(?:\.[0-9]{{0,{DECIMAL_PLACES_MAX - 1}}}[1-9])?"
)
_CHARS_MAX: Final = DECIMAL_DIGITS_MAX + 1 + DECIMAL_PLACES_MAX

# A product of two decimals has 42 digits at most, and a sum of 2^53 of those 58.
_SILENT: Final = (Inexact, InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped)
EXACT: Final = Context(prec=64, traps=list(_SILENT))
"""The context in which amounts are added and multiplied: whatever is not exact raises."""

_ROUND: Final = Context(
    prec=64, traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped]
)
ZERO: Final = Decimal(0)


class Rounding(StrEnum):
    """How an amount is brought to the smallest unit of its currency."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


_MODES: Final = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency; never negative: who owes whom is said beside it."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit."""

    number: Decimal
    unit: str


def parse_decimal(text: str, where: str = "") -> Decimal:
    """Read a decimal in its one spelling.

    Raises:
        InputError: a sign, an exponent, a needless zero, too many digits, or no number at all.
    """
    if len(text) > _CHARS_MAX or _DECIMAL.fullmatch(text) is None:
        raise InputError(
            "basis.decimal",
            "not a decimal in its one spelling",
            where=where,
            expected=(
                f"at most {DECIMAL_DIGITS_MAX} digits, and behind a point at most "
                f"{DECIMAL_PLACES_MAX} that do not end in 0"
            ),
            found=excerpt(text),
            hint="write 12.5, not 12.50, +12.5 or 1.25e1",
        )
    return Decimal(text)


def format_decimal(value: Decimal) -> str:
    """Write a decimal in its one spelling."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_decimal(fields: Fields, key: str) -> Decimal:
    """Take a decimal; zero is one."""
    return parse_decimal(fields.text(key, max_chars=_CHARS_MAX), fields.place(key))


def read_positive(fields: Fields, key: str) -> Decimal:
    """Take a decimal above zero."""
    value = read_decimal(fields, key)
    if value == ZERO:
        raise InputError(
            "basis.zero",
            "must be above zero",
            where=fields.place(key),
            expected="a decimal above 0",
        )
    return value


def read_nullable_positive(fields: Fields, key: str) -> Decimal | None:
    """Take a decimal above zero, or null."""
    return None if fields.value(key) is None else read_positive(fields, key)


def read_money(fields: Fields, key: str, currency_key: str = "currency") -> Money:
    """Take an amount and the currency that stands beside it, of its scale and above zero."""
    currency = read_currency(fields, currency_key)
    return Money(check_scale(read_positive(fields, key), currency, fields.place(key)), currency)


def read_currency(fields: Fields, key: str = "currency") -> str:
    """Take an ISO 4217 code."""
    return parse_currency(fields.text(key), fields.place(key))


def read_quantity(fields: Fields, key: str = "quantity", unit_key: str = "unit") -> Quantity:
    """Take a number above zero and the unit that stands beside it."""
    unit = parse_unit(fields.text(unit_key), fields.place(unit_key))
    return Quantity(read_positive(fields, key), unit)


def check_scale(amount: Decimal, currency: str, where: str = "") -> Decimal:
    """Refuse an amount that no coin of the currency makes up: yen have no tenths."""
    digits = minor_digits(currency)
    if places_of(amount) > digits:
        raise InputError(
            "basis.scale",
            "more decimals than the currency has",
            where=where,
            expected=f"at most {digits} behind the point for {currency}",
            found=format_decimal(amount),
        )
    return amount


def places_of(value: Decimal) -> int:
    """Count the digits behind the point that say something."""
    _, _, after = format_decimal(value).partition(".")
    return len(after)


def add(one: Decimal, other: Decimal) -> Decimal:
    """Add exactly."""
    return EXACT.add(one, other)


def subtract(one: Decimal, other: Decimal) -> Decimal:
    """Take away exactly; the result may be below zero."""
    return EXACT.subtract(one, other)


def multiply(one: Decimal, other: Decimal) -> Decimal:
    """Multiply exactly."""
    return EXACT.multiply(one, other)


def to_millionths(value: Decimal) -> int:
    """Give a decimal as whole millionths, which a fold holds in a third of the bytes."""
    return int(EXACT.scaleb(value, DECIMAL_PLACES_MAX))


def from_millionths(count: int) -> Decimal:
    """Give whole millionths as a decimal; it may be below zero."""
    return EXACT.scaleb(Decimal(count), -DECIMAL_PLACES_MAX)


def round_money(amount: Decimal, currency: str, rounding: Rounding) -> Decimal:
    """Bring an amount to the smallest unit of its currency."""
    step = Decimal(1).scaleb(-minor_digits(currency))
    return amount.quantize(step, rounding=_MODES[rounding], context=_ROUND)
