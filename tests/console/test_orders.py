# SPDX-License-Identifier: Apache-2.0
"""Orders as a list and as pages: how far they have come, whose turn it is, papers and forms."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from comity.basis.ids import PartyId, Place
from comity.decision.stages import Refused
from comity.flows.support.order_search import OrderWish, search_orders
from comity.flows.support.orders import Asking, ask_order
from comity.sealing.payload import PayloadHeader
from comity.statement.information import AssuranceGive
from comity.statement.orders import Method
from comity.support.life import Life
from tests.builders.goods import ACSA, DEPOT, FINANCE, FUEL, LOGISTICS, Trade, head
from tests.builders.pacts import JPN_USA, pact, pin_all, under
from tests.builders.world import ADMIN, CLERK, JPN, READER, REGISTRAR, USA, run
from tests.console.support_console import Browser
from tests.console.support_goods import Desks, asked, path_of

LIST = f"/orders/{ACSA}"


def _orders(browser: Browser) -> list[str]:
    return [each.text_content() for each in browser.found("//tbody//th/a")]


def test_one_agreement_on_goods_is_gone_to_at_once(tokyo: Desks) -> None:
    assert tokyo(LOGISTICS).get("/orders").header("location") == LIST


def test_orders_tell_how_far_they_have_come_and_whose_turn_it_is(
    trade: Trade, tokyo: Desks
) -> None:
    (first,) = asked(trade)
    ordered = trade.ordered(number="O-2")
    handed, _ = trade.handed_over(number="O-3")
    came = trade.received(number="O-4")
    desk = tokyo(READER)
    assert desk.get(LIST).status == 200
    assert _orders(desk) == [str(each) for each in (came, handed, ordered, first)]
    rows = [" ".join(each.text_content().split()) for each in desk.found("//tbody/tr")]
    for row, told in zip(
        rows,
        ("JPN: send a bill; USA: settle", "USA: receipt", "JPN: hand over", "JPN: accept"),
        strict=True,
    ):
        assert told in row, row
    assert all("2018-04-02" in row for row in rows)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("life=requested", ["N-0"]),
        ("life=accepted", ["O-2"]),
        ("life=closed", []),
        ("turn=JPN", ["O-2", "N-0"]),
        ("turn=USA", ["O-3"]),
        ("by=USA&turn=USA", ["O-3"]),
        ("by=KOR", []),
        ("number=O-3", ["O-3"]),
        ("number=O-3&life=accepted", []),
        ("number=X-9", []),
    ],
)
def test_what_is_looked_for_narrows_the_list(
    trade: Trade, tokyo: Desks, query: str, numbers: list[str]
) -> None:
    asked(trade)
    trade.ordered(number="O-2")
    trade.handed_over(number="O-3")
    desk = tokyo(LOGISTICS)
    desk.get(f"{LIST}?{query}")
    shown = [each.text_content() for each in desk.found("//tbody/tr/td[1]")]
    assert shown == numbers


def test_an_order_is_found_by_its_control_number(trade: Trade, tokyo: Desks) -> None:
    first, second = asked(trade, 2)
    desk = tokyo(LOGISTICS)
    for number in (second, f"{ACSA}/{second}"):
        desk.get(f"{LIST}?number={number}")
        assert _orders(desk) == [str(second)]
    assert first != second


@pytest.mark.parametrize("query", ["life=lost", "turn=%3Cb%3E", "by=..", "before=zz"])
def test_what_does_not_read_is_told_and_shown_inert(tokyo: Desks, query: str) -> None:
    answer = tokyo(LOGISTICS).get(f"{LIST}?{query}")
    assert answer.status == 400
    assert b"<b>" not in answer.body


def test_pages_go_on_by_places_and_neither_lose_nor_double(trade: Trade) -> None:
    placed = asked(trade, 7)
    context, seen = trade.gives.context, list[Place]()
    before: dict[PartyId, int] = {}
    while True:
        page = run(search_orders(context, ACSA, LOGISTICS, OrderWish(), before, limit=3))
        assert not isinstance(page, Refused)
        seen += [row.order.place for row in page.rows]
        if page.next is None:
            break
        before = {each.party: each.index for each in page.next}
    assert seen == [*reversed(placed)]


def test_a_page_that_looked_at_too_much_says_so_and_goes_on(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.flows.newest_first.SCANNED_MAX", 2)
    placed = asked(trade, 3)
    context, seen, cuts = trade.gives.context, list[Place](), 0
    before: dict[PartyId, int] = {}
    for _ in range(40):
        page = run(search_orders(context, ACSA, LOGISTICS, OrderWish(), before, limit=5))
        assert not isinstance(page, Refused)
        seen += [row.order.place for row in page.rows]
        cuts += page.is_cut
        if page.next is None:
            break
        before = {each.party: each.index for each in page.next}
    assert seen == [*reversed(placed)]
    assert cuts > 1


def test_an_order_of_too_many_lines_is_listed_whatever_is_looked_for(
    trade: Trade, tokyo: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tuple(structs.replace(FUEL, line=number) for number in range(1, 131))
    trade.ask(*lines)
    trade.world.settle(1)
    wish = OrderWish(life=Life.CLOSED)
    monkeypatch.setattr("comity.flows.support.order_search.SHEETS_MAX", 1)
    page = run(search_orders(trade.gives.context, ACSA, READER, wish, {}, limit=5))
    assert not isinstance(page, Refused)
    assert [row.life for row in page.rows] == [None]
    desk = tokyo(LOGISTICS)
    desk.get(f"{LIST}?life=closed")
    assert "many lines" in desk.text("//tbody")


def test_an_administrator_reads_of_no_order_whether_there_is_one_or_not(
    trade: Trade, tokyo: Desks
) -> None:
    (order,) = asked(trade)
    desk = tokyo(ADMIN)
    answers = {
        path: desk.get(path).status
        for path in ("/orders", LIST, path_of(order), f"{LIST}/USA/999", "/orders/gsomia-jpn-kor")
    }
    assert set(answers.values()) == {403}, answers
    assert "/orders" not in desk.links()


def test_an_order_shows_its_lines_what_is_owed_its_papers_and_elements(
    trade: Trade, tokyo: Desks
) -> None:
    order = trade.received()
    desk = tokyo(READER)
    assert desk.get(path_of(order)).status == 200
    shown = desk.text()
    for each in (
        "Jet fuel",
        "9130-01-031-5816",
        "20000 LTR",
        "95 JPY",
        "1900000 JPY",
        "in cash",
        "Keen Sword",
        "receipted, to be billed",
        "office to be billed",
        "DFAS",
        "notice of a claim",
        "delivery",
    ):
        assert each in shown, each
    assert not desk.found("//a[contains(@href, '/evidence/')]")


@pytest.mark.parametrize("at", ["USA/99999", "JPN/0", "X/1", "USA/x", "USA/-1"])
def test_what_is_no_order_is_not_there(trade: Trade, tokyo: Desks, at: str) -> None:
    asked(trade)
    answers = [tokyo(REGISTRAR).get(f"{LIST}/{at}{more}") for more in ("", "/form/acsa")]
    assert [each.status for each in answers] == [404, 404]


@pytest.mark.parametrize(
    ("language", "told"), [("en", "office to be billed"), ("ja", "請求先の部署"), ("ko", "청구")]
)
def test_both_forms_are_shown_and_kept_in_the_readers_language(
    trade: Trade, tokyo: Desks, language: str, told: str
) -> None:
    order = trade.received()
    desk = tokyo(READER, language)
    for form in ("acsa", "three"):
        assert desk.get(path_of(order, "form", form)).status == 200
        text = desk.found("//pre")[0].text_content()
        assert told in text
        kept = desk.get(path_of(order, "form", f"{form}?as=file"))
        assert kept.body.decode().split() == text.split()
        assert "attachment" in str(kept.header("content-disposition"))
    assert desk.get(path_of(order, "form", "other")).status == 404


def test_many_lines_come_in_pages(
    trade: Trade, tokyo: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tuple(structs.replace(FUEL, line=number) for number in range(1, 131))
    entered = trade.ask(*lines)
    assert not isinstance(entered, Refused)
    trade.world.settle(1)
    desk, seen, path = tokyo(READER), [], path_of(entered[0].place)
    for start in (0, 50, 100):
        desk.get(f"{path}?lines={start}")
        table = "//div[@aria-label='Lines']//tbody/tr/th"
        seen += [each.text_content() for each in desk.found(table)]
    assert seen == [str(each.line) for each in lines]
    assert "The 25 elements" in desk.text()
    monkeypatch.setattr("comity.console.pages.goods.order.ELEMENTS_LINES_MAX", 100)
    desk.get(f"{path}?lines=x")
    assert "The 25 elements" not in desk.text()
    assert "First lines" not in desk.text()


def test_papers_are_proved_to_who_reads_registers_alone(trade: Trade, tokyo: Desks) -> None:
    order = trade.received()
    other = trade.received(number="O-2")
    trade.world.settle(1)
    registrar = tokyo(REGISTRAR)
    registrar.get(path_of(order))
    given = registrar.get(path_of(order, "evidence", order))
    assert given.status == 200
    assert str(given.header("content-type")) == "application/x-tar"
    assert registrar.get(path_of(order, "evidence", other)).status == 404
    assert registrar.get(path_of(order, "evidence", "JPN/x")).status == 404
    assert tokyo(READER).get(path_of(order, "evidence", order)).status == 404


def test_what_a_person_wrote_is_shown_inert(trade: Trade, tokyo: Desks) -> None:
    line = structs.replace(FUEL, description="<b>=cmd</b>", stock=None)
    entered = trade.ask(line, organisation="<script>x</script>")
    assert not isinstance(entered, Refused)
    trade.world.settle(1)
    desk = tokyo(READER)
    for path in (LIST, path_of(entered[0].place), path_of(entered[0].place, "form", "acsa")):
        answer = desk.get(path)
        assert answer.status == 200
        assert b"<script>x" not in answer.body
        assert b"<b>=cmd" not in answer.body


def test_what_is_late_in_kind_or_disputed_is_told(trade: Trade, tokyo: Desks) -> None:
    order = trade.received(terms={"method": Method.REPLACEMENT_IN_KIND})
    desk = tokyo(FINANCE)
    desk.get(path_of(order))
    assert "in kind" in desk.text()
    assert "20000 LTR" in desk.text("//div[@aria-label='What is owed for them']")
    trade.world.move(400 * 86_400_000)
    trade.world.settle(1)
    desk = tokyo(FINANCE)
    desk.get(path_of(order))
    shown = desk.text("//div[@aria-label='What is owed for them']")
    assert "late" in shown


@pytest.mark.parametrize("person", [LOGISTICS, DEPOT, FINANCE, REGISTRAR])
def test_the_offices_of_goods_find_orders_in_the_navigation(tokyo: Desks, person: str) -> None:
    desk = tokyo(person)  # type: ignore[arg-type]  # ids of persons
    desk.get("/")
    assert "/orders" in desk.links()


def test_others_are_not_led_there(tokyo: Desks) -> None:
    desk = tokyo(READER)
    desk.get("/")
    assert "/orders" not in desk.links()
    assert {JPN, USA} == set(tokyo.node.view().heads)


def test_the_text_beside_an_order_is_read_by_offices_under_a_journal_entry(
    trade: Trade, tokyo: Desks
) -> None:
    text = (PayloadHeader("special needs", "text/plain"), [b"Commander Smith"])
    asking = Asking(head(JPN), (FUEL,), text)
    entered = run(ask_order(trade.asks.context, ACSA, asking))
    assert isinstance(entered, tuple)
    order = entered[0].place
    trade.world.settle()
    desk = tokyo(LOGISTICS)
    desk.get(path_of(order))
    assert desk.post(path_of(order, "open", order)).status == 200
    assert "Commander Smith" in desk.text()
    assert ("order.open", "done") in trade.gives.acts()
    assert desk.post(path_of(order, "open", "USA/0")).status == 404
    reader = tokyo(READER)
    reader.get(path_of(order))
    assert reader.found("//button[@disabled and text()='Read the text']")
    assert reader.post(path_of(order, "open", order)).status == 403


def test_items_that_an_order_names_are_told_to_who_may_know_of_them(
    trade: Trade, tokyo: Desks
) -> None:
    pin_all(trade.world, JPN_USA, JPN, USA)
    informed = under(trade.world, JPN_USA, JPN, USA)
    informed.sign(pact(JPN_USA, (JPN, USA)))
    for node in informed.nodes.values():
        node.promise(AssuranceGive("SECRET", None, True, True, date(2019, 12, 31)))
    informed.settle()
    item = informed.jpn.release(USA).place
    informed.settle()
    named = (f"{JPN_USA}/{item}", f"{JPN_USA}/JPN/0", "nowhere/JPN/1", "JPN/77", "a note")
    order = trade.ordered(protected=named)
    registrar, clerk = tokyo(REGISTRAR), tokyo(CLERK)
    for desk, links in ((registrar, [f"/items/{JPN_USA}/{item}"]), (clerk, [])):
        desk.get(path_of(order))
        assert [each for each in desk.links() if each.startswith("/items/")] == links
        assert not {each for each in named[1:] if each in desk.text()}
