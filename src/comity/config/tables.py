# SPDX-License-Identifier: Apache-2.0
"""Reading one table of the configuration file by name and type, every problem with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from comity.agreement.places import Path, line_of, show_path
from comity.basis.errors import ComityError, Problem, excerpt
from comity.basis.ids import Digest, Domain, PartyId
from comity.basis.limits import CARD_ADDRESS_CHARS_MAX, CARD_ADDRESSES_MAX
from comity.config.model import CONFIG_NAME

_TEXT_CHARS_MAX: Final = 1000

_Id = TypeVar("_Id", PartyId, Domain, Digest)


class TableReader:
    """One table. What is wrong is listed, and reading goes on with a value of the right type."""

    __slots__ = ("_lines", "_path", "_problems", "_table", "_taken")

    def __init__(
        self,
        table: Mapping[str, object],
        path: Path,
        lines: dict[Path, int],
        problems: list[Problem],
    ) -> None:
        """Read `table`, which stands at `path`; `problems` is where they are listed."""
        self._table = table
        self._path = path
        self._lines = lines
        self._problems = problems
        self._taken: set[str] = set()

    def names(self) -> tuple[str, ...]:
        """Give the names of all keys, sorted."""
        return tuple(sorted(self._table))

    def text(self, key: str, default: str | None = None) -> str:
        """Take a text; without a default it must be there."""
        value = self._take(key, default)
        if isinstance(value, str) and 1 <= len(value) <= _TEXT_CHARS_MAX and value.isprintable():
            return value
        self.refuse(key, f"text of 1 to {_TEXT_CHARS_MAX} printable characters", value)
        return ""

    def optional_text(self, key: str) -> str | None:
        """Take a text, or None when it is absent."""
        if key in self._table:
            return self.text(key)
        self._taken.add(key)
        return None

    def parsed(self, key: str, parse: Callable[[str, str], _Id]) -> _Id | str:
        """Take an identifier."""
        text = self.text(key)
        try:
            return parse(text, "") if text else text
        except ComityError as err:
            self.refuse(key, err.expected, text)
            return text

    def texts(self, key: str, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
        """Take a list of texts of one form; absent, it is empty."""
        value = self._take(key, [])
        if not isinstance(value, list) or len(value) > CARD_ADDRESSES_MAX:
            self.refuse(key, f"a list of at most {CARD_ADDRESSES_MAX}", value)
            return ()
        texts = tuple(str(each) for each in value)
        for each in texts:
            if len(each) > CARD_ADDRESS_CHARS_MAX or not pattern.fullmatch(each):
                self.refuse(key, expected, each)
        return texts

    def boolean(self, key: str) -> bool:
        """Take true or false; absent, it is false."""
        value = self._take(key, default=False)
        if not isinstance(value, bool):
            self.refuse(key, "true or false", value)
        return value is True

    def integer(self, key: str, default: int, max: int) -> int:
        """Take an integer from 1 to `max`."""
        value = self._take(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= max:
            return value
        self.refuse(key, f"an integer from 1 to {max}", value)
        return default

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """Take one word of a few."""
        value = self._take(key, default)
        if isinstance(value, str) and value in choices:
            return value
        self.refuse(key, " or ".join(choices), value)
        return default

    def table(self, key: str) -> TableReader:
        """Take a table, to be read and finished by itself; absent, it is empty."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.refuse(key, "a table", value)
            value = {}
        return TableReader(value, (*self._path, key), self._lines, self._problems)

    def refuse(self, key: str, expected: str, value: object, hint: str = "") -> None:
        """List a wrong value."""
        found = "nothing" if value is None else excerpt(str(value))
        self._problems.append(
            Problem("config.wrong-value", self._place(key), "wrong value", expected, found, hint)
        )

    def finish(self) -> None:
        """List every key that nobody asked for."""
        for key in sorted(self._table.keys() - self._taken):
            nearest = difflib.get_close_matches(key[:64], sorted(self._taken), n=1)
            self._problems.append(
                Problem(
                    "config.unknown-key",
                    self._place(key),
                    "unknown key",
                    ", ".join(sorted(self._taken)),
                    excerpt(key),
                    f"did you mean {nearest[0]}?" if nearest else "remove it",
                )
            )

    def _take(self, key: str, default: object) -> object:
        self._taken.add(key)
        return self._table.get(key, default)

    def _place(self, key: str) -> str:
        path = (*self._path, key)
        return f"{CONFIG_NAME} line {line_of(path, self._lines)} {excerpt(show_path(path))}"
