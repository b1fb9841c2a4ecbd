# SPDX-License-Identifier: Apache-2.0
"""Settled rows in few bytes: items and their receipts, which a busy agreement has by the million.

A row is read back equal to what was kept. What is not of the plain shape is not taken, and stays
as it is. Nothing here is undone: tables keep what may still change apart (`tables`).
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator
from struct import Struct
from typing import Final, Generic, TypeVar

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.marking.labels import Label
from comity.state.records import Item, Receipt
from comity.statement.information import ItemRelease
from comity.statement.values import ParcelRef, SealedRef

_ITEM: Final = Struct("<qH32sH32sI")
_RECEIPT: Final = Struct("<qIH")
_NO_SLOT: Final = -1
_SHARED_MAX: Final = 2**16
_HEAD_BYTES_MAX: Final = 2**16 - 1
_SEALED_BYTES_MAX: Final = 2**32 - 1

Shared = TypeVar("Shared", bound=Hashable)
_ItemKind = tuple[tuple[PartyId, ...], Digest, Label, str]


class _Registry(Generic[Shared]):
    """Values that many rows share, each kept once and known by a number."""

    __slots__ = ("_numbers", "_values")

    def __init__(self) -> None:
        self._values: list[Shared] = []
        self._numbers: dict[Shared, int] = {}

    def number(self, value: Shared) -> int | None:
        """Give a value's number; None once there are too many."""
        known = self._numbers.get(value)
        if known is None and len(self._values) < _SHARED_MAX:
            known = self._numbers[value] = len(self._values)
            self._values.append(value)
        return known

    def __getitem__(self, number: int) -> Shared:
        return self._values[number]

    def copy(self) -> _Registry[Shared]:
        other: _Registry[Shared] = _Registry()
        other._values, other._numbers = list(self._values), dict(self._numbers)
        return other


class _Column:
    """Records of one size, found by the index of the entry that they belong to."""

    __slots__ = ("_raw", "_record", "_slots")

    def __init__(self, record: Struct) -> None:
        self._record = record
        self._slots = array("i")
        self._raw = bytearray()

    def put(self, index: int, *values: object) -> None:
        slots, record = self._slots, self._record
        if index >= len(slots):
            slots.extend([_NO_SLOT] * (index + 1 - len(slots)))
        slot = slots[index]
        if slot == _NO_SLOT:
            slot = slots[index] = len(self._raw) // record.size
            self._raw.extend(bytes(record.size))
        record.pack_into(self._raw, slot * record.size, *values)

    def find(self, index: int) -> tuple[object, ...] | None:
        if index >= len(self._slots) or self._slots[index] == _NO_SLOT:
            return None
        return self._record.unpack_from(self._raw, self._slots[index] * self._record.size)

    def indexes(self) -> Iterator[int]:
        return (index for index, slot in enumerate(self._slots) if slot != _NO_SLOT)

    def copy(self) -> _Column:
        other = _Column(self._record)
        other._slots, other._raw = self._slots[:], self._raw[:]
        return other


class PackedItems:
    """Released items by place."""

    __slots__ = ("_columns", "_kinds")

    def __init__(self) -> None:
        """Begin with none."""
        self._columns: dict[PartyId, _Column] = {}
        self._kinds: _Registry[_ItemKind] = _Registry()

    def keep(self, key: Place, row: Item) -> bool:
        """Keep a row; False where it is not of the plain shape."""
        release = row.release
        parcel, sealed = release.parcel, release.sealed
        links = release.supersedes, release.answers, release.passed_on, release.sharing
        lists = release.derived_from or release.rights
        if any(each is not None for each in links) or lists or key != row.place:
            return False
        if parcel.size > _HEAD_BYTES_MAX or sealed.size > _SEALED_BYTES_MAX:
            return False
        kind = self._kinds.number((row.to, row.version, release.label, release.sealed.suite))
        if kind is None:
            return False
        self._columns.setdefault(key.party, _Column(_ITEM)).put(
            key.index,
            row.at,
            kind,
            bytes.fromhex(parcel.sha256),
            parcel.size,
            bytes.fromhex(sealed.sha256),
            sealed.size,
        )
        return True

    def find(self, key: Place) -> Item | None:
        """Give the row of a place."""
        column = self._columns.get(key.party)
        match None if column is None else column.find(key.index):
            case (int(at), int(kind), bytes(head), int(head_size), bytes(sealed), int(size)):
                to, version, label, suite = self._kinds[kind]
                return Item(
                    key,
                    Instant(at),
                    to,
                    version,
                    ItemRelease(
                        label,
                        ParcelRef(Digest(head.hex()), head_size),
                        SealedRef(suite, size, Digest(sealed.hex())),
                    ),
                )
            case _:
                return None

    def keys(self) -> Iterator[Place]:
        """Give the places, in no order that anybody may rely on."""
        for party, column in self._columns.items():
            for index in column.indexes():
                yield Place(party, index)

    def copy(self) -> PackedItems:
        """Give the same rows, to go on by themselves."""
        other = PackedItems()
        other._columns = {party: column.copy() for party, column in self._columns.items()}
        other._kinds = self._kinds.copy()
        return other


class PackedReceipts:
    """Receipts by the item's place and the recipient."""

    __slots__ = ("_columns", "_markings")

    def __init__(self) -> None:
        """Begin with none."""
        self._columns: dict[tuple[PartyId, PartyId], _Column] = {}
        self._markings: _Registry[str] = _Registry()

    def keep(self, key: tuple[Place, PartyId], row: Receipt) -> bool:
        """Keep a row; False where it is not of the plain shape."""
        item, party = key
        marking = self._markings.number(row.marking)
        if marking is None or row.place.party != party:
            return False
        column = self._columns.setdefault((item.party, party), _Column(_RECEIPT))
        column.put(item.index, row.at, row.place.index, marking)
        return True

    def find(self, key: tuple[Place, PartyId]) -> Receipt | None:
        """Give the row of an item and a recipient."""
        item, party = key
        column = self._columns.get((item.party, party))
        match None if column is None else column.find(item.index):
            case (int(at), int(index), int(marking)):
                return Receipt(Place(party, index), Instant(at), self._markings[marking])
            case _:
                return None

    def keys(self) -> Iterator[tuple[Place, PartyId]]:
        """Give the keys, in no order that anybody may rely on."""
        for (originator, party), column in self._columns.items():
            for index in column.indexes():
                yield Place(originator, index), party

    def copy(self) -> PackedReceipts:
        """Give the same rows, to go on by themselves."""
        other = PackedReceipts()
        other._columns = {key: column.copy() for key, column in self._columns.items()}
        other._markings = self._markings.copy()
        return other
