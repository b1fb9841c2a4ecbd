# SPDX-License-Identifier: Apache-2.0
"""Reading the rows of a node's SQLite file: statements only, no transactions and no rules.

Registers go by a small number inside the file; everything that grows has an integer key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from comity.adapters.sqlite_schema import REGISTER_SHIFT
from comity.adapters.sqlite_tiles import Tiles, node_reader
from comity.adapters.store_tables import damaged
from comity.basis.errors import ComityError
from comity.basis.ids import AgreementId, PartyId
from comity.ports import (
    Cosignature,
    Document,
    Holding,
    Judgement,
    RegisterHead,
    SizedNote,
)
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import HASH_BYTES, Edge, edge_root

_INDEX_MASK = (1 << REGISTER_SHIFT) - 1
_HEAD = "SELECT origin, holding, party, agreement, size, edge FROM registers"
_LAST = "\U0010ffff"
_HOLDINGS = frozenset(each.value for each in Holding)
_HeadRow = tuple[str, str, str, str | None, int, bytes]


class SqliteTables:
    """The tables of one open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on `connection`; whoever made it also closes it."""
        self._connection = connection
        # A register keeps its number for as long as the file is there.
        self._numbers: dict[str, int] = {}

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

    def journal_origin(self) -> str | None:
        """Name the journal opened last."""
        row = self._connection.execute(
            "SELECT origin FROM registers WHERE holding = 'journal' ORDER BY register DESC LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else None

    def edge(self, origin: str) -> tuple[int, Edge] | None:
        """Find a register's number in this file, and its edge."""
        row: tuple[int, int, bytes] | None = self._connection.execute(
            "SELECT register, size, edge FROM registers WHERE origin = ?", (origin,)
        ).fetchone()
        return (row[0], _edge(origin, row[1], row[2])) if row else None

    def numbers(self) -> int:
        """Give the greatest number of a register in this file."""
        row = self._connection.execute("SELECT coalesce(max(register), 0) FROM registers")
        return int(row.fetchone()[0])

    def entries(self, origin: str, start: int, end: int) -> tuple[bytes, ...]:
        """Read entries in order, as far as they are there."""
        rows = self._connection.execute(
            "SELECT body FROM entries WHERE place >= ? AND place < ? ORDER BY place",
            self._range(origin, start, end),
        )
        return tuple(body for (body,) in rows)

    def parcel(self, origin: str, index: int) -> bytes | None:
        """Find the parcel kept beside an entry."""
        row = self._connection.execute(
            "SELECT raw FROM parcels WHERE place >= ? AND place < ?",
            self._range(origin, index, index + 1),
        ).fetchone()
        return bytes(row[0]) if row else None

    def parcel_at(self, place: int) -> bytes | None:
        """Find the parcel kept at a place of this file."""
        row = self._connection.execute("SELECT raw FROM parcels WHERE place = ?", (place,))
        found = row.fetchone()
        return bytes(found[0]) if found else None

    def first_parcel(self, start: int, end: int) -> int | None:
        """Find the first place in `[start, end)` of this file where a parcel is kept."""
        row = self._connection.execute(
            "SELECT place FROM parcels WHERE place >= ? AND place < ? ORDER BY place LIMIT 1",
            (start, end),
        ).fetchone()
        return int(row[0]) if row else None

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
        return node_reader(self._connection, self.number(origin), origin)

    def tile_reader(self, number: int, origin: str, tiles: Tiles) -> NodeReader:
        """Read nodes of the register of that number, and keep its tiles in `tiles`."""
        return node_reader(self._connection, number, origin, tiles)

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

    def cosignature(self, origin: str, size: int | None, party: PartyId) -> Cosignature | None:
        """Find a party's cosignature at a size, or its largest."""
        row = self._connection.execute(
            "SELECT size, raw FROM cosignatures WHERE register = ? AND party = ?"
            " AND (?3 IS NULL OR size = ?3) ORDER BY size DESC LIMIT 1",
            (self.number(origin), party, size),
        ).fetchone()
        return Cosignature(origin, row[0], party, row[1]) if row else None

    def cosignatures(self, origin: str, start: int, limit: int) -> tuple[Cosignature, ...]:
        """List cosignatures by size and party."""
        rows = self._connection.execute(
            "SELECT size, party, raw FROM cosignatures WHERE register = ? AND size >= ?"
            " ORDER BY size, party LIMIT ?",
            (self.number(origin), start, limit),
        )
        return tuple(Cosignature(origin, size, PartyId(party), raw) for size, party, raw in rows)

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

    def is_judged(self, place: int) -> bool:
        """Tell whether there is a judgement on the entry at a place in this file."""
        row = self._connection.execute("SELECT 1 FROM judgements WHERE place = ?", (place,))
        return row.fetchone() is not None

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

    def number(self, origin: str) -> int:
        """Give a register's number in this file; 0, which none has, when it is not held."""
        known = self._numbers.get(origin)
        if known is not None:
            return known
        row = self._connection.execute(
            "SELECT register FROM registers WHERE origin = ?", (origin,)
        ).fetchone()
        if row is None:
            return 0
        # What this connection has not committed yet may still be taken back.
        if not self._connection.in_transaction:
            self._numbers[origin] = int(row[0])
        return int(row[0])

    def _range(self, origin: str, start: int, end: int) -> tuple[int, int]:
        """Give the places `[start, end)` of a register, never reaching into another's."""
        base = self.number(origin) << REGISTER_SHIFT
        return base + min(max(start, 0), _INDEX_MASK), base + min(max(end, 0), _INDEX_MASK)


def _head(row: _HeadRow) -> RegisterHead:
    """Read a register's row."""
    origin, holding, party, agreement, size, raw = row
    edge = _edge(origin, size, raw)
    if holding not in _HOLDINGS:
        raise damaged(origin, "the register's row is damaged")
    return RegisterHead(
        origin,
        Holding(holding),
        PartyId(party),
        AgreementId(agreement) if agreement is not None else None,
        size,
        edge_root(edge),
        edge,
    )


def _edge(origin: str, size: int, raw: bytes) -> Edge:
    """Read an edge; one that no tree has means damage."""
    hashes = tuple(raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES))
    try:
        return Edge(size, hashes)
    except ComityError as err:
        raise damaged(origin, "the register's row is damaged") from err
