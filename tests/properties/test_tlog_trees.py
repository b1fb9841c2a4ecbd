# SPDX-License-Identifier: Apache-2.0
"""Laws of the tree: the definition of RFC 6962 word for word, and what must never change.

Source: RFC 6962 2.1, 2.1.1, 2.1.2 (the recursive definitions)
"""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.basis.errors import ProofError
from comity.tlog.proofs import (
    ConsistencyProof,
    edge_at,
    prove_consistency,
    prove_inclusion,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from comity.tlog.tiles import Tile, format_bundle, parse_bundle, parse_tile_path, tile_path
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash

ENTRIES = tuple(number.to_bytes(2, "big") for number in range(300))
LEAVES = tuple(leaf_hash(entry) for entry in ENTRIES)
NODES = {(level, index): digest for level, index, digest in append_leaves(EMPTY_EDGE, LEAVES).nodes}
SIZES = st.integers(min_value=1, max_value=len(ENTRIES))


def read_node(level: int, index: int) -> bytes:
    return NODES[level, index]


def split(size: int) -> int:
    """Give the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def tree_hash(entries: tuple[bytes, ...]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def audit_path(index: int, entries: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(entries) == 1:
        return ()
    k = split(len(entries))
    if index < k:
        return (*audit_path(index, entries[:k]), tree_hash(entries[k:]))
    return (*audit_path(index - k, entries[k:]), tree_hash(entries[:k]))


def subproof(old: int, entries: tuple[bytes, ...], *, whole: bool) -> tuple[bytes, ...]:
    if old == len(entries):
        return () if whole else (tree_hash(entries),)
    k = split(len(entries))
    if old <= k:
        return (*subproof(old, entries[:k], whole=whole), tree_hash(entries[k:]))
    return (*subproof(old - k, entries[k:], whole=False), tree_hash(entries[:k]))


@given(size=SIZES, data=st.data())
def test_roots_and_inclusion_proofs_are_those_of_the_definition(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = prove_inclusion(index, size, read_node)
    assert proof.path == audit_path(index, ENTRIES[:size])
    assert root_at(size, read_node) == tree_hash(ENTRIES[:size])
    verify_inclusion(LEAVES[index], proof, tree_hash(ENTRIES[:size]))


@given(new=SIZES, data=st.data())
def test_consistency_proofs_are_those_of_the_definition(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(min_value=1, max_value=new))
    proof = prove_consistency(old, new, read_node)
    assert proof.path == subproof(old, ENTRIES[:new], whole=True)
    verify_consistency(proof, tree_hash(ENTRIES[:old]), tree_hash(ENTRIES[:new]))


def test_consistency_of_all_pairs_up_to_64_is_that_of_the_definition() -> None:
    for new in range(1, 65):
        for old in range(1, new + 1):
            path = subproof(old, ENTRIES[:new], whole=True)
            assert prove_consistency(old, new, read_node).path == path


@given(cuts=st.lists(st.integers(min_value=0, max_value=40), max_size=8))
def test_appending_keeps_every_old_root_and_every_old_proof_valid(cuts: list[int]) -> None:
    edge, heads = EMPTY_EDGE, []
    nodes: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        return nodes[level, index]

    for count in cuts:
        appended = append_leaves(edge, LEAVES[edge.size : edge.size + count])
        edge = appended.edge
        assert not nodes.keys() & {node[:2] for node in appended.nodes}
        nodes.update({node[:2]: node[2] for node in appended.nodes})
        if edge.size:
            proof = prove_inclusion(edge.size - 1, edge.size, read)
            heads.append((edge, proof))
    for old, proof in heads:
        verify_inclusion(LEAVES[proof.index], proof, edge_root(old))
        assert edge_at(old.size, read) == old
        verify_consistency(
            prove_consistency(old.size, edge.size, read),
            edge_root(old),
            edge_root(edge),
        )
        assert prove_inclusion(proof.index, proof.size, read) == proof


@given(size=SIZES, data=st.data())
def test_any_flipped_bit_of_leaf_path_or_root_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = prove_inclusion(index, size, read_node)
    parts = [LEAVES[index], root_at(size, read_node), *proof.path]
    place = data.draw(st.integers(min_value=0, max_value=len(parts) - 1))
    changed = bytearray(parts[place])
    changed[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    parts[place] = bytes(changed)
    with pytest.raises(ProofError):
        verify_inclusion(parts[0], replace(proof, path=tuple(parts[2:])), parts[1])


@given(new=SIZES, data=st.data())
def test_any_flipped_bit_of_old_path_or_new_root_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(min_value=1, max_value=new))
    proof = prove_consistency(old, new, read_node)
    parts = [root_at(old, read_node), root_at(new, read_node), *proof.path]
    place = data.draw(st.integers(min_value=0, max_value=len(parts) - 1))
    changed = bytearray(parts[place])
    changed[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    parts[place] = bytes(changed)
    with pytest.raises(ProofError):
        verify_consistency(ConsistencyProof(old, new, tuple(parts[2:])), parts[0], parts[1])


@given(size=SIZES, data=st.data())
def test_the_proof_of_one_index_proves_no_other(size: int, data: st.DataObject) -> None:
    indexes = st.integers(min_value=0, max_value=size - 1)
    index, other = data.draw(indexes), data.draw(indexes)
    proof = replace(prove_inclusion(index, size, read_node), index=other)
    if index == other:
        verify_inclusion(LEAVES[index], proof, root_at(size, read_node))
        return
    for leaf in (LEAVES[index], LEAVES[other]):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, proof, root_at(size, read_node))


@given(entries=st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_come_back_as_written(entries: list[bytes]) -> None:
    assert parse_bundle(format_bundle(entries), len(entries)) == tuple(entries)


@given(
    level=st.integers(min_value=0, max_value=3) | st.just("entries"),
    index=st.integers(min_value=0, max_value=10**9),
    width=st.integers(min_value=1, max_value=256),
)
@settings(max_examples=50)
def test_tile_paths_come_back_as_written(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_tile_path(tile_path(tile)) == tile
