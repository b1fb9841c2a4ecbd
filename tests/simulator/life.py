# SPDX-License-Identifier: Apache-2.0
"""One seed: people act, discs travel, programs are killed, disks fill up and clocks are wrong.

Then the faults stop, everybody is up again, and within a bounded time all must agree.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest import mock

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import PartyId
from comity.flows import delivery_routes
from comity.flows.courier.packing import Packed, pack_bundle
from comity.flows.courier.taking import Taken, take_bundle
from tests.simulator.acts import Scene, assure, draw_act, perform
from tests.simulator.agree import check_agreement, settled
from tests.simulator.cast import TOPOLOGIES, Topology
from tests.simulator.faults import Faults, draw_temper
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import watch_crash_points
from tests.simulator.remembered import reading_once
from tests.simulator.served import serve
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World, begin, beginning

MINUTE_S: Final = 60.0
SETTLING_S: Final = 20 * MINUTE_S
WORDS_S: Final = 20 * MINUTE_S


class Life:
    """What goes on in a world until its faults stop."""

    def __init__(self, world: World, changes: Mapping[str, Any]) -> None:
        """Draw the temper, but for what `changes` fix of it."""
        self.world = world
        self.temper = replace(draw_temper(world.draws("temper")), **changes)
        self.faults = Faults(world, self.temper)
        self._background: list[asyncio.Task[None]] = []
        self._serial = 0
        self._acts = 0

    async def live(self) -> None:
        """Live through the faults, then settle and agree."""
        world = self.world
        self.faults.part_for_good()
        for node in world.nodes.values():
            node.weather.yields = self.temper.yields
            self._start(node)
        self._begin()
        await world.sleep(self.temper.lasts_s)
        self.faults.stop()
        await world.sleep(MINUTE_S)
        await self._settle()
        await check_agreement(world)
        for task in self._background:
            task.cancel()
        for node in world.nodes.values():
            node.stop()
        await asyncio.sleep(1)
        world.raise_if_violated()

    def _begin(self) -> None:
        for party, node in self.world.nodes.items():
            self._go(self._people(node))
            for other in self.world.topology.parties:
                if other != party and self.world.topology.joined(party, other):
                    self._go(self._courier(party, other))
        self._go(self._restarts())
        for work in self.faults.works():
            self._go(work)

    def _go(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        task.add_done_callback(self._gone)
        self._background.append(task)

    def _gone(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (err := task.exception()) is not None:
            self.world.blame(err)

    async def _settle(self) -> None:
        """Wait until all agree; that takes a bounded time once nothing goes wrong any more."""
        waits_for_words = self.temper.restores and self.temper.apart
        if waits_for_words:
            self._go(self._words())
        for _ in range(int(SETTLING_S / 10) * (1 + waits_for_words)):
            if not await settled(self.world):
                await self.world.sleep(10)
                continue
            return

    async def _words(self) -> None:
        """Let everybody say something: who is reached by discs alone answers a restore by that.

        It counts once it is dated surely later than the restore, by whosever clock.
        """
        await asyncio.sleep(WORDS_S)
        for node in self.world.nodes.values():
            for pact in self.world.topology.pacts if node.serves else ():
                if node.party in pact.parties:
                    draws = self.world.draws(f"words/{node.party}")
                    scene = Scene(node, pact, draws, self.world.ledger, self.temper.large)
                    self._acts += 1
                    node.running.spawn(perform(scene, assure, self._acts), "act")

    # People

    async def _people(self, node: SimulatedNode) -> None:
        world, draws = self.world, self.world.draws(f"people/{node.party}")
        pacts = [each for each in world.topology.pacts if node.party in each.parties]
        while self.faults.go_on():
            await asyncio.sleep(draws.expovariate(1 / self.temper.act_s))
            if not self.faults.go_on() or not node.serves:
                continue
            for _ in range(draws.choice((1, 1, 1, 2, 4))):
                scene = Scene(node, draws.choice(pacts), draws, world.ledger, self.temper.large)
                self._acts += 1
                done = perform(scene, draw_act(scene, self.temper.more), self._acts)
                node.running.spawn(done, "act")

    # Discs

    async def _courier(self, sender: PartyId, receiver: PartyId) -> None:
        draws = self.world.draws(f"courier/{sender}/{receiver}")
        while True:
            await asyncio.sleep(draws.expovariate(1 / self._disc_s(sender, receiver)))
            node = self.world.nodes[sender]
            if not node.serves:
                continue
            self._serial += 1
            name = f"disc {self._serial}"
            done = node.running.spawn(
                _quiet(node, pack_bundle(node.context, receiver, name)), "pack"
            )
            await asyncio.wait([done])
            if name in self.world.post.discs:
                self._go(self._travel(name, receiver, draws))

    async def _travel(self, name: str, receiver: PartyId, draws: random.Random) -> None:
        """Let a disc travel: it is lost, late, taken, or taken twice."""
        copies = 1
        if self.faults.go_on():
            roll = draws.random()
            copies = 0 if roll < self.temper.loss else 2 if roll < self.temper.loss * 1.5 else 1
        for _ in range(copies):
            await asyncio.sleep(draws.expovariate(1 / 5.0))
            if self.faults.go_on() and draws.random() < 0.1:
                await asyncio.sleep(draws.random() * 300)
            node = self.world.nodes[receiver]
            if node.serves:
                await asyncio.wait(
                    [node.running.spawn(_quiet(node, take_bundle(node.context, name)), "take")]
                )
        self.world.post.discs.pop(name, None)

    # Starting again

    async def _restarts(self) -> None:
        draws, world = self.world.draws("restarts"), self.world
        while True:
            node = await world.deaths.get()
            self._go(self._restart(node, draws.expovariate(1 / 5.0)))

    async def _restart(self, node: SimulatedNode, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if not node.is_up:
            self._start(node)

    def _start(self, node: SimulatedNode) -> None:
        node.start()
        self.world.served[node.party] = serve(node, self.world.network)

    def _disc_s(self, sender: PartyId, receiver: PartyId) -> float:
        """Give how often a disc travels between two; where nothing else goes, often."""
        apart = frozenset((sender, receiver)) in self.world.network.roads.apart
        return 30.0 if apart else self.temper.courier_s


async def _quiet(node: SimulatedNode, flow: Awaitable[Packed | Taken]) -> None:
    """Run a courier's flow; that the disc or the moment refuses is no bug."""
    try:
        done = await flow
        node.trace.note(node.party, "courier", repr(done))
    except InvariantError:
        raise
    except ComityError as err:
        if err.code.partition(".")[0] not in ("disk", "store", "flows", "courier", "keys"):
            raise
        node.trace.note(node.party, "courier fails", err.code, err.where)


