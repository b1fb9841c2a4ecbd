# SPDX-License-Identifier: Apache-2.0
"""Small values that the statements of mutual support carry: officers, line numbers, short texts.

Persons stand by their ids and offices by their words: names, titles and signatures are payload.
Source: DESIGN 4 (family support); treaties.md 4.4 (order form)
"""

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.limits import (
    ORDER_LINE_NUMBER_MAX,
    ORDER_LINES_MAX,
    ORDER_TEXT_CHARS_MAX,
    STATEMENT_WORD_CHARS_MAX,
    STATEMENT_WORDS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.statement.values import ARTICLE, WORD


class _Numbered(Protocol):
    @property
    def line(self) -> int: ...


_Line = TypeVar("_Line", bound=_Numbered)

TEXT: Final = ARTICLE
"""Descriptions and offices: any script, no character that cannot be seen."""

NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9._/-]*")
"""Document and stock numbers: capitals, digits and marks between them."""


class Officer(Struct, frozen=True, gc=False):
    """Who acted, and for which office: a person's id and the office's name."""

    person: PersonId
    office: str


def read_officer(fields: Fields, key: str) -> Officer:
    """Take `{person, office}`."""
    inner = fields.object(key)
    person = parse_person_id(inner.text("person"), inner.place("person"))
    officer = Officer(person, read_short_text(inner, "office"))
    inner.finish()
    return officer


def format_officer(officer: Officer) -> dict[str, JsonValue]:
    """Write `{person, office}`."""
    return {"person": officer.person, "office": officer.office}


def read_short_text(fields: Fields, key: str) -> str:
    """Take a short text in any script."""
    return fields.text(key, max_chars=ORDER_TEXT_CHARS_MAX, pattern=TEXT)


def read_nullable_text(fields: Fields, key: str) -> str | None:
    """Take a short text in any script, or null."""
    return fields.nullable_text(key, max_chars=ORDER_TEXT_CHARS_MAX, pattern=TEXT)


def read_number(fields: Fields, key: str) -> str:
    """Take the number of a document or of a stock."""
    return fields.text(key, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=NUMBER)


def read_nullable_number(fields: Fields, key: str) -> str | None:
    """Take the number of a document or of a stock, or null."""
    return fields.nullable_text(key, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=NUMBER)


def read_words(fields: Fields, key: str) -> tuple[str, ...]:
    """Take words of the agreement file, each once."""
    words = fields.texts(
        key, max_items=STATEMENT_WORDS_MAX, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=WORD
    )
    if len(set(words)) != len(words):
        raise InputError("statement.twice", "stands twice", where=fields.place(key))
    return words


def read_line_number(fields: Fields) -> int:
    """Take the number of an order's line, from 1."""
    return fields.integer("line", 1, ORDER_LINE_NUMBER_MAX)


def read_line_numbers(fields: Fields, key: str = "lines") -> tuple[int, ...]:
    """Take numbers of lines, rising; none means all."""
    numbers = fields.integers(key, bounds=(1, ORDER_LINE_NUMBER_MAX), max_items=ORDER_LINES_MAX)
    _check_rising(fields, key, numbers)
    return numbers


def read_lines(
    fields: Fields, read: Callable[[Fields], _Line], *, min_items: int = 1
) -> tuple[_Line, ...]:
    """Take lines, their numbers rising."""
    lines = []
    for inner in fields.objects("lines", min_items=min_items, max_items=ORDER_LINES_MAX):
        lines.append(read(inner))
        inner.finish()
    _check_rising(fields, "lines", (line.line for line in lines))
    return tuple(lines)


def _check_rising(fields: Fields, key: str, numbers: Iterable[int]) -> None:
    if any(first >= second for first, second in itertools.pairwise(numbers)):
        raise InputError(
            "statement.lines",
            "numbers of lines rise, each once",
            where=fields.place(key),
            hint="sort the lines by their numbers and put what is of one line together",
        )
