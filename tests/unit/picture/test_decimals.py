# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from decimal import Decimal

import pytest

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import (
    AMOUNTS,
    EVERY_AMOUNT,
    LATITUDES,
    Span,
    format_decimal,
    format_span,
    nullable_decimal,
    nullable_span,
    parse_decimal,
    parse_span,
)


@pytest.mark.parametrize("text", ["0", "4.85", "129.0760", "-41.5", "0.000000001", "5.10", "0.0"])
def test_a_decimal_keeps_exactly_the_digits_it_was_read_with(text: str) -> None:
    assert format_decimal(parse_decimal(Fields({"v": text}), "v", EVERY_AMOUNT)) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "+1",
        "1.",
        ".5",
        "01",
        "1e3",
        "1,000",
        "١",
        "NaN",
        "-",
        "1" * 13,
        "0.0000000001",
        " 1",
        5,
    ],
)
def test_refuses_what_is_not_a_plain_decimal_text(value: JsonValue) -> None:
    with pytest.raises(InputError):
        parse_decimal(Fields({"v": value}), "v", EVERY_AMOUNT)


@pytest.mark.parametrize("text", ["-0", "-0.00"])
def test_refuses_a_signed_zero(text: str) -> None:
    with pytest.raises(InputError, match=r"picture\.minus-zero"):
        parse_decimal(Fields({"v": text}), "v", EVERY_AMOUNT)


def test_both_bounds_belong_to_the_range() -> None:
    assert parse_decimal(Fields({"v": "90"}), "v", LATITUDES) == 90
    assert parse_decimal(Fields({"v": "-90.000"}), "v", LATITUDES) == -90
    for text in ("90.000000001", "-90.1"):
        with pytest.raises(InputError, match=r"picture\.out-of-range"):
            parse_decimal(Fields({"v": text}), "v", LATITUDES)


def test_a_nullable_decimal_is_a_decimal_or_null() -> None:
    assert nullable_decimal(Fields({"v": None}), "v", AMOUNTS) is None
    assert nullable_decimal(Fields({"v": "1"}), "v", AMOUNTS) == 1
    assert format_decimal(None) is None


def stated(**values: JsonValue) -> dict[str, JsonValue]:
    return {"low": None, "best": None, "high": None, "approximate": False} | values


@pytest.mark.parametrize(
    "raw",
    [
        stated(high="4000"),
        stated(low="10000", approximate=True),
        stated(best="200"),
        stated(low="9.4", best="13.5", high="17.6"),
        stated(low="5", best="5", high="5"),
    ],
)
def test_a_span_states_what_was_said_and_no_more(raw: dict[str, JsonValue]) -> None:
    assert format_span(parse_span(Fields(raw), AMOUNTS)) == raw


def test_refuses_a_span_that_states_nothing() -> None:
    with pytest.raises(InputError, match=r"picture\.empty-span"):
        parse_span(Fields(stated()), AMOUNTS)


@pytest.mark.parametrize(
    "values", [{"low": "2", "high": "1"}, {"low": "2", "best": "1"}, {"best": "2", "high": "1"}]
)
def test_refuses_a_span_that_goes_down(values: dict[str, JsonValue]) -> None:
    with pytest.raises(InputError, match=r"picture\.span-order"):
        parse_span(Fields(stated(**values)), AMOUNTS)


def test_refuses_an_unknown_key_in_a_span() -> None:
    with pytest.raises(InputError, match=r"basis\.unknown-field"):
        parse_span(Fields(stated(best="1", unit="km")), AMOUNTS)


def test_a_nullable_span_is_a_span_or_null() -> None:
    one = Span(None, Decimal(1), None, approximate=False)
    assert nullable_span(Fields({"v": stated(best="1")}), "v", AMOUNTS) == one
    assert nullable_span(Fields({"v": None}), "v", AMOUNTS) is None
    assert format_span(None) is None
