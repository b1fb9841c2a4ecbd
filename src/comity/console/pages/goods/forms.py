# SPDX-License-Identifier: Apache-2.0
"""Forms of acts on goods: their fields, their rows of lines, and what was written in them.

A row's fields bear the number of its line behind their names: `quantity-3`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from comity.basis.errors import InputError
from comity.basis.instants import Date, parse_date
from comity.console.forms import Fields, words_of

ROWS_MAX: Final = 40
"""Lines of an order that one form shows; the others come once these are done."""

_DIGITS_MAX: Final = 7

Kind = Literal["text", "day", "check", "area", "hidden"]
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field; with `options` it is a choice. `value` stands in it before anything is written."""

    name: str
    words: str
    kind: Kind = "text"
    options: Options = ()
    is_needed: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number, what is told of it, and what stands in its fields at first."""

    number: int
    told: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """Give what stands in a field at first."""
        return dict(self.values).get(name, "")


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked to do an act. `heads` name what rows tell. `grows`: rows are added by posting.

    `note` says what the form does with lines that are left out.
    """

    button: str
    fields: tuple[Field, ...] = ()
    heads: tuple[str, ...] = ()
    columns: tuple[Field, ...] = ()
    rows: tuple[Row, ...] = ()
    note: str = ""
    more: int = 0
    grows: bool = False
    links: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def written(form: Fields, name: str) -> str | None:
    """Give what was written in a field; None: nothing."""
    return form.text(name) or None


def day_of(form: Fields, name: str) -> Date | None:
    """Give the day that was written; None: none.

    Raises:
        InputError: it is no day.
    """
    text = form.text(name)
    return parse_date(text, name) if text else None


def lines_named(form: Fields, name: str = "lines") -> tuple[int, ...]:
    """Give numbers of lines, written with commas between them.

    Raises:
        InputError: one is no number.
    """
    found: set[int] = set()
    for text in words_of(form, name):
        if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX):
            raise InputError(
                "console.no-lines",
                "numbers of lines are written with commas between them",
                where=name,
                expected="1, 2, 3",
            )
        found.add(int(text))
    return tuple(sorted(found))


def rows_written(form: Fields, columns: Iterable[str]) -> dict[int, dict[str, str]]:
    """Give what was written in the fields of lines, by number; lines with nothing are left out."""
    names = frozenset(columns)
    found: dict[int, dict[str, str]] = {}
    for key, value in form.pairs:
        name, _, number = key.rpartition("-")
        is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS_MAX
        if name in names and is_number and value.strip():
            found.setdefault(int(number), {})[name] = value.strip()
    return dict(sorted(found.items()))


def row_count(form: Fields, least: int, most: int) -> int:
    """Give how many rows a form that grows has: those that were sent, and more where asked."""
    text = form.text("rows")
    sent = int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX else least
    return min(max(sent, least) + (least if "more" in form else 0), most)


def choices(values: Sequence[str], words: Sequence[str]) -> Options:
    """Pair values with their words."""
    return tuple(zip(values, words, strict=True))
