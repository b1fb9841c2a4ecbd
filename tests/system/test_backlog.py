# SPDX-License-Identifier: Apache-2.0
"""Partners that were away for a week, and clocks that jump.

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
from tests.system.driver import Driver, people_session, until
from tests.system.served_pair import (
    JPN,
    KOR,
    STARTED,
    USA,
    Made,
    ServedNodes,
    agreement_between,
    copied,
)
from tests.system.settled import PAIR, assert_whole, is_quiet, until_quiet

pytestmark = [pytest.mark.slow]
MINUTE_MS = 60_000
BATCH = 64
ITEM_BYTES = 1_024
GROWTH_KIB_MAX = 48 * 1024
AWAY = (KOR, USA)
WEEK = 7
BATCHES_A_DAY = 2
BATCHES_A_DAY_TORTURE = 8
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


def deliver_week(nodes: ServedNodes, batches: int) -> None:
    """Enter items for two partners day by day while both are away; they come back, one by one."""
    agreements = [agreement_between(JPN, each) for each in AWAY]
    told: list[str] = []

    async def act() -> list[Driver]:
        async with people_session() as session:
            drivers = [Driver(nodes, JPN, session, partner=each) for each in AWAY]
            began = time.monotonic()
            for day in range(1, WEEK + 1):
                set_clock(nodes, JPN, day * DAY_MS)
                for _ in range(batches):
                    for driver in drivers:
                        await driver.release(driver.texts(BATCH, size=ITEM_BYTES))
            told.append(f"entered in {time.monotonic() - began:.1f} s")
            nodes.forget_peak(JPN)
            before, began = nodes.memory_kib(JPN), time.monotonic()
            for party in AWAY:
                set_clock(nodes, party, WEEK * DAY_MS)
                await asyncio.to_thread(nodes.start, party)
            rest = {party: nodes.memory_kib(party) for party in AWAY}
            limit_s = 180 + WEEK * batches * BATCH / 10
            await until(lambda: is_quiet(nodes, (JPN, *AWAY), agreements), limit_s, "all arrives")
            grown = [nodes.memory_kib(JPN, peak=True) - before]
            grown += [nodes.memory_kib(each, peak=True) - rest[each] for each in AWAY]
            told.append(f"delivered in {time.monotonic() - began:.1f} s, grown by {grown} KiB")
            assert max(grown) <= GROWTH_KIB_MAX, told
            return drivers

    nodes.start(JPN)
    drivers = asyncio.run(act())
    assert nodes.stop(JPN, *AWAY) == [0, 0, 0]
    for driver, party, agreement in zip(drivers, AWAY, agreements, strict=True):
        assert driver.known.refused == []
        seen = assert_whole(nodes, driver.known, pair=(JPN, party), agreement=agreement)
        assert seen.items == seen.entered == WEEK * batches * BATCH
        told.append(f"{seen.items} items at {party}")
    print(told)


def test_a_week_of_items_for_two_partners_that_were_away_arrives_page_by_page(
    made_between: Made, tmp_path: Path
) -> None:
    with copied(made_between, tmp_path) as nodes:
        deliver_week(nodes, BATCHES_A_DAY)


@pytest.mark.torture
def test_a_backlog_of_thousands_arrives_and_memory_stays_flat(
    made_between: Made, tmp_path: Path
) -> None:
    with copied(made_between, tmp_path) as nodes:
        deliver_week(nodes, BATCHES_A_DAY_TORTURE)


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
