# SPDX-License-Identifier: Apache-2.0
"""Orders, deliveries, settlements and balances over HTTP; for every yes a no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.support_api import BASE, Answer, Served, serve
from tests.builders.goods import A_DAY_MS, ACSA, BOOKS, DEPOT, FINANCE, LOGISTICS, make_goods
from tests.builders.world import ADMIN, JPN, READER, USA, World

GOODS = f"{BASE}/agreements/{ACSA}"
LINE = {
    "line": 1,
    "category": "fuel",
    "nature": "supply",
    "description": "Jet fuel",
    "quantity": "20000",
    "unit": "LTR",
}
ORDER = {
    "number": "O-1",
    "provider": "JPN",
    "activity": "exercise",
    "exercise": "keen-sword",
    "organisation": "7th Fleet",
    "office": "J4",
    "billed": "DFAS",
    "place": "Yokosuka",
    "charter": True,
    "authority": "10 USC 2342",
    "fund": "F-1",
    "lines": [LINE],
    "text": {"text": "Commander Smith, fuels officer"},
}
ACCEPTANCE = {
    "lines": [
        {
            "line": 1,
            "quantity": "20000",
            "price": "95",
            "currency": "JPY",
            "basis": "own_stock",
            "method": "cash",
        }
    ],
    "head": {
        "number": "P-1",
        "office": "J4",
        "payee": "Ministry",
        "collects": {"person": "finance", "office": "Finance"},
        "organisation": "MSDF",
    },
}


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("api-goods")) as world:
        yield world


@pytest.fixture
def world(_goods: World, tmp_path: Path) -> World:
    return _goods.copy(tmp_path / "world")


@pytest.fixture
def usa(world: World) -> Iterator[Served]:
    served = serve(world[USA])
    yield served
    served.close()
    assert not served.faults


@pytest.fixture
def jpn(world: World) -> Iterator[Served]:
    served = serve(world[JPN])
    yield served
    served.close()
    assert not served.faults


def place_of(answer: Answer, at: int | None = None) -> str:
    """Give the path's end of what was entered."""
    assert answer.status == 201, answer
    entered: Any = answer.json["entered"]
    place: str = (entered if at is None else entered[at])["place"]
    return place.split("/", 1)[1]


def test_a_receipt_that_looks_alike_is_held_up_until_it_is_said_to_be_another(
    world: World, usa: Served, jpn: Served
) -> None:
    order = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, ORDER), 0)
    world.settle()
    place_of(jpn.post(f"{GOODS}/orders/{order}/acceptance", LOGISTICS, ACCEPTANCE))
    handing = {"number": "D-1", "place": "Yokosuka", "office": "Depot"}
    made = place_of(jpn.post(f"{GOODS}/orders/{order}/deliveries", DEPOT, handing))
    world.settle(1)
    path = f"{GOODS}/deliveries/{made}/receipt"
    half = {"office": "Ship", "lines": [{"line": 1, "quantity": "10000"}]}
    assert usa.post(path, DEPOT, half).status == 201
    twice = usa.post(path, DEPOT, {**half, "further": True})
    assert (twice.status, twice.code) == (409, "delivery.looks-alike")
    assert usa.post(path, DEPOT, {**half, "further": True, "another": True}).status == 201


