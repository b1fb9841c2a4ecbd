# SPDX-License-Identifier: Apache-2.0
"""Decimals in one spelling, money of its currency's scale, and units that convert or do not."""

from decimal import Decimal, Inexact, getcontext

import pytest

from comity.basis.amounts import (
    Money,
    Quantity,
    Rounding,
    add,
    check_scale,
    format_decimal,
    from_millionths,
    multiply,
    parse_decimal,
    places_of,
    read_decimal,
    read_money,
    read_nullable_positive,
    read_quantity,
    round_money,
    subtract,
    to_millionths,
)
from comity.basis.currencies import minor_digits, parse_currency
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.basis.units import UNITS, is_convertible, parse_unit


@pytest.mark.parametrize(
    "text", ["0", "1", "10000", "12.5", "0.000001", "999999999999999.999999", "100.05"]
)
def test_a_decimal_reads_and_writes_in_its_one_spelling(text: str) -> None:
    assert format_decimal(parse_decimal(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "1.",
        ".5",
        "01",
        "1.50",
        "1.0",
        "1e3",
        "1E3",
        "NaN",
        "Infinity",
        "-0",
        "1,000",
        "1 000",
        " 1",
        "1\n",
        "٣",
        "１",
        "1_000",
        "0x10",
        "0.0000001",
        "1000000000000000",
        "9" * 5000,
    ],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_decimal(text, "lines[0].price")
    assert caught.value.code == "basis.decimal"
    assert caught.value.where == "lines[0].price"


def test_amounts_are_exact_whatever_context_the_process_has() -> None:
    largest = parse_decimal("999999999999999.999999")
    getcontext().prec = 28
    assert format_decimal(multiply(largest, largest)) == (
        "999999999999999999998000000000.000000000001"
    )
    assert subtract(add(Decimal("0.1"), Decimal("0.2")), Decimal("0.3")) == 0
    with pytest.raises(Inexact):
        add(Decimal("1e60"), Decimal("1e-10"))


@pytest.mark.parametrize(
    ("amount", "currency", "rounding", "rounded"),
    [
        ("10.5", "JPY", Rounding.HALF_UP, "11"),
        ("10.5", "JPY", Rounding.HALF_EVEN, "10"),
        ("10.9", "JPY", Rounding.DOWN, "10"),
        ("1.005", "USD", Rounding.HALF_UP, "1.01"),
        ("1.005", "USD", Rounding.HALF_EVEN, "1"),
        ("1.0005", "KWD", Rounding.HALF_UP, "1.001"),
        ("7", "KRW", Rounding.DOWN, "7"),
    ],
)
def test_an_amount_is_rounded_as_the_file_says_to_what_the_currency_has(
    amount: str, currency: str, rounding: Rounding, rounded: str
) -> None:
    assert format_decimal(round_money(Decimal(amount), currency, rounding)) == rounded


def test_money_has_the_scale_of_its_currency() -> None:
    body: dict[str, JsonValue] = {"total": "12.5", "currency": "USD"}
    assert read_money(Fields(body), "total") == Money(Decimal("12.5"), "USD")
    assert check_scale(Decimal(5), "JPY") == 5
    for wrong, code in (
        ({"total": "12.5", "currency": "JPY"}, "basis.scale"),
        ({"total": "0", "currency": "JPY"}, "basis.zero"),
        ({"total": "1", "currency": "jpy"}, "basis.currency"),
        ({"total": "1", "currency": "XAU"}, "basis.currency"),
    ):
        with pytest.raises(InputError) as caught:
            read_money(Fields(dict(wrong)), "total")
        assert caught.value.code == code


def test_a_quantity_is_above_zero_and_of_a_known_unit() -> None:
    assert read_quantity(Fields({"quantity": "10000", "unit": "EA"})) == Quantity(
        Decimal(10000), "EA"
    )
    for wrong, code in (
        ({"quantity": "0", "unit": "EA"}, "basis.zero"),
        ({"quantity": "1", "unit": "each"}, "basis.unit"),
        ({"quantity": "-1", "unit": "EA"}, "basis.decimal"),
    ):
        with pytest.raises(InputError) as caught:
            read_quantity(Fields(dict(wrong)))
        assert caught.value.code == code


def test_a_decimal_may_be_zero_or_null_only_where_that_is_said() -> None:
    assert read_decimal(Fields({"amount": "0"}), "amount") == 0
    assert read_nullable_positive(Fields({"amount": None}), "amount") is None
    assert read_nullable_positive(Fields({"amount": "2"}), "amount") == 2
    assert [places_of(Decimal(text)) for text in ("1", "1.500", "0.25")] == [0, 1, 2]


def test_currencies_have_the_decimals_that_the_standard_gives_them() -> None:
    assert [minor_digits(code) for code in ("JPY", "KRW", "USD", "EUR", "KWD")] == [0, 0, 2, 2, 3]
    assert parse_currency("KRW") == "KRW"


@pytest.mark.parametrize("text", ["0", "0.000001", "12.5", "999999999999999.999999"])
def test_millionths_are_the_same_amount(text: str) -> None:
    count = to_millionths(parse_decimal(text))
    assert count == int(text.replace(".", "")) * 10 ** (6 - places_of(Decimal(text)))
    assert format_decimal(from_millionths(count)) == text
    assert from_millionths(-count) == -Decimal(text)


def test_units_convert_where_they_measure_the_same_and_by_exact_factors() -> None:
    assert is_convertible("GLL", "LTR")
    assert is_convertible("DZN", "EA")
    assert not is_convertible("LTR", "KGM")
    assert not is_convertible("BX", "EA")
    assert UNITS["GLL"].size * 42 == UNITS["BLL"].size
    assert UNITS["LBR"].size / 16 == UNITS["ONZ"].size
    assert UNITS["LBR"].size * 2000 == UNITS["STN"].size
    assert UNITS["LBR"].size * 2240 == UNITS["LTN"].size
    assert UNITS["FOT"].size * 5280 == UNITS["SMI"].size
    assert UNITS["FOT"].size ** 2 == UNITS["FTK"].size
    assert parse_unit("GLL") == "GLL"
    assert all(unit.size > 0 and unit.code == code for code, unit in UNITS.items())
