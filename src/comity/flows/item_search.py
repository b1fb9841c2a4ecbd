# SPDX-License-Identifier: Apache-2.0
"""Items the newest first, by what is looked for; a page costs the same in long registers.

A cursor is a place in each register, where the page after it goes on towards the beginning. What a
person may not know of leaves no trace but the place after it. Source: traps.md (paging by time)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.listing import ItemRow, item_row, level_now, may_know, view_of_lister
from comity.flows.newest_first import SCANNED_MAX, Found, NewestFirst
from comity.flows.view import View
from comity.state.records import Item


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
    purpose: str | None = None


async def search_items(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    wanted: Wanted,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    looks: int = SCANNED_MAX,
) -> Found[ItemRow] | Refused:
    """Find items to us and by us, the newest first, that a person may know of.

    `looks`: so many entries are looked at at the most, for what is found beside other things.
    """
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister

    async def fits(item: Item) -> bool:
        return await _fits(context, view, by, wanted, item)

    find = view.fold.state.items.get
    walk = NewestFirst(context, view, find, fits, before, by=wanted.by, index=wanted.index)
    walk.left = min(walk.left, looks)
    items = await walk.take(limit)
    refs = frozenset(view.item_ref(each.place, each.release.sealed) for each in items)
    keys = await context.ports.keys.held_item_keys(refs) if items else frozenset[str]()
    rows = [await item_row(context, view, by, each, keys) for each in items]
    return walk.found(tuple(rows))


async def _fits(context: Context, view: View, by: Person, wanted: Wanted, item: Item) -> bool:
    label = item.release.label
    if view.own not in (*item.to, item.place.party) or not may_know(by, item):
        return False
    if wanted.open_only and item.place not in view.open.unanswered:
        return False
    if wanted.category not in (None, label.category):
        return False
    if wanted.purpose is not None and wanted.purpose not in label.purposes:
        return False
    if wanted.level is None:
        return True
    return wanted.level == await level_now(context, view, item)
