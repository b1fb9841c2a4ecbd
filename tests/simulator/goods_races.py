# SPDX-License-Identifier: Apache-2.0
"""Races with goods: two acts on one order at once, and every act against what ends or changes all.

Each act begins within a few virtual milliseconds of the other, at the other node. Afterwards both
nodes hold one state; whatever was told done stands in the register, and counts or names an article;
and no line of any order comes to more than was asked, handed over, received or owed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import PartyId, Place
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.flows.support.balances import agree_balance, state_balance
from comity.flows.support.claims import drop
from comity.flows.support.deliveries import Handing, Receipted, Receiving, deliver, receive
from comity.flows.support.orders import (
    accept_order,
    ask_order,
    cancel_order,
    decline_order,
    dispute_order,
)
from comity.flows.support.settlements import Wanted, bill, confirm, settle
from comity.flows.treaty.acts import declare
from comity.flows.treaty.suspending import suspend_category
from comity.flows.turns import read_view
from comity.state.queries_goods import accounts_of, settlement_terms
from comity.state.state import State
from comity.statement.orders import Method, OrderDispute
from comity.statement.treaty import AgreementEndNotice, AgreementInterpretation, AgreementSign
from tests.simulator.agree import check_agreement, settled
from tests.simulator.cast import CATEGORIES, ENTRY, JPN, KOR, REGISTRAR
from tests.simulator.goods_stage import (
    ACCEPTED,
    ASKED,
    CAME,
    CLAIMED,
    GOODS,
    HANDED,
    WHO,
    YESTERDAY,
    GoodsStage,
    accepting,
    asking,
    goods_stage,
    set_goods,
)
from tests.simulator.invariants import demand
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.races_law import cites
from tests.simulator.races_passed import FIRST
from tests.simulator.remembered import reading_once
from tests.simulator.served import serve
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World

APART_S: Final = 0.06
CLOCKS_MS: Final = 25
CALM_S: Final = 120
WARMING_S: Final = 0.5


@dataclass(frozen=True)
class On:
    """Whose node somebody acts at, on which order, its delivery or its claim."""

    context: Context
    told: GoodsStage
    name: str

    @property
    def order(self) -> Place:
        """Give the order."""
        return self.told.orders[self.name]

    def wanted(self, method: Method = Method.CASH) -> Wanted:
        """Settle all that is open."""
        return Wanted(self.order, f"S-{self.context.config.party}", method, WHO)


Doing = Callable[[On], Awaitable[object]]
_ID: Final = FIRST.id


@dataclass(frozen=True)
class GoodsAct:
    """What a party says of an order that has come so far."""

    kind: str
    at: PartyId
    stage: int
    do: Doing


def _accept(on: On) -> Awaitable[object]:
    said = accepting("A-1", Method.CASH)
    return accept_order(on.context, _ID, on.order, *said, person=REGISTRAR)


def _settle(method: Method = Method.CASH) -> Doing:
    return lambda on: settle(on.context, _ID, on.wanted(method))


def _drop(*, own: bool) -> Doing:
    return lambda on: drop(on.context, _ID, on.told.claims[on.name], WHO, own=own)


async def _settle_and_take_back(on: On) -> object:
    said = await settle(on.context, _ID, on.wanted())
    place = place_of(said)
    return said if place is None else await drop(on.context, _ID, place, WHO, own=True)


def _confirm(on: On) -> Awaitable[object]:
    return confirm(on.context, _ID, on.told.claims[on.name], "C-1", WHO)


def _cancel(on: On) -> Awaitable[object]:
    return cancel_order(on.context, _ID, on.order, (), REGISTRAR)


def _decline(on: On) -> Awaitable[object]:
    return decline_order(on.context, _ID, on.order, (), REGISTRAR)


def _dispute(on: On) -> Awaitable[object]:
    body = OrderDispute(on.order, (), stands=True)
    return dispute_order(on.context, _ID, body, person=REGISTRAR)


def _deliver(on: On) -> Awaitable[object]:
    return deliver(on.context, _ID, Handing(on.order, "D-1", "port", WHO))


def _receive(on: On) -> Awaitable[object]:
    return receive(on.context, _ID, Receiving(on.told.deliveries[on.name], WHO))


def _bill(on: On) -> Awaitable[object]:
    return bill(on.context, _ID, on.order, "I-1", WHO)


GOODS_ACTS: Final[Mapping[str, GoodsAct]] = MappingProxyType(
    {
        "ask": GoodsAct(
            "order.request", KOR, ASKED, lambda on: ask_order(on.context, _ID, asking("Q-1"))
        ),
        "accept": GoodsAct("order.accept", JPN, ASKED, _accept),
        "decline": GoodsAct("order.decline", JPN, ASKED, _decline),
        "cancel": GoodsAct("order.cancel", KOR, ACCEPTED, _cancel),
        "deliver": GoodsAct("delivery.make", JPN, ACCEPTED, _deliver),
        "receive": GoodsAct("delivery.receipt", KOR, HANDED, _receive),
        "bill": GoodsAct("invoice.issue", JPN, CAME, _bill),
        "dispute": GoodsAct("order.dispute", KOR, CAME, _dispute),
        "claim": GoodsAct("settlement.record", KOR, CAME, _settle()),
        "settle": GoodsAct("settlement.record", JPN, CAME, _settle()),
        "confirm": GoodsAct("settlement.record", JPN, CLAIMED, _confirm),
        "withdraw": GoodsAct("settlement.drop", KOR, CLAIMED, _drop(own=True)),
        "refuse": GoodsAct("settlement.drop", JPN, CLAIMED, _drop(own=False)),
        "state": GoodsAct(
            "balance.state",
            JPN,
            ASKED,
            lambda on: state_balance(on.context, _ID, YESTERDAY, REGISTRAR),
        ),
        "agree": GoodsAct(
            "balance.agree",
            KOR,
            ASKED,
            lambda on: agree_balance(on.context, _ID, on.told.balance, REGISTRAR),
        ),
    }
)
"""Every act on goods that a person can do, on an order of its own."""


@dataclass(frozen=True)
class Pair:
    """Two acts on one order: Seoul's and Tokyo's, and what may come of both.

    `ends` are the ways in which it may end: whether Seoul's counts, whether Tokyo's does.
    """

    stage: int
    seoul: Doing
    tokyo: Doing
    ends: frozenset[tuple[bool, bool]]


ONE: Final = frozenset({(True, False), (False, True)})
BOTH: Final = frozenset({(True, True)})
HELD_UP: Final = frozenset({(False, True), (False, False)})
"""What the creditor says counts; once it has heard the debtor's claim, that is to be confirmed."""

