# SPDX-License-Identifier: Apache-2.0
"""Characters that a reader cannot see, or that change how others are shown.

Markings refuse them; free text is printed with them escaped. Nothing here
knows what a marking means. Source: Unicode 14 categories, UAX #9, UTR #36.
"""

from __future__ import annotations

import unicodedata

from comity.basis.errors import InputError
from comity.basis.invisible import INVISIBLE

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_ESCAPE_OPENS = "‹"


def is_plain(text: str) -> bool:
    """Answer at once that nothing in a text is hidden; False: each character must be looked at.

    What Python prints is in none of the hidden categories; wide spaces it does not print.
    """
    return text.isprintable() and (text.isascii() or INVISIBLE.isdisjoint(text))


def is_hidden(character: str) -> bool:
    """Answer whether one character is invisible, a control, or steers direction.

    Spaces of every width are not hidden: they are shown as a gap.
    """
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return True
    return character in INVISIBLE


def refuse_hidden(text: str, where: str = "") -> None:
    """Raise if `text` holds a character that nobody could see on a printed page.

    Raises:
        InputError: `marking.hidden-character`, naming the character and its position.

    Source: spec/traps.md, look-alike and right-to-left characters in markings
    """
    if is_plain(text):
        return
    for position, character in enumerate(text):
        if is_hidden(character):
            raise InputError(
                "marking.hidden-character",
                "a marking holds a character that cannot be seen",
                where=where,
                expected="visible characters and spaces only",
                found=f"U+{ord(character):04X} at character {position + 1}",
                hint="type the marking again by hand instead of pasting it",
            )


def printable_text(text: str, *, lines: bool = False) -> str:
    """Show free text so that nothing in it can hide, reorder or steer a terminal.

    Each hidden character becomes `‹U+202E›`; the opening bracket itself is escaped too,
    so no text can pretend to hold an escape. With `lines`, line feeds stay as they are.
    """
    return "".join(_shown(character, lines=lines) for character in text)


def _shown(character: str, *, lines: bool) -> str:
    if lines and character == "\n":
        return character
    if character == _ESCAPE_OPENS or is_hidden(character):
        return f"‹U+{ord(character):04X}›"
    return character
