# SPDX-License-Identifier: Apache-2.0
"""The ladder of classification levels that the parties share, highest first.

A ladder is a closed list with a total order. Which marking reads as which level is in
`equivalence.py`. Source: AGREEMENTS.md section 1, rule 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.basis.errors import InputError


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels from the highest to the lowest; never empty, none twice."""

    order: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse an empty ladder and a level that stands twice."""
        if not self.order:
            raise InputError(
                "marking.empty-ladder",
                "the ladder of levels is empty",
                expected="at least one level, highest first",
                found="none",
            )
        for index, level in enumerate(self.order):
            if level in self.order[:index]:
                raise InputError(
                    "marking.doubled-level",
                    "a level stands twice in the ladder",
                    expected="each level once",
                    found=level,
                )

    @property
    def top(self) -> str:
        """The highest level."""
        return self.order[0]

    def knows(self, level: str) -> bool:
        """Answer whether `level` is on this ladder."""
        return level in self.order

    def rank(self, level: str) -> int:
        """Count the levels below `level`: 0 for the lowest.

        Raises:
            InputError: `marking.unknown-level`.
        """
        if level not in self.order:
            raise InputError(
                "marking.unknown-level",
                "the agreement has no such level",
                expected=", ".join(self.order),
                found=level,
            )
        return len(self.order) - 1 - self.order.index(level)

    def at_least(self, held: str, needed: str) -> bool:
        """Answer whether `held` is as high as `needed` or higher; both must be known."""
        return self.rank(held) >= self.rank(needed)

    def highest(self, levels: Iterable[str]) -> str:
        """Pick the highest of one or more levels, as an item made from them inherits it.

        Raises:
            InputError: `marking.unknown-level`; `marking.no-level` when there are none.
        """
        known = sorted(levels, key=self.rank)
        if not known:
            raise InputError(
                "marking.no-level", "no level to choose from", expected="at least one", found="none"
            )
        return known[-1]
