# SPDX-License-Identifier: Apache-2.0
"""What registers hold of one kind, the newest first, in pages; long registers make none dearer.

A cursor is a place in each register, where the page after it goes on towards the beginning. What a
person may not know of leaves no trace but the place after it. Source: traps.md (paging by time)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.flows.naming import readable
from comity.flows.view import View

_STEP: Final = 64
"""Entries of a register that are looked at before it is asked how old it is there."""
SCANNED_MAX: Final = 20_000
"""Entries that one page looks at: then it says that there may be more."""


class _Said(Protocol):
    @property
    def place(self) -> Place: ...

    @property
    def at(self) -> Instant: ...


Row = TypeVar("Row", bound=_Said)
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Found(Generic[Shown]):
    """Some rows, the newest first; `next` is where the page after it begins; None: that was all.

    `is_cut`: so much was looked at that the page was ended before it was full.
    """

    rows: tuple[Shown, ...]
    next: tuple[Place, ...] | None
    is_cut: bool = False


def _newness(row: _Said) -> tuple[Instant, Place]:
    return row.at, row.place


class NewestFirst(Generic[Row]):
    """Goes through the registers of an agreement from their ends, by the time of what they hold.

    `find` gives the row of a place, `fits` says whether it is looked for. `left` is how many more
    entries may be looked at; where one costs more than a look, `fits` takes that off by itself.
    """

    def __init__(
        self,
        context: Context,
        view: View,
        find: Callable[[Place], Row | None],
        fits: Callable[[Row], Awaitable[bool]],
        before: Mapping[PartyId, int],
        *,
        by: PartyId | None = None,
        index: int | None = None,
    ) -> None:
        """Begin at the ends of registers, or at `before`; of one party, or at one index, alone."""
        self._context = context
        self._view = view
        self._find = find
        self._fits = fits
        self._index = index
        self._ends: dict[PartyId, int] = {}
        self._floors: dict[PartyId, int] = {}
        for party, head in view.heads.items():
            if by in (None, party):
                self._enter(party, min(before.get(party, head.size), head.size))
        self._ready: dict[PartyId, Row] = {}
        # What is left of a register was said before this; nothing is known of one that lacks here.
        self._bounds: dict[PartyId, Instant] = {}
        self.left = SCANNED_MAX

    def _enter(self, party: PartyId, end: int) -> None:
        """Go through a register up to an end; where one index is looked for, through that alone."""
        index = self._index
        self._floors[party] = 0 if index is None else index
        self._ends[party] = end if index is None else min(end, index + 1)

    async def page(self, limit: int, show: Callable[[Row], Shown]) -> Found[Shown]:
        """Give a page of the newest rows that are left, each as it is shown."""
        rows = tuple(show(each) for each in await self.take(limit))
        return self.found(rows)

    def found(self, rows: tuple[Shown, ...]) -> Found[Shown]:
        """Give what was taken as a page, with where the next one begins."""
        return Found(rows, self.places(), self.left <= 0)

    async def take(self, limit: int) -> list[Row]:
        """Give the newest rows that are left, at most `limit`; fewer where too much was seen."""
        rows: list[Row] = []
        while len(rows) < limit and (row := await self._step()) is not None:
            rows.append(row)
        return rows

    async def _step(self) -> Row | None:
        """Give the newest row that is left; None: there is none, or too much was looked at.

        A register is gone through no further than to where it is older than what another has.
        """
        while self.left > 0:
            newest = max(self._ready.values(), key=_newness, default=None)
            behind = [each for each in self._ends if self._may_be_newer(each, newest)]
            if not behind:
                break
            for party in behind:
                await self._prepare(party)
        if self.left <= 0 or not self._ready:
            return None
        row = max(self._ready.values(), key=_newness)
        del self._ready[row.place.party]
        self._ends[row.place.party] = row.place.index
        self._bounds[row.place.party] = row.at
        return row

    def _may_be_newer(self, party: PartyId, than: Row | None) -> bool:
        if party in self._ready or self._ends[party] <= self._floors[party]:
            return False
        bound = self._bounds.get(party)
        return than is None or bound is None or bound >= than.at

    def places(self) -> tuple[Place, ...] | None:
        """Give where the next page begins; None: nothing is left."""
        over = all(end <= self._floors[party] for party, end in self._ends.items())
        if self.left > 0 and not self._ready and over:
            return None
        return tuple(Place(party, end) for party, end in sorted(self._ends.items()))

    async def _prepare(self, party: PartyId) -> None:
        """Look for the newest row of a register that is left, some entries at a time."""
        floor, end = self._floors[party], self._ends[party]
        stop = max(floor, end - _STEP)
        while end > stop and self.left > 0:
            row = self._find(Place(party, end - 1))
            if row is not None and await self._fits(row):
                self._ready[party] = row
                break
            end -= 1
            self.left -= 1
        self._ends[party] = end
        if party not in self._ready and end > floor:
            self._bounds[party] = await self._said_at(Place(party, end - 1))

    async def _said_at(self, place: Place) -> Instant:
        """Give when an entry was said: what stands before it in its register is older.

        One that does not read bounds nothing.
        """
        known = self._view.recent.get(place)
        if known is None:
            head = self._view.heads[place.party]
            store = self._context.ports.store
            raws = await store.entries(head.origin, place.index, place.index + 1)
            known = next(readable(raws), None)
        return self._view.moment(self._context) if known is None else known.at
