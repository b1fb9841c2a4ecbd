# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of a register: its hashes, and its right edge, which is enough to append.

Nodes are named (level, index): the complete subtree over the leaves from
`index << level` up to `(index + 1) << level`. Stores nothing and reads nothing.

Source: RFC 6962 2.1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat

from comity.basis.errors import InputError, InvariantError
from comity.basis.limits import TREE_SIZE_MAX

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Node = tuple[int, int, bytes]
"""Level, index and hash of one complete subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf.

    Source: RFC 6962 2.1
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent.

    Source: RFC 6962 2.1
    """
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Edge:
    """The hashes of the complete subtrees that a tree consists of, largest (leftmost) first.

    Invariant: one hash of 32 bytes for every set bit of `size`.
    """

    size: int
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        """Refuse an edge that no tree has."""
        whole = 0 <= self.size <= TREE_SIZE_MAX and len(self.hashes) == self.size.bit_count()
        if not whole or any(len(each) != HASH_BYTES for each in self.hashes):
            raise InvariantError(
                "tlog.edge-shape",
                "an edge must hold one hash for every set bit of its size",
                expected=f"{self.size.bit_count()} hashes of {HASH_BYTES} bytes",
                found=f"{len(self.hashes)} hashes for tree size {self.size}",
            )


EMPTY_EDGE = Edge(0, ())


@dataclass(frozen=True, slots=True)
class Appended:
    """A grown edge, and the nodes that became complete: leaves first, then level by level."""

    edge: Edge
    nodes: tuple[Node, ...]


def edge_root(edge: Edge) -> bytes:
    """Give the root hash of the tree that `edge` belongs to."""
    return fold_subtrees(edge.hashes) if edge.hashes else EMPTY_ROOT


def fold_subtrees(hashes: Sequence[bytes]) -> bytes:
    """Hash adjacent subtrees of falling size, at least one, into the root above them."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def append_leaves(edge: Edge, leaf_hashes: Sequence[bytes]) -> Appended:
    """Append leaves to the tree, and give every node that this completes.

    Raises:
        InputError: the tree would grow beyond its greatest size, or a hash is not 32 bytes long.

    Source: RFC 6962 2.1
    """
    size = edge.size + len(leaf_hashes)
    _check_leaves(size, leaf_hashes)
    hashes_at = dict(zip(_levels_down(edge.size), edge.hashes, strict=True))
    nodes: list[Node] = []
    row, start, level = list(leaf_hashes), edge.size, 0
    while row:
        nodes.extend(zip(repeat(level), range(start, start + len(row)), row))
        if start & 1:
            row.insert(0, hashes_at[level])
        if len(row) & 1:
            hashes_at[level] = row[-1]
        # The loop's cost is this line, so `node_hash` is written out here.
        row = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        start, level = start >> 1, level + 1
    grown = Edge(size, tuple(hashes_at[level] for level in _levels_down(size)))
    return Appended(grown, tuple(nodes))


def _levels_down(size: int) -> list[int]:
    """List the levels of the complete subtrees of a tree, greatest first."""
    return [level for level in reversed(range(size.bit_length())) if size >> level & 1]


def _check_leaves(size: int, leaf_hashes: Sequence[bytes]) -> None:
    if size > TREE_SIZE_MAX:
        raise InputError(
            "tlog.tree-full",
            "the tree cannot grow so far",
            expected=f"tree size at most {TREE_SIZE_MAX}",
            found=str(size),
        )
    if set(map(len, leaf_hashes)) - {HASH_BYTES}:
        raise InputError(
            "tlog.hash-length", "a leaf hash has the wrong length", expected=f"{HASH_BYTES} bytes"
        )