PAIRS: Final[Mapping[str, Pair]] = MappingProxyType(
    {
        "cancel / deliver": Pair(ACCEPTED, _cancel, _deliver, ONE),
        "cancel / cancel": Pair(ACCEPTED, _cancel, _cancel, ONE),
        "cancel / decline": Pair(ASKED, _cancel, _decline, ONE),
        "cancel / accept": Pair(ASKED, _cancel, _accept, BOTH | {(True, False)}),
        "both settle": Pair(CAME, _settle(), _settle(), HELD_UP),
        "both replace": Pair(
            CAME,
            _settle(Method.REPLACEMENT_IN_KIND),
            _settle(Method.REPLACEMENT_IN_KIND),
            HELD_UP,
        ),
        "claim / take back": Pair(CAME, _settle(), _settle_and_take_back, HELD_UP),
        "dispute / settle": Pair(CAME, _dispute, _settle(), BOTH),
        "dispute / confirm": Pair(CLAIMED, _dispute, _confirm, BOTH),
        "dispute / bill": Pair(CAME, _dispute, _bill, BOTH),
        "claim / bill": Pair(CAME, _settle(), _bill, frozenset({(False, True)})),
        "withdraw / confirm": Pair(CLAIMED, _drop(own=True), _confirm, ONE),
        "withdraw / refuse": Pair(CLAIMED, _drop(own=True), _drop(own=False), ONE),
    }
)


async def _read_as_ended(context: Context) -> object:
    state = (await read_view(context, _ID)).fold.state
    note = max(note.place for note in state.notes.values())
    return await declare(context, _ID, AgreementInterpretation(note, "terminated", ""))


@dataclass(frozen=True)
class GoodsEvent:
    """What ends or changes the agreement, said by whom, and what stands before it."""

    at: PartyId
    do: Callable[[Context], Awaitable[object]]
    before: str | None = None


GOODS_EVENTS: Final[Mapping[str, GoodsEvent]] = MappingProxyType(
    {
        "ended": GoodsEvent(JPN, _read_as_ended, "notice"),
        "notice given": GoodsEvent(
            JPN, lambda on: declare(on, _ID, AgreementEndNotice(None, ENTRY, None, ""))
        ),
        "amended": GoodsEvent(KOR, lambda on: declare(on, _ID, AgreementSign("")), "amendment"),
        "suspended": GoodsEvent(JPN, lambda on: suspend_category(on, _ID, CATEGORIES[0])),
    }
)


async def _outcome(world: World, party: PartyId, flow: Callable[[], Awaitable[object]]) -> object:
    async def run() -> object:
        return await flow()

    try:
        return await world.call(world.nodes[party], run())
    except InvariantError:
        raise
    except ComityError as err:
        return err


