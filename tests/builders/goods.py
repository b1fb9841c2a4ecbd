# SPDX-License-Identifier: Apache-2.0
"""Two nodes under an agreement on goods and services, and short words for what their offices do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import structs

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import parse_instant
from comity.decision.people import Person, Role
from comity.decision.stages import Refused
from comity.flows.people.register import add_person
from comity.flows.speak import Entered
from comity.flows.support.deliveries import Handing, Receipted, Receiving, deliver, receive
from comity.flows.support.orders import Asking, accept_order, ask_order
from comity.flows.support.settlements import Wanted, settle
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderHead,
    OrderLine,
)
from tests.builders.pacts import pin_all, sign_only, under
from tests.builders.world import (
    JPN,
    MORNING,
    REGISTRAR,
    USA,
    Node,
    World,
    make_world,
    run,
)

ACSA = AgreementId("acsa-jpn-usa-2016")
DAY = date(2018, 4, 2)
SPRING = parse_instant("2018-04-02T01:00:00Z")
A_DAY_MS = 86_400_000
LOGISTICS, DEPOT = PersonId("logistics"), PersonId("depot")
FINANCE, BOOKS = PersonId("finance"), PersonId("books")
OFFICES = {
    LOGISTICS: Role.LOGISTICS_OFFICER,
    DEPOT: Role.LOGISTICS_OFFICER,
    FINANCE: Role.FINANCE_OFFICER,
    BOOKS: Role.FINANCE_OFFICER,
}
FUEL = OrderLine(
    1, "fuel", Nature.SUPPLY, "9130-01-031-5816", "Jet fuel", Quantity(Decimal(20000), "LTR")
)
LIFT = OrderLine(1, "transport", Nature.SERVICE, None, "Airlift", Quantity(Decimal(3), "HUR"))


def officer(person: PersonId = LOGISTICS, office: str = "J4") -> Officer:
    return Officer(person, office)


@contextmanager
def make_goods(
    folder: Path,
    *,
    raw: bytes | None = None,
    agreement: AgreementId = ACSA,
    partners: tuple[PartyId, ...] = (USA,),
) -> Iterator[World]:
    """Let Japan and partners sign the model of their agreement, in spring 2018.

    `raw`: another file of that id.
    """
    with make_world(folder, (JPN, *partners)) as world:
        for node in world.nodes.values():
            for person, role in OFFICES.items():
                _register(node, person, role)
        world.move(SPRING - MORNING)
        pin_all(world, agreement, JPN, *partners)
        signed = under(world, agreement, JPN, *partners)
        text = template(agreement) if raw is None else raw
        if b'"last_signature"' in text:
            sign_only(signed, text)
        else:
            signed.sign(text)
        signed.settle(1)
        yield signed


def _register(node: Node, person: PersonId, role: Role) -> None:
    record = Person(
        id=person,
        facility="hq",
        kind="official",
        posts=(),
        clearance=None,
        clearance_until=None,
        need_to_know=(),
        roles=(role,),
        registered_from=MORNING,
        registered_until=None,
    )
    outcome = run(add_person(node.context, record, REGISTRAR))
    assert not isinstance(outcome, Refused), outcome


def head(provider: PartyId = JPN, number: str = "O-1", **changes: Any) -> OrderHead:
    usual = OrderHead(
        number=number,
        provider=provider,
        activity="exercise",
        exercise="Keen Sword",
        method=Method.CASH,
        charter=True,
        authority="10 USC 2342",
        organisation="7th Fleet",
        ordering=officer(),
        billed="DFAS",
        fund="F-1",
        at="Yokosuka",
        by=None,
        asked_with=(),
        through=None,
        protected=(),
    )
    return structs.replace(usual, **changes)


def taking(**changes: Any) -> AcceptanceHead:
    usual = AcceptanceHead(
        "P-1", officer(), "Ministry", officer(FINANCE, "Finance"), "MSDF", None, None, None
    )
    return structs.replace(usual, **changes)


def priced(line: OrderLine = FUEL, **changes: Any) -> AcceptedLine:
    usual = AcceptedLine(
        line.line, line.quantity.number, Decimal(95), "JPY", "own_stock", Method.CASH
    )
    return structs.replace(usual, **changes)


class Trade:
    """Washington asks Tokyo for goods, which hands them over; or the other way round."""

    def __init__(self, world: World, requester: PartyId = USA) -> None:
        self.world = world
        self.requester = requester
        self.provider = next(each for each in world.nodes if each != requester)

    @property
    def asks(self) -> Node:
        return self.world[self.requester]

    @property
    def gives(self) -> Node:
        return self.world[self.provider]

    def ask(self, *lines: OrderLine, **changes: Any) -> tuple[Entered, ...] | Refused:
        asking = Asking(head(self.provider, **changes), lines or (FUEL,))
        return run(ask_order(self.asks.context, self.asks.agreement, asking))

    def accept(
        self, order: Place, *lines: AcceptedLine, person: PersonId = LOGISTICS, **changes: Any
    ) -> Entered | Refused:
        said = taking(accepting=officer(person), **changes)
        node = self.gives
        return run(
            accept_order(
                node.context, node.agreement, order, said, lines or (priced(),), person=person
            )
        )

    def deliver(self, order: Place, **changes: Any) -> Entered | Refused:
        usual = Handing(order, "D-1", "Yokosuka", officer(DEPOT, "Depot"))
        node = self.gives
        return run(deliver(node.context, node.agreement, replace(usual, **changes)))

    def receive(self, delivery: Place, **changes: Any) -> Receipted | Refused:
        usual = Receiving(delivery, officer(DEPOT, "Ship"))
        node = self.asks
        return run(receive(node.context, node.agreement, replace(usual, **changes)))

    def settle(self, node: Node, order: Place, **changes: Any) -> Entered | Refused:
        usual = Wanted(order, "S-1", Method.CASH, officer(FINANCE, "Finance"))
        return run(settle(node.context, node.agreement, replace(usual, **changes)))

    def ordered(self, *lines: OrderLine, **changes: Any) -> Place:
        """Ask and accept, at usual prices."""
        terms: dict[str, Any] = changes.pop("terms", {})
        entered = self.ask(*lines, **changes)
        assert not isinstance(entered, Refused), entered
        order = entered[0].place
        self.world.settle(1)
        priced_lines = (priced(each, **terms) for each in lines or (FUEL,))
        said = self.accept(order, *priced_lines, replace_by=date(2019, 3, 1))
        assert isinstance(said, Entered), said
        self.world.settle(1)
        return order

    def handed_over(self, *lines: OrderLine, **changes: Any) -> tuple[Place, Place]:
        """Ask, accept and hand over: the order and the delivery."""
        order = self.ordered(*lines, **changes)
        made = self.deliver(order)
        assert isinstance(made, Entered), made
        self.world.settle(1)
        return order, made.place

    def received(self, *lines: OrderLine, **changes: Any) -> Place:
        """Ask, accept, hand over and receipt: the order."""
        order, delivery = self.handed_over(*lines, **changes)
        came = self.receive(delivery)
        assert isinstance(came, Receipted), came
        self.world.settle(1)
        return order

    def received_in_kind(self, **changes: Any) -> Place:
        """Let fuel be received that is to be replaced by fuel."""
        return self.received(terms={"method": Method.REPLACEMENT_IN_KIND}, **changes)
