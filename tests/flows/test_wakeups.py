# SPDX-License-Identifier: Apache-2.0
"""Whoever waits for something to be written is woken by it, and else when the time is up."""

from __future__ import annotations

import asyncio

from comity.flows.context import Wakeups


def test_everybody_who_waits_is_woken_once() -> None:
    async def story() -> int:
        wakeups = Wakeups()
        waiting = [asyncio.create_task(wakeups.wait(3600)) for _ in range(3)]
        await asyncio.sleep(0)
        wakeups.tell()
        wakeups.tell()
        await asyncio.gather(*waiting)
        return len(waiting)

    assert asyncio.run(story()) == 3


def test_nobody_waits_longer_than_was_said() -> None:
    asyncio.run(Wakeups().wait(0))


def test_what_was_written_while_somebody_looked_wakes_at_once() -> None:
    async def story() -> None:
        wakeups = Wakeups()
        since = wakeups.told
        wakeups.tell()
        await wakeups.wait(3600, since)

    asyncio.run(story())


def test_what_was_written_before_somebody_looked_wakes_nobody() -> None:
    async def story() -> bool:
        wakeups = Wakeups()
        wakeups.tell()
        waiting = asyncio.create_task(wakeups.wait(3600, wakeups.told))
        await asyncio.sleep(0)
        waited = not waiting.done()
        wakeups.tell()
        await waiting
        return waited

    assert asyncio.run(story())
