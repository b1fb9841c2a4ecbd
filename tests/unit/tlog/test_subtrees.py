# SPDX-License-Identifier: Apache-2.0
"""Subtrees: every proof in every small tree against the draft's own definition, word for word."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError, ProofError
from comity.tlog.proofs import prove_consistency, prove_inclusion
from comity.tlog.subtrees import (
    Subtree,
    SubtreeProof,
    prove_subtree,
    subtree_hash,
    subtree_hash_at,
    verify_subtree,
)
from comity.tlog.tree import edge_root, node_hash

SIZE_MAX = 40


def tree_hash(leaves: tuple[bytes, ...]) -> bytes:
    """MTH of RFC 9162 2.1.1, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


def defined_proof(start: int, end: int, leaves: tuple[bytes, ...], known: bool) -> list[bytes]:
    """SUBTREE_SUBPROOF of the draft, 4.4.1."""
    if (start, end) == (0, len(leaves)):
        return [] if known else [tree_hash(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = leaves[:split], leaves[split:]
    if end <= split:
        return [*defined_proof(start, end, left, known), tree_hash(right)]
    if split <= start:
        return [*defined_proof(start - split, end - split, right, known), tree_hash(left)]
    return [*defined_proof(0, end - split, right, False), tree_hash(left)]


def is_subtree(start: int, end: int) -> bool:
    """Say whether the draft, 4.1, calls these leaves a subtree."""
    ceiling = 1
    while ceiling < end - start:
        ceiling *= 2
    return start % ceiling == 0


def subtrees(size: int) -> Iterator[Subtree]:
    for start in range(size):
        for end in range(start + 1, size + 1):
            if is_subtree(start, end):
                yield Subtree(start, end)


@pytest.mark.parametrize("size", range(1, SIZE_MAX + 1))
def test_every_subtree_of_every_small_tree_is_proven_as_the_draft_defines(
    size: int, log_of: Callable[[int], Any]
) -> None:
    log = log_of(size)
    root = edge_root(log.edge)
    for subtree in subtrees(size):
        leaves = log.leaves[subtree.start : subtree.end]
        proof = prove_subtree(subtree, size, log.read_node)
        assert list(proof.path) == defined_proof(subtree.start, subtree.end, log.leaves, True)
        assert subtree_hash(leaves) == tree_hash(leaves)
        assert subtree_hash_at(subtree, log.read_node) == tree_hash(leaves)
        verify_subtree(proof, tree_hash(leaves), root)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 11, 13])
def test_a_changed_proof_proves_nothing(size: int, log_of: Callable[[int], Any]) -> None:
    log = log_of(size)
    root = edge_root(log.edge)
    for subtree in subtrees(size):
        hash_ = tree_hash(log.leaves[subtree.start : subtree.end])
        proof = prove_subtree(subtree, size, log.read_node)
        path = proof.path
        changed = [
            replace(proof, path=(*path, bytes(32))),
            *(replace(proof, path=path[:at]) for at in range(len(path))),
            *(replace(proof, path=_flipped(path, at)) for at in range(len(path))),
            replace(proof, path=(*path[:-1], b"short")),
        ]
        for each in changed:
            with pytest.raises(ProofError):
                verify_subtree(each, hash_, root)
        for pair in ((bytes(32), root), (hash_, bytes(32)), (b"", root)):
            with pytest.raises(ProofError):
                verify_subtree(proof, *pair)


def test_a_proof_is_of_its_own_subtree_and_size_alone(log_of: Callable[[int], Any]) -> None:
    log = log_of(13)
    root = edge_root(log.edge)
    for subtree in subtrees(13):
        hash_ = tree_hash(log.leaves[subtree.start : subtree.end])
        proof = prove_subtree(subtree, 13, log.read_node)
        for other in subtrees(13):
            if other != subtree:
                with pytest.raises(ProofError):
                    verify_subtree(replace(proof, subtree=other), hash_, root)


def test_it_is_the_usual_proof_where_there_is_one(log_of: Callable[[int], Any]) -> None:
    log = log_of(13)
    for index in range(13):
        proof = prove_subtree(Subtree(index, index + 1), 13, log.read_node)
        assert proof.path == prove_inclusion(index, 13, log.read_node).path
    for size in range(1, 14):
        proof = prove_subtree(Subtree(0, size), 13, log.read_node)
        assert proof.path == prove_consistency(size, 13, log.read_node).path


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (3, 3), (2, 1), (-1, 1), (1, 3), (4, 9), (2, 5)]
)
def test_refuses_leaves_that_are_no_subtree(start: int, end: int) -> None:
    with pytest.raises(InputError):
        Subtree(start, end)


def test_refuses_to_prove_or_take_a_subtree_outside_the_tree(log_of: Callable[[int], Any]) -> None:
    log = log_of(5)
    with pytest.raises(InputError):
        prove_subtree(Subtree(4, 6), 5, log.read_node)
    with pytest.raises(ProofError):
        verify_subtree(SubtreeProof(Subtree(4, 6), 5, ()), bytes(32), bytes(32))


def _flipped(path: tuple[bytes, ...], at: int) -> tuple[bytes, ...]:
    changed = bytes((path[at][0] ^ 1,)) + path[at][1:]
    return (*path[:at], changed, *path[at + 1 :])
