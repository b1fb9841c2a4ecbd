# SPDX-License-Identifier: Apache-2.0
"""Typed reading of one table, collecting every problem instead of stopping at the first.

A getter that finds a problem notes it and gives a harmless stand-in; the file is refused
at the end, so a stand-in never leaves the room. Source: AGREEMENTS.md section 1, rule 1
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from comity.agreement.model import Words
from comity.agreement.places import Path, line_of, show_path
from comity.agreement.toml_text import REPEATED_MARK, TomlTable, TomlValue
from comity.basis.errors import InputError, Problem, excerpt, problem_of
from comity.basis.instants import Date, parse_date
from comity.basis.limits import (
    AGREEMENT_LIST_MAX,
    AGREEMENT_PROBLEMS_MAX,
    AGREEMENT_ROWS_MAX,
)
from comity.marking.hidden import is_hidden, is_plain

_T = TypeVar("_T")

TEXT_CHARS_MAX = 2000
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_INTEGER_MAX = 2**53 - 1
_HINT_WORDS_MAX = 64
_SHOWN_MAX = 2**63  # TOML 1.0 knows no larger numbers
NAME = re.compile(r"\S(?:.{0,62}\S)?")


class Findings:
    """The problems of one file, each with the line where its table begins."""

    def __init__(self, lines: dict[Path, int], source_name: str) -> None:
        """Keep the lines of the tables, and how the file is called in messages."""
        self._lines = lines
        self._source = f"{source_name} " if source_name else ""
        self._found: list[tuple[int, Problem]] = []
        self._left_out = False

    def _has_room(self) -> bool:
        """Say whether one more problem is listed: a partner may propose a file full of them."""
        self._left_out = self._left_out or len(self._found) >= AGREEMENT_PROBLEMS_MAX
        return not self._left_out

    def note_at(
        self,
        code: str,
        path: Path,
        what: str,
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
    ) -> None:
        """Note a problem of the table at `path`."""
        if not self._has_room():
            return
        line, where = self._place(path)
        problem = Problem(f"agreement.{code}", where, what, expected, excerpt(found), hint)
        self._found.append((line, problem))

    def take(self, problem: Problem, path: Path, *, what: str = "", hint: str = "") -> None:
        """Note a problem that another room found, under its own code."""
        if not self._has_room():
            return
        line, where = self._place(path)
        taken = replace(problem, where=where, what=what or problem.what, hint=hint or problem.hint)
        self._found.append((line, taken))

    def keep(self, problem: Problem) -> None:
        """Keep a problem of the text itself, which knows its line."""
        line = int(problem.where.removeprefix("line "))
        where = self._source + problem.where
        self._found.append((line, replace(problem, where=where)))

    def _place(self, path: Path) -> tuple[int, str]:
        line = line_of(path, self._lines)
        place = f", {show_path(path)}" if path else ""
        return line, f"{self._source}line {line}{place}"

    def sorted(self) -> tuple[Problem, ...]:
        """List the problems from the top of the file down, and say if there are more."""
        found = tuple(problem for _, problem in sorted(self._found, key=lambda pair: pair[0]))
        if not self._left_out:
            return found
        listed = f"{AGREEMENT_PROBLEMS_MAX} are listed"
        more = Problem(
            "agreement.too-many",
            f"{self._source}line 1",
            "the file has more problems than are listed",
            listed,
            "more",
            "correct these first",
        )
        return (*found, more)


class Table:
    """The keys of one table; `finish` refuses what nobody asked for."""

    def __init__(self, members: TomlTable, path: Path, findings: Findings) -> None:
        """Take the members that stand under `path`."""
        self._members = {k: v for k, v in members.items() if not k.startswith(REPEATED_MARK)}
        self._known: dict[str, None] = {}  # in the order of asking
        self.path = path
        self.findings = findings

    def note(
        self, code: str, what: str, *, expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        """Note a problem of this table."""
        self.findings.note_at(code, self.path, what, expected=expected, found=found, hint=hint)

    def left(self) -> tuple[str, ...]:
        """List the keys that nobody has asked for yet, in the order of the file."""
        return tuple(key for key in self._members if key not in self._known)

    def has(self, key: str) -> bool:
        """Say whether the key is there, and that it is known."""
        self._know(key)
        return key in self._members

    def peek(self, key: str) -> TomlValue | None:
        """Look at a key without taking it."""
        return self._members.get(key)

    def path_of(self, key: str) -> Path:
        """Give the place of a key: where it is a table of its own, that one's, else this table."""
        value = self._members.get(key)
        if isinstance(value, dict):
            return (*self.path, key)
        if isinstance(value, list) and any(isinstance(element, dict) for element in value):
            return (*self.path, key, 0)
        return self.path

    def value(self, key: str, *, required: bool = True) -> TomlValue | None:
        """Take a key as it stands; None where it is missing."""
        self._know(key)
        if key not in self._members and required:
            self.note("missing-key", f"the key {key} is missing", expected=key)
        return self._members.get(key)

    def text(
        self, key: str, *, required: bool = True, pattern: re.Pattern[str] | None = None
    ) -> str:
        """Take a text; "" where it is missing or wrong."""
        value = self.value(key, required=required)
        if value is None:
            return ""
        return self._checked_text(key, value, pattern)

    def parsed(
        self, key: str, parse: Callable[[str], _T], default: _T, *, required: bool = True
    ) -> _T:
        """Take a text and read it; `default` where it is missing or does not parse."""
        text = self.text(key, required=required)
        if not text:
            return default
        try:
            return parse(text)
        except InputError as err:
            self.findings.take(problem_of(err), self.path, what=f"{key}: {err.what}")
            return default

    def word(self, key: str, words: tuple[str, ...], default: str | None) -> str:
        """Take one of a closed list of words."""
        text = self.text(key, required=default is None)
        if not text:
            return default or words[0]
        self.check_words(key, (text,), words)
        return text

    def texts(
        self,
        key: str,
        *,
        required: bool = True,
        pattern: re.Pattern[str] | None = None,
        items_min: int = 0,
    ) -> tuple[str, ...]:
        """Take a list of texts, none twice."""
        value = self.value(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong_type(key, "a list of texts", value)
            return ()
        value = self._few(key, value, AGREEMENT_LIST_MAX)
        texts = tuple(self._checked_text(key, element, pattern) for element in value)
        if len(texts) < items_min:
            self.note("empty-list", f"{key} is empty", expected=f"at least {items_min}")
        for text in sorted(text for text, count in Counter(texts).items() if text and count > 1):
            self.note(
                "doubled-value",
                f"{key} holds a value twice",
                expected="each value once",
                found=text,
            )
        return texts

    def check_words(self, key: str, texts: tuple[str, ...], words: tuple[str, ...]) -> None:
        """Note each text that is not among the words that are known here."""
        expected = ", ".join(words)
        for text in texts:
            if text and text not in words:
                self.note(
                    "unknown-value",
                    f"{key} has an unknown value",
                    expected=expected,
                    found=text,
                    hint=nearest_hint(text, words),
                )

    def integer(self, key: str, minimum: int) -> int:
        """Take a whole number of at least `minimum`."""
        value = self.value(key)
        if value is None:
            return minimum
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong_type(key, "a whole number", value)
            return minimum
        if not minimum <= value <= _INTEGER_MAX:
            self.note(
                "out-of-range",
                f"{key} is out of range",
                expected=f"{minimum} to {_INTEGER_MAX}",
                found=_shown_number(value),
            )
            return minimum
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self.value(key, required=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong_type(key, "true or false", value)
            return default
        return value

    def day(self, key: str) -> Date | None:
        """Take a date, written as a TOML date or as a text."""
        value = self.value(key, required=False)
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            return self.parsed(key, parse_date, None)
        self._wrong_type(key, "a date", value)
        return None

    def words(self, key: str) -> Words:
        """Take a text in one or more languages, a table with a key for each language."""
        table = self.table(key)
        if table is None:
            return Words(())
        languages = table.left()
        if not languages:
            table.note("missing-key", f"{key} is in no language", expected="a language such as en")
        texts = []
        for language in languages:
            if LANGUAGE.fullmatch(language) is None:
                table.note("language", "not a language", expected="en, ja, ko", found=language)
            texts.append((language, table.text(language)))
        return Words(tuple(texts))

    def table(self, key: str, *, required: bool = True) -> Table | None:
        """Take a sub-table; None where it is missing or no table."""
        value = self.value(key, required=required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_type(key, "a table", value)
            return None
        return Table(value, (*self.path, key), self.findings)

    def tables(self, key: str, *, required: bool = True) -> tuple[Table, ...]:
        """Take an array of tables."""
        value = self.value(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list):
            self._wrong_type(key, "an array of tables", value)
            return ()
        return self._rows(key, value)

    def one_or_more(self, key: str) -> tuple[Table, ...]:
        """Take one table or an array of tables; none where the value is neither."""
        value = self.value(key)
        if isinstance(value, dict):
            return (Table(value, (*self.path, key), self.findings),)
        if isinstance(value, list) and value:
            return self._rows(key, value)
        self._wrong_type(key, "a table or an array of tables", value)
        return ()

    def texts_and_tables(self, key: str) -> tuple[tuple[str, ...], tuple[Table, ...]]:
        """Take a list that holds texts, tables, or both."""
        value = self.value(key)
        if not isinstance(value, list) or not value:
            self._wrong_type(key, "a list of texts or tables", value)
            return (), ()
        texts, tables = [], []
        for index, element in enumerate(self._few(key, value, AGREEMENT_ROWS_MAX)):
            if isinstance(element, dict):
                tables.append(Table(element, (*self.path, key, index), self.findings))
            else:
                texts.append(self._checked_text(key, element, None))
        return tuple(texts), tuple(tables)

    def finish(self, known: tuple[str, ...] = ()) -> None:
        """Note every key that nobody asked for, with the nearest that is known."""
        every = (*self._known, *known)
        for key in self.left():
            self.findings.note_at(
                "unknown-key",
                self.path_of(key),
                "unknown key",
                expected=", ".join(every),
                found=key,
                hint=nearest_hint(key, every),
            )

    def _rows(self, key: str, value: list[TomlValue]) -> tuple[Table, ...]:
        rows = []
        for index, element in enumerate(self._few(key, value, AGREEMENT_ROWS_MAX)):
            if isinstance(element, dict):
                rows.append(Table(element, (*self.path, key, index), self.findings))
            else:
                self._wrong_type(key, "an array of tables", element)
        return tuple(rows)

    def _few(self, key: str, value: list[TomlValue], items_max: int) -> list[TomlValue]:
        """Note a list that is too long and go on with its beginning.

        Lists are read against other lists, so a long one would cost far more than its bytes.
        """
        if len(value) > items_max:
            expected = f"at most {items_max}"
            self.note("too-many", f"{key} is too long", expected=expected, found=str(len(value)))
        return value[:items_max]

    def _know(self, key: str) -> None:
        self._known[key] = None

    def _checked_text(self, key: str, value: TomlValue, pattern: re.Pattern[str] | None) -> str:
        if not isinstance(value, str):
            self._wrong_type(key, "text", value)
            return ""
        if not value.strip() or len(value) > TEXT_CHARS_MAX:
            expected = f"1 to {TEXT_CHARS_MAX} characters"
            self.note("wrong-length", f"{key} is empty or too long", expected=expected)
            return ""
        hidden = None if is_plain(value) else next((c for c in value if is_hidden(c)), None)
        if hidden is not None:
            self.note(
                "hidden-character",
                f"{key} holds a character that cannot be seen",
                expected="visible characters only",
                found=f"U+{ord(hidden):04X}",
            )
            return ""
        if pattern is not None and pattern.fullmatch(value) is None:
            self.note(
                "wrong-form", f"{key} has a wrong form", expected=pattern.pattern, found=value
            )
            return ""
        return value

    def _wrong_type(self, key: str, expected: str, value: TomlValue | None) -> None:
        self.findings.note_at(
            "wrong-type",
            self.path_of(key),
            f"{key} has a wrong type",
            expected=expected,
            found=_type(value),
        )


def nearest_hint(text: str, known: tuple[str, ...]) -> str:
    """Name the nearest known word, or nothing where none is near or there are too many."""
    nearest = difflib.get_close_matches(text[:64], known[:_HINT_WORDS_MAX], n=1)
    return f"did you mean {nearest[0]}?" if nearest else ""


def _type(value: TomlValue | None) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return f"the number {_shown_number(value)}"
        case str():
            return f"the text {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _shown_number(value: float) -> str:
    """Show a number; one with thousands of digits cannot even be written as decimals."""
    return str(value)[:40] if abs(value) < _SHOWN_MAX else "a number beyond 64 bits"
