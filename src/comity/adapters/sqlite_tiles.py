# SPDX-License-Identifier: Apache-2.0
"""Tree nodes in rows: one row holds a tile of 256 hashes and the nodes inside that tile.

A proof over a million entries reads three rows. A row's first `width` hashes are exactly the
hash tile of C2SP tlog-tiles; the seven levels above them follow, complete nodes only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from comity.adapters.sqlite_schema import REGISTER_SHIFT
from comity.basis.errors import StateError
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import HASH_BYTES, Node

_HEIGHT = 8
_WIDTH = 1 << _HEIGHT
_LEVEL_SHIFT = 40

_Tile = tuple[int, int]
"""Tile level (one for every eight levels of the tree) and index."""


def write_nodes(connection: sqlite3.Connection, register: int, nodes: Sequence[Node]) -> None:
    """Add newly complete nodes, which come level by level and in order, to their tiles."""
    rows: dict[_Tile, list[bytes]] = {}
    for level, run in groupby(nodes, key=_level):
        for tile, hashes in _split(level, list(run)):
            held = rows.get(tile)
            if held is None:
                held = rows[tile] = _read_tile(connection, _tile_place(register, tile))
            held[level % _HEIGHT] += hashes
    connection.executemany(
        "INSERT OR REPLACE INTO tiles (place, width, hashes) VALUES (?, ?, ?)",
        (
            (_tile_place(register, tile), len(levels[0]) // HASH_BYTES, b"".join(levels))
            for tile, levels in rows.items()
        ),
    )


def node_reader(connection: sqlite3.Connection, register: int, where: str) -> NodeReader:
    """Return a reader that keeps the tiles it has read."""
    tiles: dict[_Tile, list[bytes]] = {}

    def read(level: int, index: int) -> bytes:
        tile, inner, offset = _find(level, index)
        end = (offset + 1) * HASH_BYTES
        held = tiles.get(tile)
        if held is None or len(held[inner]) < end:
            held = tiles[tile] = _read_tile(connection, _tile_place(register, tile))
        node = held[inner][end - HASH_BYTES : end]
        if len(node) != HASH_BYTES:
            raise StateError("store.no-node", "no such node", where=f"{where} {level}/{index}")
        return node

    return read


def _level(node: Node) -> int:
    return node[0]


def _find(level: int, index: int) -> tuple[_Tile, int, int]:
    """Give a node's tile, the level inside it, and the place within that level."""
    inner = level % _HEIGHT
    width = _WIDTH >> inner
    return (level // _HEIGHT, index // width), inner, index % width


def _split(level: int, run: list[Node]) -> Iterator[tuple[_Tile, bytes]]:
    """Cut one level's nodes at the borders of tiles."""
    start = 0
    while start < len(run):
        tile, inner, offset = _find(level, run[start][1])
        end = start + (_WIDTH >> inner) - offset
        yield tile, b"".join(node[2] for node in run[start:end])
        start = end


def _read_tile(connection: sqlite3.Connection, place: int) -> list[bytes]:
    """Read a tile's eight levels, each as its hashes' bytes; all empty if absent."""
    row = connection.execute("SELECT width, hashes FROM tiles WHERE place = ?", (place,)).fetchone()
    width, hashes = row if row else (0, b"")
    return list(_levels(hashes, (width >> inner for inner in range(_HEIGHT))))


def _levels(hashes: bytes, counts: Iterable[int]) -> Iterator[bytes]:
    start = 0
    for count in counts:
        end = start + count * HASH_BYTES
        yield hashes[start:end]
        start = end


def _tile_place(register: int, tile: _Tile) -> int:
    return register << REGISTER_SHIFT | tile[0] << _LEVEL_SHIFT | tile[1]
