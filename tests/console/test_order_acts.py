# SPDX-License-Identifier: Apache-2.0
"""Acts on orders by forms: for each the yes, and for each the no with nothing lost."""

from __future__ import annotations

import pytest

from comity.basis.ids import Place
from comity.flows.standing import what_waits
from comity.statement.orders import Method
from tests.api.support_api import PASSWORD
from tests.builders.goods import ACSA, BOOKS, DEPOT, FINANCE, LOGISTICS, Trade
from tests.builders.world import ADMIN, JPN, READER, REGISTRAR, USA, Node, run
from tests.console.support_console import Browser
from tests.console.support_goods import ASKING, HANDING, PAYING, TAKING, Desks, asked, path_of

ASK = f"/orders/{ACSA}/ask"


def _said(node: Node, kind: str) -> int:
    return len(node.said(kind))


def _do(desk: Browser, path: str, fields: dict[str, str]) -> None:
    """Open a form, send it, and see that it was done."""
    assert desk.get(path).status == 200, desk.text()
    answer = desk.post(path, fields)
    assert answer.status == 303, desk.text()
    assert desk.get(str(answer.header("location"))).status == 200


def _first(node: Node) -> Place:
    return min(node.view().fold.state.orders.keys())


def test_an_order_goes_from_the_question_to_the_agreed_payment_by_forms_alone(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    world = trade.world
    asks, ship = washington(LOGISTICS), washington(DEPOT)
    _do(asks, ASK, ASKING)
    assert "Airlift" in asks.text()
    world.settle()
    order = _first(trade.gives)
    gives, depot, books = tokyo(LOGISTICS), tokyo(DEPOT), tokyo(FINANCE)
    _do(gives, path_of(order, "accept"), TAKING)
    _do(gives, path_of(order, "decline"), {"lines": "3"})
    _do(depot, path_of(order, "deliver"), {**HANDING, "quantity-1": "15000"})
    _do(depot, path_of(order, "deliver"), {**HANDING, "number": "D-2"})
    world.settle(1)
    ship.get(path_of(order, "receipt"))
    (first, second) = sorted(trade.asks.view().fold.state.deliveries.keys())
    assert ship.found(f"//a[contains(@href, 'receipt?delivery={second}')]")
    _do(
        ship,
        path_of(order, "receipt"),
        {"delivery": str(first), "office": "Ship", "quantity-1": "15000", "condition-1": "good"},
    )
    _do(
        ship,
        path_of(order, "receipt"),
        {"delivery": str(second), "office": "Ship", "quantity-1": "4000", "condition-1": "good"},
    )
    world.settle(1)
    _do(books, path_of(order, "bill"), {"number": "I-1", "office": "Finance"})
    assert "1805000 JPY" in books.text()
    world.settle(1)
    _do(washington(FINANCE), path_of(order, "settle"), PAYING)
    world.settle(1)
    books.get(path_of(order))
    (confirm,) = [each for each in books.links() if each.endswith("/confirm")]
    assert books.get(confirm).status == 200
    # Who billed records no payment of the same order.
    assert books.post(confirm, {"number": "S-9", "office": "Books"}).status == 403
    _do(tokyo(REGISTRAR), confirm, {"number": "S-9", "office": "Books"})
    books.get(path_of(order))
    world.settle(1)
    assert "settled" in books.text("//main/p[1]")
    assert world.equal()


def test_rows_are_added_by_posting_and_nothing_typed_is_lost(
    trade: Trade, washington: Desks
) -> None:
    desk = washington(LOGISTICS)
    desk.get(ASK)
    rows = "//tbody/tr"
    assert len(desk.found(rows)) == 3
    assert desk.post(ASK, {**ASKING, "rows": "3", "more": "yes"}).status == 200
    assert len(desk.found(rows)) == 6
    assert desk.found("//input[@name='description-3']/@value") == ["Airlift"]
    assert desk.found("//textarea[@name='text']")[0].text_content().strip() == "Commander Smith"
    assert desk.found("//select[@name='category-1']/option[@selected]/@value") == ["fuel"]
    desk.post(ASK, {**ASKING, "rows": "9999", "more": "yes"})
    assert len(desk.found(rows)) == 60
    assert _said(trade.asks, "order.request") == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"activity": ""}, "activity"),
        ({"provider": "USA"}, "partner"),
        ({"provider": "KOR"}, "partner"),
        ({"quantity-1": "-5"}, "quantity"),
        ({"quantity-1": "1e9"}, "quantity"),
        ({"unit-3": "\u202e<b>"}, "unit"),
        ({"by": "tomorrow"}, "by"),
        ({"number": "=1+1"}, "number"),
        ({f"{name}-{line}": "" for name in ("category", "description", "quantity", "unit")
          for line in (1, 3)}, "asks for something"),
    ],
)  # fmt: skip
def test_what_does_not_read_is_told_and_keeps_what_was_typed(
    trade: Trade, washington: Desks, changes: dict[str, str], told: str
) -> None:
    desk = washington(LOGISTICS)
    desk.get(ASK)
    for path in (ASK, f"{ASK}/preview"):
        answer = desk.post(path, {**ASKING, **changes})
        assert answer.status == (400 if path == ASK else 200)
        assert told in desk.text("//div[contains(@class, 'problem')]")
        assert desk.found("//input[@name='organisation']/@value") == ["7th Fleet"]
        assert b"<b>" not in answer.body
    assert _said(trade.asks, "order.request") == 0


