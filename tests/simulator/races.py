# SPDX-License-Identifier: Apache-2.0
"""One race: people act at both nodes while something ends or changes at one of them.

All begin within a few virtual milliseconds, by clocks that are as far apart; once all is calm,
both nodes must have come to one state, and what was refused must say by which article.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant
from comity.decision.stages import Refused
from comity.flows.keeping.counting import Counted
from comity.flows.passing.onward import PassedOn
from comity.flows.passing.telling import tell_incident_on, tell_on
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.ports import Change, Committed
from comity.state.state import State
from comity.statement.envelope import Statement
from comity.statement.information import ItemReclassify
from tests.simulator.agree import check_agreement, settled
from tests.simulator.cast import KOR, REGISTRAR
from tests.simulator.invariants import demand
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.nodes import SimulatedNode
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.races_acts import Act, Racing
from tests.simulator.races_events import EVENTS, Event
from tests.simulator.races_passed import FIRST, SECOND
from tests.simulator.races_stage import TOPOLOGY, Props, set_clock, set_stage, stage
from tests.simulator.races_table import ACTS, BY_ITSELF, TARGETS
from tests.simulator.races_told import check_told
from tests.simulator.races_words import TELLING_ON
from tests.simulator.remembered import reading_once
from tests.simulator.served import serve
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World

APART_S: Final = 0.06
"""So far from each other do they begin, at most."""
CLOCKS_MS: Final = 25
"""So far is each clock from the right time, at most."""
CALM_S: Final = 120.0
WARMING_S: Final = 0.5


@dataclass(frozen=True)
class Done:
    """A line of the journal that says of somebody's act that it is done.

    `held`: what ends or changes things was held by that node by then.
    """

    act: str
    by: str | None
    statement: str | None
    held: bool


@dataclass
class Told:
    """What came of one act in a race: what people were told, what was said, and how it counts.

    `done` are the journal's lines about it. `article` is the one by which the act does not count
    at either node, None if it does. `released` is what was said of it under the other agreement.
    `is_at_target`: it is about the item that the event is about.
    """

    act: object
    event: object
    done: tuple[Done, ...] = ()
    said: tuple[Place, Statement] | None = None
    event_said: tuple[Place, Statement] | None = None
    article: str | None = None
    refused: bool = False
    released: Statement | None = None
    ends_at: Instant | None = None
    opens_low: tuple[object, ...] = ()
    is_at_target: bool = False


@dataclass
class RaceWorld(World):
    """A world that takes note of what was done by the journals, and whether the event was held."""

    event: Event = field(default_factory=lambda: EVENTS["end by time"])
    props: Props | None = None
    base: int = 0
    event_at: int | None = None
    written: Counter[PartyId] = field(default_factory=Counter)
    done: dict[PartyId, list[Done]] = field(default_factory=dict)

    def committed(
        self, node: SimulatedNode, change: Change, committed: Committed, act: int | None
    ) -> None:
        """Note what is journalled as done, and whether the event stood on that disk by then."""
        super().committed(node, change, committed, act)
        lines = [json.loads(raw) for raw in change.journal]
        held = self._is_held(node)
        self.written[node.party] += sum(each["act"] == self.event.journal for each in lines)
        self.done.setdefault(node.party, []).extend(
            Done(each["act"], each["by"], each["details"].get("statement"), held)
            for each in lines
            if each["outcome"] == "done"
        )

    def _is_held(self, node: SimulatedNode) -> bool:
        event = self.event
        if event.journal is not None:
            return self.written[node.party] >= event.entries
        if event.kind is None:
            return False
        if self.event_at is None and node.party == event.at:
            self.event_at = self._find_event()
        head = node.disk.tables.head(self.origin)
        return None not in (head, self.event_at) and head.size > self.event_at

    @property
    def origin(self) -> str:
        """Give the register that the event is said in."""
        at = self.event.at
        return next(
            head.origin for head in self.nodes[at].disk.tables.heads(FIRST.id) if head.party == at
        )

    def _find_event(self) -> int | None:
        origin = self.origin
        for index in range(self.base, self.ledger.size(origin)):
            said = self.ledger.statements.get((origin, index))
            if said is None or said.kind != self.event.kind or self.props is None:
                continue
            if self.event.about(said.body, self.props):
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
    """One event, the acts that it meets all at once, and one seed."""

    def __init__(self, event: str, acts: Sequence[str], name: str, loop: SimulatedLoop) -> None:
        """Put everything on its stage."""
        self.event = EVENTS[event]
        told = stage(self.event.ending)
        self.acts = {each: ACTS[each] for each in acts}
        self.world = RaceWorld(TOPOLOGY, name, Trace(loop.time), event=self.event, props=told.props)
        self.draws = random.Random(f"race/{name}")
        set_stage(told, self.world)
        self.world.base = self.world.ledger.size(self.world.origin)
        self.began = len(self.world.ledger.statements)
        is_high = self.event.ending == "lower"
        own = {TARGETS[each](told.props) for each in self.acts if each in TARGETS}
        self.is_at_target = len(self.acts) == len(own) == 1
        target = own.pop() if self.is_at_target else told.props.item
        self.racing = Racing(self.world, told.props, self.draws, target, is_high)

    async def run(self, first: str | None) -> dict[str, Told]:
        """Let all go, and hold what came of it against the law; `first`: who is, by a minute."""
        world = self.world
        delays = {each: self.draws.random() * APART_S for each in ("", *self.acts)}
        if first is not None:
            delays = {each: 60.0 if bool(each) == (first == "event") else 0.0 for each in delays}
        self._set_clocks(delays[""])
        for node in world.nodes.values():
            node.start()
            node.clock.error_ms = self.draws.randint(-CLOCKS_MS, CLOCKS_MS)
            world.served[node.party] = serve(node, world.network)
        await world.sleep(WARMING_S)
        event, outcomes = await self._all(delays)
        await self._calm()
        await check_agreement(world)
        told = await self._find(event, outcomes)
        low = await self._try_low()
        for each in told.values():
            each.opens_low = low
            each.is_at_target = self.is_at_target
        await self._tell_rest()
        for node in world.nodes.values():
            node.stop()
        world.raise_if_violated()
        return told

    def _set_clocks(self, in_s: float) -> None:
        ends_at = self.racing.props.ends_at
        if self.event.do is not None or ends_at is None:
            return
        for node in self.world.nodes.values():
            set_clock(node, ends_at, WARMING_S + in_s)

    async def _all(self, delays: Mapping[str, float]) -> tuple[object, list[object]]:
        parties = (self.event.at,) if self.event.journal is None else FIRST.parties
        events = [] if self.event.do is None else [self._happens(each, delays) for each in parties]
        acts = [self._acts(name, delays) for name in self.acts]
        outcomes = await asyncio.gather(*events, *acts)
        happened = outcomes[: len(events)]
        failed = [each for each in happened if not is_done(each)]
        return next(iter((*failed, *happened)), None), outcomes[len(events) :]

    def _happens(self, party: PartyId, delays: Mapping[str, float]) -> Coroutine[Any, Any, object]:
        do = self.event.do
        assert do is not None
        return _later(delays[""], self.world, party, lambda: _do(do(self.racing, party)))

    def _acts(self, name: str, delays: Mapping[str, float]) -> Coroutine[Any, Any, object]:
        act = self.acts[name]
        return _later(delays[name], self.world, act.at, lambda: _do(act.do(self.racing)))

    async def _calm(self) -> None:
        for _ in range(int(CALM_S)):
            await self.world.sleep(1.0)
            if await settled(self.world):
                return

    async def _find(self, event: object, outcomes: list[object]) -> dict[str, Told]:
        """Find what was said, and how it counts, which is the same at both nodes."""
        world = self.world
        said = {
            (each.agreement_id, Place(each.by, index)): each
            for (_, index), each in list(world.ledger.statements.items())[self.began :]
        }
        states = {each.id: await self.state(each.id) for each in (FIRST, SECOND)}
        told = {
            name: self._told(event, self.acts[name], outcome, said)
            for name, outcome in zip(self.acts, outcomes, strict=True)
        }
        left = said.keys() - places_of(event) - {at for each in outcomes for at in places_of(each)}
        for at in sorted(left):
            self._claim(at, said[at], told)
        for name, each in told.items():
            if each.said is not None:
                place, under = each.said[0], self.acts[name].under
                state, pact = states[under], FIRST if under == FIRST.id else SECOND
                finding = state.uncounted.get(place)
                each.article = None if finding is None else finding.article or "–"
                each.refused = any((place, party) in state.refusals for party in pact.parties)
            each.done = tuple(self._lines(self.acts[name], each))
        return told

    def _told(
        self,
        event: object,
        act: Act,
        outcome: object,
        said: Mapping[tuple[AgreementId, Place], Statement],
    ) -> Told:
        told = Told(outcome, event, ends_at=self.racing.props.ends_at)
        if self.world.event_at is not None:
            at = self.event.at
            place = Place(at, self.world.event_at)
            told.event_said = place, said[FIRST.id, place]
        for agreement, place in places_of(outcome):
            statement = said[agreement, place]
            if agreement == SECOND.id and statement.kind == "item.release":
                told.released = statement
            if agreement == act.under and statement.kind == act.kind:
                told.said = place, statement
        return told

    def _claim(
        self, at: tuple[AgreementId, Place], said: Statement, told: Mapping[str, Told]
    ) -> None:
        """Find whose word this is that nobody was told of: what is said in two may stop in between.

        So may a passing on, and a level and a recall told on together. What a node says by itself
        is nobody's.
        """
        agreement, place = at
        if said.kind in BY_ITSELF or getattr(said.body, "follows", None):
            return
        if self._is_half(agreement, said, told.get("tell a recall on")):
            return
        whole = told.get("pass on")
        demand(
            whole is not None
            and not is_done(whole.act)
            and whole.said is None
            and (agreement, said.by, said.kind) == (FIRST.id, KOR, "item.third_party_release"),
            "what nobody was told of is in the register",
            agreement,
            place,
            said.kind,
        )
        assert whole is not None
        whole.said = place, said

    def _is_half(self, agreement: AgreementId, said: Statement, whole: Told | None) -> bool:
        """Answer whether this is a level that was told on before its recall could not be."""
        body, recall = said.body, self.racing.props.passed.recall
        return (
            whole is not None
            and not is_done(whole.act)
            and (agreement, said.by) == (SECOND.id, KOR)
            and isinstance(body, ItemReclassify)
            and body.item == recall.went
        )

    def _lines(self, act: Act, told: Told) -> Iterator[Done]:
        """Give the journal's lines about an act: by what it said, or else by who did it."""
        said = {f"{agreement}/{place}" for agreement, place in places_of(told.act)}
        if told.said is not None:
            said.add(f"{act.under}/{told.said[0]}")
        for line in self.world.done.get(act.at, ()):
            if act.kind is None:
                is_its = line.act == act.journal and line.by == act.by
            else:
                is_its = line.statement in said
            if is_its:
                yield line

    async def _try_low(self) -> tuple[object, ...]:
        """Let somebody who is cleared low open the item, and a copy of it, once all is calm."""
        if self.event is not EVENTS["raised"] or self.racing.target != self.racing.props.item:
            return ()
        names = ("open, cleared low", "open a copy, cleared low")
        tried = [_outcome(self.world, KOR, _do(ACTS[each].do(self.racing))) for each in names]
        return tuple([await each for each in tried])

    async def _tell_rest(self) -> None:
        """Let the registrar tell on what is left, once all is calm: then nothing is."""
        if not TELLING_ON.keys() & self.acts:
            return
        passed, context = self.racing.props.passed, self.racing.at(KOR)
        for under, each in (
            (SECOND, passed.level),
            (SECOND, passed.recall),
            (SECOND, passed.loss),
            (FIRST, passed.level_in),
        ):
            rest = tell_on(context, under.id, each.went, REGISTRAR, marking=None)
            await _outcome(self.world, KOR, rest)
        rest_of_it = tell_incident_on(context, SECOND.id, passed.incident, REGISTRAR)
        await _outcome(self.world, KOR, rest_of_it)
        check_told({each.id: await self.state(each.id) for each in (FIRST, SECOND)}, passed)

    async def state(self, agreement: AgreementId = FIRST.id) -> State:
        """Give the state of an agreement, which is the same at both nodes."""
        return (await read_view(self.world.nodes[KOR].context, agreement)).fold.state


