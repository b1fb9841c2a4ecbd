# SPDX-License-Identifier: Apache-2.0
"""The models of agreements nobody has signed yet, lived through: an order, a loan, a payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import DAY_MS
from comity.decision.stages import Refused
from comity.flows.duties.calendar import calendar_of
from comity.flows.duties.listing import list_duties, owed_json
from comity.flows.speak import Entered
from comity.flows.standing import what_waits
from comity.flows.support.balances import read_balance
from comity.flows.support.settlements import bill, confirm
from comity.flows.support.shapes import read_order
from comity.statement.orders import Method, Nature
from tests.articles.outcomes import articles
from tests.builders.goods import ACSA, BOOKS, FINANCE, FUEL, Trade, make_goods, officer
from tests.builders.world import JPN, KOR, USA, Node, run

INVOICE = "invoice.issue"
SEOUL, HOSPITALS = AgreementId("acsa-jpn-kor"), AgreementId("hospitals-mutual-aid")


def owed(node: Node) -> list[tuple[str, str]]:
    value: Any = run(read_balance(node.context, node.agreement)).value
    return [(row["in"], row["open"]) for row in value["owed"]]


def test_the_pact_that_tokyo_and_seoul_spoke_of_is_lived_through(tmp_path: Path) -> None:
    with make_goods(tmp_path, agreement=SEOUL, partners=(KOR,)) as world:
        trade = Trade(world, requester=KOR)
        refused = trade.ask(structs.replace(FUEL, category="ammunition"))
        assert isinstance(refused, Refused)
        assert "2" in articles(refused)
        order = trade.received()
        context = trade.gives.context
        billing = officer(FINANCE, "Finance")
        assert isinstance(run(bill(context, SEOUL, order, "I-1", billing)), Entered)
        world.settle(1)
        assert owed(trade.asks) == owed(trade.gives) == [("cash", "1900000")]
        paid = trade.settle(trade.asks, order, reason="consumed")
        assert isinstance(paid, Entered)
        world.settle(1)
        acting = officer(BOOKS, "Books")
        assert isinstance(run(confirm(context, SEOUL, paid.place, "S-2", acting)), Entered)
        world.settle(1)
        assert owed(trade.asks) == owed(trade.gives) == []
        assert world.equal()


def test_a_bill_that_a_file_gives_days_for_waits_once_and_with_its_day(tmp_path: Path) -> None:
    with make_goods(tmp_path, agreement=SEOUL, partners=(KOR,)) as world:
        trade = Trade(world, requester=KOR)
        order = trade.received()
        for node in (trade.asks, trade.gives):
            waits = [each for each in run(what_waits(node.context)) if each.what == INVOICE]
            assert [(each.by, each.count, each.late) for each in waits] == [("JPN", 1, 0)]
            assert waits[0].due is not None
        world.move(40 * DAY_MS)
        waits = [each for each in run(what_waits(trade.gives.context)) if each.what == INVOICE]
        assert [(each.count, each.late) for each in waits] == [(1, 1)]
        billing = officer(FINANCE, "Finance")
        assert isinstance(run(bill(trade.gives.context, SEOUL, order, "I-1", billing)), Entered)
        assert INVOICE not in {each.what for each in run(what_waits(trade.gives.context))}


def test_a_hospital_lends_beds_in_a_disaster_and_has_them_back(tmp_path: Path) -> None:
    raw = template(HOSPITALS).replace(b"HOSPITAL-A", b"JPN").replace(b"HOSPITAL-B", b"KOR")
    raw = raw.replace(b"HOSPITAL-C", b"USA").replace(b"last_signature", b"later_of_notifications")
    with make_goods(tmp_path, raw=raw, agreement=HOSPITALS, partners=(KOR, USA)) as world:
        trade = Trade(world, requester=PartyId("KOR"))
        beds = structs.replace(
            FUEL,
            category="beds",
            nature=Nature.LOAN,
            description="Beds",
            quantity=Quantity(Decimal(12), "EA"),
            return_by=date(2018, 6, 1),
        )
        told = {"activity": "disaster", "terms": {"method": Method.RETURN}}
        order = trade.received(beds, **told)
        assert owed(trade.asks) == owed(trade.gives) == [("kind", "12")]
        lists = [run(list_duties(node.context, HOSPITALS)) for node in (trade.asks, trade.gives)]
        shapes: list[Any] = [owed_json(each)["duties"] for each in lists]
        assert shapes[0] == shapes[1]
        (lent,) = [each for each in shapes[0] if each["owes"] == "loan.return"]
        assert (lent["owed_by"], lent["owed_to"], lent["term"]) == (
            "KOR",
            ["JPN"],
            "on the day of return",
        )
        assert lent["due"] == "2018-06-02T00:00:00.000Z"
        bare = [replace(each, coming=()) for each in lists]
        calendars = [calendar_of([each], exercise=False, language="ko") for each in bare]
        assert calendars[0] == calendars[1]
        told_on = calendars[0].decode().replace("\r\n ", "")
        assert "대여품의 기일 내 반환" in told_on
        assert "DTSTART;VALUE=DATE:20180601" in told_on
        assert isinstance(trade.settle(trade.gives, order, method=Method.RETURN), Entered)
        world.settle(1)
        assert owed(trade.asks) == owed(trade.gives) == []
        for node in (trade.asks, trade.gives):
            live = run(list_duties(node.context, HOSPITALS, live=True)).duties
            assert "loan.return" not in {each.owes for each in live}
        assert world.equal()


@pytest.mark.row("A9", "2345c")
def test_2345_c_debts_of_both_directions_are_offset_in_the_currency_that_both_providers_name(
    tmp_path: Path,
) -> None:
    with make_goods(tmp_path) as world:
        trade, back = Trade(world), Trade(world, requester=JPN)
        dollars = {"currency": "USD", "price": Decimal(3)}
        order, other = trade.received(terms=dollars), back.received(number="J-1", terms=dollars)
        one = trade.settle(trade.gives, order, method=Method.OFFSET, against=other)
        assert isinstance(one, Entered)
        world.settle(1)
        assert owed(trade.asks) == owed(trade.gives) == [("cash", "60000"), ("cash", "60000")]
        (claimed,) = run(read_order(trade.asks.context, ACSA, order))["settlements"]
        assert claimed["approved_by"] == ["JPN"]
        acting = officer(BOOKS, "Books")
        said = run(confirm(trade.asks.context, ACSA, one.place, "S-2", acting))
        assert isinstance(said, Entered)
        world.settle(1)
        assert owed(trade.asks) == owed(trade.gives) == []
        rows: Any = run(read_order(trade.asks.context, ACSA, order))["settlements"]
        assert sorted(each["approved_by"] for each in rows) == [["JPN", "USA"]] * 2
        assert world.equal()
