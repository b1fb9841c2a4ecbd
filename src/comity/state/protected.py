# SPDX-License-Identifier: Apache-2.0
"""What protected thing stands at a place: a released item, or what was told or shown.

Whatever holds of an item holds of a disclosure: its level is changed, it is called back, things are
made from it, consents are given for it, and what is destroyed of it is certified. So each of these
asks here, and gets what was told as an item; the note on it, if any, stands for its payload.
Source: Japan-ROK GSOMIA Art. 2(a)
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import Digest, PartyId, Place
from comity.state.records import Item
from comity.state.records_cases import Disclosure
from comity.state.state import State
from comity.statement.information import ItemRelease
from comity.statement.values import ParcelRef, SealedRef

_NO_DIGEST: Final = Digest("0" * 64)
_NO_PARCEL: Final = ParcelRef(_NO_DIGEST, 0)
_NOT_SEALED: Final = SealedRef("", 0, _NO_DIGEST)
"""No statement names a parcel or payload of no bytes, so that these are nobody's."""


def find_protected(state: State, place: Place) -> Item | None:
    """Find the item that was released at a place, or what was told there, as an item."""
    item = state.items.get(place)
    if item is not None:
        return item
    told = state.disclosures.get(place)
    return None if told is None else told_as_item(told)


def told_as_item(told: Disclosure) -> Item:
    """Give what was told or shown as an item; whether anything is sealed says `is_sealed`."""
    record = told.record
    release = ItemRelease(record.label, record.parcel or _NO_PARCEL, record.sealed or _NOT_SEALED)
    return Item(told.place, told.at, told.to, told.version, release)


def is_sealed(item: Item) -> bool:
    """Answer whether anything is there to open or erase: of a word alone there is not."""
    return item.release.sealed.size > 0


def was_told(state: State, item: Item, party: PartyId) -> bool:
    """Answer whether a party was told it: what is told needs no receipt to be held."""
    return item.place in state.disclosures and party in item.to
