# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in a world, and how often: crashes, sick disks, wrong clocks, roads that part."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from comity.adapters.crash import CRASH_POINTS
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import CrashPlan
from tests.simulator.world import World


@dataclass(frozen=True)
class Temper:
    """How rough a seed is: drawn once, so that quiet seeds and wild ones both occur.

    Programs fall at `points` rather than elsewhere. `more` are acts that are drawn every second
    time, `large` is how many payloads are large.
    """

    act_s: float
    courier_s: float
    crash_s: float
    disk_s: float
    clock_s: float
    loss: float
    yields: float
    roads: float
    parting_s: float
    apart: bool
    restores: bool
    points: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    large: float = 0.03
    lasts_s: float = 20 * 60.0


def draw_temper(draws: random.Random) -> Temper:
    """Draw a seed's temper."""
    return Temper(
        act_s=draws.choice((30.0, 45.0, 80.0)),
        courier_s=draws.choice((60.0, 300.0, 2_000.0)),
        crash_s=draws.choice((60.0, 150.0, 400.0)),
        disk_s=draws.choice((60.0, 200.0)),
        clock_s=draws.choice((300.0, 900.0, 5000.0)),
        loss=draws.choice((0.0, 0.1, 0.3)),
        yields=draws.choice((0.0, 0.1, 0.5)),
        roads=draws.choice((0.0, 0.02, 0.08)),
        parting_s=draws.choice((150.0, 600.0, 5_000.0)),
        apart=draws.random() < 0.2,
        restores=draws.random() < 0.3,
    )


class Faults:
    """All that goes wrong, until it is told to stop."""

    def __init__(self, world: World, temper: Temper) -> None:
        """Begin with nothing wrong."""
        self.world, self.temper = world, temper
        self._stopped = False

    def go_on(self) -> bool:
        """Answer whether things still go wrong."""
        return not self._stopped

    def works(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Give what is to run beside the nodes."""
        found: list[Coroutine[Any, Any, None]] = [self._partings()]
        for node in self.world.nodes.values():
            found += [self._disk(node), self._clock(node), self._crashes(node)]
        if self.temper.restores:
            found.append(self._restore())
        return tuple(found)

    def stop(self) -> None:
        """Let disks heal, roads open and clocks be right; nobody falls any more."""
        self._stopped = True
        self.world.trace.note("world", "calm")
        self.world.network.roads.calm()
        for node in self.world.nodes.values():
            node.weather.heal()
            node.clock.set_right()
            if node.is_up:
                node.running.plan = None

    def part_for_good(self) -> None:
        """Let two parties reach each other by discs alone, in some worlds."""
        topology = self.world.topology
        if self.temper.apart:
            pacts = [each for each in topology.pacts if each.hub is None]
            pact = self.world.draws("apart").choice(pacts)
            self.world.network.roads.apart.add(frozenset(pact.parties[:2]))

    async def _crashes(self, node: SimulatedNode) -> None:
        draws = self.world.draws(f"crash/{node.party}")
        while self.go_on():
            await asyncio.sleep(draws.expovariate(1 / self.temper.crash_s))
            if not self.go_on() or not node.is_up:
                continue
            if draws.random() < 0.2:
                node.stop()
            else:
                node.running.plan = self._plan(node, draws)

    def _plan(self, node: SimulatedNode, draws: random.Random) -> CrashPlan:
        """Plan a fall at a point that this program meets, as far as it has shown."""
        met = sorted(node.running.points)
        wanted = [each for each in met if each in self.temper.points]
        met = wanted or met or list(CRASH_POINTS)
        return CrashPlan(draws.choice(met), draws.choice((1, 1, 2, 5)))

    async def _partings(self) -> None:
        draws, roads = self.world.draws("partings"), self.world.network.roads
        parties, rough = self.world.topology.parties, self.temper.roads
        while self.go_on():
            roads.drop = roads.lose_reply = rough
            roads.duplicate, roads.cut, roads.replay = rough / 2, rough / 4, rough
            roads.delay_s = draws.choice((0.005, 0.05, 0.5))
            await asyncio.sleep(draws.expovariate(1 / self.temper.parting_s))
            if not self.go_on():
                return
            pair = frozenset(draws.sample(parties, 2))
            self.world.trace.note("world", "parts", *sorted(pair))
            roads.parted.add(pair)
            await asyncio.sleep(draws.expovariate(1 / 60.0))
            roads.parted.discard(pair)

    async def _restore(self) -> None:
        """Lose a store, and put an older one in its place."""
        draws, world = self.world.draws("restore"), self.world
        node = world.nodes[draws.choice(world.topology.parties)]
        await asyncio.sleep(draws.uniform(60, 600))
        if not node.is_up:
            return
        backup = world.back_up(node)
        await asyncio.sleep(draws.uniform(30, 400))
        if not self.go_on() or not node.is_up:
            return
        node.stop()
        # What it was about to write is settled at the end of this turn.
        asyncio.get_running_loop().call_later(0.001, world.put_back, node, backup)

    async def _disk(self, node: SimulatedNode) -> None:
        draws, weather = self.world.draws(f"weather/{node.party}"), node.weather
        while self.go_on():
            await asyncio.sleep(draws.expovariate(1 / self.temper.disk_s))
            kind = draws.choice(("full", "reads", "slow"))
            self.world.trace.note(node.party, "disk", kind)
            if not self.go_on():
                return
            weather.full = kind == "full"
            weather.reads_fail = 0.1 if kind == "reads" else 0.0
            weather.slow = 100.0 if kind == "slow" else 1.0
            await asyncio.sleep(draws.random() * 30)
            weather.full, weather.reads_fail, weather.slow = False, 0.0, 1.0

    async def _clock(self, node: SimulatedNode) -> None:
        draws = self.world.draws(f"clock/{node.party}")
        node.clock.error_ms += draws.randint(-2000, 2000)
        while self.go_on():
            await asyncio.sleep(draws.expovariate(1 / self.temper.clock_s))
            if not self.go_on():
                return
            jump = draws.choice((-500, 500, -60_000, 60_000, 400_000, -400_000))
            node.clock.jump(jump)
            self.world.trace.note(node.party, "clock", jump)
