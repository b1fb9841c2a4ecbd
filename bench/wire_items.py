# SPDX-License-Identifier: Apache-2.0
"""What the wire's nodes exchange: items as a watch on the sky and the sea makes them.

No two have the same content, and neighbours differ in marking, category and purposes, drawn by a
fixed seed. The floor is given the same ones.
"""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CONTENT_BYTES: Final = 1024
ALERT: Final = "missile-activity"
"""The category whose items are alerts here: their parcels go with their statements."""
CATEGORIES: Final = ("air", "maritime", "missile-warning")

_SEED: Final = 3
_MARKINGS: Final = (("極秘", "SECRET"), ("秘", "CONFIDENTIAL"))
_PURPOSES: Final = (("warning",), ("assessment", "warning"), ("planning",))


@dataclass(frozen=True, slots=True)
class Kind:
    """All that an item is but its content."""

    marking: str
    level: str
    category: str
    purposes: tuple[str, ...]

    def wish(self) -> dict[str, Any]:
        """Describe it as the people's API is asked for it."""
        return {
            "to": ["KOR"],
            "marking": self.marking,
            "category": self.category,
            "purposes": list(self.purposes),
        }

    def label(self) -> Mapping[str, Any]:
        """Give the label that is stated for it."""
        return {
            "category": self.category,
            "for": [],
            "form": "document",
            "level": self.level,
            "marking": self.marking,
            "originators": ["JPN"],
            "purposes": list(self.purposes),
            "to": ["KOR"],
        }


KINDS: Final = tuple(
    Kind(marking, level, category, purposes)
    for marking, level in _MARKINGS
    for category in CATEGORIES
    for purposes in _PURPOSES
)
_ALERTED: Final = Kind("秘", "CONFIDENTIAL", ALERT, ("warning",))


@dataclass(frozen=True, slots=True)
class WatchItem:
    """One item of a watch."""

    kind: Kind
    content: bytes

    def wish(self) -> dict[str, Any]:
        """Describe it with its content, as an item of a batch."""
        return {**self.kind.wish(), "content": b64encode(self.content).decode()}


class Watch:
    """An endless watch: the same items each time it is begun."""

    def __init__(self) -> None:
        """Begin at the first item."""
        self._drawn = random.Random(_SEED)

    def items(self, count: int) -> list[WatchItem]:
        """Draw the next items."""
        return [WatchItem(self._drawn.choice(KINDS), self._content()) for _ in range(count)]

    def alert(self) -> WatchItem:
        """Draw an alert."""
        return WatchItem(_ALERTED, self._content())

    def _content(self) -> bytes:
        return self._drawn.randbytes(CONTENT_BYTES)