def test_an_order_is_asked_provided_receipted_billed_settled_and_agreed(
    world: World, usa: Served, jpn: Served
) -> None:
    order = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, ORDER), 0)
    world.settle()
    read = jpn.post(f"{GOODS}/goods/{order}/open", LOGISTICS)
    assert read.body == b"Commander Smith, fuels officer"
    place_of(jpn.post(f"{GOODS}/orders/{order}/acceptance", LOGISTICS, ACCEPTANCE))
    handing = {"number": "D-1", "place": "Yokosuka", "office": "Depot"}
    made = place_of(jpn.post(f"{GOODS}/orders/{order}/deliveries", DEPOT, handing))
    world.settle(1)
    came = usa.post(f"{GOODS}/deliveries/{made}/receipt", DEPOT, {"office": "Ship"})
    assert [each["kind"] for each in came.json["entered"]] == ["delivery.receipt", "claim.notice"]
    world.settle(1)
    billed = {"number": "I-1", "office": "Finance"}
    assert jpn.post(f"{GOODS}/orders/{order}/bills", FINANCE, billed).status == 201
    paying = {"number": "S-1", "method": "cash", "office": "Finance", "reason": "consumed"}
    line = {"line": 1, "amount": "1900000"}
    beyond = {**paying, "lines": [{"line": 1, "amount": "1900001"}]}
    refused = usa.post(f"{GOODS}/orders/{order}/settlements", FINANCE, beyond)
    assert (refused.status, refused.code) == (409, "settlement.beyond-debt")
    settlements = f"{GOODS}/orders/{order}/settlements"
    refused_one = place_of(usa.post(settlements, FINANCE, {**paying, "lines": [line]}))
    world.settle(1)
    why = {"office": "Books", "text": {"text": "the bank has nothing of it"}}
    dropped = jpn.post(f"{GOODS}/settlements/{refused_one}/refusal", BOOKS, why)
    assert dropped.status == 201
    world.settle(1)
    back = place_of(usa.post(settlements, FINANCE, {**paying, "lines": [line]}))
    office = {"office": "Finance"}
    assert usa.post(f"{GOODS}/settlements/{back}/withdrawal", FINANCE, office).status == 201
    assert usa.post(f"{GOODS}/settlements/{back}/refusal", FINANCE, office).status == 409
    paid = place_of(usa.post(settlements, FINANCE, {**paying, "lines": [line]}))
    world.settle(1)
    confirming = {"number": "S-2", "office": "Books"}
    gone = jpn.post(f"{GOODS}/settlements/{refused_one}/confirmation", BOOKS, confirming)
    assert (gone.status, gone.code) == (409, "settlement.already-dropped")
    confirmed = jpn.post(f"{GOODS}/settlements/{paid}/confirmation", BOOKS, confirming)
    assert confirmed.status == 201
    world.move(A_DAY_MS)
    stated = place_of(jpn.post(f"{GOODS}/balances", BOOKS, {"until": "2018-04-02"}))
    world.settle(1)
    assert usa.post(f"{GOODS}/balances/{stated}/answer", BOOKS, {}).status == 201
    world.settle(1)
    (row,) = jpn.get(f"{GOODS}/balances", READER).json["balances"]
    assert row["answers"][0]["agreed"] is True
    shown = jpn.get(f"{GOODS}/orders/{order}", READER).json["order"]
    assert (shown["life"], shown["lines"][0]["description"]) == ("closed", "Jet fuel")
    assert len(shown["invoices"]) == 1
    assert len(shown["settlements"]) == 4
    assert [each["dropped"] is None for each in shown["settlements"]].count(False) == 2
    kinds = jpn.get(f"{GOODS}/settlements", READER).json
    counted = [each for each in kinds["settlements"] if each["counted"] is not None]
    assert len(counted) == 2
    assert world.equal()


def test_papers_books_and_reports_are_read_by_whoever_holds_an_office(
    world: World, usa: Served, jpn: Served
) -> None:
    order = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, ORDER), 0)
    world.settle(1)
    for form in ("acsa", "three"):
        printed = jpn.get(f"{GOODS}/orders/{order}/forms/{form}", READER).json
        assert "7th Fleet" in printed["text"]
        for lang, word in (("ja", "要請"), ("ko", "요청"), ("en", "asks")):
            told = jpn.get(f"{GOODS}/orders/{order}/forms/{form}?lang={lang}", READER).json
            assert word in told["text"]
    assert jpn.get(f"{GOODS}/orders/{order}/forms/acsa?lang=fr", READER).status == 400
    assert jpn.get(f"{GOODS}/orders/{order}/forms/other", READER).status == 404
    for shape in ("csv", "json", "beancount"):
        assert jpn.get(f"{GOODS}/balance/books/{shape}", READER).status == 200
    assert jpn.get(f"{GOODS}/balance/books/xls", READER).status == 404
    report = jpn.get(f"{GOODS}/balance/years/2018", READER).json["report"]
    assert (report["from"], report["until"]) == ("2017-10-01", "2018-09-30")
    assert jpn.get(f"{GOODS}/balance/years/2018?begins=13-01", READER).status == 400
    view = usa.get(f"{BASE}/exercises/keen-sword", READER).json
    assert [each["life"] for each in view["orders"]] == ["requested"]
    assert len(jpn.get(f"{GOODS}/orders", READER).json["orders"]) == 1
    assert jpn.get(f"{GOODS}/deliveries", READER).json["deliveries"] == []
    both = [each.get(f"{GOODS}/balance?at=2018-04-02", READER).json for each in (jpn, usa)]
    assert both[0]["sha256"] == both[1]["sha256"]


def test_a_balance_is_answered_by_the_lines_that_a_ledger_has_otherwise_and_the_unmatched(
    world: World, usa: Served, jpn: Served
) -> None:
    order = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, ORDER), 0)
    world.settle(1)
    place_of(jpn.post(f"{GOODS}/orders/{order}/acceptance", LOGISTICS, ACCEPTANCE))
    handing = {"number": "D-1", "place": "Yokosuka", "office": "Depot"}
    place_of(jpn.post(f"{GOODS}/orders/{order}/deliveries", DEPOT, handing))
    world.move(A_DAY_MS)
    stated = place_of(jpn.post(f"{GOODS}/balances", BOOKS, {"until": "2018-04-02"}))
    world.settle(1)
    answer = f"{GOODS}/balances/{stated}/answer"
    assert usa.post(answer, BOOKS, {"ledger": "no table"}).code == "balance.no-ledger"
    table = "order,line,price\r\n" + f"{order},1,12.5\r\n"
    said = {"ledger": table, "unmatched": True, "differs": [{"order": order, "line": 1}]}
    assert usa.post(answer, BOOKS, said).status == 201
    world.settle(1)
    (row,) = jpn.get(f"{GOODS}/balances", READER).json["balances"]
    assert row["answers"][0]["differs"] == [{"order": order, "line": 1}]
    assert world.equal()


