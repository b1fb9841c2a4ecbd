# SPDX-License-Identifier: Apache-2.0
"""Registers (append only), what is derived from them, and documents: one store, one commit.

The writing calls take the decision that allows them: no decision, no bytes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from comity.basis.errors import Problem, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.decision.stages import Allowed
from comity.statement.mirrored import Mirrored
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import Edge

DERIVED_PREFIX = "derived."
"""Document kinds that begin so are caches: `comity rebuild` recreates them."""


class BasisMoved(StateError):  # noqa: N818 (named for what happened, as the contract says)
    """What the decision rested on has changed since: gather and decide again."""


class Holding(StrEnum):
    """Whose register it is: what we say, what a partner said, what our own people did."""

    OWN = "own"
    MIRROR = "mirror"
    JOURNAL = "journal"


class Basis(Struct, frozen=True, gc=False):
    """What a decision rested on: register sizes by origin, document versions by kind.

    A register that is not held counts as size 0, a kind never written as version 0.
    """

    registers: tuple[tuple[str, int], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()


class RegisterRow(Struct, frozen=True, gc=False):
    """A register to be opened. A journal has no agreement."""

    origin: str
    holding: Holding
    party: PartyId
    agreement: AgreementId | None


class RegisterHead(Struct, frozen=True, gc=False):
    """A register and where it stands. The edge is read from disk, never from memory."""

    origin: str
    holding: Holding
    party: PartyId
    agreement: AgreementId | None
    size: int
    root_hash: bytes
    edge: Edge


class Entries(Struct, frozen=True, gc=False):
    """Entries to append, the first at index `start`, which is the register's size."""

    origin: str
    start: int
    entries: tuple[bytes, ...]


class SizedNote(Struct, frozen=True, gc=False):
    """A signed checkpoint of a register at `size`; `raw` is the note's exact bytes.

    It may lie ahead of the entries held (pending); at or below them it must fit them.
    """

    origin: str
    size: int
    raw: bytes


class Cosignature(Struct, frozen=True, gc=False):
    """A party's cosignature lines on the checkpoint of a register at `size`."""

    origin: str
    size: int
    party: PartyId
    raw: bytes


class Judgement(Struct, frozen=True, gc=False):
    """Whether an entry was admitted; if not, the code and the article. Derived."""

    origin: str
    index: int
    admitted: bool
    code: str | None = None
    article: str | None = None


class Document(Struct, frozen=True, gc=False):
    """A value by kind and key. `body` None deletes it. Kinds `derived.…` are caches."""

    kind: str
    key: str
    body: bytes | None


class HeldParcel(Struct, frozen=True, gc=False):
    """A small parcel, kept beside the entry that names it. `raw` None erases it.

    `raw` is the parcel's head and after it the sealed payload, or a clear payload, together at
    most PARCEL_INLINE_BYTES_MAX; the statement in the entry says the sizes and the digests, which
    nobody checks here.
    """

    origin: str
    index: int
    raw: bytes | None


class Change(Struct, frozen=True, gc=False):
    """All that one step writes, and the decision that allows it.

    Several acts that are written at once bring each its decision. `journal` entries go to the
    journal register opened last.
    """

    allowed_by: Allowed | Mirrored | tuple[Allowed, ...]
    basis: Basis = Basis()
    registers: tuple[RegisterRow, ...] = ()
    entries: tuple[Entries, ...] = ()
    checkpoints: tuple[SizedNote, ...] = ()
    cosignatures: tuple[Cosignature, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    documents: tuple[Document, ...] = ()
    journal: tuple[bytes, ...] = ()
    parcels: tuple[HeldParcel, ...] = ()


class Position(Struct, frozen=True, gc=False):
    """Where entries came to stand: `[start, end)` of a register."""

    origin: str
    start: int
    end: int


class Committed(Struct, frozen=True, gc=False):
    """What a commit appended, register by register, the journal last."""

    positions: tuple[Position, ...]


class CheckReport(Struct, frozen=True, gc=False):
    """What `Store.check` found. No problems: every entry leads to every root and checkpoint."""

    registers: int
    entries: int
    problems: tuple[Problem, ...]


class Store(Protocol):
    """Registers (append only), what is derived from them, and documents, in one place.

    Reads see one state each. A decision that rests on several reads names them in its `Basis`.
    """

    async def commit(self, change: Change) -> Committed:
        """Write `change` whole or not at all; durable when this returns.

        Raises:
            BasisMoved: something that the decision rested on has changed; decide again.
            StateError: the store is read-only, or the change does not fit what is held.
            EdgeError: the disk failed; the store refuses to go on.
        """

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Put these in place of every judgement and every `derived.…` document, in one commit."""

    async def registers(self, agreement: AgreementId | None = None) -> tuple[RegisterHead, ...]:
        """List the registers (of one agreement), sorted by origin."""

    async def register(self, origin: str) -> RegisterHead | None:
        """Return where a register stands, or None when it is not held."""

    async def journal(self) -> RegisterHead | None:
        """Return the journal register opened last."""

    async def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Return the entries `[start, end)`, as far as they are held."""

    async def parcel(self, origin: str, index: int) -> bytes | None:
        """Return the parcel kept beside an entry: only small ones are, see `HeldParcel`."""

    async def node_reader(self, origin: str) -> NodeReader:
        """Return a reader of the register's tree nodes, for proofs; level 0 holds the leaves.

        The reader raises StateError for a node that is not complete, and stays right while the
        register grows. It serves one proof or a few: do not keep it.
        """

    async def checkpoint(self, origin: str, size: int | None = None) -> SizedNote | None:
        """Return the checkpoint at `size`, or the one of greatest size."""

    async def cosignature(self, origin: str, size: int, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature at exactly `size`."""

    async def latest_cosignature(self, origin: str, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature of greatest size."""

    async def cosignatures(
        self, origin: str, *, start: int = 0, limit: int = 1_000_000
    ) -> tuple[Cosignature, ...]:
        """List cosignatures with size ≥ `start`, sorted by (size, party)."""

    async def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        """Return the judgements on the entries `[start, end)`, by index."""

    async def document(self, kind: str, key: str) -> bytes | None:
        """Return one document's body."""

    async def documents(
        self, kind: str, *, prefix: str = "", after: str = "", limit: int = 1_000_000
    ) -> tuple[Document, ...]:
        """List documents by key (in code point order), beginning after the key `after`."""

    async def version(self, kind: str) -> int:
        """Return how many commits have written documents of that kind."""

    async def versions(self, prefix: str = "") -> tuple[tuple[str, int], ...]:
        """List every kind ever written that begins with `prefix`, and its version."""

    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None."""

    async def check(self) -> CheckReport:
        """Read back and re-hash every entry against tiles, edges and checkpoints."""