def topology_of(seed: int) -> str:
    """Give the topology that a seed plays in."""
    return TOPOLOGIES[seed % len(TOPOLOGIES)].name


@dataclass(frozen=True)
class Outcome:
    """What a seed came to."""

    seed: int
    digest: str
    lines: int
    statements: int
    deaths: int
    turns: int


def _hubs(topology: Topology) -> AbstractContextManager[object]:
    """Let agreements be exchanged through hubs, as no clause can say yet."""
    hubs = topology.hubs
    return mock.patch.object(delivery_routes, "named_hub", lambda agreement: hubs.get(agreement.id))


def run_seed(
    seed: int,
    listener: Callable[[str], None] | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
) -> Outcome:
    """Live through one seed; `changes` fix how rough it is, which it draws otherwise.

    Raises:
        ViolationError: an invariant does not hold; the message ends with the seed.
    """
    name = topology_of(seed)
    beginning(name)
    watch_crash_points()
    topology = next(each for each in TOPOLOGIES if each.name == name)

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, Outcome]]:
        async def live() -> Outcome:
            world = begin(topology, str(seed), loop)
            world.trace.listener = listener
            await Life(world, changes or {}).live()
            return Outcome(
                seed,
                world.trace.digest(),
                world.trace.lines,
                len(world.ledger.statements),
                sum(node.starts - 1 for node in world.nodes.values()),
                loop.turns,
            )

        return live

    with cheap_suite(str(seed)), reading_once(), nothing_real(), _hubs(topology):
        return run_simulated(random.Random(f"loop/{seed}"), main)
