# SPDX-License-Identifier: Apache-2.0
"""What governments do with goods in the story: their offices, and how an order goes its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import UTC, Date, date_of, parse_instant
from comity.cli.demo.apart import carry_apart
from comity.cli.demo.cast import CITY, post
from comity.cli.demo.checks import entered, expect, unexpected
from comity.cli.demo.steps import Act, Saw
from comity.cli.demo.world import World
from comity.decision.stages import Refused
from comity.flows.set_up import pin_agreement, pin_card
from comity.flows.speak import Entered
from comity.flows.support.balances import Balance, read_balance
from comity.flows.support.deliveries import Handing, Receiving, deliver, receive
from comity.flows.support.orders import Asking, accept_order, ask_order
from comity.flows.treaty import acts as treaty
from comity.keys.cards import fingerprint
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderHead,
    OrderLine,
)
from comity.statement.treaty import AgreementEntryNotification, AgreementSign

JPN_KOR, JPN_USA = AgreementId("acsa-jpn-kor"), AgreementId("acsa-jpn-usa-2016")


@dataclass(frozen=True, slots=True)
class Trade:
    """What one party asks of another under an agreement: a line, and its price once accepted."""

    agreement: AgreementId
    by: PartyId
    provider: PartyId
    number: str
    activity: str
    line: OrderLine
    price: AcceptedLine
    asked_with: tuple[str, ...] = ()
    through: str | None = None


def line(category: str, count: int, unit: str, what: str, nature: Nature) -> OrderLine:
    """Word the one line of an order."""
    return OrderLine(1, category, nature, None, what, Quantity(Decimal(count), unit))


def price(count: int, each: str, currency: str, method: Method) -> AcceptedLine:
    """Word what that line costs."""
    return AcceptedLine(1, Decimal(count), Decimal(each), currency, "own_stock", method)


def officer(party: PartyId, office: str) -> Officer:
    """Name who holds an office."""
    return Officer(post(party, office), f"{CITY[party]}, {office}")


async def pin_cards(apart: World) -> None:
    """Let everybody compare everybody's card."""
    for party, card in apart.cards.items():
        async with apart.node(party) as context:
            for known in apart.cards.values():
                if known is not card:
                    await pin_card(context, known.raw, compared=fingerprint(known))


async def exchange(apart: World, parties: tuple[PartyId, PartyId]) -> None:
    """Carry a disc each way between two of them; nodes that serve do it by themselves."""
    if apart.served:
        await apart.exchange(*parties)
        return
    await carry_apart(apart, *parties)
    await carry_apart(apart, *parties[::-1])


async def sign(
    apart: World, agreement: AgreementId, parties: tuple[PartyId, PartyId], raw: bytes
) -> None:
    """Bring an agreement into force between two of them."""
    today = date_of(apart.now, UTC)
    for party, other in (parties, parties[::-1]):
        async with apart.node(party) as context:
            await pin_agreement(context, agreement, other)
    async with apart.node(parties[0]) as context:
        await treaty.propose(context, raw)
    await exchange(apart, parties)
    for body in (
        AgreementSign(treaty.NO_NOTE_YET),
        AgreementEntryNotification(today, treaty.NO_NOTE_YET),
    ):
        for party in parties:
            async with apart.node(party) as context:
                await treaty.declare(context, agreement, body)
        await exchange(apart, parties)


def rounds_for_peacekeeping() -> bytes:
    """Give the model of a pact between Japan and Korea, with one change: rounds for peacekeepers.

    The model as it ships leaves ammunition out, as Japan's agreements of its time did.
    """
    raw = template(JPN_KOR)
    known, let_in = b'  "airport-seaport",\n]', b'  "airport-seaport",\n  "ammunition",\n]'
    excluded = b'"weapon", "weapon-system", "ammunition"]'
    expect(known in raw and excluded in raw, "the model of the pact", "another")
    allowed = b'    "airport-seaport",\n  ] },\n'
    more = b'  { activities = ["peacekeeping"], categories = ["ammunition"] },\n'
    changed = raw.replace(known, let_in).replace(excluded, b'"weapon", "weapon-system"]')
    return changed.replace(allowed, allowed + more)


