# SPDX-License-Identifier: Apache-2.0
"""What is measured of group commit is stored whole, and its floor writes the same bytes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench.group_speed import ENTRY, NOTED, ORIGIN, PARCEL, append_bare, commit, opened


def test_the_measured_changes_are_stored_whole_and_share_a_flush(tmp_path: Path) -> None:
    store = opened(tmp_path)

    async def commit_all() -> None:
        await asyncio.gather(*(commit(store, index) for index in range(64)))

    asyncio.run(commit_all())
    assert store.flushes == 2
    assert asyncio.run(store.entries(ORIGIN, 0, 99)) == (ENTRY,) * 64
    assert asyncio.run(store.parcel(ORIGIN, 63)) == PARCEL
    assert asyncio.run(store.check()).problems == ()
    store.close()


def test_the_floor_writes_each_groups_bytes(tmp_path: Path) -> None:
    append_bare(tmp_path / "floor", ENTRY + PARCEL + NOTED, 3)
    assert (tmp_path / "floor").read_bytes() == (ENTRY + PARCEL + NOTED) * 3
