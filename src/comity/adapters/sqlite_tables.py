# SPDX-License-Identifier: Apache-2.0
"""The rows of a node's SQLite file: statements only, no transactions and no rules.

Registers go by a small number inside the file; everything that grows has an integer key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from comity.adapters.sqlite_schema import REGISTER_SHIFT
from comity.adapters.sqlite_tiles import node_reader, write_nodes
from comity.adapters.store_tables import damaged
from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId, PartyId
from comity.ports import (
    DERIVED_PREFIX,
    Cosignature,
    Document,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    RegisterHead,
    RegisterRow,
    SizedNote,
)
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import HASH_BYTES, Appended, Edge, edge_root

_INDEX_MASK = (1 << REGISTER_SHIFT) - 1
_HEAD = "SELECT origin, holding, party, agreement, size, edge FROM registers"
_LAST = "\U0010ffff"
_HeadRow = tuple[str, str, str, str | None, int, bytes]


class SqliteTables:
    """The tables of one open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on `connection`; whoever made it also closes it."""
        self._connection = connection

    def heads(self, agreement: AgreementId | None = None) -> Iterator[RegisterHead]:
        """List registers by origin."""
        rows: list[_HeadRow] = self._connection.execute(
            f"{_HEAD} WHERE ?1 IS NULL OR agreement = ?1 ORDER BY origin", (agreement,)
        ).fetchall()
        return map(_head, rows)

    def head(self, origin: str) -> RegisterHead | None:
        """Find one register."""
        row: _HeadRow | None = self._connection.execute(
            f"{_HEAD} WHERE origin = ?", (origin,)
        ).fetchone()
        return _head(row) if row else None

    def journal(self) -> RegisterHead | None:
        """Find the journal opened last."""
        row: _HeadRow | None = self._connection.execute(
            f"{_HEAD} WHERE holding = 'journal' ORDER BY register DESC LIMIT 1"
        ).fetchone()
        return _head(row) if row else None

    def open_register(self, row: RegisterRow) -> None:
        """Add an empty register."""
        self._connection.execute(
            "INSERT INTO registers (origin, holding, party, agreement, size, edge)"
            " VALUES (?, ?, ?, ?, 0, x'')",
            (row.origin, row.holding.value, row.party, row.agreement),
        )

    def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Read entries in order, as far as they are there."""
        rows = self._connection.execute(
            "SELECT body FROM entries WHERE place >= ? AND place < ? ORDER BY place",
            self._range(origin, start, end),
        )
        return tuple(body for (body,) in rows)

    def append(self, new: Entries, appended: Appended) -> None:
        """Add entries, their nodes and the grown edge."""
        register = self._number(new.origin)
        first = register << REGISTER_SHIFT | new.start
        self._connection.executemany(
            "INSERT INTO entries (place, body) VALUES (?, ?)", enumerate(new.entries, first)
        )
        write_nodes(self._connection, register, appended.nodes)
        self._connection.execute(
            "UPDATE registers SET size = ?, edge = ? WHERE register = ?",
            (appended.edge.size, b"".join(appended.edge.hashes), register),
        )

    def parcel(self, origin: str, index: int) -> bytes | None:
        """Find the parcel kept beside an entry."""
        row = self._connection.execute(
            "SELECT raw FROM parcels WHERE place >= ? AND place < ?",
            self._range(origin, index, index + 1),
        ).fetchone()
        return bytes(row[0]) if row else None

    def put_parcel(self, new: HeldParcel) -> None:
        """Add a parcel, or erase it: `secure_delete` overwrites what stood in the file."""
        place = self._number(new.origin) << REGISTER_SHIFT | new.index
        if new.raw is None:
            self._connection.execute("DELETE FROM parcels WHERE place = ?", (place,))
        else:
            self._connection.execute(
                "INSERT INTO parcels (place, raw) VALUES (?, ?)", (place, new.raw)
            )

    def stray_parcels(self, limit: int) -> tuple[tuple[str, int], ...]:
        """List the places of parcels beside which there is no entry."""
        rows = self._connection.execute(
            "SELECT coalesce(origin, 'no register'), place & ?1 FROM parcels"
            " LEFT JOIN registers ON register = place >> ?2"
            " WHERE size IS NULL OR place & ?1 >= size ORDER BY place LIMIT ?3",
            (_INDEX_MASK, REGISTER_SHIFT, limit),
        )
        return tuple((str(origin), int(index)) for origin, index in rows)

    def node_reader(self, origin: str) -> NodeReader:
        """Read nodes of a register's tree; a register that is not held has none."""
        return node_reader(self._connection, self._number(origin), origin)

    def checkpoint(self, origin: str, size: int | None) -> SizedNote | None:
        """Find the checkpoint at a size, or the largest."""
        start, end = (0, _INDEX_MASK) if size is None else (size, size + 1)
        row = self._connection.execute(
            "SELECT place, raw FROM checkpoints WHERE place >= ? AND place < ?"
            " ORDER BY place DESC LIMIT 1",
            self._range(origin, start, end),
        ).fetchone()
        return SizedNote(origin, row[0] & _INDEX_MASK, row[1]) if row else None

    def checkpoint_sizes(self, origin: str) -> tuple[int, ...]:
        """List the sizes that there is a checkpoint of."""
        rows = self._connection.execute(
            "SELECT place FROM checkpoints WHERE place >= ? AND place < ? ORDER BY place",
            self._range(origin, 0, _INDEX_MASK),
        )
        return tuple(place & _INDEX_MASK for (place,) in rows)

    def put_checkpoint(self, note: SizedNote) -> None:
        """Add a checkpoint."""
        place = self._number(note.origin) << REGISTER_SHIFT | note.size
        self._connection.execute(
            "INSERT INTO checkpoints (place, raw) VALUES (?, ?)", (place, note.raw)
        )

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        """Find a party's cosignature at a size, or its largest."""
        row = self._connection.execute(
            "SELECT size, raw FROM cosignatures WHERE register = ? AND party = ?"
            " AND (?3 IS NULL OR size = ?3) ORDER BY size DESC LIMIT 1",
            (self._number(origin), party, size),
        ).fetchone()
        return Cosignature(origin, row[0], party, row[1]) if row else None

    def cosignatures(self, origin: str, start: int, limit: int) -> tuple[Cosignature, ...]:
        """List cosignatures by size and party."""
        rows = self._connection.execute(
            "SELECT size, party, raw FROM cosignatures WHERE register = ? AND size >= ?"
            " ORDER BY size, party LIMIT ?",
            (self._number(origin), start, limit),
        )
        return tuple(Cosignature(origin, size, PartyId(party), raw) for size, party, raw in rows)

    def put_cosignature(self, new: Cosignature) -> None:
        """Add a cosignature."""
        self._connection.execute(
            "INSERT INTO cosignatures (register, size, party, raw) VALUES (?, ?, ?, ?)",
            (self._number(new.origin), new.size, new.party, new.raw),
        )

    def judgements(self, origin: str, start: int, end: int) -> tuple[Judgement, ...]:
        """List judgements by index."""
        rows = self._connection.execute(
            "SELECT place, admitted, code, article FROM judgements"
            " WHERE place >= ? AND place < ? ORDER BY place",
            self._range(origin, start, end),
        )
        return tuple(
            Judgement(origin, place & _INDEX_MASK, bool(admitted), code, article)
            for place, admitted, code, article in rows
        )

    def put_judgement(self, new: Judgement) -> bool:
        """Add a judgement; False when there is one already."""
        place = self._number(new.origin) << REGISTER_SHIFT | new.index
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO judgements (place, admitted, code, article) VALUES (?, ?, ?, ?)",
            (place, int(new.admitted), new.code, new.article),
        )
        return cursor.rowcount == 1

    def document(self, kind: str, key: str) -> bytes | None:
        """Find one document's body."""
        row = self._connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return bytes(row[0]) if row else None

    def documents(self, kind: str, *, prefix: str, after: str, limit: int) -> tuple[Document, ...]:
        """List documents by key; SQLite compares UTF-8 bytes, which is code point order."""
        rows = self._connection.execute(
            "SELECT key, body FROM documents"
            " WHERE kind = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            (kind, after, prefix, prefix + _LAST, limit),
        )
        return tuple(Document(kind, key, body) for key, body in rows)

    def put_document(self, new: Document) -> None:
        """Put a document in place of what was there, or delete it."""
        if new.body is None:
            self._connection.execute(
                "DELETE FROM documents WHERE kind = ? AND key = ?", (new.kind, new.key)
            )
            return
        self._connection.execute(
            "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (new.kind, new.key, new.body),
        )

    def version(self, kind: str) -> int:
        """Count the commits that wrote documents of a kind."""
        row = self._connection.execute(
            "SELECT version FROM versions WHERE kind = ?", (kind,)
        ).fetchone()
        return int(row[0]) if row else 0

    def versions(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """List kinds and versions by kind."""
        rows = self._connection.execute(
            "SELECT kind, version FROM versions WHERE kind >= ? AND kind < ? ORDER BY kind",
            (prefix, prefix + _LAST),
        )
        return tuple((str(kind), int(version)) for kind, version in rows)

    def raise_version(self, kind: str) -> None:
        """Count one more commit for a kind."""
        self._connection.execute(
            "INSERT INTO versions (kind, version) VALUES (?, 1)"
            " ON CONFLICT (kind) DO UPDATE SET version = version + 1",
            (kind,),
        )

    def clear_derived(self) -> None:
        """Delete every judgement and every derived document."""
        self._connection.execute("DELETE FROM judgements")
        self._connection.execute(
            "DELETE FROM documents WHERE kind >= ? AND kind < ?",
            (DERIVED_PREFIX, DERIVED_PREFIX + _LAST),
        )

    def _number(self, origin: str) -> int:
        """Give a register's number in this file; 0, which none has, when it is not held."""
        row = self._connection.execute(
            "SELECT register FROM registers WHERE origin = ?", (origin,)
        ).fetchone()
        return int(row[0]) if row else 0

    def _range(self, origin: str, start: int, end: int) -> tuple[int, int]:
        """Give the places `[start, end)` of a register, never reaching into another's."""
        base = self._number(origin) << REGISTER_SHIFT
        return base + min(max(start, 0), _INDEX_MASK), base + min(max(end, 0), _INDEX_MASK)


def _head(row: _HeadRow) -> RegisterHead:
    """Read a register's row; an edge that no tree has means damage."""
    origin, holding, party, agreement, size, raw = row
    hashes = tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))
    try:
        edge = Edge(size, hashes)
        held = Holding(holding)
    except (ComityError, ValueError) as err:
        raise damaged(origin, "the register's row is damaged") from err
    return RegisterHead(
        origin,
        held,
        PartyId(party),
        AgreementId(agreement) if agreement is not None else None,
        size,
        edge_root(edge),
        edge,
    )
