# SPDX-License-Identifier: Apache-2.0
"""Bars of a chart that the node draws: each bears its number, so that no colour tells anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

WIDTH: Final = 220
"""Of the longest bar, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, its number as it was worked out, how long it is."""

    name: str
    number: str
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What one party owes another of one measure, by months since it was handed over."""

    by: str
    to: str
    of: str
    bars: tuple[Bar, ...]


AGES: Final = {
    "00-06": "0–6",
    "06-09": "6–9",
    "09-12": "9–12",
    "12-18": "12–18",
    "over 18": "18+",
}
"""Months since handing over as `Balance.ageing` parts them, and as a bar bears them."""


def ageing_charts(rows: Iterable[Mapping[str, Any]]) -> tuple[Chart, ...]:
    """Draw what is open by who owes whom and in what; every age has a bar, empty ones too."""
    found: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        key = (str(row["by"]), str(row["to"]), str(row["of"]))
        found.setdefault(key, {})[str(row["months"])] = str(row["open"])
    return tuple(
        Chart(by, to, of.replace(" of ", ", "), bars_of(numbers))
        for (by, to, of), numbers in found.items()
    )


def bars_of(numbers: Mapping[str, str]) -> tuple[Bar, ...]:
    """Give a bar for each age, as long as its number is of the largest."""
    most = max((Decimal(each) for each in numbers.values()), default=Decimal(0))
    return tuple(
        Bar(name, numbers.get(age, "0"), bar_width(numbers.get(age, "0"), most))
        for age, name in AGES.items()
    )


def bar_width(number: str, most: Decimal) -> int:
    """Give how long a bar is; what is there at all is seen."""
    value = Decimal(number)
    if not value or not most:
        return 0
    return max(int(min(value / most, Decimal(1)) * WIDTH), 1)
