# SPDX-License-Identifier: Apache-2.0
"""Where an item comes from that was passed on: what its originators say there holds here as well.

Every act on it, or on what was made from it, asks the registers of both agreements, in the turns of
both (`turn_about`). Where it came from is said by a partner alone, and no fold checks it: each
place is looked at once, so many at most. Source: Japan-ROK GSOMIA Art. 6(a), 6(g), 6(h)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import BEHIND_MAX
from comity.decision.onward import highest
from comity.flows.view import View
from comity.ports import BasisMoved
from comity.state.protected import find_protected
from comity.state.queries import item_level, recalled_by
from comity.state.records import Item

TOO_FAR_BACK: Final = "not known"
"""On no ladder, so that nobody is cleared to it: more lies behind an item than is looked at."""


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
    def key(self) -> tuple[AgreementId, Place]:
        """Give what tells it from every other."""
        return self.view.agreement_id, self.item.place

    @property
    def where(self) -> str:
        """Name it."""
        return f"{self.view.agreement_id}/{self.item.place}"


@dataclass(frozen=True, slots=True)
class Behind:
    """What an item, and what it is made from, was passed on from, and that again: each once.

    `unread` are the agreements named that were not looked at, with who named them; `is_whole` says
    that nothing was left out for being too much.
    """

    origins: tuple[Origin, ...]
    unread: frozenset[tuple[AgreementId, PartyId]]
    is_whole: bool


def origin_of(view: View, item: Item, at: Instant) -> Origin | None:
    """Give where an item was passed on from; None: it was not, or we are no party there.

    Raises:
        BasisMoved: we passed it on, and what is asked there was not gathered: gather it.
    """
    unread = _unread(view, item)
    if unread is not None:
        _refuse_unread(view, frozenset({(unread, item.place.party)}))
    return _find_origin(view, item, at)


def look_behind(view: View, item: Item, at: Instant) -> Behind:
    """Walk back from an item, as far as the views beside this one go."""
    origins: dict[tuple[AgreementId, Place], Origin] = {}
    unread: set[tuple[AgreementId, PartyId]] = set()
    waiting = [Origin(view, item, at)]
    asked = {waiting[0].key}
    while waiting and len(asked) <= BEHIND_MAX:
        known = waiting.pop()
        near = list(_made_from(known))
        agreement = _unread(known.view, known.item)
        if agreement is not None:
            unread.add((agreement, known.item.place.party))
        origin = _find_origin(known.view, known.item, known.at)
        if origin is not None:
            origins[origin.key] = origin
            near.append(origin)
        waiting += [each for each in near if each.key not in asked]
        asked.update(each.key for each in near)
    return Behind(tuple(origins.values()), frozenset(unread), not waiting)


def standing_level(view: View, item: Item, at: Instant) -> str:
    """Give an item's level: its own, or a higher one of what it, or what it is made from, was.

    Raises:
        BasisMoved: as `origin_of`.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(g)
    """
    return level_above(view, item, at, item_level(view.fold.state, item, at))


def level_above(view: View, item: Item, at: Instant, level: str) -> str:
    """Give a level of an item, or a higher one at which it is held by what lies behind it.

    Raises:
        BasisMoved: as `origin_of`.
    """
    found = look_behind(view, item, at)
    _refuse_unread(view, found.unread)
    if not found.is_whole:
        return TOO_FAR_BACK
    there = [item_level(each.view.fold.state, each.item, each.at) for each in found.origins]
    return highest(level, there, view.file(item.version).levels) if there else level


def standing_recalls(view: View, item: Item) -> tuple[PartyId, ...]:
    """List who has called an item back, here or where it was passed on from.

    Raises:
        BasisMoved: as `origin_of`.

    Source: Japan-ROK GSOMIA Art. 6(h)
    """
    stations = back_from(Origin(view, item, item.at))
    found = (party for each in stations for party in recalled_by(each.view.fold.state, each.item))
    return tuple(dict.fromkeys(found))


def back_from(origin: Origin) -> Iterator[Origin]:
    """Give an item, where it was passed on from, where that was, and so on; each once.

    Of what lies too far back its level says that nobody may have it.

    Raises:
        BasisMoved: as `origin_of`.
    """
    known: Origin | None = origin
    asked: set[tuple[AgreementId, Place]] = set()
    while known is not None and known.key not in asked and len(asked) < BEHIND_MAX:
        asked.add(known.key)
        yield known
        known = origin_of(known.view, known.item, known.at)


def _made_from(known: Origin) -> Iterator[Origin]:
    for place in known.item.release.derived_from:
        item = find_protected(known.view.fold.state, place)
        if item is not None:
            yield Origin(known.view, item, known.at)


def _find_origin(view: View, item: Item, at: Instant) -> Origin | None:
    onward = item.release.passed_on
    known = None if onward is None else view.beside.get(onward.agreement)
    if onward is None or known is None:
        return None
    there, moment = known
    source = there.fold.state.items.get(onward.item)
    if source is None or not _may_be(item, source):
        return None
    return Origin(there, source, max(at, moment))


def _may_be(item: Item, source: Item) -> bool:
    """Answer whether an item may be what it was passed on from: whoever says so held it, and it is.

    Whoever is shown its level and its recalls has, or may ask for, the very payload that these are
    of. All else is asked of the proof when the item is receipted (`passing.not-covered`).
    """
    sealed, theirs = item.release.sealed, source.release.sealed
    held = item.place.party in (source.place.party, *source.to)
    return held and (sealed.sha256, sealed.size) == (theirs.sha256, theirs.size)


def _unread(view: View, item: Item) -> AgreementId | None:
    """Give the agreement that an item was passed on from and that is not beside this one."""
    onward = item.release.passed_on
    if onward is None or onward.agreement in (view.agreement_id, *view.beside):
        return None
    return onward.agreement


def _refuse_unread(view: View, unread: frozenset[tuple[AgreementId, PartyId]]) -> None:
    if any(by == view.own for _, by in unread):
        raise BasisMoved("flows.origin-unread", "where it was passed on from was not looked at")
