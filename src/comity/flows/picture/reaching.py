# SPDX-License-Identifier: Apache-2.0
"""How far the ranges that a picture's reports quote go from a place that its viewer names.

A quoted range says nothing of from where: the viewer does. Nothing is opened here: what is not
in the picture adds nothing, and no count tells of it. Source: timeline.md 6; issue text on reach
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.flows.picture.drawing import Row
from comity.formats.geojson import Origin
from comity.picture.interests import Interest
from comity.picture.maps import Reach
from comity.picture.reaches import Stated, Touched, legs_from, span_text, stated_ranges, touched_by

FIGURES_MAX: Final = 12
"""So many figures one drawing shows; of more, a system is chosen."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A range as a report in the picture quotes it, and how it lies to each point of interest."""

    row: Row
    stated: Stated
    points: tuple[Touched, ...]

    @property
    def text(self) -> str:
        """Give the range as it was stated, as `≤ 4000`."""
        return span_text(self.stated.figure.value)

    @property
    def touched(self) -> tuple[Touched, ...]:
        """List the points that it reaches as far as it was stated, the nearest first."""
        return tuple(each for each in self.points if each.is_touched)

    @property
    def others(self) -> tuple[Touched, ...]:
        """List the points that it does not reach, or of which nobody said so."""
        return tuple(each for each in self.points if not each.is_touched)


@dataclass(frozen=True, slots=True)
class Reaching:
    """The figures of each system side by side, and how many more the picture quotes."""

    origin: Origin
    quoted: tuple[Quoted, ...]
    interests: tuple[Interest, ...]
    left: int

    @property
    def reaches(self) -> tuple[Reach, ...]:
        """Give what a map draws, each under its system and who assessed it."""
        return tuple(
            Reach(
                self.origin.spot,
                f"{each.stated.system}, {each.stated.figure.credit.agency}",
                each.stated.figure.value,
            )
            for each in self.quoted
        )


def reach_from(
    origin: Origin, rows: Iterable[Row], interests: tuple[Interest, ...], system: str = ""
) -> Reaching:
    """Lay every range that reports quote around a place; of one system alone, where it is named."""
    legs = legs_from(origin.spot, interests)
    wanted = system.casefold()
    known = [
        (row, stated)
        for row in rows
        for stated in stated_ranges([row.shown.report])
        if wanted in ("", stated.system.casefold())
    ]
    known.sort(
        key=lambda each: (each[1].system.casefold(), each[1].figure.credit.agency, each[0].number)
    )
    quoted = tuple(
        Quoted(row, stated, touched_by(stated.figure.value, legs))
        for row, stated in known[:FIGURES_MAX]
    )
    return Reaching(origin, quoted, interests, len(known) - len(quoted))
