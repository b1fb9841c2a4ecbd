# SPDX-License-Identifier: Apache-2.0
"""What one statement does not hold goes in several of one commit; what was said in part is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.basis.errors import StateError
from comity.flows.speak import Entered
from comity.flows.support.balances import read_balance
from comity.flows.support.deliveries import Receipted
from comity.statement.deliveries import DeliveredLine
from tests.builders.goods import ACSA, FUEL, Trade, make_goods
from tests.builders.world import Node, World, run


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("parts")) as world:
        yield world


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    return Trade(_goods.copy(tmp_path / "world"))


def owed(node: Node) -> list[Any]:
    value: Any = run(read_balance(node.context, ACSA)).value
    return value["owed"]


def test_all_that_is_open_of_many_lines_goes_in_several_statements_of_one_commit(
    trade: Trade,
) -> None:
    lines = tuple(structs.replace(FUEL, line=number) for number in range(1, 301))
    order = trade.ordered(*lines)
    assert [len(each["lines"]) for each in trade.gives.said("order.accept")] == [128, 128, 44]
    assert [each["head"] is None for each in trade.gives.said("order.accept")] == [
        False,
        True,
        True,
    ]
    made = trade.deliver(order)
    assert isinstance(made, Entered)
    places = [made.place, *(each.place for each in made.further)]
    assert [place.index - made.place.index for place in places] == [0, 1, 2]
    trade.world.settle(1)
    came = trade.receive(order)
    assert isinstance(came, Receipted)
    kinds = [came.receipt.statement.kind, *(e.statement.kind for e in came.receipt.further)]
    assert kinds == ["delivery.receipt", "claim.notice"] * 3
    trade.world.settle(1)
    with pytest.raises(StateError) as nothing:
        trade.receive(order)
    assert nothing.value.code == "delivery.nothing-open"
    paid = trade.settle(trade.gives, order, reason="consumed")
    assert isinstance(paid, Entered)
    assert len(paid.further) == 2
    trade.world.settle(1)
    assert owed(trade.asks) == owed(trade.gives) == []
    assert trade.world.equal()


def test_what_is_said_in_part_tells_how_much_of_it_was(trade: Trade) -> None:
    lines = tuple(structs.replace(FUEL, line=number) for number in range(1, 131))
    order = trade.ordered(*lines)
    named = tuple(DeliveredLine(number, Decimal(20000)) for number in range(1, 130))
    beyond = (*named, DeliveredLine(130, Decimal(20001)))
    with pytest.raises(StateError) as part:
        trade.deliver(order, lines=beyond)
    assert part.value.code == "order.said-in-part"
    assert (part.value.expected, part.value.found) == ("2 statements", "1")
    assert len(trade.gives.said("delivery.make")) == 1
    rest = trade.deliver(order, number="D-2")
    assert isinstance(rest, Entered)
    assert trade.gives.said("delivery.make")[1]["lines"][-1] == {"line": 130, "quantity": "20000"}
