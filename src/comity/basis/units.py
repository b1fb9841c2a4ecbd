# SPDX-License-Identifier: Apache-2.0
"""Units of measure by their UN/CEFACT codes, what each measures, and its exact size.

Two units convert where they measure the same. Pieces, pairs and dozens convert; boxes, packs and
sets do not, since nobody can say how much is in one. Factors are exact by definition.
Source: UN/CEFACT Recommendation 20 (codes); NIST Handbook 44 appendix C (factors)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from comity.basis.errors import InputError, excerpt


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its code, what it measures, its size in the dimension's first unit, its name."""

    code: str
    dimension: str
    size: Decimal
    name: str


_ROWS: Final = """
C62 piece 1 one
EA piece 1 each
PR piece 2 pair
DZN piece 12 dozen
KGM mass 1 kilogram
GRM mass 0.001 gram
TNE mass 1000 tonne
LBR mass 0.45359237 pound
ONZ mass 0.028349523125 ounce
STN mass 907.18474 short ton
LTN mass 1016.0469088 long ton
LTR volume 1 litre
MLT volume 0.001 millilitre
MTQ volume 1000 cubic metre
GLL volume 3.785411784 US gallon
GLI volume 4.54609 imperial gallon
BLL volume 158.987294928 barrel
MTR length 1 metre
CMT length 0.01 centimetre
KMT length 1000 kilometre
INH length 0.0254 inch
FOT length 0.3048 foot
YRD length 0.9144 yard
SMI length 1609.344 mile
NMI length 1852 nautical mile
MTK area 1 square metre
HAR area 10000 hectare
FTK area 0.09290304 square foot
SEC time 1 second
MIN time 60 minute
HUR time 3600 hour
DAY time 86400 day
WEE time 604800 week
MON month 1 month
ANN month 12 year
KWH energy 1 kilowatt hour
MWH energy 1000 megawatt hour
BX box 1 box
PK pack 1 pack
SET set 1 set
KT kit 1 kit
RO roll 1 roll
E48 service 1 service unit
TKM transport 1 tonne kilometre
"""

UNITS: Final = {
    code: Unit(code, dimension, Decimal(size), name)
    for code, dimension, size, name in (row.split(" ", 3) for row in _ROWS.strip().splitlines())
}


def parse_unit(text: str, where: str = "") -> str:
    """Read the code of a unit that comity knows."""
    if text not in UNITS:
        raise InputError(
            "basis.unit",
            "not a unit that comity knows",
            where=where,
            expected="a UN/CEFACT code: " + " ".join(UNITS),
            found=excerpt(text),
        )
    return text


def is_convertible(one: str, other: str) -> bool:
    """Say whether two units measure the same."""
    return UNITS[one].dimension == UNITS[other].dimension
