# SPDX-License-Identifier: Apache-2.0
"""What the console says, in the languages of its catalogues, read as they are at the first use.

The English text of a message is its name. What the product says elsewhere in several languages
(duties, headlines, clauses) is said by those rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final

from babel import Locale
from babel.messages.pofile import read_po

from comity.foresight.words import LANGUAGES

COOKIE: Final = "__Host-comity-language"
OWN_NAMES: Final[Mapping[str, str]] = {"en": "English", "ja": "日本語", "ko": "한국어"}

_QUALITIES_MAX: Final = 32


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language, and what its catalogues say."""

    code: str
    locale: Locale
    messages: Mapping[str, str]

    def say(self, text: str, **values: object) -> str:
        """Say a message, filled with values; the caller writes them so that they may be shown."""
        said = self.messages.get(text, text)
        return said % values if values else said


def phrase(text: str) -> str:
    """Mark a message that is said later, where the language is known."""
    return text


@cache
def tongue(code: str) -> Tongue:
    """Read the catalogues of a language."""
    messages: dict[str, str] = {}
    for file in _catalogues(code).iterdir():
        messages.update(_messages(file, code))
    return Tongue(code, Locale(code), messages)


@cache
def family(code: str, name: str) -> Mapping[str, str]:
    """Read one catalogue of a language: what it says for each of its messages."""
    return dict(_messages(_catalogues(code) / f"{name}.po", code))


def _catalogues(code: str) -> Traversable:
    return files("comity.console").joinpath("locale", code)


def _messages(file: Traversable, code: str) -> Iterator[tuple[str, str]]:
    for each in read_po(BytesIO(file.read_bytes()), locale=code):
        if each.id and each.string:
            yield str(each.id), str(each.string)


def choose_language(chosen: Iterable[str], wanted: Iterable[str]) -> str:
    """Choose by what was chosen here before, else by what the browser wants, else English.

    Source: RFC 9110 12.5.4
    """
    for each in chosen:
        if each in LANGUAGES:
            return each
    return max(_ranked(",".join(wanted)), default=(0.0, 0, LANGUAGES[0]))[2]


def _ranked(header: str) -> Iterable[tuple[float, int, str]]:
    for rank, part in enumerate(header.split(",")[:_QUALITIES_MAX]):
        word, _, weight = part.strip().partition(";")
        code = word.strip().lower().partition("-")[0]
        quality = _quality(weight)
        if code in LANGUAGES and quality > 0:
            yield quality, -rank, code


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        found = float(value)
    except ValueError:
        return 0.0
    return found if name.strip() == "q" and 0 <= found <= 1 else 0.0
