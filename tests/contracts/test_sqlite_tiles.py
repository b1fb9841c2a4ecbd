# SPDX-License-Identifier: Apache-2.0
"""Tree nodes in rows: whatever the batches, every complete node is read back, and no other."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adapters.sqlite_schema import MIGRATIONS
from comity.adapters.sqlite_tiles import node_reader, write_nodes
from comity.basis.errors import StateError
from comity.tlog.tiles import format_hash_tile
from comity.tlog.tree import EMPTY_EDGE, append_leaves, leaf_hash


def tables() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in MIGRATIONS[0]:
        connection.execute(statement)
    return connection


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 2**20 - 2))
def test_any_batches_give_the_nodes_of_the_one_tree(batches: list[int], register: int) -> None:
    connection = tables()
    edge, nodes = EMPTY_EDGE, dict[tuple[int, int], bytes]()
    for count in batches:
        leaves = [leaf_hash(str(edge.size + each).encode()) for each in range(count)]
        appended = append_leaves(edge, leaves)
        edge = appended.edge
        write_nodes(connection, register, appended.nodes, {})
        nodes |= {(level, index): node for level, index, node in appended.nodes}
    read = node_reader(connection, register, "here")
    assert all(read(level, index) == node for (level, index), node in nodes.items())
    for level in range(edge.size.bit_length() + 2):
        with pytest.raises(StateError, match=r"store\.no-node"):
            read(level, edge.size >> level)
    with pytest.raises(StateError, match=r"store\.no-node"):
        node_reader(connection, register + 1, "there")(0, 0)
    connection.close()


def test_a_row_begins_with_the_hash_tile_of_the_specification() -> None:
    connection = tables()
    leaves = [leaf_hash(str(each).encode()) for each in range(300)]
    write_nodes(connection, 1, append_leaves(EMPTY_EDGE, leaves).nodes, {})
    rows = connection.execute("SELECT width, hashes FROM tiles ORDER BY place").fetchall()
    assert [width for width, _ in rows] == [256, 44, 1]
    assert rows[0][1].startswith(format_hash_tile(leaves[:256]))
    assert rows[1][1].startswith(format_hash_tile(leaves[256:]))
    assert len(rows[0][1]) == 510 * 32
    connection.close()
