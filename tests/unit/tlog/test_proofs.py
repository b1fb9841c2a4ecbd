# SPDX-License-Identifier: Apache-2.0
"""Inclusion and consistency: every yes, and a no for each part of a proof."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError
from comity.basis.limits import TREE_SIZE_MAX
from comity.tlog.proofs import (
    ConsistencyProof,
    InclusionProof,
    edge_at,
    prove_consistency,
    prove_inclusion,
    root_at,
    root_from_inclusion,
    verify_consistency,
    verify_inclusion,
)
from comity.tlog.tree import EMPTY_EDGE, EMPTY_ROOT, edge_root

Log = Callable[[int], Any]
HASH = bytes(32)


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_entry_of_every_small_tree_is_proved(log_of: Log) -> None:
    log = log_of(33)
    for size in range(1, 34):
        root = root_at(size, log.read_node)
        for index in range(size):
            proof = prove_inclusion(index, size, log.read_node)
            verify_inclusion(log.leaves[index], proof, root)
            assert root_from_inclusion(log.leaves[index], proof) == root


def test_edge_and_root_of_any_earlier_size_are_those_of_then(log_of: Log) -> None:
    log = log_of(40)
    for size in range(41):
        assert edge_at(size, log.read_node) == log_of(size).edge
        assert root_at(size, log.read_node) == edge_root(log_of(size).edge)
    assert edge_at(0, log.read_node) == EMPTY_EDGE


def test_every_pair_of_sizes_up_to_64_is_consistent(log_of: Log) -> None:
    log = log_of(64)
    roots = [root_at(size, log.read_node) for size in range(65)]
    for new_size in range(65):
        for old_size in range(new_size + 1):
            proof = prove_consistency(old_size, new_size, log.read_node)
            verify_consistency(proof, roots[old_size], roots[new_size])


def test_refuses_every_flipped_bit_of_an_inclusion_proof(log_of: Log) -> None:
    log = log_of(7)
    root = root_at(7, log.read_node)
    proof = prove_inclusion(4, 7, log.read_node)
    for bit in range(256):
        with pytest.raises(ProofError):
            verify_inclusion(flipped(log.leaves[4], bit), proof, root)
        with pytest.raises(ProofError):
            verify_inclusion(log.leaves[4], proof, flipped(root, bit))
        for place, sibling in enumerate(proof.path):
            path = (*proof.path[:place], flipped(sibling, bit), *proof.path[place + 1 :])
            with pytest.raises(ProofError):
                verify_inclusion(log.leaves[4], replace(proof, path=path), root)


def test_refuses_the_proof_of_another_entry(log_of: Log) -> None:
    log = log_of(13)
    root = root_at(13, log.read_node)
    for index in range(13):
        proof = prove_inclusion(index, 13, log.read_node)
        for other in set(range(13)) - {index}:
            with pytest.raises(ProofError):
                verify_inclusion(log.leaves[other], proof, root)
            with pytest.raises(ProofError):
                verify_inclusion(log.leaves[index], replace(proof, index=other), root)


def test_refuses_the_proof_for_a_tree_of_another_size(log_of: Log) -> None:
    log = log_of(17)
    proof = prove_inclusion(5, 13, log.read_node)
    for size in (6, 8, 12, 14, 16, 17):
        with pytest.raises(ProofError):
            verify_inclusion(log.leaves[5], replace(proof, size=size), root_at(size, log.read_node))


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, TREE_SIZE_MAX + 1)])
def test_refuses_an_index_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_inclusion(HASH, InclusionProof(index, size, ()), HASH)
    assert refusal.value.code == "tlog.index-outside"


@pytest.mark.parametrize("path", [(), (HASH,), (HASH, HASH, HASH), (HASH, HASH[1:])])
def test_refuses_an_inclusion_path_of_the_wrong_shape(path: tuple[bytes, ...]) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_inclusion(HASH, InclusionProof(1, 4, path), HASH)
    assert refusal.value.code == "tlog.path-shape"


def test_refuses_a_leaf_that_is_not_a_hash() -> None:
    with pytest.raises(ProofError) as refusal:
        verify_inclusion(HASH * 2, InclusionProof(0, 1, ()), HASH * 2)
    assert refusal.value.code == "tlog.path-shape"


def test_refuses_every_flipped_bit_of_a_consistency_proof(log_of: Log) -> None:
    log = log_of(7)
    old, new = root_at(5, log.read_node), root_at(7, log.read_node)
    proof = prove_consistency(5, 7, log.read_node)
    for bit in range(256):
        with pytest.raises(ProofError):
            verify_consistency(proof, flipped(old, bit), new)
        with pytest.raises(ProofError):
            verify_consistency(proof, old, flipped(new, bit))
        for place, sibling in enumerate(proof.path):
            path = (*proof.path[:place], flipped(sibling, bit), *proof.path[place + 1 :])
            with pytest.raises(ProofError):
                verify_consistency(replace(proof, path=path), old, new)


def test_refuses_a_fork_after_a_complete_subtree(log_of: Log) -> None:
    log = log_of(6)
    proof = prove_consistency(4, 6, log.read_node)
    with pytest.raises(ProofError) as refusal:
        verify_consistency(proof, flipped(root_at(4, log.read_node), 0), root_at(6, log.read_node))
    assert refusal.value.code == "tlog.consistency"


@pytest.mark.parametrize(("old", "new"), [(-1, 4), (5, 4), (1, TREE_SIZE_MAX + 1)])
def test_refuses_sizes_out_of_order(old: int, new: int) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_consistency(ConsistencyProof(old, new, ()), HASH, HASH)
    assert refusal.value.code == "tlog.consistency"


def test_the_empty_tree_needs_no_proof_but_its_own_root() -> None:
    verify_consistency(ConsistencyProof(0, 4, ()), EMPTY_ROOT, HASH)
    with pytest.raises(ProofError) as refusal:
        verify_consistency(ConsistencyProof(0, 4, ()), HASH, HASH)
    assert refusal.value.code == "tlog.consistency"


def test_refuses_two_roots_of_one_size() -> None:
    verify_consistency(ConsistencyProof(4, 4, ()), HASH, HASH)
    with pytest.raises(ProofError) as refusal:
        verify_consistency(ConsistencyProof(4, 4, ()), HASH, flipped(HASH, 0))
    assert refusal.value.code == "tlog.consistency"


@pytest.mark.parametrize(
    ("old", "new", "count"), [(0, 4, 1), (4, 4, 1), (3, 4, 2), (3, 4, 4), (2, 4, 2), (2, 4, 0)]
)
def test_refuses_a_consistency_path_of_the_wrong_shape(old: int, new: int, count: int) -> None:
    proof = ConsistencyProof(old, new, (HASH,) * count)
    with pytest.raises(ProofError) as refusal:
        verify_consistency(proof, HASH, HASH)
    assert refusal.value.code == "tlog.path-shape"


@pytest.mark.parametrize(("old", "new"), [(HASH[1:], HASH), (HASH, HASH * 2)])
def test_refuses_roots_that_are_not_hashes(old: bytes, new: bytes) -> None:
    with pytest.raises(ProofError) as refusal:
        verify_consistency(ConsistencyProof(4, 4, ()), old, new)
    assert refusal.value.code == "tlog.path-shape"


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, TREE_SIZE_MAX + 2)])
def test_proves_nothing_about_an_index_outside(index: int, size: int, log_of: Log) -> None:
    with pytest.raises(InputError) as refusal:
        prove_inclusion(index, size, log_of(3).read_node)
    assert refusal.value.code == "tlog.size-range"


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3), (1, TREE_SIZE_MAX + 1)])
def test_proves_no_consistency_backwards(old: int, new: int, log_of: Log) -> None:
    with pytest.raises(InputError) as refusal:
        prove_consistency(old, new, log_of(3).read_node)
    assert refusal.value.code == "tlog.size-range"


@pytest.mark.parametrize("size", [-1, TREE_SIZE_MAX + 1])
def test_no_tree_had_such_a_size(size: int, log_of: Log) -> None:
    with pytest.raises(InputError):
        edge_at(size, log_of(3).read_node)
