# SPDX-License-Identifier: Apache-2.0
"""Parcels of batches that follow each other closely go with the next entries; others at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from comity.config import NEVER, TwoPersons
from comity.flows.delivery_pace import HELD_S, PARCELS_MIN, QUICK_MAX, QUICK_MIN, Pace
from comity.flows.drafts import ItemDraft
from comity.flows.release_now import Wanted, release_all_now
from comity.flows.speak import Entered
from comity.sealing.payload import PayloadHeader
from tests.builders.world import GSOMIA, JPN, KOR, MARKING, OFFICER, World
from tests.delivery.test_alerts import ALERTS, LETS, begin
from tests.delivery.wires import Wires, simulate, wire_up

ITEM = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))
WANTED = Wanted(ITEM, PayloadHeader("t", "a/b"), b"content")
BATCHES = 6
LATE = LETS + b"\n" + ALERTS


async def release(wires: Wires, count: int) -> None:
    """Release a batch, and return when it is acknowledged."""
    context = wires.world.jpn.context
    alone = replace(context, config=replace(context.config, two_persons=TwoPersons(NEVER)))
    outcomes = await release_all_now(alone, OFFICER, GSOMIA, [WANTED] * count)
    places = [each.place for each in outcomes if isinstance(each, Entered)]
    assert len(places) == count
    wires[JPN].kick()
    await wires.until(lambda: wires[JPN].line(KOR).acknowledged > places[-1].index, limit_s=10)


def exchange(wires: Wires, count: int, pause_s: float = 0.0) -> float:
    """Release batches one after the other; give the seconds until the last parcel is there."""

    async def story() -> float:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        for _ in range(BATCHES):
            await asyncio.sleep(pause_s)
            await release(wires, count)
        took = await wires.settle()
        await wires.stop()
        return took

    return simulate(story)


def alone(wires: Wires) -> int:
    """Count the pushes that brought parcels and no entries."""
    return sum(bool(each.parcels) and not each.entries for each in wires[KOR].pushes())


def test_parcels_go_along_with_the_next_entries_where_these_follow_closely(assured: World) -> None:
    wires = wire_up(assured)
    took = exchange(wires, PARCELS_MIN)
    assert alone(wires) == QUICK_MIN + 1  # the first ones, and the last, which nothing follows
    assert took < HELD_S
    assert sum(len(each.parcels) for each in wires[KOR].pushes()) == BATCHES * PARCELS_MIN


@pytest.mark.parametrize(
    ("count", "pause_s"), [(PARCELS_MIN - 1, 0.0), (PARCELS_MIN, HELD_S)], ids=["few", "slow"]
)
def test_parcels_go_at_once_where_they_are_few_or_entries_come_slowly(
    assured: World, count: int, pause_s: float
) -> None:
    wires = wire_up(assured)
    exchange(wires, count, pause_s)
    assert alone(wires) == BATCHES


def test_no_parcel_waits_where_alerts_go_only_once_they_are_acknowledged(pinned: World) -> None:
    wires = begin(pinned, LATE)
    exchange(wires, PARCELS_MIN)
    assert alone(wires) == BATCHES


def test_parcels_that_wait_are_sent_after_a_stop(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        wires[KOR].seen.clear()
        for _ in range(BATCHES):
            await release(wires, PARCELS_MIN)
        await wires[JPN].stop()
        await wires[JPN].start()
        await wires.settle()
        await wires.stop()

    simulate(story)
    arrived = {parcel.index for each in wires[KOR].pushes() for parcel in each.parcels}
    assert len(arrived) == BATCHES * PARCELS_MIN


def quick(pace: Pace, times: int, gap_s: float) -> float:
    """Let entries follow the reply so closely so often; give the second of the last reply."""
    now = 0.0
    for _ in range(times + 1):
        pace.answered(now)
        now += gap_s
        pace.leave(now)
    pace.answered(now)
    return now


def test_nothing_waits_before_entries_have_followed_closely() -> None:
    pace = Pace()
    assert not pace.holds(0.0, PARCELS_MIN)
    now = quick(pace, QUICK_MIN - 2, 0.01)
    assert not pace.holds(now, PARCELS_MIN)
    pace.leave(now)
    pace.answered(now)
    assert pace.holds(now, PARCELS_MIN)
    assert not pace.holds(now, PARCELS_MIN - 1)
    assert pace.held_until is None


def test_no_parcel_waits_longer_than_the_limit() -> None:
    pace = Pace()
    now = quick(pace, QUICK_MIN, 0.9 * HELD_S)
    assert pace.holds(now + 0.99 * HELD_S, PARCELS_MIN)
    assert pace.held_until == now + HELD_S
    assert not pace.holds(now + HELD_S, PARCELS_MIN)


def test_what_has_waited_for_nothing_waits_more_seldom() -> None:
    pace, wanted = Pace(), QUICK_MIN
    for _ in range(QUICK_MAX):
        now = quick(pace, wanted - 1, 0.01)
        assert pace.holds(now, PARCELS_MIN)
        assert not pace.holds(now + HELD_S, PARCELS_MIN)
        now = quick(pace, 0, HELD_S)
        wanted = min(2 * wanted, QUICK_MAX)
        assert not pace.holds(quick(pace, wanted - 2, 0.01), PARCELS_MIN)
        quick(pace, 0, HELD_S)
    now = quick(pace, wanted, 0.01)
    assert pace.holds(now, PARCELS_MIN)
    pace.leave(now)  # it has paid
    quick(pace, 0, HELD_S)
    assert pace.holds(quick(pace, wanted // 2 - 1, 0.01), PARCELS_MIN)
