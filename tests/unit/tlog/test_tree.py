# SPDX-License-Identifier: Apache-2.0
"""The tree: hashes, right edge, batches of leaves."""

from hashlib import sha256

import pytest

from comity.basis.errors import InputError, InvariantError
from comity.basis.limits import TREE_SIZE_MAX
from comity.tlog.tree import (
    EMPTY_EDGE,
    EMPTY_ROOT,
    Edge,
    append_leaves,
    edge_root,
    fold_subtrees,
    leaf_hash,
    node_hash,
)

LEAVES = tuple(leaf_hash(bytes([number])) for number in range(9))


def test_leaves_and_nodes_are_hashed_with_different_prefixes() -> None:
    assert leaf_hash(b"entry") == sha256(b"\x00entry").digest()
    assert node_hash(LEAVES[0], LEAVES[1]) == sha256(b"\x01" + LEAVES[0] + LEAVES[1]).digest()


def test_the_root_of_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert edge_root(EMPTY_EDGE) == EMPTY_ROOT == sha256(b"").digest()


def test_the_root_of_one_entry_is_its_leaf_hash() -> None:
    assert edge_root(append_leaves(EMPTY_EDGE, LEAVES[:1]).edge) == LEAVES[0]


def test_the_edge_holds_the_complete_subtrees_largest_first() -> None:
    edge = append_leaves(EMPTY_EDGE, LEAVES[:7]).edge
    four = node_hash(node_hash(*LEAVES[:2]), node_hash(*LEAVES[2:4]))
    assert edge == Edge(7, (four, node_hash(*LEAVES[4:6]), LEAVES[6]))
    assert edge_root(edge) == fold_subtrees(edge.hashes)


def test_every_batching_of_the_same_leaves_gives_the_same_edge_and_nodes() -> None:
    whole = append_leaves(EMPTY_EDGE, LEAVES)
    for cut in range(len(LEAVES) + 1):
        first = append_leaves(EMPTY_EDGE, LEAVES[:cut])
        second = append_leaves(first.edge, LEAVES[cut:])
        assert second.edge == whole.edge
        assert sorted(first.nodes + second.nodes) == sorted(whole.nodes)


def test_appending_names_every_node_that_became_complete() -> None:
    first = append_leaves(EMPTY_EDGE, LEAVES[:3])
    assert [node[:2] for node in first.nodes] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    second = append_leaves(first.edge, LEAVES[3:4])
    assert [node[:2] for node in second.nodes] == [(0, 3), (1, 1), (2, 0)]
    assert second.nodes[-1][2] == edge_root(second.edge)


def test_appending_nothing_changes_nothing() -> None:
    edge = append_leaves(EMPTY_EDGE, LEAVES).edge
    appended = append_leaves(edge, ())
    assert appended.edge == edge
    assert appended.nodes == ()


def test_refuses_a_leaf_hash_of_the_wrong_length() -> None:
    with pytest.raises(InputError) as refusal:
        append_leaves(EMPTY_EDGE, (LEAVES[0], b"short"))
    assert refusal.value.code == "tlog.hash-length"


def test_refuses_to_grow_beyond_the_greatest_size() -> None:
    full = Edge(TREE_SIZE_MAX, (LEAVES[0],) * TREE_SIZE_MAX.bit_count())
    with pytest.raises(InputError) as refusal:
        append_leaves(full, LEAVES[:1])
    assert refusal.value.code == "tlog.tree-full"


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        (-1, (LEAVES[0],)),
        (1, ()),
        (2, LEAVES[:2]),
        (1, (b"short",)),
        (TREE_SIZE_MAX + 1, LEAVES[:1]),
    ],
)
def test_refuses_an_edge_that_no_tree_has(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(InvariantError) as refusal:
        Edge(size, hashes)
    assert refusal.value.code == "tlog.edge-shape"
