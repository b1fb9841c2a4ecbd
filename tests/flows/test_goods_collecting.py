# SPDX-License-Identifier: Apache-2.0
"""Who collects what is owed for goods: named wherever it waits, and nobody who provided them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis.ids import Place
from comity.decision.stages import Refused
from comity.flows.speak import Entered
from comity.flows.support.deliveries import Receipted
from comity.flows.support.settlements import bill
from tests.articles.outcomes import articles
from tests.builders.goods import ACSA, FINANCE, Trade, make_goods, officer
from tests.builders.world import REGISTRAR, World, run


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("collecting")) as world:
        yield world


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    return Trade(_goods.copy(tmp_path / "world"))


def place_of(outcome: object) -> Place:
    assert isinstance(outcome, Entered), outcome
    return outcome.place


@pytest.mark.row("2342f")
def test_2342_f_who_accepted_an_order_does_not_bill_it(trade: Trade) -> None:
    """A registrar may do either, and the file lets nobody do both."""
    asked = trade.ask()
    assert not isinstance(asked, Refused)
    order = asked[0].place
    trade.world.settle(1)
    place_of(trade.accept(order, person=REGISTRAR))
    trade.world.settle(1)
    made = place_of(trade.deliver(order))
    trade.world.settle(1)
    assert isinstance(trade.receive(made), Receipted)
    trade.world.settle(1)
    context = trade.gives.context
    refused = run(bill(context, ACSA, order, "I-1", officer(REGISTRAR)))
    assert articles(refused) == {"VII"}  # type: ignore[arg-type]  # a refusal
    assert trade.gives.acts()[-1] == ("settle", "refused")
    assert trade.gives.said("invoice.issue") == []
    place_of(run(bill(context, ACSA, order, "I-1", officer(FINANCE))))
    trade.world.settle(1)
    assert trade.world.equal()