def test_a_ledger_that_agrees_or_no_line_unmatched_agrees_a_balance(
    world: World, usa: Served, jpn: Served
) -> None:
    world.move(A_DAY_MS)
    stated = place_of(jpn.post(f"{GOODS}/balances", BOOKS, {"until": "2018-04-02"}))
    world.settle(1)
    said = {"ledger": "order,line,price\r\n", "unmatched": True}
    assert usa.post(f"{GOODS}/balances/{stated}/answer", BOOKS, said).status == 201
    world.settle(1)
    (row,) = jpn.get(f"{GOODS}/balances", READER).json["balances"]
    assert row["answers"][0]["agreed"] is True


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"activity": "war"}, 403),
        ({"charter": False}, 403),
        ({"provider": "USA"}, 400),
        ({"lines": []}, 400),
        ({"lines": [{**LINE, "quantity": "NaN"}]}, 400),
        ({"lines": [{**LINE, "quantity": "-1"}]}, 400),
        ({"lines": [{**LINE, "quantity": "0"}]}, 400),
        ({"lines": [{**LINE, "quantity": "1.0000001"}]}, 400),
        ({"lines": [{**LINE, "unit": "FURLONG"}]}, 400),
        ({"lines": [LINE, LINE]}, 400),
        ({"total": "12"}, 400),
    ],
)
def test_what_is_not_to_be_asked_for_is_refused_and_nothing_is_said(
    usa: Served, change: dict[str, Any], status: int
) -> None:
    answer = usa.post(f"{GOODS}/orders", LOGISTICS, {**ORDER, **change})
    assert answer.status == status, answer
    assert usa.node.said("order.request") == []


def test_nobody_without_the_office_orders_or_settles(usa: Served) -> None:
    assert usa.post(f"{GOODS}/orders", READER, ORDER).status == 403
    assert usa.post(f"{GOODS}/orders", FINANCE, ORDER).status == 403
    assert usa.get(f"{GOODS}/orders", ADMIN).status == 403
    assert usa.call("GET", f"{GOODS}/orders").status == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders/USA/99/acceptance", ACCEPTANCE),
        ("orders/USA/99/refusal", {}),
        ("orders/USA/99/cancellation", {}),
        ("orders/USA/99/dispute", {}),
        ("orders/USA/99/deliveries", {"number": "D", "place": "x", "office": "x"}),
        ("deliveries/JPN/99/receipt", {"office": "x"}),
        ("orders/USA/99/bills", {"number": "I", "office": "x"}),
        ("orders/USA/99/settlements", {"number": "S", "method": "cash", "office": "x"}),
        ("settlements/USA/99/confirmation", {"number": "S", "office": "x"}),
        ("settlements/USA/99/withdrawal", {"office": "x"}),
        ("settlements/USA/99/refusal", {"office": "x"}),
        ("balances/USA/99/answer", {}),
    ],
)
def test_what_is_not_there_is_answered_so(usa: Served, path: str, body: Any) -> None:
    assert usa.post(f"{GOODS}/{path}", LOGISTICS, body).status == 404


def test_an_order_is_declined_cancelled_and_disputed(
    world: World, usa: Served, jpn: Served
) -> None:
    first = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, ORDER), 0)
    other = place_of(usa.post(f"{GOODS}/orders", LOGISTICS, {**ORDER, "number": "O-2"}), 0)
    world.settle(1)
    assert jpn.post(f"{GOODS}/orders/{first}/refusal", LOGISTICS, {}).status == 201
    assert jpn.post(f"{GOODS}/orders/{first}/refusal", LOGISTICS, {}).status == 409
    assert usa.post(f"{GOODS}/orders/{other}/dispute", FINANCE, {"lines": [1]}).status == 201
    assert usa.post(f"{GOODS}/orders/{other}/dispute", FINANCE, {"lines": [2]}).status == 409
    assert usa.post(f"{GOODS}/orders/{other}/cancellation", LOGISTICS, {}).status == 201
    world.settle(1)
    lives = {
        each["place"]: each["life"] for each in jpn.get(f"{GOODS}/orders", READER).json["orders"]
    }
    assert lives == {first: "declined", other: "cancelled"}
