# SPDX-License-Identifier: Apache-2.0
"""What every format says of the item that it was made from, beside its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.instants import Instant

_EXERCISE: Final = "EXERCISE"


@dataclass(frozen=True, slots=True)
class Source:
    """An item as what is made of it names it.

    `item` is its control number with its agreement. `banner` holds the lines of its banner, which
    go wherever the content goes. `precedence` is that of its category in the agreement.
    """

    item: str
    by: str
    released_at: Instant
    category: str
    level: str
    precedence: str
    banner: tuple[str, ...]
    exercise: bool = False
    supersedes: tuple[str, Instant] | None = None

    @property
    def marking(self) -> str:
        """Give the banner in one line."""
        lines = self.banner if not self.exercise else (_EXERCISE, *self.banner)
        return " / ".join(dict.fromkeys(lines))
