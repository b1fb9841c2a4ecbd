# SPDX-License-Identifier: Apache-2.0
"""What a process remembers of an agreement between two acts, so that it judges nothing twice.

Nothing here is trusted for its age: it serves only while the store's own roots say that the same
bytes are still the beginning of every register, under the same cards. It is never handed out;
forks of it are, so that an act which fails leaves no trace in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import PartyId, Place
from comity.ports import RegisterHead
from comity.state.fold import Fold
from comity.statement.envelope import Statement
from comity.statement.judgement import Judged
from comity.statement.register import AgreementRegisters


@dataclass(frozen=True, slots=True)
class Rooted:
    """How much of a register was judged, and the root of just that."""

    origin: str
    size: int
    root_hash: bytes


@dataclass(frozen=True, slots=True)
class Gathered:
    """An agreement's registers as they were judged and folded.

    `opened` holds the bytes of the card that each register opens with. What is beside the roots
    follows from those cards and the registers' bytes alone.
    """

    opened: Mapping[PartyId, bytes]
    roots: tuple[Rooted, ...]
    registers: AgreementRegisters
    fold: Fold
    judged: tuple[Judged, ...]
    statements: Mapping[Place, Statement]

    def fork(self) -> Gathered:
        """Give the same to go on from, apart from this."""
        return Gathered(
            self.opened,
            self.roots,
            self.registers.fork(),
            self.fold.fork(),
            self.judged,
            self.statements,
        )

    def is_of(self, other: Gathered) -> bool:
        """Say whether another one rests on the same cards, registers and agreement files."""
        files = self.fold.state.files.keys()
        return (
            self.opened == other.opened
            and self.roots == other.roots
            and files == other.fold.state.files.keys()
        )

    def size(self, origin: str) -> int:
        """Give how much of a register was judged."""
        return next((each.size for each in self.roots if each.origin == origin), 0)


def roots_of(heads: Mapping[PartyId, RegisterHead]) -> tuple[Rooted, ...]:
    """Note where registers stand."""
    return tuple(Rooted(head.origin, head.size, head.root_hash) for head in heads.values())
