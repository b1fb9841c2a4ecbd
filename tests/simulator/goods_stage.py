# SPDX-License-Identifier: Apache-2.0
"""Where goods stand before they are raced: an order for each act, as far along as the act needs.

Seoul asks and Tokyo provides, under the model with goods; all is told once, and set up anew from
bytes for each race.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from unittest.mock import patch

from comity.basis.amounts import Quantity
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date
from comity.decision.stages import Refused
from comity.flows.speak import Entered
from comity.flows.support.balances import state_balance
from comity.flows.support.deliveries import Handing, Receipted, Receiving, deliver, receive
from comity.flows.support.orders import Asking, accept_order, ask_order
from comity.flows.support.settlements import Wanted, settle
from comity.flows.treaty.acts import declare, propose
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderHead,
    OrderLine,
)
from comity.statement.treaty import AgreementEndNotice, AgreementInitial, AgreementSign
from tests.simulator import cast
from tests.simulator.cast import ENTRY, JPN, KOR, REGISTRAR, Topology
from tests.simulator.disk import Disk
from tests.simulator.loop import SimulatedLoop, run_simulated
from tests.simulator.program import Trace, watch_crash_points
from tests.simulator.races_passed import FIRST
from tests.simulator.races_stage import SUSPENDABLE, text_of
from tests.simulator.remembered import reading_once
from tests.simulator.suite import cheap_suite
from tests.simulator.unreal import nothing_real
from tests.simulator.world import World, found
from tests.simulator.world import settle as exchange

GOODS: Final = Topology("goods", (SUSPENDABLE,))
WHO: Final = Officer(REGISTRAR, "J4")
YESTERDAY: Final = Date(2016, 11, 22)
LITRES: Final = Decimal(100)

ASKED, ACCEPTED, HANDED, CAME, CLAIMED = range(5)
"""How far an order has come: asked for, accepted, handed over, receipted, said to be paid."""

IN_KIND: Final = frozenset({"both replace"})
"""What is raced on an order that is to be replaced in kind; all others are to be paid."""


@dataclass(frozen=True)
class GoodsStage:
    """A founded world as bytes, and where the orders, deliveries and claims of each race stand."""

    raw: bytes
    at_s: float
    orders: Mapping[str, Place]
    deliveries: Mapping[str, Place]
    claims: Mapping[str, Place]
    balance: Place


def asking(number: str) -> Asking:
    """Ask for a hundred litres of fuel, of Tokyo."""
    head = OrderHead(
        number=number,
        provider=JPN,
        activity="exercise",
        exercise=None,
        method=None,
        charter=True,
        authority=None,
        organisation="unit",
        ordering=WHO,
        billed="J4",
        fund="F",
        at="port",
        by=None,
        asked_with=(),
        through=None,
        protected=(),
    )
    line = OrderLine(1, "fuel", Nature.SUPPLY, None, "fuel", Quantity(LITRES, "LTR"))
    return Asking(head, (line,))


def accepting(number: str, method: Method) -> tuple[AcceptanceHead, tuple[AcceptedLine, ...]]:
    """Accept all of it, at a dollar and a quarter."""
    head = AcceptanceHead(number, WHO, "payee", WHO, "depot", None, Date(2017, 12, 31), None)
    return head, (AcceptedLine(1, LITRES, Decimal("1.25"), "USD", "agreed", method),)


class _Teller:
    def __init__(self, world: World, wanted: Mapping[str, int]) -> None:
        self.world, self.wanted = world, wanted
        self.orders: dict[str, Place] = {}
        self.deliveries: dict[str, Place] = {}
        self.claims: dict[str, Place] = {}

    async def do(self, party: PartyId, flow: Coroutine[Any, Any, Any]) -> Any:
        outcome = await self.world.call(self.world.nodes[party], flow)
        assert not isinstance(outcome, Refused), outcome
        return outcome

    async def place(self, party: PartyId, flow: Coroutine[Any, Any, Any]) -> Place:
        outcome = await self.do(party, flow)
        match outcome:
            case Entered(place, _) | Receipted(receipt=Entered(place, _)):
                return place
            case (Entered(place, _), *_):
                return place
        raise AssertionError(outcome)

    async def tell(self) -> Place:
        """Bring every order as far as it is wanted, and let Tokyo state a balance."""
        one, other = self.world.nodes[KOR].context, self.world.nodes[JPN].context
        numbers = {name: f"N-{number}" for number, name in enumerate(self.wanted)}
        for name, number in numbers.items():
            asked = ask_order(one, FIRST.id, asking(number))
            self.orders[name] = await self.place(KOR, asked)
        await exchange(self.world, 1)
        for name in self._as_far_as(ACCEPTED):
            method = Method.REPLACEMENT_IN_KIND if name in IN_KIND else Method.CASH
            said = accepting(numbers[name], method)
            order = self.orders[name]
            await self.place(JPN, accept_order(other, FIRST.id, order, *said, person=REGISTRAR))
        await exchange(self.world, 1)
        for name in self._as_far_as(HANDED):
            handing = Handing(self.orders[name], numbers[name], "port", WHO)
            self.deliveries[name] = await self.place(JPN, deliver(other, FIRST.id, handing))
        await exchange(self.world, 1)
        for name in self._as_far_as(CAME):
            receiving = Receiving(self.deliveries[name], WHO)
            await self.place(KOR, receive(one, FIRST.id, receiving))
        for name in self._as_far_as(CLAIMED):
            wanted = Wanted(self.orders[name], numbers[name], Method.CASH, WHO)
            self.claims[name] = await self.place(KOR, settle(one, FIRST.id, wanted))
        await exchange(self.world, 1)
        stated = state_balance(other, FIRST.id, YESTERDAY, REGISTRAR)
        balance = await self.place(JPN, stated)
        await exchange(self.world)
        return balance

    def _as_far_as(self, stage: int) -> list[str]:
        return [name for name, wanted in self.wanted.items() if wanted >= stage]


async def _put_on_the_table(teller: _Teller) -> None:
    """Let Tokyo give notice of the end, and sign an amendment that Seoul has yet to sign."""
    context = teller.world.nodes[JPN].context
    await teller.do(JPN, propose(context, text_of(3)))
    for body in (AgreementInitial(""), AgreementSign("")):
        await teller.do(JPN, declare(context, FIRST.id, body))
    await exchange(teller.world, 1)


async def _give_notice(teller: _Teller) -> None:
    context = teller.world.nodes[JPN].context
    await teller.do(JPN, declare(context, FIRST.id, AgreementEndNotice(None, ENTRY, None, "")))
    await exchange(teller.world, 1)


BEFORE: Final[Mapping[str, Callable[[_Teller], Coroutine[Any, Any, None]]]] = MappingProxyType(
    {"amendment": _put_on_the_table, "notice": _give_notice}
)
"""What else stands before some events, by its name."""


def goods_stage(wanted: Mapping[str, int], before: str | None = None) -> GoodsStage:
    """Tell what stands before races on these orders, once."""
    return _stage(tuple(wanted.items()), before)


@cache
def _stage(wanted: tuple[tuple[str, int], ...], before: str | None) -> GoodsStage:
    watch_crash_points()

    def main(loop: SimulatedLoop) -> Callable[[], Coroutine[Any, Any, GoodsStage]]:
        async def tell() -> GoodsStage:
            world = World(GOODS, f"goods/{before}", Trace(loop.time))
            await found(world)
            teller = _Teller(world, dict(wanted))
            balance = await teller.tell()
            if before is not None:
                await BEFORE[before](teller)
            for node in world.nodes.values():
                node.stop()
                node.disk.lose_unsynced()
                node.disk.tables.undo.clear()
            world.raise_if_violated()
            disks = {party: node.disk for party, node in world.nodes.items()}
            raw = pickle.dumps((disks, world.ledger))
            told = (teller.orders, teller.deliveries, teller.claims)
            return GoodsStage(raw, loop.time(), *told, balance)

        return tell

    with (
        patch.object(cast, "WITH_GOODS", True),
        cheap_suite(f"goods/{before}"),
        reading_once(),
        nothing_real(),
    ):
        return run_simulated(random.Random(f"goods/{before}"), main)


def set_goods(told: GoodsStage, world: World) -> None:
    """Put what stands before a race on a world's disks; clocks go on from there."""
    disks: dict[PartyId, Disk]
    disks, world.ledger = pickle.loads(told.raw)
    for party, node in world.nodes.items():
        node.disk = disks[party]
        node.clock.offset_ms = int(told.at_s * 1000) + 1000
