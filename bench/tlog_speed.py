# SPDX-License-Identifier: Apache-2.0
"""The tree beside bare hashing: appending in batches, and one inclusion proof at a million."""

import random
from collections.abc import Sequence
from hashlib import sha256

from bench.measuring import Limits, Row, measure, measure_beside
from comity.tlog.proofs import InclusionProof, prove_inclusion, root_at, verify_inclusion
from comity.tlog.tree import EMPTY_EDGE, Edge, append_leaves, leaf_hash

_ENTRIES = 65_536
_BATCH = 1_024
_SIZE = 1_000_000
_ENTRY_BYTES = 600
_PROOFS = 200


def main() -> list[Row]:
    """Measure both."""
    return [_appending(), *_proving()]


def _appending() -> Row:
    entries = made_entries(0, _ENTRIES)
    taken, floor = measure_beside(lambda: append(entries), lambda: hash_bare(entries))
    return Row(
        name=f"append in batches of {_BATCH}, in memory",
        taken=taken,
        floor=floor,
        amount=_ENTRIES,
        unit="entries",
        limits=Limits(ratio_max=2),
    )


def made_entries(start: int, count: int) -> tuple[bytes, ...]:
    """Give entries of the length of a release, each another one."""
    return tuple(
        number.to_bytes(4, "big") * (_ENTRY_BYTES // 4) for number in range(start, start + count)
    )


def append(entries: Sequence[bytes]) -> Edge:
    """Append to an empty tree, batch by batch."""
    edge = EMPTY_EDGE
    for start in range(0, len(entries), _BATCH):
        leaves = [leaf_hash(entry) for entry in entries[start : start + _BATCH]]
        edge = append_leaves(edge, leaves).edge
    return edge


def hash_bare(entries: Sequence[bytes]) -> int:
    """Do the hashing of a tree and nothing else: one for each entry and for each inner node."""
    node = bytes(65)
    for entry in entries:
        sha256(entry).digest()
    for _ in range(len(entries) - 1):
        sha256(node).digest()
    return 2 * len(entries) - 1


def _proving() -> list[Row]:
    nodes: dict[tuple[int, int], bytes] = {}
    edge = EMPTY_EDGE
    for start in range(0, _SIZE, _BATCH * 64):
        numbers = range(start, min(_SIZE, start + _BATCH * 64))
        appended = append_leaves(edge, [leaf_hash(n.to_bytes(4, "big")) for n in numbers])
        edge = appended.edge
        nodes.update({node[:2]: node[2] for node in appended.nodes})

    def read_node(level: int, index: int) -> bytes:
        return nodes[level, index]

    indexes = random.Random(1).sample(range(_SIZE), _PROOFS)
    root = root_at(_SIZE, read_node)
    proofs = [prove_inclusion(index, _SIZE, read_node) for index in indexes]

    def prove() -> list[InclusionProof]:
        return [prove_inclusion(index, _SIZE, read_node) for index in indexes]

    def verify() -> None:
        for index, proof in zip(indexes, proofs, strict=True):
            verify_inclusion(nodes[0, index], proof, root)

    limits = Limits(per_second_min=10_000)
    return [
        Row(name=name, taken=measure(act), amount=_PROOFS, unit="proofs", limits=limits)
        for name, act in (
            ("inclusion proof at 10⁶ entries: make", prove),
            ("inclusion proof at 10⁶ entries: verify", verify),
        )
    ]
