# SPDX-License-Identifier: Apache-2.0
"""Settled orders and their lines in few bytes: a busy agreement has lines by the million.

A row is read back equal to what was kept; what is too large for 64 bits stays as it is. Rows of a
table are much alike, so each is deflated against the first one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import msgspec

from comity.basis.ids import Place

Row = TypeVar("Row")
_ENCODER: Final = msgspec.msgpack.Encoder()
_FAST: Final = 1
_BARE: Final = -15
"""Deflated data without a header and a sum of its own: it never leaves the memory."""


class PackedRows(Generic[Row]):
    """Rows of one type by the place of their statement."""

    __slots__ = ("_decoder", "_like", "_rows")

    def __init__(self, type: type[Row]) -> None:
        """Begin with none."""
        self._decoder = msgspec.msgpack.Decoder(type)
        # The first row that was kept: what the others are like.
        self._like = b""
        self._rows: dict[Place, bytes] = {}

    def keep(self, key: Place, row: Row) -> bool:
        """Keep a row; False where a number of it is too large."""
        try:
            raw = _ENCODER.encode(row)
        except OverflowError:
            return False
        self._like = self._like or raw
        deflater = zlib.compressobj(_FAST, zlib.DEFLATED, _BARE, zdict=self._like)
        self._rows[key] = deflater.compress(raw) + deflater.flush()
        return True

    def find(self, key: Place) -> Row | None:
        """Give the row of a place."""
        packed = self._rows.get(key)
        if packed is None:
            return None
        return self._decoder.decode(zlib.decompressobj(_BARE, self._like).decompress(packed))

    def keys(self) -> Iterator[Place]:
        """Give the places, in no order that anybody may rely on."""
        return iter(tuple(self._rows))

    def copy(self) -> PackedRows[Row]:
        """Give the same rows, to go on by themselves."""
        other = PackedRows.__new__(PackedRows)
        other._decoder, other._like, other._rows = self._decoder, self._like, dict(self._rows)
        return other
