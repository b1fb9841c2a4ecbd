# SPDX-License-Identifier: Apache-2.0
"""What the rooms beneath say in English, read in the language of whoever looks.

Reasons and errors are English wherever their bytes are kept or compared. A page finds each again
among the templates of its catalogue, and says it in its own language (decisions/0020).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from comity.console.languages import family

# A text that is longer is shown as it is.
TEXT_CHARS_MAX: Final = 2_000

_FAMILIES: Final = ("errors", "reasons")
_HOLE: Final = re.compile(r"%\(([a-z_]+)\)s")
_AND: Final = "; "  # how a decision joins its reasons


@dataclass(frozen=True, slots=True)
class _Template:
    """A message with holes: what stands around them, their names, and what is said instead."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    told: str

    def values(self, text: str) -> dict[str, str] | None:
        """Give what stands in the holes of a text; None: the text is none of this template."""
        first, *between, last = self.pieces
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for piece in between:
            place = text.find(piece, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(piece)
        return dict(zip(self.names, (*found, text[at:end]), strict=True))


class Reader:
    """Reads English texts by the templates of one language's catalogues."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        """Take what is said for each message."""
        self._whole = {text: told for text, told in messages.items() if not _HOLE.search(text)}
        made = (_template(text, told) for text, told in messages.items() if _HOLE.search(text))
        # The one that says most itself is the one that was meant.
        self._templates = sorted(made, key=lambda each: -len("".join(each.pieces)))

    def read(self, text: str) -> str | None:
        """Give the text in this language; None: the catalogues do not know it, or not all of it."""
        if len(text) > TEXT_CHARS_MAX:
            return None
        whole = self._one(text)
        if whole is not None or _AND not in text:
            return whole
        told = [self._one(each) for each in text.split(_AND)]
        return None if None in told else _AND.join(each for each in told if each is not None)

    def _one(self, text: str, *, within: bool = False) -> str | None:
        found = self._whole.get(text)
        if found is not None:
            return found
        for each in self._templates:
            values = each.values(text)
            if values is not None:
                shown = values if within else {k: self._value(v) for k, v in values.items()}
                return _HOLE.sub(lambda hole, shown=shown: shown[hole[1]], each.told)  # type: ignore[misc]  # a default of its own
        return None

    def _value(self, text: str) -> str:
        """Read what stands in a hole, where it is words of ours itself."""
        return self._one(text, within=True) or text


def _template(text: str, told: str) -> _Template:
    parts = _HOLE.split(text)
    return _Template(tuple(parts[::2]), tuple(parts[1::2]), told)


@cache
def reader(code: str) -> Reader:
    """Give the reader of a language."""
    return Reader({text: told for name in _FAMILIES for text, told in family(code, name).items()})
