# SPDX-License-Identifier: Apache-2.0
"""What is measured of the tree leads to the right root, in memory and from SQLite."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

from bench.store_speed import commit, opened, prove
from bench.tlog_speed import append, hash_bare, made_entries
from comity.tlog.proofs import verify_inclusion
from comity.tlog.tree import EMPTY_EDGE, append_leaves, edge_root, leaf_hash

_SIZE = 3_000


def root_by_hand(entries: tuple[bytes, ...]) -> bytes:
    """RFC 6962 2.1, as it is written there."""
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    left, right = root_by_hand(entries[:split]), root_by_hand(entries[split:])
    return sha256(b"\x01" + left + right).digest()


def test_appending_in_batches_leads_to_the_root_of_the_specification() -> None:
    entries = made_entries(0, _SIZE)
    assert edge_root(append(entries)) == root_by_hand(entries)


def test_the_floor_hashes_once_for_each_node_of_the_tree() -> None:
    entries = made_entries(0, 2_048)
    appended = append_leaves(EMPTY_EDGE, [leaf_hash(entry) for entry in entries])
    assert hash_bare(entries) == len(appended.nodes)


def test_measured_proofs_from_the_store_hold(tmp_path: Path) -> None:
    store = opened(tmp_path)
    entries = made_entries(0, _SIZE)
    asyncio.run(commit(store, 0, entries[:1_000]))
    asyncio.run(commit(store, 1_000, entries[1_000:]))
    for index in (0, 999, 1_000, 2_047, _SIZE - 1):
        proof = asyncio.run(prove(store, index, _SIZE))
        verify_inclusion(leaf_hash(entries[index]), proof, root_by_hand(entries))
    store.close()