def test_the_decision_is_shown_before_anything_is_said(trade: Trade, washington: Desks) -> None:
    desk = washington(LOGISTICS)
    desk.get(ASK)
    desk.post(f"{ASK}/preview", ASKING)
    assert "allowed" in desk.text("//div[@id='decision']")
    part = desk.post(f"{ASK}/preview", {**ASKING, "charter": ""}, HX_Request="true")
    assert b"<html" not in part.body
    assert b"refused" in part.body
    assert b"I(4)" in part.body
    assert _said(trade.asks, "order.request") == 0
    assert not [each for each in trade.asks.acts() if each[0].startswith("order")]


def test_what_the_file_refuses_is_not_said_and_cites_its_article(
    trade: Trade, washington: Desks
) -> None:
    desk = washington(LOGISTICS)
    desk.get(ASK)
    assert desk.post(ASK, {**ASKING, "category-1": "weapon"}).status == 403
    assert "II(3)" in desk.text("//div[contains(@class, 'problem')]")
    assert desk.found("//input[@name='billed']/@value") == ["DFAS"]
    assert trade.asks.acts()[-1] == ("order", "refused")


def test_an_acceptance_is_decided_live_and_lacks_no_element(trade: Trade, tokyo: Desks) -> None:
    (order,) = asked(trade)
    desk, path = tokyo(LOGISTICS), path_of(order, "accept")
    desk.get(path)
    assert desk.found("//input[@name='currency']/@value") == ["JPY"]
    assert desk.found("//input[@name='quantity-1']/@value") == ["20000"]
    assert "as soon as" in desk.text("//div[@id='decision']")
    desk.post(f"{path}/preview", TAKING)
    assert "allowed" in desk.text("//div[@id='decision']")
    desk.post(f"{path}/preview", {**TAKING, "price-1": ""})
    assert "price" in desk.text("//div[@id='decision']")
    assert desk.post(path, {**TAKING, "method": "equal_value"}).status == 403
    assert "Art. X" in desk.text("//div[contains(@class, 'problem')]")
    assert desk.found("//input[@name='payee']/@value") == ["Ministry"]
    assert desk.post(path, {**TAKING, "quantity-1": "20001"}).status == 409
    assert _said(trade.gives, "order.accept") == 0
    _do(desk, path, {**TAKING, "tax-1": "100", "tax_reason-1": "fuel tax", "liability": "5"})
    assert "accepted" in desk.text("//main/p[1]")