async def ask(apart: World, trade: Trade) -> tuple[Entered, ...] | Refused:
    """Ask for goods or services."""
    head = OrderHead(
        number=trade.number,
        provider=trade.provider,
        activity=trade.activity,
        exercise=None,
        method=trade.price.method,
        charter=True,
        authority="the law of the party that asks",
        organisation=f"{CITY[trade.by]}, unit",
        ordering=officer(trade.by, "logistics"),
        billed=f"{CITY[trade.by]}, finance",
        fund="F-1",
        at="Bor" if trade.through else "Yokosuka",
        by=None,
        asked_with=trade.asked_with,
        through=trade.through,
        protected=(),
    )
    async with apart.node(trade.by) as context:
        return await ask_order(context, trade.agreement, Asking(head, (trade.line,)))


async def asked(apart: World, trade: Trade) -> Place:
    """Ask for what is allowed."""
    outcome = await ask(apart, trade)
    if isinstance(outcome, Refused):
        raise unexpected(outcome)
    apart.places[trade.number] = outcome[0].place
    return outcome[0].place


async def provide(apart: World, trades: Sequence[Trade], replace_by: Date) -> None:
    """Let the provider of some orders accept them and hand everything over, each by its office."""
    party = trades[0].provider
    async with apart.node(party) as context:
        for trade in trades:
            place = apart.places[trade.number]
            head = AcceptanceHead(
                f"P-{trade.number}",
                officer(party, "logistics"),
                f"{CITY[party]}, treasury",
                officer(party, "finance"),
                f"{CITY[party]}, depot",
                None,
                replace_by,
                None,
            )
            person = head.accepting.person
            entered(
                await accept_order(
                    context, trade.agreement, place, head, (trade.price,), person=person
                )
            )
            handing = Handing(
                place, f"D-{trade.number}", trade.through or "quay", officer(party, "depot")
            )
            made = entered(await deliver(context, trade.agreement, handing))
            apart.places[f"D-{trade.number}"] = made.place


async def take(apart: World, trades: Sequence[Trade]) -> list[Place]:
    """Let whoever asked receipt it all; give the places of the claims that this made by itself."""
    party, claims = trades[0].by, list[Place]()
    async with apart.node(party) as context:
        for trade in trades:
            place = apart.places[f"D-{trade.number}"]
            receiving = Receiving(place, officer(party, "depot"))
            outcome = await receive(context, trade.agreement, receiving)
            if isinstance(outcome, Refused):
                raise unexpected(outcome)
            expect(outcome.claim, "a claim with the receipt", "none")
            if outcome.claim is not None:
                claims.append(outcome.claim.place)
    return claims


async def same_balance(apart: World, agreement: AgreementId, parties: Sequence[PartyId]) -> Balance:
    """Expect both nodes to say the same of what is owed, byte for byte."""
    found = []
    for party in parties:
        async with apart.node(party) as context:
            found.append(await read_balance(context, agreement))
    one, other = found
    expect(one.sha256 == other.sha256, one.sha256, other.sha256)
    return one


def owed(value: object) -> str:
    """Say in words what a balance says is owed."""
    rows = value["owed"] if isinstance(value, dict) else []
    told = [
        f"{row['by']} owes {row['to']} {row['open']} {row['unit'] or row['currency']}"
        for row in rows
    ]
    return "; ".join(told) or "nothing is owed"


def on_goods(act: Act, at: str, *, last: bool = False) -> Act:
    """Do a step on the nodes apart, at a time of their own; the last puts them away."""

    async def do(world: World) -> Saw:
        apart = world.copies
        expect(apart, "nodes apart", "none")
        if apart is None:
            return Saw("")
        apart.reach(parse_instant(at))
        saw = await act(apart)
        if last:
            apart.remove()
            world.copies = None
        return Saw(saw.words, saw.cites, saw.evidence, parse_instant(at))

    return do
