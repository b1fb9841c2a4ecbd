# SPDX-License-Identifier: Apache-2.0
"""Chapters: the pact on goods that was never concluded, on the nodes that serve, and what is open.

So that the consoles have orders to look at: one paid, one forgotten, two that wait for somebody.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from comity.agreement.templates import template
from comity.basis.instants import Date
from comity.cli.demo.cast import JPN, KOR
from comity.cli.demo.checks import entered, expect
from comity.cli.demo.goods import (
    JPN_KOR,
    Trade,
    asked,
    exchange,
    line,
    officer,
    owed,
    price,
    provide,
    same_balance,
    sign,
    take,
)
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.flows.support.settlements import Wanted, settle
from comity.flows.turns import read_view
from comity.statement.orders import AcceptedLine, Method, Nature, OrderLine

_BOTH: Final = (JPN, KOR)


_CASH: Final = Method.CASH


def _lent(number: str, wanted: OrderLine, yen: str) -> Trade:
    """Word what Seoul asks of Tokyo at an exercise, for cash; `yen` is the price of one."""
    cost = AcceptedLine(1, wanted.quantity.number, Decimal(yen), "JPY", "own_stock", _CASH)
    return Trade(JPN_KOR, KOR, JPN, number, "exercise", wanted, cost)


_FUEL: Final = _lent("FUEL-2", line("fuel", 8_000, "LTR", "diesel fuel", Nature.SUPPLY), "110")
_WATER: Final = _lent("WATER-1", line("water", 2_500, "LTR", "water", Nature.SUPPLY), "40")
_BLANKETS: Final = _lent("CLOTH-1", line("clothing", 400, "EA", "blankets", Nature.SUPPLY), "3200")
_LIFT: Final = Trade(
    JPN_KOR,
    JPN,
    KOR,
    "LIFT-2",
    "disaster",
    line("transport", 3, "HUR", "airlift", Nature.SERVICE),
    price(3, "5200000", "KRW", _CASH),
)


async def _sign(world: World) -> Saw:
    await sign(world, JPN_KOR, _BOTH, template(JPN_KOR))
    return Saw(f"{JPN_KOR} is in force between {JPN} and {KOR}: a model, with no text to follow")


async def _lend(world: World) -> Saw:
    for trade in (_FUEL, _WATER):
        await asked(world, trade)
    await exchange(world, _BOTH)
    await provide(world, (_FUEL, _WATER), Date(2019, 3, 31))
    await exchange(world, _BOTH)
    claims = await take(world, (_FUEL, _WATER))
    await exchange(world, _BOTH)
    balance = await same_balance(world, JPN_KOR, _BOTH)
    made = " and ".join(str(each) for each in claims)
    return Saw(f"receipted, and with it the claims {made}; both nodes say {owed(balance.value)}")


async def _pay(world: World) -> Saw:
    wanted = Wanted(
        world.places["WATER-1"], "S-WATER-1", _CASH, officer(JPN, "finance"), reason="consumed"
    )
    async with world.node(JPN) as context:
        said = entered(await settle(context, JPN_KOR, wanted))
    await exchange(world, _BOTH)
    balance = await same_balance(world, JPN_KOR, _BOTH)
    return Saw(f"{said.place}: the water is paid; {owed(balance.value)}", said.articles)


async def _leave_open(world: World) -> Saw:
    await asked(world, _BLANKETS)
    await asked(world, _LIFT)
    await exchange(world, _BOTH)
    await provide(world, (_LIFT,), Date(2023, 9, 30))
    await exchange(world, _BOTH)
    balance = await same_balance(world, JPN_KOR, _BOTH)
    async with world.node(JPN) as context:
        order = (await read_view(context, JPN_KOR)).fold.state.orders.get(world.places["CLOTH-1"])
    expect(order and order.head.number == "CLOTH-1", "the order of blankets", order)
    words = "blankets asked for, which Tokyo is to answer; an airlift handed over, which it is to"
    return Saw(f"{words} receipt; and since 2018 {owed(balance.value)}")


CHAPTER: Final = Chapter(
    "A pact on goods that there never was",
    "In 2011 and again in 2016 the ministers of Tokyo and Seoul spoke of a pact on goods beside "
    "the one on information. It was never concluded. Here the two nodes sign a model of it, so "
    "that whoever looks around finds orders in the consoles.",
    (
        Step(
            "pact-on-goods-signed",
            JPN,
            "Tokyo and Seoul sign the model, on the nodes that serve.",
            _sign,
            "2018-09-10T01:00:00Z",
        ),
        Step(
            "fuel-and-water-lent",
            KOR,
            "At an exercise Seoul has fuel and water of Tokyo, and receipts both.",
            _lend,
            "2018-09-12T01:00:00Z",
        ),
        Step(
            "one-of-two-paid",
            JPN,
            "Tokyo is paid for the water, and says so. Nobody thinks of the fuel.",
            _pay,
            "2018-11-01T01:00:00Z",
        ),
    ),
)

LEFT_OPEN: Final = Chapter(
    "What is left open",
    "The nodes go on serving, and somebody is waited for on each.",
    (
        Step(
            "orders-left-open",
            KOR,
            "Seoul asks for blankets, and has handed over an airlift.",
            _leave_open,
            "2023-03-22T02:00:00Z",
        ),
    ),
)
