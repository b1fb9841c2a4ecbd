# SPDX-License-Identifier: Apache-2.0
"""Chapter: ten thousand rounds at Bor, and a year of goods with one order forgotten.

Told on nodes of their own, in the time of what happened; then these are put away.
"""

from __future__ import annotations

from typing import Final

from comity.agreement.templates import template
from comity.basis.instants import Date, parse_instant
from comity.cli.demo.cast import GOVERNMENTS, JPN, KOR, USA
from comity.cli.demo.chapters.nodes import register_people
from comity.cli.demo.checks import cited, entered, expect, reasons, refused
from comity.cli.demo.goods import (
    JPN_KOR,
    JPN_USA,
    Trade,
    ask,
    asked,
    exchange,
    line,
    officer,
    on_goods,
    owed,
    pin_cards,
    price,
    provide,
    rounds_for_peacekeeping,
    same_balance,
    sign,
    take,
)
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World, on_disk
from comity.flows.support.balances import agree_balance, state_balance
from comity.flows.support.reports import yearly_report
from comity.flows.support.settlements import Wanted, confirm, settle
from comity.flows.turns import read_view
from comity.statement.orders import Method, Nature

_BEGUN: Final = "2013-12-20T01:00:00Z"
_ROUNDS: Final = Trade(
    JPN_KOR,
    KOR,
    JPN,
    "HANBIT-1",
    "peacekeeping",
    line("ammunition", 10_000, "EA", "5.56 mm ball", Nature.SUPPLY),
    price(10_000, "60", "JPY", Method.REPLACEMENT_IN_KIND),
    asked_with=("UNMISS",),
    through="UNMISS",
)
_FUEL: Final = Trade(
    JPN_USA,
    USA,
    JPN,
    "FUEL-1",
    "exercise",
    line("fuel", 20_000, "LTR", "jet fuel", Nature.SUPPLY),
    price(20_000, "95", "JPY", Method.CASH),
)
_FOOD: Final = Trade(
    JPN_USA,
    USA,
    JPN,
    "FOOD-1",
    "exercise",
    line("food", 300, "KGM", "rice", Nature.SUPPLY),
    price(300, "410", "JPY", Method.CASH),
)
_LIFT: Final = Trade(
    JPN_USA,
    JPN,
    USA,
    "LIFT-1",
    "disaster",
    line("transport", 6, "HUR", "airlift", Nature.SERVICE),
    price(6, "4100.5", "USD", Method.CASH),
)


async def _begin(world: World) -> Saw:
    apart = World(world.folder / "goods", parse_instant(_BEGUN))
    with on_disk(apart.folder):
        apart.folder.mkdir(mode=0o700)
    world.copies = apart
    for government in GOVERNMENTS:
        await apart.found(government)
    for party in apart.cards:
        await register_people(party)(apart)
    await pin_cards(apart)
    await sign(apart, JPN_KOR, (JPN, KOR), rounds_for_peacekeeping())
    words = f"in force between {JPN} and {KOR}: the model, with ammunition let in for peacekeepers"
    return Saw(words, at=parse_instant(_BEGUN))


async def _ask(apart: World) -> Saw:
    other = Trade(
        JPN_KOR, KOR, JPN, "HANBIT-0", "exercise", _ROUNDS.line, _ROUNDS.price, through="UNMISS"
    )
    findings = refused(await ask(apart, other), "1").findings
    place = await asked(apart, _ROUNDS)
    await exchange(apart, (JPN, KOR))
    async with apart.node(JPN) as context:
        order = (await read_view(context, JPN_KOR)).fold.state.orders.get(place)
    expect(order and order.head.asked_with == ("UNMISS",), "who asked", order)
    words = f"for an exercise refused: {reasons(findings)}; {JPN_KOR}/{place} is asked by {KOR}, "
    return Saw(f"{words}and with it by UNMISS: both stand in Tokyo's mirror", cited(findings))


async def _hand_over(apart: World) -> Saw:
    await provide(apart, (_ROUNDS,), Date(2014, 3, 31))
    await exchange(apart, (JPN, KOR))
    (claim,) = await take(apart, (_ROUNDS,))
    await exchange(apart, (JPN, KOR))
    balance = await same_balance(apart, JPN_KOR, (JPN, KOR))
    return Saw(f"receipted, and with it the claim {claim}; both nodes say {owed(balance.value)}")


async def _give_back(apart: World) -> Saw:
    wanted = Wanted(
        apart.places["HANBIT-1"], "S-1", Method.REPLACEMENT_IN_KIND, officer(KOR, "finance")
    )
    async with apart.node(KOR) as context:
        said = entered(await settle(context, JPN_KOR, wanted))
    apart.places["given back"] = said.place
    await exchange(apart, (JPN, KOR))
    balance = await same_balance(apart, JPN_KOR, (JPN, KOR))
    words = f"{said.place} claims that 10000 went back; until Tokyo says so, {owed(balance.value)}"
    return Saw(words, said.articles)


async def _close(apart: World) -> Saw:
    place = apart.places["given back"]
    async with apart.node(JPN) as context:
        said = entered(await confirm(context, JPN_KOR, place, "S-2", officer(JPN, "finance")))
    await exchange(apart, (JPN, KOR))
    balance = await same_balance(apart, JPN_KOR, (JPN, KOR))
    expect(balance.value["owed"] == [], "nothing owed", balance.value["owed"])
    return Saw(f"confirmed at {said.place}; both nodes say {owed(balance.value)}", said.articles)


