# SPDX-License-Identifier: Apache-2.0
"""The times of one register's admitted statements: the greatest up to any size of it.

Judging asks for it: a statement's `at` comes after everything that its `seen` covers.
Source: DESIGN.md section 4
"""

from __future__ import annotations

from bisect import bisect_left

from comity.basis.errors import InvariantError
from comity.basis.ids import Place
from comity.basis.instants import Instant


class RegisterTimes:
    """Indexes in order, and beside each the greatest `at` up to it."""

    __slots__ = ("_greatest", "_indexes")

    def __init__(self) -> None:
        """Start with no statement."""
        self._indexes: list[int] = []
        self._greatest: list[Instant] = []

    def add(self, place: Place, at: Instant) -> None:
        """Take one statement; registers are read in order, so mostly it is the last one.

        Raises:
            InvariantError: the place was added before.
        """
        position = len(self._indexes)
        if position and place.index <= self._indexes[-1]:
            position = bisect_left(self._indexes, place.index)
            if self._indexes[position] == place.index:
                raise InvariantError(
                    "state.folded-twice", "a statement is folded twice", where=str(place)
                )
        before = self._greatest[position - 1] if position else at
        self._indexes.insert(position, place.index)
        self._greatest.insert(position, max(before, at))
        for later in range(position + 1, len(self._greatest)):
            self._greatest[later] = max(self._greatest[later], at)

    def fork(self) -> RegisterTimes:
        """Give times that are the same now and go on by themselves."""
        other = RegisterTimes()
        other._indexes, other._greatest = list(self._indexes), list(self._greatest)
        return other

    def greatest(self, size: int) -> Instant | None:
        """Give the greatest `at` among the statements with an index below `size`."""
        count = bisect_left(self._indexes, size)
        return self._greatest[count - 1] if count else None
