# SPDX-License-Identifier: Apache-2.0
"""The store in memory, for tests and the simulator: same procedure, no disk.

A transaction keeps an undo list, so that an exception (a simulated crash too) leaves what was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from msgspec import structs

from comity.adapters.crash import crash_point
from comity.adapters.store_tables import ChangingTables, Tables
from comity.adapters.tables_store import TablesStore
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.ports import (
    DERIVED_PREFIX,
    Cosignature,
    Document,
    HeldParcel,
    Holding,
    Judgement,
    RegisterHead,
    RegisterRow,
    SizedNote,
)
from comity.tlog.proofs import NodeReader, edge_at, root_at
from comity.tlog.tree import EMPTY_EDGE, EMPTY_ROOT, append_leaves, edge_root, leaf_hash

_Undo = Callable[[], None]
_K = TypeVar("_K")
_V = TypeVar("_V")


class _Register:
    def __init__(self, row: RegisterRow) -> None:
        self.head = RegisterHead(
            row.origin, row.holding, row.party, row.agreement, 0, EMPTY_ROOT, EMPTY_EDGE
        )
        self.entries: list[bytes] = []
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.parcels: dict[int, bytes] = {}
        self.checkpoints: dict[int, SizedNote] = {}
        self.cosignatures: dict[tuple[int, PartyId], Cosignature] = {}


class _MemoryTables:
    def __init__(self) -> None:
        self.undo: list[_Undo] = []
        self._registers: dict[str, _Register] = {}
        self._judgements: dict[tuple[str, int], Judgement] = {}
        self._documents: dict[str, dict[str, bytes]] = {}
        self._keys: dict[str, list[str]] = {}
        self._versions: dict[str, int] = {}

    def heads(self, agreement: AgreementId | None = None) -> Iterator[RegisterHead]:
        for origin in sorted(self._registers):
            head = self._registers[origin].head
            if agreement is None or head.agreement == agreement:
                yield head

    def head(self, origin: str) -> RegisterHead | None:
        register = self._registers.get(origin)
        return register.head if register else None

    def journal(self) -> RegisterHead | None:
        for register in reversed(self._registers.values()):
            if register.head.holding is Holding.JOURNAL:
                return register.head
        return None

    def size(self, origin: str) -> int | None:
        register = self._registers.get(origin)
        return len(register.entries) if register else None

    def journal_origin(self) -> str | None:
        head = self.journal()
        return head.origin if head else None

    def is_sound(self, origin: str) -> bool:
        head = self._registers[origin].head
        return edge_at(head.size, self.node_reader(origin)) == head.edge

    def root_at(self, origin: str, size: int) -> bytes:
        head = self._registers[origin].head
        return head.root_hash if size == head.size else root_at(size, self.node_reader(origin))

    def open_register(self, row: RegisterRow) -> None:
        self._set(self._registers, row.origin, _Register(row))

    def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        register = self._registers.get(origin)
        return tuple(register.entries[max(start, 0) : max(end, 0)]) if register else ()

    def append(self, origin: str, entries: tuple[bytes, ...]) -> None:
        register = self._registers[origin]
        appended = append_leaves(register.head.edge, [leaf_hash(entry) for entry in entries])
        size, before = len(register.entries), register.head
        nodes = {(level, index): node for level, index, node in appended.nodes}

        def undo() -> None:
            del register.entries[size:]
            for key in nodes:
                del register.nodes[key]
            register.head = before

        self.undo.append(undo)
        register.entries.extend(entries)
        register.nodes.update(nodes)
        edge = appended.edge
        register.head = structs.replace(
            before, size=edge.size, root_hash=edge_root(edge), edge=edge
        )

    def parcel(self, origin: str, index: int) -> bytes | None:
        register = self._registers.get(origin)
        return register.parcels.get(index) if register else None

    def put_parcel(self, new: HeldParcel) -> None:
        parcels = self._registers[new.origin].parcels
        if new.raw is not None:
            self._set(parcels, new.index, new.raw)
        elif (before := parcels.pop(new.index, None)) is not None:
            self.undo.append(lambda: parcels.__setitem__(new.index, before))

    def stray_parcels(self, limit: int) -> tuple[tuple[str, int], ...]:
        return tuple(
            (origin, index)
            for origin, register in self._registers.items()
            for index in register.parcels
            if index >= len(register.entries)
        )[:limit]

    def node_reader(self, origin: str) -> NodeReader:
        register = self._registers.get(origin)
        nodes = register.nodes if register else {}

        def read(level: int, index: int) -> bytes:
            node = nodes.get((level, index))
            if node is None:
                raise StateError("store.no-node", "no such node", where=f"{origin} {level}/{index}")
            return node

        return read

    def checkpoint(self, origin: str, size: int | None) -> SizedNote | None:
        register = self._registers.get(origin)
        if register is None or not register.checkpoints:
            return None
        return register.checkpoints.get(max(register.checkpoints) if size is None else size)

    def checkpoint_sizes(self, origin: str) -> tuple[int, ...]:
        return tuple(sorted(self._registers[origin].checkpoints))

    def put_checkpoint(self, note: SizedNote) -> None:
        self._set(self._registers[note.origin].checkpoints, note.size, note)

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        register = self._registers.get(origin)
        if register is None:
            return None
        if size is None:
            size = max((held for held, who in register.cosignatures if who == party), default=-1)
        return register.cosignatures.get((size, party))

    def cosignatures(self, origin: str, start: int, limit: int) -> tuple[Cosignature, ...]:
        register = self._registers.get(origin)
        held = sorted(register.cosignatures.items()) if register else []
        return tuple(each for (size, _), each in held if size >= start)[:limit]

    def put_cosignature(self, new: Cosignature) -> None:
        self._set(self._registers[new.origin].cosignatures, (new.size, new.party), new)

    def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        head = self.head(origin)
        indexes = range(max(start, 0), min(end, head.size)) if head else range(0)
        found = (self._judgements.get((origin, index)) for index in indexes)
        return tuple(each for each in found if each is not None)

    def put_judgements(self, origin: str, new: Sequence[Judgement]) -> Judgement | None:
        for each in new:
            if (origin, each.index) in self._judgements:
                return each
            self._set(self._judgements, (origin, each.index), each)
        return None

    def document(self, kind: str, key: str) -> bytes | None:
        return self._documents.get(kind, {}).get(key)

    def documents(self, kind: str, *, prefix: str, after: str, limit: int) -> tuple[Document, ...]:
        keys, bodies = self._keys.get(kind, []), self._documents.get(kind, {})
        found: list[Document] = []
        start = max(bisect_left(keys, prefix), bisect_right(keys, after))
        for key in keys[start : start + limit]:
            if not key.startswith(prefix):
                break
            found.append(Document(kind, key, bodies[key]))
        return tuple(found)

    def put_document(self, new: Document) -> None:
        bodies = self._documents.setdefault(new.kind, {})
        keys = self._keys.setdefault(new.kind, [])
        before = bodies.get(new.key)
        self.undo.append(lambda: _put(keys, bodies, new.key, before))
        _put(keys, bodies, new.key, new.body)

    def version(self, kind: str) -> int:
        return self._versions.get(kind, 0)

    def versions(self, prefix: str) -> tuple[tuple[str, int], ...]:
        return tuple(
            (kind, version)
            for kind, version in sorted(self._versions.items())
            if kind.startswith(prefix)
        )

    def raise_version(self, kind: str) -> None:
        self._set(self._versions, kind, self.version(kind) + 1)

    def clear_derived(self) -> None:
        judgements, self._judgements = self._judgements, {}

        def undo() -> None:
            self._judgements = judgements

        self.undo.append(undo)
        for kind in [each for each in self._documents if each.startswith(DERIVED_PREFIX)]:
            for key in tuple(self._documents[kind]):
                self.put_document(Document(kind, key, None))

    def _set(self, rows: dict[_K, _V], key: _K, value: _V) -> None:
        """Put a row, and remember how it was."""
        if key in rows:
            before = rows[key]
            self.undo.append(lambda: rows.__setitem__(key, before))
        else:
            self.undo.append(lambda: rows.__delitem__(key))
        rows[key] = value


def _put(keys: list[str], bodies: dict[str, bytes], key: str, body: bytes | None) -> None:
    """Put or delete one document, keeping its kind's keys sorted."""
    if body is None:
        if bodies.pop(key, None) is not None:
            del keys[bisect_left(keys, key)]
        return
    if key not in bodies:
        insort(keys, key)
    bodies[key] = body


class MemoryStore(TablesStore):
    """A store that ends with its process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._tables = _MemoryTables()
        self.refusal: str | None = None
        """Why writes are refused, when a test or the simulator says that the disk is full."""

    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None."""
        return self.refusal

    @contextmanager
    def _reading(self) -> Iterator[Tables]:
        yield self._tables

    @contextmanager
    def _snapshot(self) -> Iterator[Tables]:
        yield self._tables

    @contextmanager
    def _writing(self) -> Iterator[ChangingTables]:
        if self.refusal is not None:
            raise EdgeError("store.disk-full", "the store takes no writes", found=self.refusal)
        crash_point("store.before-begin")
        self._tables.undo.clear()
        try:
            crash_point("store.after-begin")
            yield self._tables
            crash_point("store.before-commit")
        except BaseException:
            while self._tables.undo:
                self._tables.undo.pop()()
            raise
