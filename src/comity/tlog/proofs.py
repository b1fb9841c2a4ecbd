# SPDX-License-Identifier: Apache-2.0
"""Inclusion and consistency proofs: built from a reader of nodes, verified from hashes alone.

What a proof is about (origin, checkpoint, entry) is bound by the caller.

Source: RFC 6962 2.1.1 and 2.1.2; RFC 9162 2.1.3 and 2.1.4
"""

from collections.abc import Callable
from dataclasses import dataclass

from comity.basis.errors import InputError, ProofError
from comity.basis.limits import TREE_SIZE_MAX
from comity.tlog.tree import EMPTY_ROOT, HASH_BYTES, Edge, edge_root, fold_subtrees, node_hash

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, index); it must be complete and stored."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The way from leaf `index` to the root of the tree of `size`; hashes leaf side first."""

    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The way from the root at `old_size` to the root at `new_size`."""

    old_size: int
    new_size: int
    path: tuple[bytes, ...]


def edge_at(size: int, read_node: NodeReader) -> Edge:
    """Read the edge that the tree had at `size`, which may be any size up to today's.

    Raises:
        InputError: the size is negative or beyond the greatest.
    """
    _check_order(0, size, TREE_SIZE_MAX)
    return Edge(size, tuple(_read_subtrees(0, size, read_node)))


def root_at(size: int, read_node: NodeReader) -> bytes:
    """Give the root that the tree had at `size`."""
    return edge_root(edge_at(size, read_node))


def prove_inclusion(index: int, size: int, read_node: NodeReader) -> InclusionProof:
    """Prove that leaf `index` is in the tree of `size`.

    Raises:
        InputError: the index is outside the tree.

    Source: RFC 6962 2.1.1
    """
    _check_order(0, index, size - 1)
    return InclusionProof(index, size, tuple(_path_from(0, index, size, read_node)))


def prove_consistency(old_size: int, new_size: int, read_node: NodeReader) -> ConsistencyProof:
    """Prove that the tree of `new_size` begins with the tree of `old_size`.

    The proof is empty when the sizes are equal or the old tree is empty.

    Raises:
        InputError: the old size is beyond the new one.

    Source: RFC 6962 2.1.2
    """
    _check_order(0, old_size, new_size)
    if old_size in (0, new_size):
        return ConsistencyProof(old_size, new_size, ())
    level = _trailing_zeros(old_size)
    index = (old_size - 1) >> level
    # When the old tree is one complete subtree, the verifier already holds its hash: the old root.
    first = [read_node(level, index)] if index else []
    path = _path_from(level, index, new_size, read_node)
    return ConsistencyProof(old_size, new_size, (*first, *path))


def root_from_inclusion(leaf: bytes, proof: InclusionProof) -> bytes:
    """Compute the root that `proof` leads to from a leaf hash.

    Raises:
        ProofError: the index is outside the tree, or the path does not have the tree's shape.

    Source: RFC 9162 2.1.3.2
    """
    if not 0 <= proof.index < proof.size <= TREE_SIZE_MAX:
        raise ProofError(
            "tlog.index-outside",
            "the proof's index is outside its tree",
            expected=f"an index below {proof.size}",
            found=str(proof.index),
        )
    inner, border = _shape(proof.index, proof.size - 1)
    _check_path((leaf, *proof.path), 1 + inner + border)
    root = _climb_inner(leaf, proof.path[:inner], proof.index)
    return _climb_border(root, proof.path[inner:])


def verify_inclusion(leaf: bytes, proof: InclusionProof, root: bytes) -> None:
    """Check that the leaf hash `leaf` is in the tree whose root is `root`.

    The caller must take `root` and `proof.size` from one verified checkpoint, and the index from
    what it asked for.

    Raises:
        ProofError: the path does not lead to the root, or the index is outside the tree.

    Source: RFC 9162 2.1.3.2
    """
    if root_from_inclusion(leaf, proof) != root:
        raise ProofError(
            "tlog.inclusion",
            "the inclusion proof does not lead to the root",
            where=f"entry {proof.index} in the tree of size {proof.size}",
        )


def verify_consistency(proof: ConsistencyProof, old_root: bytes, new_root: bytes) -> None:
    """Check that the tree under `new_root` begins with the tree under `old_root`.

    Raises:
        ProofError: the path does not lead to both roots, or the sizes are out of order.

    Source: RFC 9162 2.1.4.2
    """
    if not 0 <= proof.old_size <= proof.new_size <= TREE_SIZE_MAX:
        raise _inconsistent(proof, "the sizes are out of order")
    _check_path((old_root, new_root), 2)
    if proof.old_size in (0, proof.new_size):
        _verify_trivial(proof, old_root, new_root)
        return
    level = _trailing_zeros(proof.old_size)
    index, last = (proof.old_size - 1) >> level, (proof.new_size - 1) >> level
    inner, border = _shape(index, last)
    given = 1 if index else 0
    _check_path(proof.path, given + inner + border)
    seed, path = (proof.path[0], proof.path[1:]) if index else (old_root, proof.path)
    # The hashes on the left of the old edge belong to both trees, those on the right to the new.
    shared = tuple(each for bit, each in enumerate(path[:inner]) if index >> bit & 1)
    old = _climb_border(_climb_border(seed, shared), path[inner:])
    new = _climb_border(_climb_inner(seed, path[:inner], index), path[inner:])
    if old != old_root or new != new_root:
        raise _inconsistent(proof, "the consistency proof does not lead to both roots")


def _verify_trivial(proof: ConsistencyProof, old_root: bytes, new_root: bytes) -> None:
    """Check the two cases that need no path: nothing before, and nothing new."""
    _check_path(proof.path, 0)
    if proof.old_size == 0 and old_root != EMPTY_ROOT:
        raise _inconsistent(proof, "the root of the empty tree is wrong")
    if proof.old_size == proof.new_size and old_root != new_root:
        raise _inconsistent(proof, "two roots of one size differ")


def _shape(index: int, last: int) -> tuple[int, int]:
    """Count the path's hashes below and above the point where `index` and `last` part.

    Below it siblings lie on both sides; above it, on the tree's right edge, only on the left.
    """
    inner = (index ^ last).bit_length()
    return inner, (index >> inner).bit_count()


def _climb_inner(seed: bytes, path: tuple[bytes, ...], index: int) -> bytes:
    root = seed
    for level, sibling in enumerate(path):
        root = node_hash(sibling, root) if index >> level & 1 else node_hash(root, sibling)
    return root


def _climb_border(seed: bytes, path: tuple[bytes, ...]) -> bytes:
    root = seed
    for sibling in path:
        root = node_hash(sibling, root)
    return root


def _path_from(level: int, index: int, size: int, read_node: NodeReader) -> list[bytes]:
    """List the sibling hashes from the complete subtree (level, index) up to the root."""
    inner, _ = _shape(index, (size - 1) >> level)
    below = [_subtree(level + step, (index >> step) ^ 1, size, read_node) for step in range(inner)]
    above = [
        read_node(level + step, (index >> step) - 1)
        for step in range(inner, index.bit_length())
        if index >> step & 1
    ]
    return below + above


def _subtree(level: int, index: int, size: int, read_node: NodeReader) -> bytes:
    """Give the hash of the subtree (level, index), cut off at the tree's right edge."""
    if (index + 1) << level <= size:
        return read_node(level, index)
    return fold_subtrees(_read_subtrees(index << level, size, read_node))