async def _do(doing: Awaitable[object]) -> object:
    return await doing


def places_of(outcome: object) -> frozenset[tuple[AgreementId, Place]]:
    """Give where that stands which somebody was told is said."""
    match outcome:
        case Entered(place, statement):
            return frozenset({(statement.agreement_id, place)})
        case PassedOn(said, release):
            return frozenset({(FIRST.id, said), (SECOND.id, release)})
        case Counted(_, incident, told):
            reported = set() if incident is None else {(FIRST.id, incident)}
            return places_of(told) | reported
        case tuple() | list():
            return frozenset().union(*map(places_of, outcome))
        case _:
            return frozenset()


def is_done(outcome: object) -> bool:
    """Answer whether an act went through."""
    return not isinstance(outcome, Refused | ComityError)


def run_race(
    event: str, acts: Sequence[str], seed: int, *, first: str | None = None
) -> dict[str, Told]:
    """Run one interleaving of an event and the acts that it meets, all of them at once.

    Raises:
        ViolationError: an invariant does not hold.
    """
    stage(EVENTS[event].ending)
    watch_crash_points()
    name = f"{event}/{'+'.join(acts)}/{seed}"

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, dict[str, Told]]]:
        return lambda: Race(event, acts, name, loop).run(first)

    with cheap_suite(name), reading_once(), nothing_real():
        return run_simulated(random.Random(f"loop/{name}"), main)
