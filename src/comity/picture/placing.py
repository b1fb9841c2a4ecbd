# SPDX-License-Identifier: Apache-2.0
"""Where words go on a drawing, so that few lie on one another, and marks that lie in one place.

A mark bears the numbers of its rows in the table beside: a number has room where a title has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from unicodedata import east_asian_width

from comity.picture.views import XY

_CELL: Final = 6.0
_TOGETHER: Final = 12.0
CLUSTERS_MAX: Final = 150
_NUMBERS_SHOWN: Final = 4
_NEAR: Final = 4
"""So many of the places for a label touch its point; from the others a line leads to it."""
_WIDE: Final = frozenset("WF")

TEXT_HEIGHT: Final = 12.0
_LETTER: Final = 7.4
_WIDE_LETTER: Final = 12.5


Mark: TypeAlias = tuple[str, XY, int, str]
"""One mark: its kind, where it lies, the number of its row, the word of its precedence."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Marks of one kind that lie in one place on the paper, and the numbers of their rows.

    `precedence` is the word of all of them that stands behind the numbers; none is for routine.
    """

    kind: str
    at: XY
    numbers: tuple[int, ...]
    precedence: str = ""

    @property
    def label(self) -> str:
        """Give the numbers as a person reads them; of many, how many there are."""
        runs = number_runs(self.numbers)
        words = ", ".join(runs) if len(runs) <= _NUMBERS_SHOWN else f"×{len(self.numbers)}"
        return f"{words} {self.precedence}" if self.precedence else words


@dataclass(frozen=True, slots=True)
class Label:
    """Words on a drawing, from where they begin, on which baseline.

    `of` is the point that they belong to, where another lies nearer or as near: a line leads there.
    """

    text: str
    x: float
    y: float
    of: XY | None = None

    @property
    def middle(self) -> XY:
        """Give the middle of the words."""
        return self.x + text_width(self.text) / 2, self.y - TEXT_HEIGHT / 3


def gather_marks(marks: Iterable[Mark]) -> tuple[Cluster, ...]:
    """Put marks together that would hide one another: by kind, precedence and place on the paper.

    Where there would be too many to tell apart, what lies farther from one another too.
    """
    known, together = tuple(marks), _TOGETHER
    while len(found := _gathered(known, together)) > CLUSTERS_MAX:
        together *= 2
    return found


def _gathered(marks: Iterable[Mark], together: float) -> tuple[Cluster, ...]:
    cells: dict[tuple[str, str, int, int], tuple[XY, dict[int, None]]] = {}
    for kind, (x, y), number, precedence in marks:
        cell = (kind, precedence, round(x / together), round(y / together))
        cells.setdefault(cell, ((x, y), {}))[1][number] = None
    return tuple(
        Cluster(kind, at, tuple(sorted(numbers)), precedence)
        for (kind, precedence, _, _), (at, numbers) in cells.items()
    )


def number_runs(numbers: Sequence[int]) -> list[str]:
    """Write ascending numbers with runs drawn together: `1–3`, `7`."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][1] + 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return [f"{low}" if low == high else f"{low}–{high}" for low, high in runs]


def text_width(text: str) -> float:
    """Estimate how wide a text is drawn."""
    return sum(_WIDE_LETTER if east_asian_width(each) in _WIDE else _LETTER for each in text)


def place_labels(
    wanted: Sequence[tuple[str, XY]], size: XY, taken: Iterable[XY] = ()
) -> tuple[Label, ...]:
    """Put each label beside its point where least lies already, within the paper.

    Nothing is left out: where all is full a label goes where it covers least. `taken` are the
    points of whatever is drawn besides.
    """
    covered: set[tuple[int, int]] = set()
    for point in (*(at for _, at in wanted), *taken):
        covered.update(_cells(point[0] - _CELL, point[1] - _CELL, 2 * _CELL, 2 * _CELL))
    labels: list[Label] = []
    for text, at in wanted:
        width = text_width(text)
        chosen, best = min(
            enumerate(_candidates(at, width)),
            key=lambda each: (_cost(each[1], width, size, covered), each[0]),
        )
        covered.update(_cells(best[0], best[1] - TEXT_HEIGHT + 2, width, TEXT_HEIGHT))
        labels.append(Label(text, *best, None if chosen < _NEAR else at))
    return tuple(labels)


def _candidates(at: XY, width: float) -> tuple[XY, ...]:
    """List where a label may begin: right of its point first, then around it, then farther off."""
    x, y = at
    near, below = 8.0, 4.0
    return (
        (x + near, y + below),
        (x - near - width, y + below),
        (x - width / 2, y - 10.0),
        (x - width / 2, y + 18.0),
        (x + near, y - 9.0),
        (x + near, y + 16.0),
        (x - near - width, y - 9.0),
        (x - near - width, y + 16.0),
        (x + 2 * near, y - 20.0),
        (x + 2 * near, y + 28.0),
        (x - 2 * near - width, y - 20.0),
        (x - 2 * near - width, y + 28.0),
    )


def _cost(start: XY, width: float, size: XY, covered: set[tuple[int, int]]) -> int:
    x, y = start
    beside = x < 2 or y < TEXT_HEIGHT or x + width > size[0] - 2 or y > size[1] - 2
    met = sum(1 for each in _cells(x, y - TEXT_HEIGHT + 2, width, TEXT_HEIGHT) if each in covered)
    return met + (1000 if beside else 0)


def _cells(x: float, y: float, width: float, height: float) -> Iterable[tuple[int, int]]:
    low, high = int(y // _CELL), int((y + height) // _CELL)
    for column in range(int(x // _CELL), int((x + width) // _CELL) + 1):
        for row in range(low, high + 1):
            yield column, row
