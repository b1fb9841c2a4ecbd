# SPDX-License-Identifier: Apache-2.0
"""The colours of maps and timelines, by day and by night, and the style sheet that sets them.

Every kind of mark has a shape of its own: no colour says anything alone. Lines and marks stand at
3:1 at least to what they lie on, text at 4.5:1. Source: WCAG 2.2, 1.4.1, 1.4.3, 1.4.11
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Ink = Mapping[str, str]

DAY: Final[Ink] = {
    "sea": "#ffffff",
    "land": "#f1efe9",
    "shore": "#6b6b66",
    "grid": "#dddddd",
    "text": "#1a1a1a",
    "halo": "#ffffff",
    "mark": "#1a1a1a",
    "launch": "#b02a12",
    "test": "#7a1f8a",
    "sighting": "#1c5aa8",
    "way": "#b02a12",
    "ring": "#0b6b5d",
    "interest": "#1a1a1a",
}
NIGHT: Final[Ink] = {
    "sea": "#14171a",
    "land": "#24282c",
    "shore": "#8d959c",
    "grid": "#363c41",
    "text": "#f0f0f0",
    "halo": "#14171a",
    "mark": "#f0f0f0",
    "launch": "#ff8a70",
    "test": "#dd9bec",
    "sighting": "#8bbcf7",
    "way": "#ff8a70",
    "ring": "#63d4c1",
    "interest": "#f0f0f0",
}
GROUNDS: Final = ("sea", "land", "halo")
"""What lies below."""

QUIET: Final = frozenset({"grid"})
"""What helps the eye and says nothing."""


def style_sheet(scope: str = ".picture") -> str:
    """Write the style sheet that colours drawings; by night, and for a user who asks for it.

    Drawings carry the colours of the day themselves, so that a file shows them without it; print
    is by day.
    """
    day, night = "".join(_rules(DAY, scope)), "".join(_rules(NIGHT, f"  {scope}"))
    return f"{day}@media screen and (prefers-color-scheme: dark) {{\n{night}}}\n"


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21.

    Source: WCAG 2.2, contrast ratio and relative luminance
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _rules(ink: Ink, scope: str) -> list[str]:
    rules = []
    for name, colour in ink.items():
        rules.append(f"{scope} .fill-{name} {{ fill: {colour}; }}\n")
        rules.append(f"{scope} .line-{name} {{ stroke: {colour}; }}\n")
    return rules


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
