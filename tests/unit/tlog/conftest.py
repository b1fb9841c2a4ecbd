# SPDX-License-Identifier: Apache-2.0
"""A log in memory, and the recursive definitions of RFC 6962 to hold the room against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from comity.tlog.proofs import NodeReader
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, leaf_hash


@dataclass(frozen=True, slots=True)
class MemoryLog:
    """Leaf hashes, edge and complete nodes of one log."""

    leaves: tuple[bytes, ...]
    edge: Edge
    read_node: NodeReader


def build_log(entries: Sequence[bytes]) -> MemoryLog:
    leaves = tuple(leaf_hash(entry) for entry in entries)
    appended = append_leaves(EMPTY_EDGE, leaves)
    nodes = {(level, index): digest for level, index, digest in appended.nodes}
    return MemoryLog(leaves, appended.edge, lambda level, index: nodes[level, index])


@pytest.fixture(scope="session")
def log_of() -> Callable[[int], MemoryLog]:
    """Build a log of that many distinct entries."""
    return lambda size: build_log([number.to_bytes(4, "big") for number in range(size)])
