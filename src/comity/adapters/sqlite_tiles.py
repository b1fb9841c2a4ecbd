# SPDX-License-Identifier: Apache-2.0
"""Tree nodes in rows: one row holds a tile of 256 hashes and the nodes inside that tile.

A proof over a million entries reads three rows. A row's first `width` hashes are exactly the
hash tile of C2SP tlog-tiles; the seven levels above them follow, complete nodes only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from comity.adapters.sqlite_schema import REGISTER_SHIFT
from comity.basis.errors import StateError
from comity.tlog.proofs import NodeReader
from comity.tlog.tree import HASH_BYTES, Node

_HEIGHT = 8
_WIDTH = 1 << _HEIGHT
_LEVEL_SHIFT = 40

_Tile = tuple[int, int]
"""Tile level (one for every eight levels of the tree) and index."""

_Row = tuple[int, bytes]
"""A tile's width and its hashes, level after level."""

Tiles = dict[_Tile, _Row]
"""Tiles as they were read; good for as long as nobody writes them."""


def write_nodes(
    connection: sqlite3.Connection, register: int, nodes: Sequence[Node], held: Tiles
) -> None:
    """Add newly complete nodes, which come level by level and in order, to their tiles.

    `held` may hold tiles that were read in this transaction; it is worth nothing after.
    """
    rows: dict[_Tile, list[bytes]] = {}
    for level, run in groupby(nodes, key=itemgetter(0)):
        for tile, hashes in _split(level, list(run)):
            levels = rows.get(tile)
            if levels is None:
                row = held.get(tile) or _read_tile(connection, _tile_place(register, tile))
                levels = rows[tile] = _levels(row)
            levels[level % _HEIGHT] += hashes
    connection.executemany(
        "INSERT OR REPLACE INTO tiles (place, width, hashes) VALUES (?, ?, ?)",
        (
            (_tile_place(register, tile), len(levels[0]) // HASH_BYTES, b"".join(levels))
            for tile, levels in rows.items()
        ),
    )


def node_reader(
    connection: sqlite3.Connection, register: int, where: str, tiles: Tiles | None = None
) -> NodeReader:
    """Return a reader that keeps the tiles it has read, in `tiles` if given."""
    tiles = {} if tiles is None else tiles

    def read(level: int, index: int) -> bytes:
        tile, inner, offset = _find(level, index)
        width, hashes = tiles.get(tile) or (0, b"")
        if offset >= width >> inner:
            row = tiles[tile] = _read_tile(connection, _tile_place(register, tile))
            width, hashes = row
        start = (offset + sum(width >> below for below in range(inner))) * HASH_BYTES
        node = hashes[start : start + HASH_BYTES]
        if offset >= width >> inner or len(node) != HASH_BYTES:
            raise StateError("store.no-node", "no such node", where=f"{where} {level}/{index}")
        return node

    return read


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
        yield tile, b"".join([node[2] for node in run[start:end]])
        start = end


def _read_tile(connection: sqlite3.Connection, place: int) -> _Row:
    """Read a tile; an empty one if absent."""
    row: _Row | None = connection.execute(
        "SELECT width, hashes FROM tiles WHERE place = ?", (place,)
    ).fetchone()
    return row or (0, b"")


def _levels(row: _Row) -> list[bytes]:
    """Cut a tile into its eight levels."""
    width, hashes = row
    levels: list[bytes] = []
    start = 0
    for inner in range(_HEIGHT):
        end = start + (width >> inner) * HASH_BYTES
        levels.append(hashes[start:end])
        start = end
    return levels


def _tile_place(register: int, tile: _Tile) -> int:
    return register << REGISTER_SHIFT | tile[0] << _LEVEL_SHIFT | tile[1]
