# SPDX-License-Identifier: Apache-2.0
"""A set of places, one bit for each: what is open among a million entries takes little room.

Going through it costs a look at the bytes, of which all but a few are zero, and then what is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, islice
from typing import Final

from comity.basis.ids import PartyId, Place

_SOME: Final = re.compile(rb"[^\x00]")


def _party(place: Place) -> PartyId:
    return place.party


class Marked:
    """The places that are marked."""

    __slots__ = ("_bits",)

    def __init__(self) -> None:
        """Begin with none."""
        self._bits: dict[PartyId, bytearray] = {}

    def put(self, place: Place, *, marked: bool) -> None:
        """Mark a place, or take its mark away."""
        bits = self._bits.get(place.party)
        if bits is None:
            bits = self._bits[place.party] = bytearray()
        byte, bit = place.index >> 3, place.index & 7
        if byte >= len(bits):
            if not marked:
                return
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] = bits[byte] | 1 << bit if marked else bits[byte] & ~(1 << bit)

    def __contains__(self, place: Place) -> bool:
        """Answer whether a place is marked."""
        bits, (byte, bit) = self._bits.get(place.party, b""), divmod(place.index, 8)
        return byte < len(bits) and bool(bits[byte] >> bit & 1)

    def __iter__(self) -> Iterator[Place]:
        """Give the marked places, sorted."""
        for party, bits in sorted(self._bits.items()):
            for found in _SOME.finditer(bytes(bits)):
                byte = found.start()
                for bit in range(8):
                    if bits[byte] >> bit & 1:
                        yield Place(party, 8 * byte + bit)

    def oldest(self, most: int) -> tuple[tuple[Place, ...], bool]:
        """Give of each party the first that are marked, at most so many; and whether more are."""
        found: list[Place] = []
        is_cut = False
        for _, places in groupby(self, key=_party):
            some = [*islice(places, most + 1)]
            found += some[:most]
            is_cut = is_cut or len(some) > most
        return tuple(found), is_cut

    def copy(self) -> Marked:
        """Give the same, to go on by itself."""
        other = Marked()
        other._bits = {party: bits[:] for party, bits in self._bits.items()}
        return other
