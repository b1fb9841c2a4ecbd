# SPDX-License-Identifier: Apache-2.0
"""What the world outside knows: what was said, acknowledged and drafted.

Written from what became durable, in the order in which it did, and independent of every node.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from comity.basis.ids import PartyId
from comity.statement.envelope import Statement


@dataclass
class Ledger:
    """The registers as they became durable at their owners, and promises made to people."""

    entries: dict[str, list[bytes]] = field(default_factory=dict)
    owners: dict[str, PartyId] = field(default_factory=dict)
    statements: dict[tuple[str, int], Statement] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    nonces: dict[str, set[str]] = field(default_factory=dict)
    once: dict[tuple[str, ...], str] = field(default_factory=dict)
    seen: dict[str, dict[PartyId, int]] = field(default_factory=dict)
    drafts: dict[PartyId, set[str]] = field(default_factory=dict)
    acted: dict[int, frozenset[str]] = field(default_factory=dict)
    drafted: set[bytes] = field(default_factory=set)
    restored: set[PartyId] = field(default_factory=set)

    def size(self, origin: str) -> int:
        """Give how long a register has become."""
        return len(self.entries.get(origin, ()))

    def acknowledge(self, origin: str, size: int) -> None:
        """Take note that somebody was told that so much stands in a register."""
        self.acknowledged[origin] = max(size, self.acknowledged.get(origin, 0))

    def put_back(self, party: PartyId, sizes: dict[str, int], drafts: set[str]) -> None:
        """Take note that a party's store was put back: what nobody else holds was never said.

        `sizes` are those up to which anybody holds the party's registers.
        """
        self.restored.add(party)
        self.drafts[party] = drafts
        for origin, size in sizes.items():
            self.forget(origin, size)
            self.acknowledged[origin] = min(size, self.acknowledged.get(origin, 0))

    def forget(self, origin: str, size: int) -> None:
        """Forget what nobody had been told of before it was lost: it was never said."""
        if len(self.entries[origin]) == size:
            return
        del self.entries[origin][size:]
        for place in [each for each in self.statements if each[0] == origin and each[1] >= size]:
            gone = self.statements.pop(place)
            self.nonces[origin].discard(gone.nonce)
        for key in [each for each in self.once if each[0] == origin]:
            if int(self.once[key]) >= size:
                del self.once[key]
        self.seen.pop(origin, None)


def leaf(raw: bytes) -> bytes:
    """Give what the ledger keeps of an entry."""
    return hashlib.sha256(raw).digest()
