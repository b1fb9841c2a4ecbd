# SPDX-License-Identifier: Apache-2.0
"""What becomes of an item that was handed over: called back, given back, destroyed.

Copies are named by their numbers in the holder's own register of copies. Who handed over or
destroyed, and where, is payload. Source: DESIGN 4; Japan-ROK GSOMIA Art. 6(h), 13
"""

import itertools
from typing import ClassVar, Final

from msgspec import Struct

from comity.agreement.acts import DestructionMeans, Recalled
from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.limits import COPY_NUMBER_MAX, STATEMENT_PERSONS_MAX, STATEMENT_PLACES_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    ParcelRef,
    SealedRef,
    Until,
    format_enclosed,
    format_places,
    format_until,
    read_code,
    read_date,
    read_enclosed,
    read_optional_place,
    read_place,
    read_places,
    read_until,
)


class ItemRecall(Struct, frozen=True, gc=False):
    """An originator asks the holders of items to give them back, or to destroy them.

    `wanted` says which; `until` is when it asks for that, if at all.
    """

    KIND: ClassVar[str] = "item.recall"
    items: tuple[Place, ...]
    wanted: Recalled
    code: str
    until: Until

    @classmethod
    def parse(cls, fields: Fields) -> "ItemRecall":
        """Read the body."""
        return cls(
            read_places(fields, "items", min_items=1),
            fields.choice("wanted", Recalled),
            read_code(fields, "code"),
            read_until(fields, "until"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "items": format_places(self.items),
            "wanted": self.wanted.value,
            "code": self.code,
            "until": format_until(self.until),
        }


class ItemReturn(Struct, frozen=True, gc=False):
    """A holder gives numbered copies of an item back; its originator answers with a receipt.

    `remaining` counts the copies that the holder keeps after this; with none left the item is
    given back whole. With `follows` the holder is whom the speaker passed it on to by that
    statement, and had it back from. Source: Japan-ROK GSOMIA Art. 6(a), 6(h)
    """

    KIND: ClassVar[str] = "item.return"
    item: Place
    copies: tuple[int, ...]
    remaining: int
    on: Date
    parcel: ParcelRef | None
    sealed: SealedRef | None
    follows: Place | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "ItemReturn":
        """Read the body."""
        return cls(
            read_place(fields, "item"),
            read_copies(fields, "copies"),
            fields.integer("remaining", 0, COPY_NUMBER_MAX),
            read_date(fields, "on"),
            *read_enclosed(fields),
            read_optional_place(fields, "follows"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "copies": [*self.copies],
            "remaining": self.remaining,
            "on": format_date(self.on),
            **format_enclosed(self.parcel, self.sealed),
            **_format_follows(self.follows),
        }


class ItemDestroyed(Struct, frozen=True, gc=False):
    """A holder's certificate that numbered copies of an item were destroyed, and by which means.

    `persons` is how many did it together or bore witness; their names are payload.
    `remaining` counts the copies that the holder keeps after this. With `follows` the holder is
    whom the speaker passed it on to by that statement, and was certified by.

    Source: Japan-ROK GSOMIA Art. 6(a), 13
    """

    KIND: ClassVar[str] = "item.destroyed"
    item: Place
    copies: tuple[int, ...]
    remaining: int
    means: DestructionMeans
    on: Date
    persons: int
    parcel: ParcelRef | None
    sealed: SealedRef | None
    follows: Place | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "ItemDestroyed":
        """Read the body."""
        return cls(
            read_place(fields, "item"),
            read_copies(fields, "copies"),
            fields.integer("remaining", 0, COPY_NUMBER_MAX),
            fields.choice("means", DestructionMeans),
            read_date(fields, "on"),
            fields.integer("persons", 1, STATEMENT_PERSONS_MAX),
            *read_enclosed(fields),
            read_optional_place(fields, "follows"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "copies": [*self.copies],
            "remaining": self.remaining,
            "means": self.means.value,
            "on": format_date(self.on),
            "persons": self.persons,
            **format_enclosed(self.parcel, self.sealed),
            **_format_follows(self.follows),
        }


def read_copies(fields: Fields, key: str) -> tuple[int, ...]:
    """Take the numbers of copies, at least one, sorted, none twice."""
    numbers = fields.integers(
        key, min_items=1, max_items=STATEMENT_PLACES_MAX, bounds=(1, COPY_NUMBER_MAX)
    )
    if any(first >= second for first, second in itertools.pairwise(numbers)):
        raise InputError(
            "statement.not-sorted",
            "numbers of copies must be sorted and stand once",
            where=fields.place(key),
            found=excerpt(", ".join(map(str, numbers))),
        )
    return numbers


def _format_follows(place: Place | None) -> dict[str, JsonValue]:
    return {} if place is None else {"follows": format_place(place)}


HANDLING_KINDS: Final = (ItemRecall, ItemReturn, ItemDestroyed)

HandlingBody = ItemRecall | ItemReturn | ItemDestroyed
