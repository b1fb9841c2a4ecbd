# SPDX-License-Identifier: Apache-2.0
"""A partner that was away for long, and clocks that jump.

What waited is delivered page by page; neither node's memory grows with it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from comity.basis.instants import DAY_MS, Instant
from comity.node import set_story_clock
from tests.system.driver import Driver, people_session
from tests.system.served_pair import JPN, KOR, STARTED, Made, ServedNodes, copied
from tests.system.settled import PAIR, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
MINUTE_MS = 60_000
BATCH = 64
ITEM_BYTES = 1_024
GROWTH_KIB_MAX = 48 * 1024
BACKLOG = 32 * BATCH
BACKLOG_TORTURE = 5_120
LARGE_BYTES = 300_000

Act = Callable[[ServedNodes, list[Driver]], Awaitable[None]]


def act_out(nodes: ServedNodes, act: Act) -> list[Driver]:
    """Let drivers of both nodes do something, and end the nodes in order."""

    async def run() -> list[Driver]:
        async with people_session() as session:
            drivers = [Driver(nodes, party, session) for party in PAIR]
            await act(nodes, drivers)
            await until_quiet(nodes)
            return drivers

    drivers = asyncio.run(run())
    assert nodes.stop(*PAIR) == [0, 0]
    return drivers


def deliver_backlog(nodes: ServedNodes, count: int) -> None:
    """Enter items while the partner is away; it comes back, and all arrive."""
    told: list[str] = []

    async def act(nodes: ServedNodes, drivers: list[Driver]) -> None:
        driver, _ = drivers
        began = time.monotonic()
        for _ in range(count // BATCH):
            await driver.release(driver.texts(BATCH, size=ITEM_BYTES))
        entered_s = time.monotonic() - began
        nodes.forget_peak(JPN)
        before = nodes.memory_kib(JPN)
        await asyncio.to_thread(nodes.start, KOR)
        began, rest = time.monotonic(), nodes.memory_kib(KOR)
        await until_quiet(nodes, 60 + count / 20)
        grown = nodes.memory_kib(JPN, peak=True) - before, nodes.memory_kib(KOR, peak=True) - rest
        told.append(
            f"{count} items: entered in {entered_s:.1f} s, delivered in "
            f"{time.monotonic() - began:.1f} s; grown by {grown[0]} and {grown[1]} KiB"
        )
        assert max(grown) <= GROWTH_KIB_MAX, told

    nodes.start(JPN)
    drivers = act_out(nodes, act)
    assert drivers[0].known.refused == []
    assert assert_whole(nodes, drivers[0].known).items == count
    print(told)


def test_what_was_entered_while_a_partner_was_away_arrives_page_by_page(
    made: Made, tmp_path: Path
) -> None:
    with copied(made, tmp_path) as nodes:
        deliver_backlog(nodes, BACKLOG)


@pytest.mark.torture
def test_a_backlog_of_weeks_arrives_and_memory_stays_flat(made: Made, tmp_path: Path) -> None:
    with copied(made, tmp_path) as nodes:
        deliver_backlog(nodes, BACKLOG_TORTURE)


# Clocks


def set_clock(nodes: ServedNodes, party: PartyId, ms: int) -> None:
    set_story_clock(nodes.node_folder(party), Instant(STARTED + ms))


async def jump(nodes: ServedNodes, drivers: list[Driver]) -> None:
    """Set both on by days, one a little ahead, then far back, then both on again."""
    now, later = 3 * DAY_MS, 4 * DAY_MS
    a_little = now + 5 * MINUTE_MS
    for jpn, kor in ((now, now), (a_little, now), (DAY_MS, a_little), (later, later)):
        set_clock(nodes, JPN, jpn)
        set_clock(nodes, KOR, kor)
        for driver in drivers:
            assert await driver.exchange(driver.texts(3)), (jpn, kor)
    # What is signed with a date far back is turned away; with the date put right it arrives.
    set_clock(nodes, JPN, DAY_MS)
    assert await drivers[0].release_large(LARGE_BYTES)
    set_clock(nodes, JPN, later)
    assert await drivers[0].exchange(drivers[0].texts(1))


def test_clocks_that_jump_lose_and_double_nothing(made: Made, tmp_path: Path) -> None:
    with copied(made, tmp_path) as nodes:
        nodes.start(*PAIR)
        drivers = act_out(nodes, jump)
        seen = assert_whole(nodes, *(each.known for each in drivers))
        assert seen.items == seen.entered == 4 * 2 * 3 + 2


def test_what_is_dated_far_ahead_counts_at_neither_and_exchange_goes_on(
    made: Made, tmp_path: Path
) -> None:
    async def act(nodes: ServedNodes, drivers: list[Driver]) -> None:
        set_clock(nodes, JPN, DAY_MS)
        (ahead,) = drivers[0].texts(1)
        await drivers[0].exchange([ahead])
        assert await drivers[1].exchange(drivers[1].texts(1))
        drivers[0].known.unknown.add(ahead)
        drivers[0].known.entered.pop(ahead)
        drivers[0].known.acknowledged.clear()
        set_clock(nodes, KOR, DAY_MS)
        for driver in drivers:
            assert await driver.exchange(driver.texts(1))

    with copied(made, tmp_path) as nodes:
        nodes.start(*PAIR)
        drivers = act_out(nodes, act)
        seen = assert_whole(nodes, *(each.known for each in drivers))
        assert seen.items == 3
