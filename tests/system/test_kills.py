# SPDX-License-Identifier: Apache-2.0
"""Either node killed with SIGKILL under load, again and again: nothing lost, nothing doubled.

Kills fall after a number of replies that is drawn, and a drawn moment more.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from tests.system.driver import Driver, people_session, until
from tests.system.served_pair import JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import PAIR, Seen, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
KILLS = 5
KILLS_TORTURE = 200
AT_ONCE = 3
BATCH_MAX = 6
LATEST_S = 0.3
PATIENCE_S = 180.0


class Load:
    """Workers at both nodes that exchange until they are told to end."""

    def __init__(self, nodes: ServedNodes, drivers: list[Driver]) -> None:
        self._nodes = nodes
        self._drivers = drivers
        self._ended = False
        self.answered = 0

    async def run(self, draws: random.Random) -> None:
        workers = [
            self._work(each, random.Random(draws.random()))
            for each in self._drivers
            for _ in range(AT_ONCE)
        ]
        await asyncio.gather(*workers)

    def end(self) -> None:
        self._ended = True

    async def _work(self, driver: Driver, draws: random.Random) -> None:
        while not self._ended:
            if not driver.is_met():
                await asyncio.sleep(0.05)
                continue
            places = await driver.release(driver.texts(draws.randint(1, BATCH_MAX)))
            self.answered += len(places)
            if places:
                await driver.wait(draws.choice(places), timeout_s=2)


async def kill_under_load(nodes: ServedNodes, kills: list[PartyId], seed: int) -> list[Driver]:
    """Kill the nodes one after the other while drivers go on, then let everything settle."""
    draws = random.Random(seed)
    async with people_session() as session:
        drivers = [Driver(nodes, party, session) for party in PAIR]
        load = Load(nodes, drivers)
        running = asyncio.create_task(load.run(draws))
        for party in kills:
            enough = load.answered + draws.randint(5, 30)
            await until(
                lambda enough=enough: load.answered >= enough, PATIENCE_S, "items are answered"
            )
            await asyncio.sleep(draws.random() * LATEST_S)
            nodes.kill(party)
            await asyncio.to_thread(nodes.start, party)
        load.end()
        await running
    await until_quiet(nodes)
    return drivers


def killed(nodes: ServedNodes, kills: list[PartyId], seed: int) -> Seen:
    nodes.start(*PAIR)
    drivers = asyncio.run(kill_under_load(nodes, kills, seed))
    assert nodes.stop(*PAIR) == [0, 0]
    for each in drivers:
        assert each.known.refused == []
        assert each.known.acknowledged
    return assert_whole(nodes, *(each.known for each in drivers))


def test_five_kills_of_each_node_under_load_lose_and_double_nothing(
    made: Made, tmp_path: Path
) -> None:
    with copied(made, tmp_path) as nodes:
        seen = killed(nodes, [JPN, KOR] * KILLS, seed=1)
    print(f"{2 * KILLS} kills: {seen}")
    assert seen.entered > 10 * KILLS


def test_both_nodes_killed_at_once_lose_and_double_nothing(made: Made, tmp_path: Path) -> None:
    with copied(made, tmp_path) as nodes:
        nodes.start(*PAIR)
        drivers = asyncio.run(kill_both(nodes))
        assert nodes.stop(*PAIR) == [0, 0]
        print(assert_whole(nodes, *(each.known for each in drivers)))


async def kill_both(nodes: ServedNodes) -> list[Driver]:
    async with people_session() as session:
        drivers = [Driver(nodes, party, session) for party in PAIR]
        load = Load(nodes, drivers)
        running = asyncio.create_task(load.run(random.Random(2)))
        await until(lambda: load.answered >= 20, PATIENCE_S, "items are answered")
        for party in PAIR:
            nodes.kill(party)
        await asyncio.to_thread(nodes.start, *PAIR)
        load.end()
        await running
    await until_quiet(nodes)
    return drivers


@pytest.mark.torture
@pytest.mark.parametrize("part", range(8))
def test_hundreds_of_kills_under_load_lose_and_double_nothing(
    made: Made, tmp_path: Path, part: int
) -> None:
    kills = [JPN, KOR] * (KILLS_TORTURE // 8)
    with copied(made, tmp_path) as nodes:
        seen = killed(nodes, kills, seed=100 + part)
    print(f"{len(kills)} kills: {seen}")
