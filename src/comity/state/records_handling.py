# SPDX-License-Identifier: Apache-2.0
"""The rows that the handling of items leaves behind: recalls, returns, destructions, counts.

Rows are immutable, as those of `records`.
"""

from __future__ import annotations

from msgspec import Struct

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.statement.custody import InventoryResult
from comity.statement.handling import ItemDestroyed, ItemRecall, ItemReturn
from comity.statement.values import ParcelRef, SealedRef


class Enclosed(Struct, frozen=True, gc=False):
    """A sealed text that a counted statement encloses to the parties in `to`."""

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    parcel: ParcelRef
    sealed: SealedRef


class Recall(Struct, frozen=True, gc=False):
    """An originator's recall of items; `since` is where it first called this one back."""

    place: Place
    at: Instant
    recall: ItemRecall
    since: Place


class Return(Struct, frozen=True, gc=False):
    """A holder gives copies of an item back."""

    place: Place
    at: Instant
    body: ItemReturn


class Destruction(Struct, frozen=True, gc=False):
    """A holder's certificate that copies of an item were destroyed."""

    place: Place
    at: Instant
    body: ItemDestroyed


class Count(Struct, frozen=True, gc=False):
    """A holder's result of an inventory."""

    place: Place
    at: Instant
    result: InventoryResult