async def _year(apart: World) -> Saw:
    await sign(apart, JPN_USA, (JPN, USA), template(JPN_USA))
    for trade in (_FUEL, _FOOD, _LIFT):
        await asked(apart, trade)
    await exchange(apart, (USA, JPN))
    await provide(apart, (_FUEL, _FOOD), Date(2019, 3, 31))
    await provide(apart, (_LIFT,), Date(2019, 3, 31))
    await exchange(apart, (USA, JPN))
    claims = [*await take(apart, (_FUEL, _FOOD)), *await take(apart, (_LIFT,))]
    await exchange(apart, (USA, JPN))
    balance = await same_balance(apart, JPN_USA, (JPN, USA))
    made = ", ".join(str(each) for each in claims)
    return Saw(f"three claims made by the receipts: {made}; {owed(balance.value)}")


async def _settle_two(apart: World) -> Saw:
    await _paid(apart, _FOOD)
    await _paid(apart, _LIFT)
    await exchange(apart, (USA, JPN))
    balance = await same_balance(apart, JPN_USA, (JPN, USA))
    return Saw(f"food and airlift are paid; nobody paid the fuel: {owed(balance.value)}")


async def _find_forgotten(apart: World) -> Saw:
    found = []
    for party in (JPN, USA):
        async with apart.node(party) as context:
            report = await yearly_report(context, JPN_USA, 2018, "10-01")
            found.append(report["over_a_year"])
    expect(found[0] == found[1], "the same list on both nodes", found)
    rows = found[0]
    row = rows[0] if isinstance(rows, list) and len(rows) == 1 else None
    place = str(apart.places["FUEL-1"])
    expect(isinstance(row, dict) and row["order"] == place, f"{place} alone", rows)
    return Saw(f"both nodes list {place} alone as open for over a year: 1900000 JPY, late")


async def _agree(apart: World) -> Saw:
    await _paid(apart, _FUEL)
    await exchange(apart, (USA, JPN))
    apart.reach(parse_instant("2019-05-11T01:00:00Z"))
    async with apart.node(JPN) as context:
        stated = entered(
            await state_balance(context, JPN_USA, Date(2019, 5, 10), officer(JPN, "finance").person)
        )
    await exchange(apart, (USA, JPN))
    async with apart.node(USA) as context:
        agreed = entered(
            await agree_balance(context, JPN_USA, stated.place, officer(USA, "finance").person)
        )
    await exchange(apart, (USA, JPN))
    balance = await same_balance(apart, JPN_USA, (JPN, USA))
    expect(balance.value["owed"] == [], "nothing owed", balance.value["owed"])
    return Saw(f"stated {stated.place}, agreed {agreed.place}; both nodes say nothing is owed")


async def _paid(apart: World, trade: Trade) -> None:
    """Let the creditor say that it was paid, which counts."""
    wanted = Wanted(
        apart.places[trade.number],
        f"S-{trade.number}",
        Method.CASH,
        officer(trade.provider, "finance"),
        reason="consumed",
    )
    async with apart.node(trade.provider) as context:
        entered(await settle(context, trade.agreement, wanted))


CHAPTER = Chapter(
    "Goods lent, and given back",
    "At Christmas 2013 a Korean unit of peacekeepers at Bor was short of rounds, and a Japanese "
    "one had some. They went through the United Nations and came back in January; afterwards the "
    "two governments disagreed in public on who had asked. This is that loan under a pact that "
    "there was not: its terms are a model. Then a year of fuel, food and airlift between Tokyo and "
    "Washington, with one order forgotten as auditors of both have found too many.",
    (
        Step(
            "goods-pact-signed",
            JPN,
            "Tokyo and Seoul sign a pact on goods, on nodes of their own.",
            _begin,
        ),
        Step(
            "rounds-asked-for",
            KOR,
            "Seoul asks for 10,000 rounds through UNMISS; UNMISS asks with it.",
            on_goods(_ask, "2013-12-22T09:00:00Z"),
        ),
        Step(
            "rounds-handed-over",
            JPN,
            "Tokyo accepts, hands them over the next day; Seoul's unit receipts them.",
            on_goods(_hand_over, "2013-12-23T06:00:00Z"),
        ),
        Step(
            "rounds-handed-back",
            KOR,
            "Seoul hands 10,000 rounds back to UNMISS.",
            on_goods(_give_back, "2014-01-10T06:00:00Z"),
        ),
        Step(
            "rounds-closed",
            JPN,
            "UNMISS hands them to the Japanese unit.",
            on_goods(_close, "2014-01-16T06:00:00Z"),
        ),
        Step(
            "a-year-of-orders",
            USA,
            "Washington has fuel and food of Tokyo, and Tokyo an airlift of Washington.",
            on_goods(_year, "2018-04-02T01:00:00Z"),
        ),
        Step(
            "two-of-three-settled",
            JPN,
            "Food and airlift are paid in time.",
            on_goods(_settle_two, "2018-06-01T01:00:00Z"),
        ),
        Step(
            "forgotten-order-found",
            JPN,
            "A year later either node lists what was forgotten.",
            on_goods(_find_forgotten, "2019-05-10T01:00:00Z"),
        ),
        Step(
            "balance-agreed",
            USA,
            "It is paid; Tokyo states the balance, and Washington agrees.",
            on_goods(_agree, "2019-05-10T02:00:00Z", last=True),
        ),
    ),
)
