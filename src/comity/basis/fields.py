# SPDX-License-Identifier: Apache-2.0
"""Typed reading of one JSON object's fields; a field left over is refused, never skipped.

`x(key)` demands the field, `optional_x(key)` gives None when it is absent, `nullable_x(key)`
demands it and gives None for null. `finish` refuses what nobody asked for.
"""

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import JSON_FIELD_CHARS_MAX, JSON_INTEGER_MAX, JSON_ITEMS_MAX
from comity.basis.strict_json import JsonValue

_Choice = TypeVar("_Choice", bound=StrEnum)


class Fields:
    """The fields of one object, each taken once by name and type."""

    __slots__ = ("_asked", "_members", "_taken", "where")

    def __init__(self, value: JsonValue, where: str = "$") -> None:
        """Take an object; any other value is refused."""
        if not isinstance(value, dict):
            raise _wrong_type(where, "an object", value)
        self._members = value
        self._asked: set[str] = set()
        self._taken: set[str] = set()
        self.where = where

    def has(self, key: str) -> bool:
        """Say whether the field is there, null included; it still has to be taken."""
        self._asked.add(key)
        return key in self._members

    def keys(self) -> tuple[str, ...]:
        """Give the names of all fields, sorted."""
        return tuple(sorted(self._members))

    def require(self, keys: Iterable[str]) -> None:
        """Refuse at once whatever of these is not there, so that a writer need not ask again."""
        missing = [key for key in keys if key not in self._members]
        if missing:
            raise self._missing(*missing)

    def place(self, key: str) -> str:
        """Name the place of a field for an error."""
        plain = key.isascii() and key.isidentifier()
        return f"{self.where}.{key if plain else excerpt(key)}"

    def value(self, key: str) -> JsonValue:
        """Take a field as it stands."""
        self._taken.add(key)
        try:
            return self._members[key]
        except KeyError:
            raise self._missing(key) from None

    def text(
        self,
        key: str,
        *,
        max_chars: int = JSON_FIELD_CHARS_MAX,
        min_chars: int = 1,
        pattern: re.Pattern[str] | None = None,
    ) -> str:
        """Take a text; empty ones only with `min_chars=0`. `pattern` must match all of it."""
        value = self.value(key)
        if not isinstance(value, str):
            raise _wrong_type(self.place(key), "text", value)
        # The place is worked out for a refusal only: most of a statement's reading is this.
        if not min_chars <= len(value) <= max_chars:
            bounds = (min_chars, max_chars)
            raise _wrong_length(self.place(key), len(value), "characters", bounds)
        if pattern is not None and pattern.fullmatch(value) is None:
            raise _wrong_form(self.place(key), value, pattern)
        return value

    def integer(self, key: str, min: int = 0, max: int = JSON_INTEGER_MAX) -> int:
        """Take an integer from `min` to `max`, both included."""
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong_type(self.place(key), "an integer", value)
        if not min <= value <= max:
            raise InputError(
                "basis.out-of-range",
                "integer out of range",
                where=self.place(key),
                expected=f"{min} to {max}",
                found=str(value),
            )
        return value

    def boolean(self, key: str) -> bool:
        """Take true or false."""
        value = self.value(key)
        if not isinstance(value, bool):
            raise _wrong_type(self.place(key), "true or false", value)
        return value

    def choice(self, key: str, choices: type[_Choice]) -> _Choice:
        """Take a text that names one member of a closed set."""
        text = self.text(key)
        try:
            return choices(text)
        except ValueError:
            nearest = difflib.get_close_matches(text[:64], [str(choice) for choice in choices], n=1)
            raise InputError(
                "basis.unknown-word",
                "unknown word",
                where=self.place(key),
                expected=" or ".join(choices),
                found=excerpt(text),
                hint=f"did you mean {nearest[0]}?" if nearest else "",
            ) from None

    def texts(
        self,
        key: str,
        *,
        max_items: int = JSON_ITEMS_MAX,
        min_items: int = 0,
        max_chars: int = JSON_FIELD_CHARS_MAX,
        pattern: re.Pattern[str] | None = None,
    ) -> tuple[str, ...]:
        """Take an array of non-empty texts, in its order."""
        texts: list[str] = []
        for element in self._elements(key, (min_items, max_items)):
            if not isinstance(element, str):
                raise _wrong_type(self._place_in(key, len(texts)), "text", element)
            if not 1 <= len(element) <= max_chars:
                place = self._place_in(key, len(texts))
                raise _wrong_length(place, len(element), "characters", (1, max_chars))
            if pattern is not None and pattern.fullmatch(element) is None:
                raise _wrong_form(self._place_in(key, len(texts)), element, pattern)
            texts.append(element)
        return tuple(texts)

    def object(self, key: str) -> "Fields":
        """Take an object, to be read and finished by itself."""
        return Fields(self.value(key), self.place(key))

    def integers(
        self,
        key: str,
        *,
        bounds: tuple[int, int],
        max_items: int = JSON_ITEMS_MAX,
        min_items: int = 0,
    ) -> tuple[int, ...]:
        """Take an array of integers in its order, each within `bounds`, both included."""
        numbers: list[int] = []
        for element in self._elements(key, (min_items, max_items)):
            one = Fields({"number": element}, self._place_in(key, len(numbers)))
            numbers.append(one.integer("number", *bounds))
        return tuple(numbers)

    def objects(
        self, key: str, *, max_items: int = JSON_ITEMS_MAX, min_items: int = 0
    ) -> "tuple[Fields, ...]":
        """Take an array of objects, in its order."""
        elements = self._elements(key, (min_items, max_items))
        return tuple(
            Fields(element, self._place_in(key, index)) for index, element in enumerate(elements)
        )

    def optional_text(
        self,
        key: str,
        *,
        max_chars: int = JSON_FIELD_CHARS_MAX,
        min_chars: int = 1,
        pattern: re.Pattern[str] | None = None,
    ) -> str | None:
        """Take a text, or None when the field is absent."""
        if not self.has(key):
            return None
        return self.text(key, max_chars=max_chars, min_chars=min_chars, pattern=pattern)

    def optional_integer(self, key: str, min: int = 0, max: int = JSON_INTEGER_MAX) -> int | None:
        """Take an integer, or None when the field is absent."""
        return self.integer(key, min, max) if self.has(key) else None

    def optional_texts(
        self,
        key: str,
        *,
        max_items: int = JSON_ITEMS_MAX,
        min_items: int = 0,
        max_chars: int = JSON_FIELD_CHARS_MAX,
        pattern: re.Pattern[str] | None = None,
    ) -> tuple[str, ...] | None:
        """Take an array of texts, or None when the field is absent."""
        if not self.has(key):
            return None
        return self.texts(
            key, max_items=max_items, min_items=min_items, max_chars=max_chars, pattern=pattern
        )

    def nullable_text(
        self,
        key: str,
        *,
        max_chars: int = JSON_FIELD_CHARS_MAX,
        min_chars: int = 1,
        pattern: re.Pattern[str] | None = None,
    ) -> str | None:
        """Take a text or null."""
        if self._take_null(key):
            return None
        return self.text(key, max_chars=max_chars, min_chars=min_chars, pattern=pattern)

    def nullable_integer(self, key: str, min: int = 0, max: int = JSON_INTEGER_MAX) -> int | None:
        """Take an integer or null."""
        return None if self._take_null(key) else self.integer(key, min, max)

    def nullable_boolean(self, key: str) -> bool | None:
        """Take true, false or null."""
        return None if self._take_null(key) else self.boolean(key)

    def nullable_object(self, key: str) -> "Fields | None":
        """Take an object or null."""
        return None if self._take_null(key) else self.object(key)

    def finish(self) -> None:
        """Refuse every field that was not taken; name the nearest one that could be meant."""
        if len(self._taken) == len(self._members):
            return
        unknown = min(self._members.keys() - self._taken)
        known = sorted(self._taken | self._asked)
        nearest = difflib.get_close_matches(unknown[:64], known, n=1)
        raise InputError(
            "basis.unknown-field",
            "unknown field",
            where=self.where,
            expected=", ".join(known),
            found=excerpt(unknown),
            hint=f"did you mean {nearest[0]}?" if nearest else "remove it",
        )

    def _elements(self, key: str, bounds: tuple[int, int]) -> list[JsonValue]:
        value = self.value(key)
        if not isinstance(value, list):
            raise _wrong_type(self.place(key), "an array", value)
        if not bounds[0] <= len(value) <= bounds[1]:
            raise _wrong_length(self.place(key), len(value), "elements", bounds)
        return value

    def _place_in(self, key: str, index: int) -> str:
        return f"{self.place(key)}[{index}]"

    def _take_null(self, key: str) -> bool:
        return self.value(key) is None

    def _missing(self, *keys: str) -> InputError:
        expected = ", ".join(excerpt(key) for key in keys)
        return InputError(
            "basis.missing-field", "field is missing", where=self.where, expected=expected
        )


def _wrong_length(place: str, length: int, unit: str, bounds: tuple[int, int]) -> InputError:
    return InputError(
        "basis.wrong-length",
        "wrong length",
        where=place,
        expected=f"{bounds[0]} to {bounds[1]} {unit}",
        found=f"{length} {unit}",
    )


def _wrong_form(place: str, text: str, pattern: re.Pattern[str]) -> InputError:
    return InputError(
        "basis.wrong-form", "wrong form", where=place, expected=pattern.pattern, found=excerpt(text)
    )


def _wrong_type(place: str, expected: str, value: JsonValue) -> InputError:
    return InputError(
        "basis.wrong-type", "wrong type", where=place, expected=expected, found=type_name(value)
    )


def type_name(value: JsonValue) -> str:
    """Say of what type a value is, for an error that must not show the value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "an integer"
        case str():
            return "text"
        case list():
            return "an array"
        case _:
            return "an object"
