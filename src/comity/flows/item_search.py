# SPDX-License-Identifier: Apache-2.0
"""Items the newest first, by what is looked for; a page costs the same in long registers.

A cursor is a place in each register, where the page after it goes on towards the beginning. What a
person may not know of leaves no trace but the place after it. Source: traps.md (paging by time)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_listing
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import ItemRow, item_row, level_now, may_know
from comity.flows.naming import readable
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.records import Item

_STEP: Final = 64
"""Entries of a register that are looked at before it is asked how old it is there."""
SCANNED_MAX: Final = 20_000
"""Entries that one page looks at: then it says that there may be more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None: whatever there is. `open_only`: neither receipted nor refused.

    `level` is the one that items have now.
    """

    category: str | None = None
    level: str | None = None
    by: PartyId | None = None
    index: int | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Some items, the newest first; `next` is where the page after it begins; None: that was all.

    `is_cut`: so many entries were looked at that the page was ended before it was full.
    """

    rows: tuple[ItemRow, ...]
    next: tuple[Place, ...] | None
    is_cut: bool = False


async def search_items(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    wanted: Wanted,
    before: Mapping[PartyId, int],
    *,
    limit: int,
) -> Found | Refused:
    """Find items to us and by us, the newest first, that a person may know of."""
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    walk = _Walk(context, view, by, wanted, before)
    items: list[Item] = []
    while len(items) < limit and (item := await walk.step()) is not None:
        items.append(item)
    refs = frozenset(view.item_ref(each.place, each.release.sealed) for each in items)
    keys = await context.ports.keys.held_item_keys(refs) if items else frozenset[str]()
    rows = [await item_row(context, view, by, each, keys) for each in items]
    return Found(tuple(rows), walk.places(), walk.left <= 0)


def _newness(item: Item) -> tuple[Instant, Place]:
    return item.at, item.place


class _Walk:
    """Goes through the registers of an agreement from their ends, by the time of what they hold."""

    def __init__(
        self,
        context: Context,
        view: View,
        by: Person,
        wanted: Wanted,
        before: Mapping[PartyId, int],
    ) -> None:
        self._context = context
        self._view = view
        self._by = by
        self._wanted = wanted
        self._ends: dict[PartyId, int] = {}
        self._floors: dict[PartyId, int] = {}
        for party, head in view.heads.items():
            if wanted.by in (None, party):
                self._enter(party, min(before.get(party, head.size), head.size))
        self._ready: dict[PartyId, Item] = {}
        # What is left of a register was said before this; nothing is known of one that lacks here.
        self._bounds: dict[PartyId, Instant] = {}
        self.left = SCANNED_MAX

    def _enter(self, party: PartyId, end: int) -> None:
        """Go through a register up to an end; where one index is looked for, through that alone."""
        index = self._wanted.index
        self._floors[party] = 0 if index is None else index
        self._ends[party] = end if index is None else min(end, index + 1)

    async def step(self) -> Item | None:
        """Give the newest item that is left; None: there is none, or too much was looked at.

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
        item = max(self._ready.values(), key=_newness)
        del self._ready[item.place.party]
        self._ends[item.place.party] = item.place.index
        self._bounds[item.place.party] = item.at
        return item

    def _may_be_newer(self, party: PartyId, than: Item | None) -> bool:
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
        """Look for the newest item of a register that is left, some entries at a time."""
        items, floor = self._view.fold.state.items, self._floors[party]
        end = self._ends[party]
        stop = max(floor, end - _STEP)
        while end > stop and self.left > 0:
            item = items.get(Place(party, end - 1))
            if item is not None and await self._fits(item):
                self._ready[party] = item
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

    async def _fits(self, item: Item) -> bool:
        wanted, label, view = self._wanted, item.release.label, self._view
        if view.own not in (*item.to, item.place.party) or not may_know(self._by, item):
            return False
        if wanted.open_only and item.place not in view.open.unanswered:
            return False
        if wanted.category not in (None, label.category):
            return False
        if wanted.level is None:
            return True
        return wanted.level == await level_now(self._context, view, item)
