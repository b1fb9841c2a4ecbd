# SPDX-License-Identifier: Apache-2.0
"""Settled orders and their lines in few bytes: a busy agreement has lines by the million.

A row is read back equal to what was kept; what is too large for 64 bits stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, TypeAlias, TypeVar

import msgspec

from comity.basis.ids import Place
from comity.support.accounts import LineAccount

_Sheet: TypeAlias = tuple[LineAccount, ...]
Row = TypeVar("Row", bound=msgspec.Struct)
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Sheet)


class PackedSheets:
    """The sheets of orders, by the place of the statement that brought their lines."""

    __slots__ = ("_sheets",)

    def __init__(self) -> None:
        """Begin with none."""
        self._sheets: dict[Place, bytes] = {}

    def keep(self, key: Place, row: _Sheet) -> bool:
        """Keep a sheet; False where a number of it is too large."""
        try:
            self._sheets[key] = _ENCODER.encode(row)
        except OverflowError:
            return False
        return True

    def find(self, key: Place) -> _Sheet | None:
        """Give the sheet of a place."""
        raw = self._sheets.get(key)
        return None if raw is None else _DECODER.decode(raw)

    def keys(self) -> Iterator[Place]:
        """Give the places, in no order that anybody may rely on."""
        return iter(tuple(self._sheets))

    def copy(self) -> PackedSheets:
        """Give the same sheets, to go on by themselves."""
        other = PackedSheets()
        other._sheets = dict(self._sheets)
        return other


class PackedRows(Generic[Row]):
    """Rows of one type by the place of their statement."""

    __slots__ = ("_decoder", "_rows", "_type")

    def __init__(self, type: type[Row]) -> None:
        """Begin with none."""
        self._type = type
        self._decoder = msgspec.msgpack.Decoder(type)
        self._rows: dict[Place, bytes] = {}

    def keep(self, key: Place, row: Row) -> bool:
        """Keep a row; False where a number of it is too large."""
        try:
            self._rows[key] = _ENCODER.encode(row)
        except OverflowError:
            return False
        return True

    def find(self, key: Place) -> Row | None:
        """Give the row of a place."""
        raw = self._rows.get(key)
        return None if raw is None else self._decoder.decode(raw)

    def keys(self) -> Iterator[Place]:
        """Give the places, in no order that anybody may rely on."""
        return iter(tuple(self._rows))

    def copy(self) -> PackedRows[Row]:
        """Give the same rows, to go on by themselves."""
        other = PackedRows(self._type)
        other._rows = dict(self._rows)
        return other
