# SPDX-License-Identifier: Apache-2.0
"""Items page by page: a cursor is a place in each register, so nothing is lost and nothing doubled.

A page after the last one is empty until something new stands in a register. What a person may not
know of leaves no trace but the place after it, which is where everybody goes on.
Source: traps.md (paging by time loses or loops)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.house import allow_listing
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import ItemRow, item_row, may_know
from comity.flows.turns import read_view, turn
from comity.flows.view import View
from comity.state.protected import find_protected
from comity.state.records import Item

SCANNED_MAX: Final = 20_000
"""Entries that one page looks at: most entries are no items."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items, register by register; `next` is where the page after it begins in each."""

    rows: tuple[ItemRow, ...]
    next: tuple[Place, ...]


async def page_items(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    start: Mapping[PartyId, int],
    *,
    limit: int,
) -> ItemPage | Refused:
    """List items to us and by us from a place in each register on, as far as one may know of them.

    A register that `start` does not name is listed from its beginning.
    """
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    allowed = allow_listing(by)
    if isinstance(allowed, Refused):
        return allowed
    found: list[Item] = []
    after: list[Place] = []
    left = SCANNED_MAX
    for party, head in sorted(view.heads.items()):
        index = begun = min(start.get(party, 0), head.size)
        while index < head.size and len(found) < limit and index - begun < left:
            item = view.fold.state.items.get(Place(party, index))
            found += [item] if item is not None and _is_shown(view, by, item) else []
            index += 1
        left -= index - begun
        after.append(Place(party, index))
    refs = frozenset(view.item_ref(each.place, each.release.sealed) for each in found)
    keys = await context.ports.keys.held_item_keys(refs) if found else frozenset[str]()
    rows = [await item_row(context, view, by, each, keys) for each in found]
    return ItemPage(tuple(rows), tuple(after))


async def find_known(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> Item | None:
    """Find an item, or what was told, that a person may know of.

    None where it is hidden, and where it is not there.

    Raises:
        StateError: no such agreement, or the person is not here.
    """
    by = await find_person(context, person)
    async with turn(context, agreement) as view:
        item = find_protected(view.fold.state, place)
        return item if item is not None and _is_shown(view, by, item) else None


async def find_all_known(
    context: Context, agreement: AgreementId, places: Iterable[Place], person: PersonId
) -> frozenset[Place]:
    """Find those of many places at which `find_known` finds an item."""
    by = await find_person(context, person)
    async with turn(context, agreement) as view:
        state = view.fold.state
        return frozenset(
            place
            for place in places
            if (item := find_protected(state, place)) is not None and _is_shown(view, by, item)
        )


def _is_shown(view: View, person: Person, item: Item) -> bool:
    ours = view.own in (*item.to, item.place.party)
    return ours and may_know(person, item)