def test_who_did_one_part_of_an_order_does_no_other(trade: Trade, tokyo: Desks) -> None:
    order = trade.ordered()
    desk = tokyo(LOGISTICS)
    desk.get(path_of(order, "deliver"))
    assert desk.post(path_of(order, "deliver"), HANDING).status == 403
    assert "X" in desk.text("//div[contains(@class, 'problem')]//strong")
    assert desk.found("//input[@name='number']/@value") == ["D-1"]
    assert _said(trade.gives, "delivery.make") == 0


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("accept", TAKING),
        ("decline", {}),
        ("cancel", {}),
        ("deliver", HANDING),
        ("receipt", {"office": "Ship"}),
        ("bill", {"number": "I-1", "office": "F"}),
        ("settle", PAYING),
        ("dispute", {}),
    ],
)
def test_a_person_without_the_office_sees_the_act_forbidden_and_is_refused(
    trade: Trade, tokyo: Desks, act: str, fields: dict[str, str]
) -> None:
    order, delivery = trade.handed_over()
    if act == "bill":
        order = trade.received(number="O-2")
    desk, path = tokyo(READER), path_of(order, act)
    assert desk.get(path).status == 200
    assert desk.found("//button[@class='main' and @disabled]")
    assert "Rule of this node" in desk.text("//form//ul[@class='reasons']")
    sent = {**fields, "delivery": str(delivery), "quantity-1": "1"}
    answer = desk.post(path, sent)
    assert answer.status == 403, desk.text()
    before = trade.gives.acts()
    assert before[-1][1] == "refused"
    assert tokyo(ADMIN).get(path).status == 403


@pytest.mark.parametrize("act", ["accept", "receipt", "bill", "settle", "dispute", "cancel"])
def test_acts_on_what_is_no_order_are_not_there(trade: Trade, tokyo: Desks, act: str) -> None:
    asked(trade)
    desk = tokyo(REGISTRAR)
    desk.get(f"/orders/{ACSA}")
    for at in ("USA/9999", "KOR/3", "USA/x"):
        path = f"/orders/{ACSA}/{at}/{act}"
        assert desk.get(path).status == 404
        desk.get(f"/orders/{ACSA}")
        assert desk.post(path, {}).status == 404
        desk.get(f"/orders/{ACSA}")


