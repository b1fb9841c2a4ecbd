# SPDX-License-Identifier: Apache-2.0
"""One race: somebody acts at one node while something ends or changes at the other.

Both begin within a few virtual milliseconds, by clocks that are as far apart; once all is calm,
both nodes must have come to one state, and what was refused must say by which article.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.decision.stages import Refused
from comity.flows.turns import read_view
from comity.ports import Change, Committed
from comity.state.state import State
from comity.statement.envelope import Statement
from tests.simulator.agree import check_agreement, settled
from tests.simulator.cast import JPN, KOR
from tests.simulator.invariants import demand
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.races_acts import ACTS, EVENTS, Act, Event, Racing
from tests.simulator.races_stage import FIRST, SECOND, TOPOLOGY, set_clock, set_stage, stage
from tests.simulator.remembered import reading_once
from tests.simulator.served import serve
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World

APART_S: Final = 0.06
"""So far from each other do the two begin, at most."""
CLOCKS_MS: Final = 25
"""So far is each clock from the right time, at most."""
CALM_S: Final = 120.0
WARMING_S: Final = 0.5


@dataclass
class Told:
    """What came of one race: what people were told, what was said, and how it counts.

    `done` are the people's acts that the journal has as done, each with whether the event was held
    by then. `article` is the one by which the act does not count at either node, None if it does.
    """

    act: object
    event: object
    done: tuple[tuple[str, bool], ...] = ()
    said: tuple[Place, Statement] | None = None
    event_said: tuple[Place, Statement] | None = None
    article: str | None = None
    refused: bool = False
    went_on: bool = False
    ends_at: Instant | None = None
    opens_low: tuple[object, ...] = ()


@dataclass
class RaceWorld(World):
    """A world that takes note of what was done by the journals, and whether the event was held."""

    kind: str | None = None
    watched: PartyId = KOR
    base: int = 0
    event_at: int | None = None
    done: list[tuple[str, bool]] = field(default_factory=list)

    def committed(
        self, node: SimulatedNode, change: Change, committed: Committed, act: int | None
    ) -> None:
        """Note what is journalled as done, and whether the event stood on that disk by then."""
        super().committed(node, change, committed, act)
        if self.kind is not None and self.event_at is None and node.party == JPN:
            self.event_at = self._find_event()
        if node.party != self.watched:
            return
        head = node.disk.tables.head(self.origin)
        held = self.event_at is not None and head.size > self.event_at
        for raw in change.journal:
            line = json.loads(raw)
            # What the node adds by itself, as where an item that went on stands, is nobody's act.
            if line["outcome"] == "done" and line["by"] is not None:
                self.done.append((line["act"], held))

    @property
    def origin(self) -> str:
        """Give the register that the event is said in."""
        return next(
            head.origin for head in self.nodes[JPN].disk.tables.heads(FIRST.id) if head.party == JPN
        )

    def _find_event(self) -> int | None:
        origin = self.origin
        for index in range(self.base, self.ledger.size(origin)):
            said = self.ledger.statements.get((origin, index))
            if said is not None and said.kind == self.kind:
                return index
        return None


async def _outcome(world: World, party: PartyId, flow: Coroutine[Any, Any, Any]) -> object:
    """Run a flow in a node; what it raises is an outcome too, but for a fault of the program."""
    try:
        return await world.call(world.nodes[party], flow)
    except InvariantError:
        raise
    except ComityError as err:
        return err


async def _later(
    delay_s: float, world: World, party: PartyId, flow: Callable[[], Coroutine[Any, Any, Any]]
) -> object:
    await asyncio.sleep(delay_s)
    return await _outcome(world, party, flow())


class Race:
    """One event, one act, one seed."""

    def __init__(self, event: Event, act: Act, name: str, loop: SimulatedLoop) -> None:
        """Put everything on its stage."""
        told = stage(event.ending)
        self.event, self.act = event, act
        self.world = RaceWorld(TOPOLOGY, name, Trace(loop.time))
        self.world.kind, self.world.watched = event.kind, act.at
        self.draws = random.Random(f"race/{name}")
        set_stage(told, self.world)
        self.world.base = self.world.ledger.size(self.world.origin)
        self.began = len(self.world.ledger.statements)
        target = told.props.coming if act.kind == "item.receipt" else told.props.item
        self.racing = Racing(self.world, told.props, self.draws, target)
        self.delays = [self.draws.random() * APART_S for _ in range(2)]

    async def run(self, *, apart: bool) -> Told:
        """Let both go, and hold what came of it against the law; `apart`: the event is first."""
        world = self.world
        if apart:
            self.delays = [60.0, 0.0]
        self._set_clocks()
        for node in world.nodes.values():
            node.start()
            node.clock.error_ms = self.draws.randint(-CLOCKS_MS, CLOCKS_MS)
            world.served[node.party] = serve(node, world.network)
        await world.sleep(WARMING_S)
        told = await self._both()
        await self._calm()
        await check_agreement(world)
        await self._find(told)
        told.opens_low = await self._try_low()
        for node in world.nodes.values():
            node.stop()
        world.raise_if_violated()
        return told

    def _set_clocks(self) -> None:
        ends_at = self.racing.props.ends_at
        if self.event.do is not None or ends_at is None:
            return
        for node in self.world.nodes.values():
            set_clock(node, ends_at, WARMING_S + self.delays[1])

    async def _both(self) -> Told:
        world, do = self.world, self.event.do
        act = _later(self.delays[0], world, self.act.at, lambda: _do(self.act.do, self.racing))
        if do is None:
            return Told(await act, None)
        event = _later(self.delays[1], world, JPN, lambda: _do(do, self.racing))
        outcome, ended = await asyncio.gather(act, event)
        return Told(outcome, ended)

    async def _calm(self) -> None:
        for _ in range(int(CALM_S)):
            await self.world.sleep(1.0)
            if await settled(self.world):
                return

    async def _find(self, told: Told) -> None:
        """Find what was said, and how it counts, which is the same at both nodes."""
        world = self.world
        told.ends_at, told.done = self.racing.props.ends_at, tuple(world.done)
        if world.event_at is not None:
            statement = world.ledger.statements[world.origin, world.event_at]
            told.event_said = Place(JPN, world.event_at), statement
        said = list(world.ledger.statements.values())[self.began :]
        places = list(world.ledger.statements)[self.began :]
        mine = [
            (Place(each.by, index), each)
            for (_, index), each in zip(places, said, strict=True)
            if each.kind == self.act.kind
            and each.by == self.act.at
            and each.agreement_id == FIRST.id
            and not getattr(each.body, "follows", None)
        ]
        demand(len(mine) <= 1, "an act has more than one outcome", *mine)
        for place, statement in mine:
            told.said = place, statement
            state = await self.state()
            finding = state.uncounted.get(place)
            told.article = None if finding is None else finding.article or "–"
            told.refused = any((place, party) in state.refusals for party in FIRST.parties)
        told.went_on = any(
            each.agreement_id == SECOND.id and each.kind == "item.release" for each in said
        )

    async def _try_low(self) -> tuple[object, ...]:
        """Let somebody who is cleared low open the item, and a copy of it, once all is calm."""
        if self.event is not EVENTS["raised"] or self.act.kind == "item.receipt":
            return ()
        names = ("open, cleared low", "open a copy, cleared low")
        tried = [_outcome(self.world, KOR, _do(ACTS[each].do, self.racing)) for each in names]
        return tuple([await each for each in tried])

    async def state(self) -> State:
        """Give the state of the agreement, which is the same at both nodes."""
        return (await read_view(self.world.nodes[KOR].context, FIRST.id)).fold.state


async def _do(do: Callable[[Racing], Any], racing: Racing) -> object:
    return await do(racing)


def is_done(outcome: object) -> bool:
    """Answer whether an act went through."""
    return not isinstance(outcome, Refused | ComityError)


def run_race(event: str, act: str, seed: int, *, apart: bool = False) -> Told:
    """Run one interleaving of an event and an act.

    Raises:
        ViolationError: an invariant does not hold.
    """
    happening, doing = EVENTS[event], ACTS[act]
    stage(happening.ending)
    watch_crash_points()
    name = f"{event}/{act}/{seed}"

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, Told]]:
        return lambda: Race(happening, doing, name, loop).run(apart=apart)

    with cheap_suite(name), reading_once(), nothing_real():
        return run_simulated(random.Random(f"loop/{name}"), main)