class GoodsRace:
    """One interleaving: what is done where, on one stage."""

    def __init__(self, told: GoodsStage, name: str, loop: SimulatedLoop) -> None:
        """Put everything on its stage."""
        self.told, self.name = told, name
        self.world = World(GOODS, name, Trace(loop.time))
        self.draws = random.Random(f"goods race/{name}")
        set_goods(told, self.world)

    async def run(
        self, doings: Mapping[str, tuple[PartyId, Callable[[Context], Awaitable[object]]]],
        first: str | None,
    ) -> tuple[dict[str, object], State]:  # fmt: skip
        """Let all go at once, or one (`first`) a minute before the others; give what came of it."""
        world = self.world
        for node in world.nodes.values():
            node.start()
            node.clock.error_ms = self.draws.randint(-CLOCKS_MS, CLOCKS_MS)
            world.served[node.party] = serve(node, world.network)
        await world.sleep(WARMING_S)
        delays = {each: self.draws.random() * APART_S for each in doings}
        if first is not None:
            delays = {each: 0.0 if each == first else 60.0 for each in doings}
        going = [self._later(delays[each], *doing) for each, doing in doings.items()]
        outcomes = dict(zip(doings, await asyncio.gather(*going), strict=True))
        for _ in range(CALM_S):
            await world.sleep(1.0)
            if await settled(world):
                break
        await check_agreement(world)
        state = (await read_view(world.nodes[KOR].context, _ID)).fold.state
        for node in world.nodes.values():
            node.stop()
        world.raise_if_violated()
        self._hold(outcomes, state)
        return outcomes, state

    async def _later(
        self, delay_s: float, party: PartyId, do: Callable[[Context], Awaitable[object]]
    ) -> object:
        await asyncio.sleep(delay_s)
        return await _outcome(self.world, party, lambda: do(self.world.nodes[party].context))

    def _hold(self, outcomes: Mapping[str, object], state: State) -> None:
        """Every no cites its article, every yes stands in the register; no line has too much."""
        for outcome in outcomes.values():
            cites(outcome)
            place = place_of(outcome)
            if place is not None:
                finding = state.uncounted.get(place)
                named = finding is None or finding.article is not None
                demand(named, "what does not count cites nothing", place, finding)
        for _, order in sorted(state.orders.items()):
            for line in accounts_of(state, order):
                terms = settlement_terms(state, order.version)
                most = line.value(terms.rounding) if line.currency else 0
                holds = (
                    line.accepted <= line.asked
                    and line.ended + line.awaited + line.received <= max(line.accepted, line.asked)
                    and line.received + line.damaged <= line.answered <= line.delivered
                    and 0 <= line.given_back <= line.received
                    and 0 <= line.paid <= most
                )
                demand(holds, "a line comes to more than there is", order.place, line)


def entered(outcome: object) -> Entered | None:
    """Give what somebody was told is said."""
    match outcome:
        case Entered():
            return outcome
        case Receipted(receipt=Entered() as receipt):
            return receipt
        case (Entered() as first, *_):
            return first
    return None


def place_of(outcome: object) -> Place | None:
    """Give where that stands which somebody was told is said."""
    said = entered(outcome)
    return None if said is None else said.place


def kind_of(outcome: object) -> str | None:
    """Give the kind of what somebody was told is said."""
    said = entered(outcome)
    return None if said is None else said.statement.kind


def counts(outcome: object, state: State) -> bool:
    """Answer whether an act was done and counts; a settlement, whether it settles anything."""
    place = place_of(outcome)
    if place is None or place in state.uncounted:
        return False
    settlement = state.settlements.get(place)
    return settlement is None or settlement.counted is not None


def is_refused(outcome: object) -> bool:
    """Answer whether somebody was told no."""
    return isinstance(outcome, Refused | NotCounted | ComityError)


def _run(
    name: str, told: GoodsStage, doings: Mapping[str, Any], first: str | None
) -> tuple[dict[str, object], State]:
    watch_crash_points()

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, Any]]:
        return lambda: GoodsRace(told, name, loop).run(doings, first)

    with cheap_suite(name), reading_once(), nothing_real():
        outcomes, state = run_simulated(random.Random(f"loop/{name}"), main)
    return outcomes, state


def race_pair(name: str, seed: int) -> tuple[bool, bool]:
    """Race two acts on one order; say whether Seoul's counts, and whether Tokyo's does."""
    pair = PAIRS[name]
    told = goods_stage({each: one.stage for each, one in PAIRS.items()})
    doings: dict[str, Any] = {
        str(party): (party, lambda context, do=do: do(On(context, told, name)))
        for party, do in ((KOR, pair.seoul), (JPN, pair.tokyo))
    }
    outcomes, state = _run(f"{name}/{seed}", told, doings, None)
    seoul, tokyo = counts(outcomes[KOR], state), counts(outcomes[JPN], state)
    demand((seoul, tokyo) in pair.ends, "it may not end so", name, outcomes)
    return seoul, tokyo


def race_event(event: str, seed: int, *, first: str | None = None) -> dict[str, bool | None]:
    """Let every act meet an event: by act, whether it counts; None: somebody was told no."""
    happening = GOODS_EVENTS[event]
    told = goods_stage({each: act.stage for each, act in GOODS_ACTS.items()}, happening.before)
    doings: dict[str, Any] = {"": (happening.at, happening.do)}
    doings |= {
        name: (act.at, lambda context, name=name, act=act: act.do(On(context, told, name)))
        for name, act in GOODS_ACTS.items()
    }
    outcomes, state = _run(f"{event}/{seed}", told, doings, first)
    happened = outcomes.pop("")
    demand(not is_refused(happened), "whoever may say it could not", happened)
    for name, outcome in outcomes.items():
        kind = kind_of(outcome)
        demand(kind in (None, GOODS_ACTS[name].kind), "something else was said", name, kind)
    return {
        name: None if is_refused(outcome) else counts(outcome, state)
        for name, outcome in outcomes.items()
    }