def _read_subtrees(start: int, end: int, read_node: NodeReader) -> list[bytes]:
    """Read the complete subtrees that cover the leaves from `start` up to `end`, largest first.

    `start` must be a multiple of a power of two that is greater than `end - start`.
    """
    length = end - start
    return [
        read_node(level, (end >> level) - 1)
        for level in reversed(range(length.bit_length()))
        if length >> level & 1
    ]


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _check_order(low: int, number: int, high: int) -> None:
    if not low <= number <= high <= TREE_SIZE_MAX:
        raise InputError(
            "tlog.size-range",
            "a size or index is out of range",
            expected=f"{low} to {high}, and at most {TREE_SIZE_MAX}",
            found=str(number),
        )


def _check_path(path: tuple[bytes, ...], count: int) -> None:
    if len(path) != count or any(len(each) != HASH_BYTES for each in path):
        raise ProofError(
            "tlog.path-shape",
            "the proof does not have the shape that its sizes ask for",
            expected=f"{count} hashes of {HASH_BYTES} bytes",
            found=f"{len(path)} hashes",
        )


def _inconsistent(proof: ConsistencyProof, what: str) -> ProofError:
    return ProofError(
        "tlog.consistency", what, where=f"tree sizes {proof.old_size} and {proof.new_size}"
    )
