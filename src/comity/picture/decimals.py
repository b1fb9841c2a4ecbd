# SPDX-License-Identifier: Apache-2.0
"""Exact decimals as they stand in reports, and spans between them.

A decimal is written as text, so that no reader rounds it and trailing zeros keep their
meaning. Source: DESIGN.md section 4; timeline.md section 6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.limits import REPORT_DECIMAL_CHARS_MAX
from comity.basis.strict_json import JsonValue

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,9})?")

Bounds = tuple[Decimal, Decimal]

LATITUDES: Bounds = (Decimal(-90), Decimal(90))
LONGITUDES: Bounds = (Decimal(-180), Decimal(180))
BEARINGS: Bounds = (Decimal(0), Decimal("359.999999999"))
MAGNITUDES: Bounds = (Decimal(-5), Decimal(12))
COUNTS: Bounds = (Decimal(0), Decimal(1_000_000))
AMOUNTS: Bounds = (Decimal(0), Decimal(1_000_000_000))
EVERY_AMOUNT: Bounds = (Decimal(-1_000_000_000), Decimal(1_000_000_000))


@dataclass(frozen=True, slots=True)
class Span:
    """A quantity as it was stated: at least, at best, at most, each where it was said.

    "Up to 4,000" has only `high`, "more than 10,000" only `low`; `approximate` stands for
    "about". At least one of the three is there, and they are in order.
    """

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    approximate: bool


def parse_decimal(fields: Fields, key: str, bounds: Bounds) -> Decimal:
    """Read a decimal that is written as text, within bounds that both belong to it."""
    text = fields.text(key, max_chars=REPORT_DECIMAL_CHARS_MAX)
    if _DECIMAL.fullmatch(text) is None:
        raise _refused(
            fields,
            key,
            code="picture.not-a-decimal",
            what="the text is no plain decimal",
            expected="digits such as 4.85, without exponent",
        )
    value = Decimal(text)
    if value.is_zero() and value.is_signed():
        raise _refused(
            fields,
            key,
            code="picture.minus-zero",
            what="zero has no sign",
            expected="zero without a sign",
        )
    low, high = bounds
    if not low <= value <= high:
        raise _refused(
            fields,
            key,
            code="picture.out-of-range",
            what="decimal out of range",
            expected=f"{low} to {high}",
        )
    return value


def nullable_decimal(fields: Fields, key: str, bounds: Bounds) -> Decimal | None:
    """Read a decimal or null."""
    return None if fields.value(key) is None else parse_decimal(fields, key, bounds)


def format_decimal(value: Decimal | None) -> str | None:
    """Write a decimal with exactly the digits it was read with; null stays null."""
    return None if value is None else f"{value:f}"


def parse_span(fields: Fields, bounds: Bounds) -> Span:
    """Read a span whose numbers all lie within `bounds`."""
    span = Span(
        nullable_decimal(fields, "low", bounds),
        nullable_decimal(fields, "best", bounds),
        nullable_decimal(fields, "high", bounds),
        fields.boolean("approximate"),
    )
    fields.finish()
    stated = [value for value in (span.low, span.best, span.high) if value is not None]
    if not stated or stated != sorted(stated):
        raise InputError(
            "picture.empty-span" if not stated else "picture.span-order",
            "a span states at least one number, and they go up",
            where=fields.where,
            expected="low ≤ best ≤ high",
            found="they go down" if stated else "none",
        )
    return span


def nullable_span(fields: Fields, key: str, bounds: Bounds) -> Span | None:
    """Read a span or null."""
    inner = fields.nullable_object(key)
    return None if inner is None else parse_span(inner, bounds)


def format_span(span: Span | None) -> JsonValue:
    """Write a span; null stays null."""
    if span is None:
        return None
    return {
        "low": format_decimal(span.low),
        "best": format_decimal(span.best),
        "high": format_decimal(span.high),
        "approximate": span.approximate,
    }


def _refused(fields: Fields, key: str, *, code: str, what: str, expected: str) -> InputError:
    # The number itself is a report's content and stays out of the error.
    return InputError(code, what, where=fields.place(key), expected=expected, found="another text")
