# SPDX-License-Identifier: Apache-2.0
"""The page of amounts lists every currency and unit that the code knows, and no other."""

import re
from decimal import Decimal

import pytest

from comity.basis.amounts import parse_decimal
from comity.basis.currencies import minor_digits, parse_currency
from comity.basis.errors import InputError
from comity.basis.limits import DECIMAL_DIGITS_MAX, DECIMAL_PLACES_MAX
from comity.basis.units import UNITS, Unit
from scripts.tidy.tree import ROOT

PAGE = (ROOT / "docs/formats/amounts.md").read_text(encoding="utf-8")
LISTED = {
    code: int(digits)
    for digits, codes in re.findall(r"^\| ([0-9]) \| ([A-Z ]+) \|$", PAGE, re.M)
    for code in codes.split()
}


def test_the_page_lists_each_currency_with_its_digits() -> None:
    assert len(LISTED) > 150
    for code, digits in LISTED.items():
        assert minor_digits(parse_currency(code)) == digits


@pytest.mark.parametrize("code", ["XAU", "XTS", "CLF", "usd", "DEM", "US"])
def test_what_the_page_leaves_out_does_not_read(code: str) -> None:
    assert code not in LISTED
    with pytest.raises(InputError):
        parse_currency(code)


def test_the_page_lists_each_unit_with_its_factor() -> None:
    row = r"^\| `([A-Z0-9]+)` \| (.+) \| ([a-z]+) \| ([0-9.]+) \|$"
    listed = {
        code: Unit(code, dimension, Decimal(size), name)
        for code, name, dimension, size in re.findall(row, PAGE, re.M)
    }
    assert listed == UNITS


def test_the_page_names_the_limits_of_a_decimal() -> None:
    assert f"At most {DECIMAL_DIGITS_MAX} digits" in PAGE
    assert f"and {DECIMAL_PLACES_MAX} behind it" in PAGE
    parse_decimal("9" * DECIMAL_DIGITS_MAX + "." + "9" * DECIMAL_PLACES_MAX)
