# SPDX-License-Identifier: Apache-2.0
"""A store that takes no writes: said once, however often it is looked, and once when it does."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from comity.basis.errors import EdgeError
from comity.serve.room import ROOM_S, Room
from tests.builders.world import run
from tests.serve.support_diagnostics import Diagnostics
from tests.simulator.loop import run_simulated

FULL = "no space left on disk"


@dataclass
class Store:
    """Gives these reasons, one after another; the last for ever."""

    reasons: list[str | EdgeError | None] = field(default_factory=list)
    looked: int = 0

    async def read_only(self) -> str | None:
        self.looked += 1
        reason = self.reasons.pop(0) if len(self.reasons) > 1 else self.reasons[0]
        if isinstance(reason, EdgeError):
            raise reason
        return reason


def watched(said: Diagnostics, *reasons: str | EdgeError | None) -> list[str]:
    store: Any = Store([*reasons])
    room = Room(store, said.log)
    for _ in range(len(reasons) + 2):
        run(room.look())
    return said.events


def test_a_full_disk_is_said_once_and_room_is_said_once(said: Diagnostics) -> None:
    events = watched(said, None, FULL, FULL, FULL, None, None, FULL, None)
    assert events == ["store.read-only", "store.writable"] * 2
    first, second = said.lines[:2]
    assert (first["reason"], first["level"], second["level"]) == (FULL, "error", "info")
    assert "make room" in first["hint"]


def test_a_store_that_always_takes_writes_is_not_spoken_of(said: Diagnostics) -> None:
    assert watched(said, None) == []


def test_a_store_that_cannot_be_asked_is_neither(said: Diagnostics) -> None:
    lost = EdgeError("disk.failed", "the disk refused", found="i/o")
    assert watched(said, FULL, lost, FULL, None) == [
        *("store.read-only", "store.not-seen", "store.writable")
    ]


def test_it_looks_again_and_again(said: Diagnostics) -> None:
    store: Any = Store([None, FULL])

    async def story() -> None:
        watch = asyncio.create_task(Room(store, said.log).run())
        await asyncio.sleep(10.5 * ROOM_S)
        watch.cancel()

    run_simulated(random.Random(1), lambda _: story)
    assert store.looked == 11
    assert said.events == ["store.read-only"]
