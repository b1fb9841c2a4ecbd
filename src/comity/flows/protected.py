# SPDX-License-Identifier: Apache-2.0
"""What stands at a place, or why nothing does: an item that was released, or what was told."""

from __future__ import annotations

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Place
from comity.state.protected import find_protected
from comity.state.records import Item
from comity.state.state import State


def protected_at(state: State, agreement: AgreementId, place: Place) -> Item:
    """Return a released item, or what was told or shown, as an item.

    Raises:
        StateError: neither counts there.
    """
    item = find_protected(state, place)
    if item is None:
        raise StateError(
            "item.unknown",
            "no such item",
            where=agreement,
            found=str(place),
            hint="list the items: comity item list",
        )
    return item


def item_at(state: State, agreement: AgreementId, place: Place) -> Item:
    """Return a released item.

    Raises:
        StateError: no such item counts, or it was told or shown: there is no payload to handle.
    """
    item = protected_at(state, agreement, place)
    if place in state.disclosures:
        raise StateError(
            "item.told",
            "this was told or shown, and no item was sent",
            where=agreement,
            found=str(place),
            hint="see it: comity disclosure list; to copy it or pass it on, write it down first: "
            "comity item derive",
        )
    return item