def test_a_delivery_or_settlement_of_another_order_is_not_there(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    order, delivery = trade.handed_over()
    other = trade.received(number="O-2")
    trade.settle(trade.asks, other, reason="consumed")
    trade.world.settle(1)
    (said,) = trade.gives.view().fold.state.settlements.keys()
    ship = washington(DEPOT)
    assert ship.get(path_of(other, f"receipt?delivery={delivery}")).status == 404
    assert ship.get(path_of(order, "receipt?delivery=x")).status == 404
    books = tokyo(FINANCE)
    for act in ("confirm", "refuse", "withdraw"):
        assert books.get(path_of(order, "settlement", said, act)).status == 404
        assert books.get(path_of(other, "settlement", "USA/0", act)).status == 404
        assert books.get(path_of(other, "settlement", "x", "y", act)).status == 404
        assert books.get(path_of(other, "settlement", said, act)).status == 200


def test_what_came_short_or_damaged_is_receipted_line_by_line(
    trade: Trade, washington: Desks
) -> None:
    order, delivery = trade.handed_over()
    ship, path = washington(DEPOT), path_of(order, "receipt")
    for wrong, status in (({"quantity-1": "x"}, 400), ({"quantity-1": "30000"}, 409)):
        ship.get(path)
        fields = {"delivery": str(delivery), "office": "Ship", **wrong}
        assert ship.post(path, fields).status == status
        assert ship.found("//input[@name='quantity-1']/@value") == [wrong["quantity-1"]]
    damaged = {"quantity-1": "20000", "condition-1": "damaged"}
    _do(ship, path, {"delivery": str(delivery), "office": "Ship", **damaged})
    assert "damaged 20000" in ship.text()
    ship.get(path)
    assert ship.post(path, {"office": "Ship"}).status == 409


def test_what_came_besides_is_receipted_by_a_form_of_its_own_and_typed_twice_is_held_up(
    trade: Trade, washington: Desks
) -> None:
    order, delivery = trade.handed_over()
    ship = washington(DEPOT)
    first = {"delivery": str(delivery), "office": "Ship", "quantity-1": "19000"}
    _do(ship, path_of(order, "receipt"), first)
    (more,) = [each for each in ship.links() if each.endswith("/further")]
    ship.get(path_of(order, "receipt"))
    assert ship.post(path_of(order, "receipt"), first).status == 409
    receipt = trade.asks.view().fold.state.receipt_of.get(delivery)
    assert str(receipt) in ship.text("//div[contains(@class, 'problem')]")
    ship.get(more)
    assert ship.found("//input[@name='quantity-1']/@value") == [""]
    assert "1000 LTR" in ship.text("//form//table")
    beyond = {"delivery": str(delivery), "office": "Ship", "quantity-1": "1001"}
    assert ship.post(more, beyond).status == 409
    assert len(trade.asks.said("delivery.receipt")) == 1
    load = {**beyond, "quantity-1": "500"}
    ship.get(more)
    _do(ship, more, load)
    ship.get(more)
    assert ship.post(more, load).status == 409
    assert ship.found("//input[@name='another'][@type='checkbox']")
    assert len(trade.asks.said("delivery.receipt")) == 2
    ship.get(more)
    _do(ship, more, {**load, "another": "yes"})
    assert len(trade.asks.said("delivery.receipt")) == 3
    assert not [each for each in ship.links() if each.endswith("/further")]
    ship.get(more)
    assert not ship.found("//input[@name='quantity-1']")
    assert ship.post(more, {"office": "Ship"}).status == 409


def test_its_requester_wants_no_more_of_what_came_short_and_its_provider_is_told_to_cancel_it(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    order, delivery = trade.handed_over()
    ship, gives = washington(DEPOT), tokyo(LOGISTICS)
    short = {"delivery": str(delivery), "office": "Ship", "quantity-1": "19000"}
    _do(ship, path_of(order, "receipt"), short)
    asks = washington(LOGISTICS)
    _do(asks, path_of(order, "cancel"), {})
    trade.world.settle(1)
    gives.get(path_of(order))
    assert "its requester wants no more of it" in gives.text()
    for node in (trade.asks, trade.gives):
        (row,) = [each for each in run(what_waits(node.context)) if each.what == "order.short"]
        assert (row.by, row.first) == (JPN, order)
    _do(gives, path_of(order, "cancel"), {})
    assert "its requester wants no more of it" not in gives.text()
    assert not [each for each in gives.links() if each.endswith("/cancel")]


def test_what_one_side_alone_said_is_refused_or_taken_back(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    order = trade.received()
    pays, books = washington(FINANCE), tokyo(BOOKS)
    path = path_of(order, "settle")
    _do(pays, path, {**PAYING, "amount-1": "100"})
    assert "said by one side alone" in pays.text()
    (back,) = [each for each in pays.links() if each.endswith("/withdraw")]
    _do(pays, back, {"office": "Finance"})
    assert "taken back or refused" in pays.text()
    _do(pays, path, {**PAYING, "number": "S-2", "amount-1": "200"})
    trade.world.settle(1)
    books.get(path_of(order))
    (refuse,) = [each for each in books.links() if each.endswith("/refuse")]
    _do(books, refuse, {"office": "Books", "text": "the bank has nothing of it"})
    assert not [each for each in books.links() if each.endswith("/confirm")]
    books.get(refuse)
    assert books.post(refuse, {"office": "Books"}).status == 409


def test_what_counts_by_our_word_alone_is_taken_back_and_is_offered_to_no_other(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    order = trade.received()
    pays, books = washington(FINANCE), tokyo(BOOKS)
    _do(books, path_of(order, "settle"), {**PAYING, "amount-1": "100"})
    trade.world.settle(1)
    pays.get(path_of(order))
    assert not [each for each in pays.links() if each.endswith("/withdraw")]
    (back,) = [each for each in books.links() if each.endswith("/withdraw")]
    books.get(back)
    assert "owed again then, each of its own day" in books.text()
    _do(books, back, {"office": "Books", "text": "it was another order"})
    assert "taken back or refused" in books.text()
    assert not [each for each in books.links() if each.endswith("/withdraw")]
    trade.world.settle(1)
    _do(pays, path_of(order, "settle"), {**PAYING, "amount-1": "100"})
    trade.world.settle(1)
    books.get(path_of(order))
    (confirm,) = [each for each in books.links() if each.endswith("/confirm")]
    _do(books, confirm, {"number": "C-1", "office": "Books"})
    assert not [each for each in books.links() if each.endswith("/withdraw")]


def test_more_than_is_owed_is_not_settled_and_what_was_typed_stays(
    trade: Trade, tokyo: Desks
) -> None:
    order = trade.received()
    desk, path = tokyo(FINANCE), path_of(order, "settle")
    desk.get(path)
    assert "1900000 JPY, in cash" in desk.text("//tbody")
    assert desk.post(path, {**PAYING, "amount-1": "1900001"}).status == 409
    assert desk.found("//input[@name='amount-1']/@value") == ["1900001"]
    assert desk.post(path, {**PAYING, "method": "barter"}).status == 400
    assert desk.post(path, {**PAYING, "office": ""}).status == 400
    assert desk.post(path, {**PAYING, "on": "2018-13-01"}).status == 400
    _do(desk, path, {**PAYING, "amount-1": "1900000", "another": "yes"})
    assert "counts" in desk.text()


def test_what_is_owed_in_kind_is_given_back_by_quantity(trade: Trade, tokyo: Desks) -> None:
    order = trade.received(terms={"method": Method.REPLACEMENT_IN_KIND})
    desk = tokyo(FINANCE)
    fields = {**PAYING, "method": "replacement_in_kind", "quantity-1": "5000"}
    _do(desk, path_of(order, "settle"), fields)
    assert "15000 LTR" in desk.text()


def test_an_order_is_cancelled_and_disputed_and_the_dispute_taken_back(
    trade: Trade, tokyo: Desks
) -> None:
    order = trade.ordered()
    desk = tokyo(REGISTRAR)
    _do(desk, path_of(order, "dispute"), {"stands": "yes", "lines": "1", "text": "water in it"})
    assert "Disputed by" in desk.text()
    _do(desk, path_of(order, "dispute"), {"stands": "no"})
    assert "Disputed by" not in desk.text()
    for wrong in ("1;2", "x", "99999999"):
        desk.get(path_of(order, "cancel"))
        assert desk.post(path_of(order, "cancel"), {"lines": wrong}).status == 400
        assert desk.found("//input[@name='lines']/@value") == [wrong]
    _do(desk, path_of(order, "cancel"), {"lines": "1"})
    assert "cancelled" in desk.text("//main/p[1]")


def test_an_order_offers_our_side_its_acts_and_no_others(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    (first,) = asked(trade)
    handed, _ = trade.handed_over(number="O-3")
    came = trade.received(number="O-4")

    def ends(desk: Browser, order: Place) -> set[str]:
        desk.get(path_of(order))
        return {each.rpartition("/")[2] for each in desk.found("//a[@class='act']/@href")}

    gives, asks = tokyo(REGISTRAR), washington(REGISTRAR)
    assert ends(gives, first) == {"accept", "decline", "cancel", "dispute"}
    assert ends(asks, first) == {"cancel", "dispute"}
    assert ends(gives, handed) == {"dispute"}
    assert ends(asks, handed) == {"receipt", "dispute"}
    assert ends(gives, came) == {"bill", "settle", "dispute"}
    assert ends(asks, came) == {"settle", "dispute"}
    reader = tokyo(READER)
    assert ends(reader, first) == set()
    assert len(reader.found("//div[@class='act']/button[@disabled]")) == 4
    assert {JPN, USA} == {trade.provider, trade.requester}


def test_a_form_whose_session_ended_is_shown_again_and_does_nothing(
    trade: Trade, washington: Desks
) -> None:
    desk = washington(LOGISTICS)
    desk.get(ASK)
    desk.cookies.clear()
    desk.post(ASK, ASKING)
    inputs = desk.found("//form//input")
    kept = {str(each.get("name")): str(each.get("value")) for each in inputs}
    answer = desk.post("/sign-in", {**kept, "person": LOGISTICS, "password": PASSWORD})
    assert answer.status == 200
    assert desk.found("//input[@name='description-3']/@value") == ["Airlift"]
    assert _said(trade.asks, "order.request") == 0


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_forms_are_in_the_readers_language(trade: Trade, tokyo: Desks, language: str) -> None:
    (order,) = asked(trade)
    desk = tokyo(LOGISTICS, language)
    for path in (path_of(order, "accept"), f"/orders/{ACSA}/ask", path_of(order, "dispute")):
        assert desk.get(path).status == 200
        assert {"ja": "行", "ko": "행"}[language] in desk.text()
