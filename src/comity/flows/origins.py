# SPDX-License-Identifier: Apache-2.0
"""Where an item comes from that was passed on: what its originators say there holds here as well.

Whoever passed it on holds it by two agreements. Every act on it, or on what was made from it, asks
the registers of both: the level is the higher one, and a recall under either is one. An act takes
the turns of both (`turn_about`), and its commit compares the registers of both.
Source: Japan-ROK GSOMIA Art. 6(a), 6(g), 6(h)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.basis.ids import PartyId
from comity.basis.instants import Instant
from comity.decision.onward import highest
from comity.flows.view import View
from comity.ports import BasisMoved
from comity.state.derivation import ancestors_of
from comity.state.protected import find_protected
from comity.state.queries import item_level, recalled_by
from comity.state.records import Item
from comity.state.state import State


@dataclass(frozen=True, slots=True)
class Origin:
    """An item as it stands under the agreement that it was passed on from."""

    view: View
    item: Item
    at: Instant

    @property
    def level(self) -> str:
        """Give the level at which it is held there."""
        return standing_level(self.view, self.item, self.at)

    @property
    def where(self) -> str:
        """Name it."""
        return f"{self.view.agreement_id}/{self.item.place}"


def origin_of(view: View, item: Item, at: Instant) -> Origin | None:
    """Give where an item was passed on from; None: it was not, or we are no party there.

    Raises:
        BasisMoved: we passed it on, and what is asked there was not gathered: gather it.
    """
    onward = item.release.passed_on
    if onward is None:
        return None
    known = view.beside.get(onward.agreement)
    if known is not None:
        there, moment = known
        source = there.fold.state.items.get(onward.item)
        return None if source is None else Origin(there, source, max(at, moment))
    if item.place.party == view.own:
        raise BasisMoved("flows.origin-unread", "where it was passed on from was not looked at")
    return None


def standing_level(view: View, item: Item, at: Instant) -> str:
    """Give an item's level: its own, or a higher one of what it, or what it is made from, was.

    Raises:
        BasisMoved: as `origin_of`.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(g)
    """
    state = view.fold.state
    found = (origin_of(view, each, at) for each in behind(state, item))
    there = [each.level for each in found if each is not None]
    own = item_level(state, item, at)
    return highest(own, there, view.file(item.version).levels) if there else own


def standing_recalls(view: View, item: Item) -> tuple[PartyId, ...]:
    """List who has called an item back, here or where it was passed on from.

    Raises:
        BasisMoved: as `origin_of`.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    state = view.fold.state
    origin = origin_of(view, item, item.at)
    there = () if origin is None else standing_recalls(origin.view, origin.item)
    return tuple(dict.fromkeys((*recalled_by(state, item), *there)))


def behind(state: State, item: Item) -> Iterator[Item]:
    """Give an item, and all that it was made from."""
    yield item
    for place in sorted(ancestors_of(state, item.release)) if item.release.derived_from else ():
        known = find_protected(state, place)
        if known is not None:
            yield known
