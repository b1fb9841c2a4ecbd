# SPDX-License-Identifier: Apache-2.0
"""Who collects what is owed for goods: named wherever it waits, and nobody who provided them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import Place
from comity.basis.instants import DAY_MS
from comity.decision.stages import Refused
from comity.flows.duties.calendar import calendar_of
from comity.flows.duties.listing import list_duties, owed_json
from comity.flows.duties.reminder_rows import known_reminders
from comity.flows.duties.reminders import remind
from comity.flows.headlines import COLLECTORS_NAMED, headlines
from comity.flows.speak import Entered
from comity.flows.standing import COLLECTORS_MAX, matter_json, what_waits
from comity.flows.support.deliveries import Receipted
from comity.flows.support.orders import cancel_order
from comity.flows.support.settlements import bill
from tests.articles.outcomes import articles
from tests.builders.goods import ACSA, DAY, FINANCE, LOGISTICS, Trade, make_goods, officer
from tests.builders.world import JPN, REGISTRAR, USA, World, run

COLLECTS = {"person": FINANCE, "office": "Finance"}


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


def waits(trade: Trade, what: str) -> list[Any]:
    """Give whom each node names as collecting what waits."""
    nodes = (trade.gives, trade.asks)
    found = [each for node in nodes for each in run(what_waits(node.context)) if each.what == what]
    return [matter_json(each)["collects"] for each in found]


@pytest.mark.row("A12")
def test_a12_who_collects_is_named_wherever_the_debt_waits_on_both_nodes(trade: Trade) -> None:
    order = trade.received()
    assert waits(trade, "invoice.issue") == [[COLLECTS], [COLLECTS]]
    trade.world.move(300 * DAY_MS)
    owed = [run(list_duties(node.context, ACSA)) for node in (trade.gives, trade.asks)]
    shapes: list[Any] = [owed_json(each)["duties"] for each in owed]
    assert shapes[0] == shapes[1]
    assert {each["owes"]: each["collects"] for each in shapes[0]} == {
        "delivery.settled": COLLECTS,
        "balance.state": None,
    }
    for each in owed:
        calendar = calendar_of([each], exercise=False, language="ja").decode().replace("\r\n ", "")
        assert "収納担当 finance（Finance）" in calendar
    place_of(run(bill(trade.gives.context, ACSA, order, "I-1", officer(FINANCE, "Finance"))))
    place_of(trade.settle(trade.asks, order, reason="consumed"))
    trade.world.settle(1)
    assert waits(trade, "settlement.confirm") == [[COLLECTS], [COLLECTS]]


@pytest.mark.row("A12")
def test_a12_a_reminder_names_who_collects_and_remembers_it(trade: Trade) -> None:
    trade.received()
    trade.world.move(300 * DAY_MS)
    for node in (trade.gives, trade.asks):
        told = [each for each in run(remind(node.context, ACSA)) if each.what == "delivery.settled"]
        assert [each.collects for each in told] == [officer(FINANCE, "Finance")]
        known = run(known_reminders(node.context, ACSA))
        assert {each for each in known if each.collects} == set(told)


@pytest.mark.row("A12")
def test_a12_what_is_past_its_day_is_told_first_with_who_collects_it(trade: Trade) -> None:
    first = trade.received()
    assert run(headlines(trade.gives.context)) == ()
    for number in range(COLLECTORS_NAMED):
        collects = officer(FINANCE, f"Desk {number}")
        order = trade.ask(number=f"O-{number + 2}")
        assert not isinstance(order, Refused)
        trade.world.settle(1)
        place_of(trade.accept(order[0].place, collects=collects))
        made = place_of(trade.deliver(order[0].place))
        trade.world.settle(1)
        assert isinstance(trade.receive(made), Receipted)
        trade.world.settle(1)
    assert len(waits(trade, "invoice.issue")[0]) == COLLECTORS_NAMED + 1 <= COLLECTORS_MAX
    trade.world.move(366 * DAY_MS)
    for node in (trade.gives, trade.asks):
        (told,) = run(headlines(node.context))
        assert (told.what, told.by, told.place) == ("overdue", USA, first)
        assert told.values == {
            "to": JPN,
            "count": "4",
            "collects": "finance (Desk 0), finance (Desk 1), finance (Desk 2), …",
        }


@pytest.mark.row("2347", "A16")
def test_what_was_accepted_and_is_not_handed_over_by_its_day_waits_for_both_until_cancelled(
    trade: Trade,
) -> None:
    order = trade.ordered(by=DAY)

    def waits() -> list[list[tuple[str, Place | None]]]:
        found = [run(what_waits(node.context)) for node in (trade.gives, trade.asks)]
        return [[(m.by, m.first) for m in each if m.what == "order.overdue"] for each in found]

    assert waits() == [[], []]
    trade.world.move(DAY_MS)
    assert [sorted(each) for each in waits()] == [[(JPN, order), (USA, order)]] * 2
    place_of(run(cancel_order(trade.asks.context, ACSA, order, (), LOGISTICS)))
    trade.world.settle(1)
    assert waits() == [[], []]
