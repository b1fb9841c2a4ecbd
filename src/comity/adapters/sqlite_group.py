# SPDX-License-Identifier: Apache-2.0
"""Changes applied in memory over what a SQLite file holds, and written to it once for all.

A group of changes reads each register's edge and tree once, grows each tree once, and writes each
tile once, however many changes there are. A change that fails leaves nothing here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from comity.adapters.sqlite_schema import REGISTER_SHIFT
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.sqlite_tiles import Tiles, write_nodes
from comity.basis.errors import InvariantError
from comity.basis.ids import PartyId
from comity.ports import (
    DERIVED_PREFIX,
    Cosignature,
    Document,
    HeldParcel,
    Holding,
    Judgement,
    RegisterRow,
    SizedNote,
)
from comity.tlog.proofs import edge_at, root_at
from comity.tlog.tree import Edge, Node, append_leaves, edge_root, leaf_hash

_LAST = "\U0010ffff"
_PAGES_A_GROUP, _PAGES_A_REGISTER, _PAGE_BYTES = 8, 6, 3_000
_K = TypeVar("_K")
_V = TypeVar("_V")


class _Register:
    """A register as the group leaves it. `nodes` and `edge` may lag behind `entries`."""

    __slots__ = (
        "bare_from",
        "bare_until",
        "edge",
        "entries",
        "nodes",
        "number",
        "sound",
        "stored_edge",
        "tiles",
    )

    def __init__(self, number: int, edge: Edge) -> None:
        self.number = number
        self.edge = self.stored_edge = edge
        self.entries: list[bytes] = []
        self.nodes: list[Node] = []
        self.sound = False
        self.tiles: Tiles = {}
        self.bare_from = self.bare_until = 0

    def may_have_parcel(self, index: int, held: SqliteTables) -> bool:
        """Answer whether there may be a parcel on disk beside an entry that is stored.

        They come in runs, so it is looked once from where on none is kept.
        """
        if not self.bare_from <= index < self.bare_until:
            first = held.first_parcel(self.base | index, self.base | self.stored)
            self.bare_from = index
            self.bare_until = self.stored if first is None else first - self.base
        return index >= self.bare_until

    @property
    def stored(self) -> int:
        return self.stored_edge.size

    @property
    def size(self) -> int:
        return self.stored + len(self.entries)

    @property
    def base(self) -> int:
        return self.number << REGISTER_SHIFT

    def grow(self) -> None:
        """Let the tree catch up with the entries."""
        behind = self.entries[self.edge.size - self.stored :]
        if behind:
            appended = append_leaves(self.edge, [leaf_hash(entry) for entry in behind])
            self.edge = appended.edge
            self.nodes += appended.nodes


class GroupTables:
    """What a group of changes amounts to. One transaction of `connection` lives as long."""

    def __init__(self, connection: sqlite3.Connection, held: SqliteTables) -> None:
        """Begin with what `held` reads."""
        self._connection = connection
        self._held = held
        self._undo: list[Callable[[], None]] = []
        # Rows that a change put where there was none: the most there are, so no call for each.
        self._added: list[tuple[dict[Any, Any], object]] = []
        self._registers: dict[str, _Register | None] = {}
        self._opened: list[tuple[int, RegisterRow]] = []
        self._journal: list[str | None] = []
        self._parcels: dict[tuple[str, int], bytes | None] = {}
        self._checkpoints: dict[tuple[str, int], SizedNote] = {}
        self._cosignatures: dict[tuple[str, int, PartyId], Cosignature] = {}
        self._judgements: dict[int, Judgement] = {}
        self._documents: dict[tuple[str, str], bytes | None] = {}
        self._versions: dict[str, int] = {}
        self._stored_versions: dict[str, int] | None = None

    @property
    def erases(self) -> bool:
        """Tell whether a parcel is to be erased, which is done only when no copy is left."""
        return None in self._parcels.values()

    def end_change(self) -> None:
        """Take note that a change fitted."""
        self._undo.clear()
        self._added.clear()

    def undo_change(self) -> None:
        """Take back what the change did that has not ended."""
        while self._undo:
            self._undo.pop()()
        for rows, key in self._added:
            del rows[key]
        self._added.clear()

    # What `ChangingTables` asks for

    def size(self, origin: str) -> int | None:
        """Say how many entries a register has, or None when it is not held."""
        register = self._find(origin)
        return register.stored + len(register.entries) if register else None

    def journal_origin(self) -> str | None:
        """Name the journal opened last."""
        if not self._journal:
            self._journal.append(self._held.journal_origin())
        return self._journal[-1]

    def open_register(self, row: RegisterRow) -> None:
        """Add an empty register."""
        number = self._opened[-1][0] + 1 if self._opened else self._held.numbers() + 1
        self._opened.append((number, row))
        self._undo.append(lambda: _drop(self._opened.pop()))
        self._set(self._registers, row.origin, _Register(number, Edge(0, ())))
        if row.holding is Holding.JOURNAL:
            self.journal_origin()
            self._journal.append(row.origin)
            self._undo.append(lambda: _drop(self._journal.pop()))

    def is_sound(self, origin: str) -> bool:
        """Hold the edge against the stored tree, once in a group."""
        register = self._known(origin)
        if not register.sound:
            read_node = self._held.tile_reader(register.number, origin, register.tiles)
            register.sound = edge_at(register.stored, read_node) == register.stored_edge
        return register.sound

    def append(self, origin: str, entries: tuple[bytes, ...]) -> None:
        """Add entries at a register's end; nodes and edge follow when they are needed."""
        register = self._known(origin)
        count, edge, nodes = len(register.entries), register.edge, len(register.nodes)

        def undo() -> None:
            del register.entries[count:]
            del register.nodes[nodes:]
            register.edge = edge

        self._undo.append(undo)
        register.entries += entries

    def root_at(self, origin: str, size: int) -> bytes:
        """Give the root that a register's tree has or had at a size."""
        register = self._known(origin)
        register.grow()
        if size == register.edge.size and self.is_sound(origin):
            return edge_root(register.edge)
        if size <= register.stored:
            return root_at(size, self._held.node_reader(origin))
        held = self._held.node_reader(origin)
        grown = {(level, index): node for level, index, node in register.nodes}
        return root_at(size, lambda level, index: grown.get((level, index)) or held(level, index))

    def parcel(self, origin: str, index: int) -> bytes | None:
        """Find the parcel kept beside an entry; there is none on disk beside a new entry."""
        if (origin, index) in self._parcels:
            return self._parcels[origin, index]
        register = self._known(origin)
        if index >= register.stored or not register.may_have_parcel(index, self._held):
            return None
        return self._held.parcel_at(register.base | index)

    def put_parcel(self, new: HeldParcel) -> None:
        """Add a parcel, or erase it."""
        self._set(self._parcels, (new.origin, new.index), new.raw)

    def checkpoint(self, origin: str, size: int | None) -> SizedNote | None:
        """Find the checkpoint at a size."""
        pending = self._checkpoints.get((origin, size)) if size is not None else None
        return pending or self._held.checkpoint(origin, size)

    def put_checkpoint(self, note: SizedNote) -> None:
        """Add a checkpoint."""
        self._set(self._checkpoints, (note.origin, note.size), note)

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        """Find a party's cosignature at a size."""
        pending = self._cosignatures.get((origin, size, party)) if size is not None else None
        return pending or self._held.cosignature(origin, size, party)

    def put_cosignature(self, new: Cosignature) -> None:
        """Add a cosignature."""
        self._set(self._cosignatures, (new.origin, new.size, new.party), new)

    def put_judgements(self, origin: str, new: Sequence[Judgement]) -> Judgement | None:
        """Add judgements on entries of one register; there is none on disk of a new entry."""
        register, rows = self._known(origin), self._judgements
        base, stored = register.base, register.stored
        for each in new:
            place = base | each.index
            if place in rows or (each.index < stored and self._held.is_judged(place)):
                return each
            self._added.append((rows, place))
            rows[place] = each
        return None

    def put_document(self, new: Document) -> None:
        """Put a document in place of what was there, or delete it."""
        self._set(self._documents, (new.kind, new.key), new.body)

    def version(self, kind: str) -> int:
        """Count the commits that wrote documents of a kind."""
        found = self._versions.get(kind)
        if found is None:
            if self._stored_versions is None:
                self._stored_versions = dict(self._held.versions(""))
            found = self._stored_versions.get(kind, 0)
        return found

    def versions(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """List kinds and versions by kind; only a rebuild asks, which is alone in its group."""
        return self._held.versions(prefix)

    def raise_version(self, kind: str) -> None:
        """Count one more commit for a kind."""
        self._set(self._versions, kind, self.version(kind) + 1)

    def clear_derived(self) -> None:
        """Delete every judgement and every derived document; only a rebuild does, alone."""
        self._connection.execute("DELETE FROM judgements")
        self._connection.execute(
            "DELETE FROM documents WHERE kind >= ? AND kind < ?",
            (DERIVED_PREFIX, DERIVED_PREFIX + _LAST),
        )

    # Writing

    def write(self) -> int:
        """Put everything into the file's tables; the transaction's owner commits.

        Returns about how many pages that touches.
        """
        self._run(
            "INSERT INTO registers (register, origin, holding, party, agreement, size, edge)"
            " VALUES (?, ?, ?, ?, ?, 0, x'')",
            [
                (number, row.origin, row.holding.value, row.party, row.agreement)
                for number, row in self._opened
            ],
        )
        for register in self._registers.values():
            if register is not None and register.entries:
                self._write_entries(register)
        self._write_beside_entries()
        self._write_documents()
        grown = [each for each in self._registers.values() if each and each.entries]
        payload = sum(sum(map(len, each.entries)) for each in grown)
        payload += sum(map(len, filter(None, self._parcels.values())))
        payload += sum(map(len, filter(None, self._documents.values())))
        return _PAGES_A_GROUP + _PAGES_A_REGISTER * len(grown) + payload // _PAGE_BYTES

    def _write_entries(self, register: _Register) -> None:
        register.grow()
        self._connection.executemany(
            "INSERT INTO entries (place, body) VALUES (?, ?)",
            list(enumerate(register.entries, register.base | register.stored)),
        )
        write_nodes(self._connection, register.number, register.nodes, register.tiles)
        self._connection.execute(
            "UPDATE registers SET size = ?, edge = ? WHERE register = ?",
            (register.size, b"".join(register.edge.hashes), register.number),
        )

    def _write_beside_entries(self) -> None:
        run = self._run
        bases = {origin: self._known(origin).base for origin in {each for each, _ in self._parcels}}
        parcels = [(bases[origin] | index, raw) for (origin, index), raw in self._parcels.items()]
        erased = [(place,) for place, raw in parcels if raw is None]
        # What stands beyond a register's end is nobody's, and gives way.
        run("INSERT OR REPLACE INTO parcels (place, raw) VALUES (?, ?)",
            [row for row in parcels if row[1] is not None])  # fmt: skip
        run("DELETE FROM parcels WHERE place = ?", erased)
        run("INSERT OR REPLACE INTO judgements (place, admitted, code, article)"
            " VALUES (?, ?, ?, ?)",
            [(place, int(new.admitted), new.code, new.article)
             for place, new in sorted(self._judgements.items(), key=itemgetter(0))])  # fmt: skip
        run("INSERT INTO checkpoints (place, raw) VALUES (?, ?)",
            [(self._known(origin).base | size, note.raw)
             for (origin, size), note in self._checkpoints.items()])  # fmt: skip
        run("INSERT INTO cosignatures (register, size, party, raw) VALUES (?, ?, ?, ?)",
            [(self._known(new.origin).number, new.size, new.party, new.raw)
             for new in self._cosignatures.values()])  # fmt: skip

    def _write_documents(self) -> None:
        run = self._run
        rows = self._documents.items()
        run("INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            [(*name, body) for name, body in rows if body is not None])  # fmt: skip
        run("DELETE FROM documents WHERE kind = ? AND key = ?",
            [name for name, body in rows if body is None])  # fmt: skip
        run("INSERT INTO versions (kind, version) VALUES (?, ?)"
            " ON CONFLICT (kind) DO UPDATE SET version = excluded.version",
            list(self._versions.items()))  # fmt: skip

    def _run(self, statement: str, rows: list[Any]) -> None:
        """Run a statement for each row; most groups have no rows for most statements."""
        if rows:
            self._connection.executemany(statement, rows)

    def _find(self, origin: str) -> _Register | None:
        try:
            return self._registers[origin]
        except KeyError:
            found = self._held.edge(origin)
            register = self._registers[origin] = _Register(*found) if found else None
            return register

    def _known(self, origin: str) -> _Register:
        register = self._registers.get(origin) or self._find(origin)
        if register is None:
            raise InvariantError("store.not-open", "no such register is held", where=origin)
        return register

    def _set(self, rows: dict[_K, _V], key: _K, value: _V) -> None:
        """Put a row, and remember how it was."""
        if key in rows:
            before = rows[key]
            self._undo.append(lambda: rows.__setitem__(key, before))
        else:
            self._added.append((rows, key))
        rows[key] = value


def _drop(_: object) -> None:
    """Take no further interest in it."""
