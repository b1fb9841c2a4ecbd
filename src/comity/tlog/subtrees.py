# SPDX-License-Identifier: Apache-2.0
"""Subtrees of a register: their hashes, and the proof that a tree holds one where it says.

A subtree covers `[start, end)`; `start` is a multiple of the power of two that `end - start`
rounds up to, so that its right side may be ragged and its left side never is.

Source: draft-ietf-plants-merkle-tree-certs 4.1 and 4.4
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.basis.errors import InputError, ProofError
from comity.basis.limits import TREE_SIZE_MAX
from comity.tlog.proofs import NodeReader, edge_at
from comity.tlog.tree import (
    EMPTY_EDGE,
    HASH_BYTES,
    append_leaves,
    edge_root,
    fold_subtrees,
    node_hash,
)


@dataclass(frozen=True, slots=True)
class Subtree:
    """The leaves `[start, end)` of a tree, at least one."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what the draft does not call a subtree.

        Source: draft-ietf-plants-merkle-tree-certs 4.1
        """
        length = self.end - self.start
        ordered = self.start >= 0 and length > 0 and self.end <= TREE_SIZE_MAX
        if not ordered or self.start % (1 << (length - 1).bit_length()):
            raise InputError(
                "tlog.subtree",
                "these leaves are no subtree",
                expected="a start that is a multiple of the length, rounded up to a power of two",
                found=f"{self.start} to {self.end}",
            )


@dataclass(frozen=True, slots=True)
class SubtreeProof:
    """The way from a subtree's hash to the root of the tree of `size`."""

    subtree: Subtree
    size: int
    path: tuple[bytes, ...]


def subtree_hash(leaf_hashes: Sequence[bytes]) -> bytes:
    """Hash the leaves of a subtree, at least one; they are all of it.

    Source: draft-ietf-plants-merkle-tree-certs 4.1
    """
    return edge_root(append_leaves(EMPTY_EDGE, leaf_hashes).edge)


def subtree_hash_at(subtree: Subtree, read_node: NodeReader) -> bytes:
    """Read the hash of a subtree of a stored tree."""
    return _range_hash(subtree.start, subtree.end, read_node)


def prove_subtree(subtree: Subtree, size: int, read_node: NodeReader) -> SubtreeProof:
    """Prove that the tree of `size` holds `subtree`.

    Raises:
        InputError: the subtree is not within the tree.

    Source: draft-ietf-plants-merkle-tree-certs 4.4.1
    """
    if not subtree.end <= size <= TREE_SIZE_MAX:
        raise InputError(
            "tlog.subtree-outside",
            "the subtree is not within the tree",
            expected=f"a tree size of at least {subtree.end}",
            found=str(size),
        )
    path = _path_down(subtree.start, subtree.end, size, read_node)
    return SubtreeProof(subtree, size, tuple(reversed(path)))


def verify_subtree(proof: SubtreeProof, hash_: bytes, root: bytes) -> None:
    """Check that the tree under `root` holds a subtree with this hash.

    The caller takes `root` and `proof.size` from one verified checkpoint.

    Raises:
        ProofError: the path does not lead from the one to the other.

    Source: draft-ietf-plants-merkle-tree-certs 4.4.3
    """
    first, last, top = proof.subtree.start, proof.subtree.end - 1, proof.size - 1
    if last > top or any(len(each) != HASH_BYTES for each in (hash_, root, *proof.path)):
        raise _unproven(proof)
    # What the subtree and the tree have in common needs no proof.
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    path = proof.path
    known = hash_
    if first != last:
        if not path:
            raise _unproven(proof)
        known, path = path[0], path[1:]
    below = above = known
    for each in path:
        if not top:
            raise _unproven(proof)
        if last & 1 or last == top:
            if first < last:
                below = node_hash(each, below)
            above = node_hash(each, above)
            while not last & 1:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            above = node_hash(above, each)
        first, last, top = first >> 1, last >> 1, top >> 1
    if top or below != hash_ or above != root:
        raise _unproven(proof)


def _path_down(start: int, end: int, size: int, read_node: NodeReader) -> list[bytes]:
    """List what lies beside the way from the root down to the subtree.

    A subtree that a boundary of the tree cuts in two is no node of it: then the node that holds
    its ragged side is said as well.
    """
    low, high, known, path = 0, size, True, list[bytes]()
    while (low, high) != (start, end):
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        if end <= middle:
            path.append(_range_hash(middle, high, read_node))
            high = middle
            continue
        path.append(_range_hash(low, middle, read_node))
        if start < middle:
            start, known = middle, False
        low = middle
    if not known:
        path.append(_range_hash(low, high, read_node))
    return path


def _range_hash(start: int, end: int, read_node: NodeReader) -> bytes:
    """Hash the leaves `[start, end)`, which are a subtree, from complete nodes."""
    if not start:
        return edge_root(edge_at(end, read_node))
    length = end - start
    levels = (each for each in reversed(range(length.bit_length())) if length >> each & 1)
    return fold_subtrees([read_node(level, (end >> level) - 1) for level in levels])


def _unproven(proof: SubtreeProof) -> ProofError:
    return ProofError(
        "tlog.subtree-proof",
        "the proof does not lead from the subtree to the root",
        where=f"{proof.subtree.start} to {proof.subtree.end} of the tree of size {proof.size}",
    )
