# SPDX-License-Identifier: Apache-2.0
"""Which keys of our custody open an item: there may be more than the item's own.

Whoever passes an item on sends the very payload that its originators sealed, so that the key stands
in custody by the onward release's place too; copies and translations are made under that number
as well. Source: DESIGN 6 (custody); Art. 6(a), 13
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import AgreementId, Place
from comity.flows.context import Context
from comity.flows.copies import FIRST, Copies, kept_copies
from comity.flows.naming import item_ref
from comity.flows.passing.wishes import KeptPassing, kept_passings
from comity.flows.view import View
from comity.state.onward import passed_on_of
from comity.state.records import Item
from comity.statement.values import SealedRef


async def onward_places(
    context: Context, view: View, item: Place
) -> tuple[tuple[AgreementId, Place], ...]:
    """List where we released an item onward, what the originators were not told of yet included."""
    return onward_of(view, item, await kept_passings(context))


def onward_of(
    view: View, item: Place, passings: Iterable[KeptPassing]
) -> tuple[tuple[AgreementId, Place], ...]:
    """List where we released an item onward, by the onward releases that are not done with too."""
    said = {
        (each.said.agreement, each.release)
        for each in passed_on_of(view.fold.state, item)
        if each.place.party == view.own and each.release is not None
    }
    kept = {
        (each.draft.under, each.release)
        for each in passings
        if (each.draft.agreement, each.draft.item) == (view.agreement_id, item)
        and each.release is not None
    }
    return tuple(sorted(said | kept))


async def payload_places(
    context: Context, view: View, item: Item
) -> tuple[tuple[AgreementId, Place], ...]:
    """Give every place by which an item's payload is held because of this item, its own first."""
    onward = await onward_places(context, view, item.place)
    return ((view.agreement_id, item.place), *onward)


def key_refs(sealed: SealedRef, places: tuple[tuple[AgreementId, Place], ...]) -> tuple[str, ...]:
    """Name the keys of a payload by these places."""
    return tuple(item_ref(sealed.sha256, agreement, place) for agreement, place in places)


async def onward_copies(
    context: Context, places: tuple[tuple[AgreementId, Place], ...]
) -> tuple[Copies, ...]:
    """Give what was made of an item under the numbers that it went on by, for each of its places.

    Raises:
        StateError: a record does not read.
    """
    found = [await kept_copies(context, *each) for each in places[1:]]
    for each in found:
        each.check_read()
    return tuple(found)


async def left_onward(context: Context, view: View, item: Item) -> tuple[str, ...]:
    """Name the copies that are left of an item under the numbers that it went on by.

    The first of each is no copy: it is the payload itself, in the node.
    """
    places = await payload_places(context, view, item)
    return tuple(
        f"{copies.agreement}/{copies.item} No. {copy.number}"
        for copies in await onward_copies(context, places)
        for copy in copies.left
        if copy.number != FIRST or not copy.in_node
    )


async def held_keys(context: Context, sealed: SealedRef) -> tuple[str, ...]:
    """List whatever key of our custody opens a payload, by whichever place it is named."""
    refs = await context.ports.keys.custody_items()
    return tuple(sorted(each for each in refs if each.partition(" ")[0] == sealed.sha256))
