# SPDX-License-Identifier: Apache-2.0
"""Consoles of two nodes that order goods of each other: Washington asks, Tokyo provides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from comity.basis.ids import PersonId, Place
from tests.api.support_api import Served, serve
from tests.builders.goods import ACSA, Trade
from tests.builders.world import Node
from tests.console.support_console import Browser, browse

ASKING = {
    "number": "O-1",
    "provider": "JPN",
    "activity": "exercise",
    "exercise": "keen-sword",
    "method": "cash",
    "authority": "10 USC 2342",
    "organisation": "7th Fleet",
    "office": "J4",
    "billed": "DFAS",
    "fund": "F-1",
    "at": "Yokosuka",
    "charter": "yes",
    "text": "Commander Smith",
    "category-1": "fuel",
    "nature-1": "supply",
    "description-1": "Jet fuel",
    "quantity-1": "20000",
    "unit-1": "LTR",
    "category-3": "transport",
    "nature-3": "service",
    "description-3": "Airlift",
    "quantity-3": "3",
    "unit-3": "HUR",
}
TAKING = {
    "number": "P-1",
    "office": "J4",
    "organisation": "MSDF",
    "payee": "Ministry",
    "collector": "finance",
    "collecting": "Finance",
    "currency": "JPY",
    "basis": "own_stock",
    "method": "cash",
    "quantity-1": "20000",
    "price-1": "95",
}
HANDING = {"number": "D-1", "office": "Depot", "at": "Yokosuka"}
PAYING = {"number": "S-1", "method": "cash", "office": "Finance", "reason": "consumed"}
"""What is typed into the forms of one order, from asking to paying."""


@dataclass
class Desks:
    """Browsers at one node's console, one for each person that is asked for."""

    node: Node
    served: Served

    def __call__(self, person: PersonId, language: str = "en") -> Browser:
        """Sign a person in."""
        self.served.set_password(person)
        browser = browse(self.served, language)
        browser.sign_in(person)
        return browser


@contextmanager
def desks(node: Node) -> Iterator[Desks]:
    """Serve a node's console to its own people."""
    served = serve(node)
    try:
        yield Desks(node, served)
    finally:
        served.close()
    assert not served.faults, served.faults


def path_of(order: Place, *more: object) -> str:
    """Give the path of an order's page, or of one below it."""
    return "/".join(("/orders", ACSA, order.party, str(order.index), *map(str, more)))


def asked(trade: Trade, count: int = 1, **changes: object) -> list[Place]:
    """Ask for fuel several times, each order of its own number."""
    found = []
    for at in range(count):
        entered = trade.ask(**{"number": f"N-{at}", **changes})
        assert isinstance(entered, tuple), entered
        found.append(entered[0].place)
        trade.world.move(1000)
    trade.world.settle(1)
    return found
