# SPDX-License-Identifier: Apache-2.0
"""The store port on any `Tables`: what SQLite and memory have in common.

The methods are async because the port is; here they run to their end without giving way, so a
read never sees half of a commit made in the same process.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from comity.adapters.crash import crash_point
from comity.adapters.store_scrub import scrub
from comity.adapters.store_tables import ChangingTables, Tables, apply_change, apply_rebuild
from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, PartyId
from comity.decision.stages import Allowed
from comity.ports import (
    Basis,
    Change,
    CheckReport,
    Committed,
    Cosignature,
    Document,
    Judgement,
    RegisterHead,
    SizedNote,
)
from comity.statement.mirrored import Mirrored
from comity.tlog.proofs import NodeReader


class ReadingStore(ABC):
    """The reading half of a store over tables. Subclasses say how to reach them."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Tables]:
        """Give the tables for one short read."""

    @abstractmethod
    def _snapshot(self) -> AbstractContextManager[Tables]:
        """Give the tables for a long read that must see one state throughout."""

    def _outside(self, read_node: NodeReader) -> NodeReader:
        """Let a reader be used outside `_reading`; a store whose disk may fail says how."""
        return read_node

    async def registers(self, agreement: AgreementId | None = None) -> tuple[RegisterHead, ...]:
        """List the registers (of one agreement), sorted by origin."""
        with self._reading() as tables:
            return tuple(tables.heads(agreement))

    async def register(self, origin: str) -> RegisterHead | None:
        """Return where a register stands, or None when it is not held."""
        with self._reading() as tables:
            return tables.head(origin)

    async def journal(self) -> RegisterHead | None:
        """Return the journal register opened last."""
        with self._reading() as tables:
            return tables.journal()

    async def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Return the entries `[start, end)`, as far as they are held."""
        with self._reading() as tables:
            return tables.entries(origin, start, end)

    async def parcel(self, origin: str, index: int) -> bytes | None:
        """Return the parcel kept beside an entry."""
        with self._reading() as tables:
            return tables.parcel(origin, index)

    async def node_reader(self, origin: str) -> NodeReader:
        """Return a reader of the register's tree nodes, for one proof or a few."""
        with self._reading() as tables:
            return self._outside(tables.node_reader(origin))

    async def checkpoint(self, origin: str, size: int | None = None) -> SizedNote | None:
        """Return the checkpoint at `size`, or the one of greatest size."""
        with self._reading() as tables:
            return tables.checkpoint(origin, size)

    async def cosignature(self, origin: str, size: int, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature at exactly `size`."""
        with self._reading() as tables:
            return tables.cosignature(origin, size, party)

    async def latest_cosignature(self, origin: str, party: PartyId) -> Cosignature | None:
        """Return a party's cosignature of greatest size."""
        with self._reading() as tables:
            return tables.cosignature(origin, None, party)

    async def cosignatures(
        self, origin: str, *, start: int = 0, limit: int = 1_000_000
    ) -> tuple[Cosignature, ...]:
        """List cosignatures with size ≥ `start`, sorted by (size, party)."""
        with self._reading() as tables:
            return tables.cosignatures(origin, start, limit)

    async def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        """Return the judgements on the entries `[start, end)`, by index."""
        with self._reading() as tables:
            return tables.judgements(origin, start, end)

    async def document(self, kind: str, key: str) -> bytes | None:
        """Return one document's body."""
        with self._reading() as tables:
            return tables.document(kind, key)

    async def documents(
        self, kind: str, *, prefix: str = "", after: str = "", limit: int = 1_000_000
    ) -> tuple[Document, ...]:
        """List documents by key (in code point order), beginning after the key `after`."""
        with self._reading() as tables:
            return tables.documents(kind, prefix=prefix, after=after, limit=limit)

    async def version(self, kind: str) -> int:
        """Return how many commits have written documents of that kind."""
        with self._reading() as tables:
            return tables.version(kind)

    async def versions(self, prefix: str = "") -> tuple[tuple[str, int], ...]:
        """List every kind ever written that begins with `prefix`, and its version."""
        with self._reading() as tables:
            return tables.versions(prefix)

    async def check(self) -> CheckReport:
        """Read back and re-hash every entry against tiles, edges and checkpoints."""
        with self._snapshot() as tables:
            return scrub(tables)


class TablesStore(ReadingStore):
    """A store whose transactions run to their end at once. Subclasses say how to begin one."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[ChangingTables]:
        """Give the tables for one transaction: durable at the end, undone by any exception."""

    @abstractmethod
    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None."""

    async def commit(self, change: Change) -> Committed:
        """Write `change` whole or not at all; durable when this returns."""
        demand_decision(change.allowed_by)
        with self._writing() as tables:
            committed = apply_change(tables, change)
        crash_point("store.after-commit")
        return committed

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Put these in place of every judgement and every derived document, in one commit."""
        demand_decision(allowed_by)
        with self._writing() as tables:
            apply_rebuild(tables, judgements, documents, basis)
        crash_point("store.after-commit")


def demand_decision(allowed_by: object) -> None:
    """Refuse to write without the decision that allows it: no decision, no bytes."""
    each = allowed_by if isinstance(allowed_by, tuple) else (allowed_by,)
    if not each or not all(isinstance(one, Allowed | Mirrored) for one in each):
        raise InvariantError(
            "store.no-decision",
            "nothing is written without the decision that allows it",
            found=type(allowed_by).__name__,
        )
