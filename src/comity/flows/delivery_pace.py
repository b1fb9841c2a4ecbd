# SPDX-License-Identifier: Apache-2.0
"""Whether parcels wait a little for the next entries, to go along with them in one push.

A push of parcels alone costs both nodes a request, a turn and a flush. So where batches follow each
other closely, parcels of one go with the entries of the next; where they do not, or few parcels
wait, they go at once. Time is the event loop's. Source: DESIGN 5
"""

from __future__ import annotations

from typing import Final

PARCELS_MIN: Final = 8
"""Fewer parcels than this never wait."""

HELD_S: Final = 0.5
"""No parcel waits longer for entries, and entries that come later do not follow closely."""

QUICK_MIN: Final = 2
QUICK_MAX: Final = 64
"""So often entries must have followed closely before parcels wait for the next: at first, and at
most, as the number doubles whenever parcels have waited for nothing."""

_SPAN: Final = 3
_SPARE_S: Final = 0.01


class Pace:
    """How closely entries of one line follow the reply to those before."""

    __slots__ = ("_answered", "_gap", "_quick", "_wanted", "held_until")

    def __init__(self) -> None:
        """Begin with nothing known: nothing waits. `held_until`: as long as parcels wait now."""
        self._answered: float | None = None
        self._gap = HELD_S
        self._quick = 0
        self._wanted = QUICK_MIN
        self.held_until: float | None = None

    def answered(self, now: float) -> None:
        """Note that the partner has answered for entries: their parcels are due."""
        self._answered = now

    def leave(self, now: float) -> None:
        """Note that entries are about to go, and whatever waits with them."""
        self._gap = HELD_S if self._answered is None else now - self._answered
        self._quick = self._quick + 1 if self._gap < HELD_S else 0
        if self.held_until is not None:
            self._wanted = max(QUICK_MIN, self._wanted // 2)
        self._answered = self.held_until = None

    def holds(self, now: float, waiting: int) -> bool:
        """Answer whether so many parcels wait on for entries; at its end it was for nothing."""
        held, self.held_until = self.held_until, None
        if self._answered is None or self._quick < self._wanted or waiting < PARCELS_MIN:
            return False
        until = self._answered + min(HELD_S, _SPAN * self._gap + _SPARE_S)
        if now < until:
            self.held_until = until
            return True
        if held is not None:
            self._wanted, self._quick = min(2 * self._wanted, QUICK_MAX), 0
        return False
