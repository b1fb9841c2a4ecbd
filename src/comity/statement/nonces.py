# SPDX-License-Identifier: Apache-2.0
"""The nonces of one register, in little more memory than their own 16 bytes.

Open addressing in a few hundred small tables, so that none takes long to grow. Where a nonce lies
follows from a hash that differs from process to process, so nobody can choose nonces that collide.
"""

from collections.abc import Iterable
from typing import Final

NONCE_BYTES: Final = 16
_TABLES: Final = 256
_FIRST_SLOTS: Final = 8
_FULL: Final = 0.8
_GROWTH: Final = 1.4
_FREE: Final = bytes(NONCE_BYTES)


class _Table:
    """Nonces in one run of bytes; a slot of zeros is free."""

    __slots__ = ("_count", "_raw", "_slots")

    def __init__(self, slots: int = _FIRST_SLOTS) -> None:
        self._slots = slots
        self._count = 0
        self._raw = bytearray(slots * NONCE_BYTES)

    def holds(self, nonce: bytes, hashed: int) -> bool:
        return self._raw.startswith(nonce, self._find(nonce, hashed))

    def add(self, nonce: bytes, hashed: int) -> bool:
        at = self._find(nonce, hashed)
        if self._raw.startswith(nonce, at):
            return False
        self._raw[at : at + NONCE_BYTES] = nonce
        self._count += 1
        if self._count > self._slots * _FULL:
            self._grow()
        return True

    def copy(self) -> "_Table":
        other = _Table(0)
        other._slots, other._count, other._raw = self._slots, self._count, self._raw[:]
        return other

    def _find(self, nonce: bytes, hashed: int) -> int:
        """Give where a nonce is, or the free slot where it belongs."""
        raw, end = self._raw, len(self._raw)
        at = hashed % self._slots * NONCE_BYTES
        while not (raw.startswith(nonce, at) or raw.startswith(_FREE, at)):
            at += NONCE_BYTES
            if at == end:
                at = 0
        return at

    def _grow(self) -> None:
        before, self._slots = self._raw, int(self._slots * _GROWTH) + 1
        self._raw = bytearray(self._slots * NONCE_BYTES)
        for at in range(0, len(before), NONCE_BYTES):
            nonce = bytes(before[at : at + NONCE_BYTES])
            if nonce != _FREE:
                place = self._find(nonce, hash(nonce) // _TABLES)
                self._raw[place : place + NONCE_BYTES] = nonce


class Nonces:
    """A set of nonces of 16 bytes each."""

    __slots__ = ("_count", "_tables", "_zero")

    def __init__(self) -> None:
        """Begin with none."""
        self._tables: list[_Table | None] = [None] * _TABLES
        self._count = 0
        self._zero = False

    def __len__(self) -> int:
        """Count them."""
        return self._count

    def __contains__(self, nonce: bytes) -> bool:
        """Answer whether a nonce was added."""
        if nonce == _FREE:
            return self._zero
        hashed = hash(nonce)
        table = self._tables[hashed % _TABLES]
        return table is not None and table.holds(nonce, hashed // _TABLES)

    def add(self, nonce: bytes) -> None:
        """Add a nonce; adding it twice is adding it once."""
        if nonce == _FREE:
            self._count += not self._zero
            self._zero = True
            return
        hashed = hash(nonce)
        table = self._tables[hashed % _TABLES]
        if table is None:
            table = self._tables[hashed % _TABLES] = _Table()
        self._count += table.add(nonce, hashed // _TABLES)

    def update(self, nonces: Iterable[bytes]) -> None:
        """Add many."""
        for nonce in nonces:
            self.add(nonce)

    def copy(self) -> "Nonces":
        """Give the same set, to go on by itself."""
        other = Nonces()
        other._tables = [None if table is None else table.copy() for table in self._tables]
        other._count, other._zero = self._count, self._zero
        return other
