# SPDX-License-Identifier: Apache-2.0
"""Whole lives of orders under the files that others sign: in parts, billed, settled, agreed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.ids import AgreementId, Place
from comity.basis.strict_json import format_json
from comity.flows.speak import Entered
from comity.flows.support.balances import agree_balance, read_balance, state_balance
from comity.flows.support.books import export_books
from comity.flows.support.deliveries import Receipted
from comity.flows.support.settlements import bill, confirm
from comity.flows.support.shapes import read_order
from comity.statement.deliveries import DeliveredLine
from comity.statement.orders import Method, Nature
from comity.statement.settlements import SettledLine
from tests.builders.bean_check import bean_check
from tests.builders.goods import (
    A_DAY_MS,
    BOOKS,
    DAY,
    FINANCE,
    FUEL,
    Trade,
    make_goods,
    officer,
)
from tests.builders.world import JPN, KOR, USA, Node, World, run

FAMILY, OLD = AgreementId("acsa-us-family"), AgreementId("acsa-jpn-usa-1996")
NEW, HOSPITALS = AgreementId("acsa-jpn-usa-2016"), AgreementId("hospitals-mutual-aid")


def text_of(name: AgreementId) -> bytes:
    """Give a model in which Japan stands where a partner or a hospital does."""
    raw = template(name).replace(b"PARTNER", b"JPN").replace(b'"EUR"', b'"JPY"')
    return raw.replace(b"HOSPITAL-A", b"JPN").replace(b"HOSPITAL-B", b"USA")


def in_parts(trade: Trade, order: Place, *parts: int) -> None:
    """Hand over and receipt, some of it after the other."""
    for nth, part in enumerate(parts, start=1):
        lines = (DeliveredLine(1, Decimal(part)),)
        made = trade.deliver(order, number=f"D-{nth}", lines=lines)
        assert isinstance(made, Entered), made
        trade.world.settle(1)
        came = trade.receive(made.place)
        assert isinstance(came, Receipted), came
        trade.world.settle(1)


def agree(world: World, one: Node, other: Node) -> None:
    """Let one state the balance of the day that is over, and the other agree to it."""
    said = run(state_balance(one.context, one.agreement, DAY, BOOKS))
    assert isinstance(said, Entered), said
    world.settle(1)
    agreed = run(agree_balance(other.context, other.agreement, said.place, BOOKS))
    assert isinstance(agreed, Entered), agreed
    world.settle(1)


def shown(node: Node) -> bytes:
    """Give what `comity balance show --json` writes."""
    found = run(read_balance(node.context, node.agreement, with_lines=True))
    return format_json({**found.value, "lines": [*found.lines], "ageing": [*found.ageing]})


@pytest.mark.parametrize(
    ("name", "activity"), [(NEW, "exercise"), (OLD, "exercise"), (FAMILY, "exercise")]
)
def test_an_order_is_delivered_in_parts_billed_paid_and_closed(
    name: AgreementId, activity: str, tmp_path: Path
) -> None:
    with make_goods(tmp_path / "nodes", raw=text_of(name), agreement=name) as world:
        trade = Trade(world)
        order = trade.ordered(FUEL, activity=activity)
        in_parts(trade, order, 12_000, 5_000, 3_000)
        assert shown(trade.asks) == shown(trade.gives)
        acting = officer(FINANCE, "Finance")
        billed = run(bill(trade.gives.context, name, order, "I-1", acting))
        assert isinstance(billed, Entered), billed
        world.settle(1)
        paid = trade.settle(trade.asks, order, reason="consumed")
        assert isinstance(paid, Entered), paid
        world.settle(1)
        counted = run(confirm(trade.gives.context, name, paid.place, "S-2", officer(BOOKS)))
        assert isinstance(counted, Entered), counted
        world.settle(1)
        world.move(A_DAY_MS)
        agree(world, trade.gives, trade.asks)
        assert shown(trade.asks) == shown(trade.gives)
        for node in (trade.asks, trade.gives):
            row: Any = run(read_order(node.context, name, order))
            assert (row["life"], row["lines"][0]["paid"]) == ("closed", "1900000")
            assert bean_check(run(export_books(node.context, name, "beancount")), tmp_path) == []
        assert world.equal()


def test_three_hospitals_lend_beds_and_staff_and_all_three_hold_the_same_books(
    tmp_path: Path,
) -> None:
    raw = text_of(HOSPITALS).replace(b"HOSPITAL-C", b"KOR")
    beds = structs.replace(
        FUEL, category="beds", nature=Nature.LOAN, quantity=Quantity(Decimal(12), "EA"),
        description="Beds", return_by=date(2018, 6, 1),
    )  # fmt: skip
    with make_goods(tmp_path / "nodes", raw=raw, agreement=HOSPITALS, partners=(USA, KOR)) as world:
        lent = {"activity": "disaster", "terms": {"method": Method.RETURN}}
        order = Trade(world).ordered(beds, **lent)
        in_parts(Trade(world), order, 7, 5)
        other = Trade(world, requester=KOR)
        other.received(beds, number="K-1", **lent)
        nodes = [world[party] for party in (JPN, USA, KOR)]
        world.settle(2)
        assert len({shown(node) for node in nodes}) == 1
        back = (SettledLine(1, Decimal(10), None, None, Decimal(1)),)
        said = Trade(world).settle(nodes[0], order, method=Method.RETURN, lines=back)
        assert isinstance(said, Entered), said
        world.settle(2)
        assert len({shown(node) for node in nodes}) == 1
        value: Any = run(read_balance(nodes[2].context, HOSPITALS)).value
        owed = [(row["by"], row["to"], row["open"]) for row in value["owed"]]
        assert owed == [("KOR", "JPN", "12"), ("USA", "JPN", "2")]
        assert (
            bean_check(run(export_books(nodes[1].context, HOSPITALS, "beancount")), tmp_path) == []
        )
        assert world.equal()
