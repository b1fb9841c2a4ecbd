# SPDX-License-Identifier: Apache-2.0
"""What is owed, how old it is, and the books; stated, agreed, or answered line by line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from comity.agreement.templates import template
from comity.console.links import look_at
from comity.console.pages.goods.charts import WIDTH, ageing_charts
from comity.flows.standing import Matter
from comity.flows.support.balances import read_balance
from comity.flows.support.books import BOOKS, export_books
from comity.statement.deliveries import Condition, ReceivedLine
from comity.statement.orders import Method
from tests.builders.goods import A_DAY_MS, ACSA, FINANCE, LOGISTICS, Trade, make_goods
from tests.builders.goods import BOOKS as BOOKKEEPER
from tests.builders.world import ADMIN, READER, REGISTRAR, run
from tests.console.support_console import Browser
from tests.console.support_goods import TAKING, Desks, asked, desks, path_of

AT = f"/balances/{ACSA}"


def _rows(desk: Browser, label: str) -> list[str]:
    found = desk.found(f"//div[@aria-label='{label}']//tbody/tr")
    return [" ".join(" ".join(each.itertext()).split()) for each in found]


def test_what_is_owed_stands_with_its_age_as_bars_that_bear_their_numbers(
    trade: Trade, tokyo: Desks
) -> None:
    trade.received()
    trade.world.move(200 * A_DAY_MS)
    trade.received(number="O-2", terms={"method": Method.REPLACEMENT_IN_KIND})
    desk = tokyo(READER)
    assert desk.get("/balances").header("location") == AT
    assert desk.get(AT).status == 200
    rows = _rows(desk, "Who owes whom")
    assert len(rows) == 2
    assert all("USA (USA) JPN (JPN)" in each for each in rows)
    assert any("in cash 1900000 JPY" in each for each in rows)
    assert any("in kind 20000 LTR, fuel" in each for each in rows)
    charts = desk.found("//figure")
    assert len(charts) == 2
    labels = {str(each.get("aria-label")) for each in desk.found("//figure//*[@role='img']")}
    assert any("6–9 months 1900000" in each for each in labels)
    assert any("0–6 months 20000" in each for each in labels)
    balance = run(read_balance(trade.gives.context, ACSA))
    assert balance.sha256 in desk.text()


def test_a_day_in_the_past_is_shown_as_it_was(trade: Trade, tokyo: Desks) -> None:
    trade.received()
    trade.world.move(3 * A_DAY_MS)
    desk = tokyo(READER)
    desk.get(f"{AT}?at=2018-04-01")
    assert "Nothing is owed." in desk.text()
    desk.get(f"{AT}?at=2018-04-03")
    assert "1900000" in desk.text()
    assert f"{AT}/books/csv?at=2018-04-03" in desk.links()
    for wrong in ("yesterday", "2018-13-01", "%3Cb%3E"):
        answer = desk.get(f"{AT}?at={wrong}")
        assert answer.status == 400
        assert b"<b>" not in answer.body


def test_what_one_side_alone_has_is_told_line_by_line_with_its_order(
    trade: Trade, tokyo: Desks
) -> None:
    order, delivery = trade.handed_over()
    trade.receive(delivery, lines=(ReceivedLine(1, Decimal(15000), Condition.GOOD),))
    settled = trade.received(number="O-2")
    trade.settle(trade.asks, settled, reason="consumed")
    trade.world.settle(1)
    desk = tokyo(READER)
    desk.get(AT)
    (row,) = _rows(desk, "What one side alone has")
    assert "20000 LTR 15000 0 5000 0" in row
    assert path_of(order) in desk.links()
    assert path_of(settled) in desk.links()


def test_of_many_debts_the_age_is_worked_out_when_it_is_asked_for(
    trade: Trade, tokyo: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.console.pages.goods.balances.OWING_MAX", 0)
    trade.received()
    desk = tokyo(READER)
    desk.get(AT)
    assert not desk.found("//figure")
    assert len(_rows(desk, "Who owes whom")) == 1
    assert f"{AT}?ages=yes" in desk.links()
    desk.get(f"{AT}?ages=yes")
    assert len(desk.found("//figure")) == 1


@pytest.mark.parametrize("shape", sorted(BOOKS))
def test_the_books_are_kept_as_files(trade: Trade, tokyo: Desks, shape: str) -> None:
    trade.received()
    desk = tokyo(READER)
    given = desk.get(f"{AT}/books/{shape}")
    assert given.status == 200
    assert given.body.decode() == run(export_books(trade.gives.context, ACSA, shape))
    assert "attachment" in str(given.header("content-disposition"))
    assert desk.get(f"{AT}/books/ods").status == 404


def test_a_year_is_reported_by_class_and_what_is_over_a_year_old_with_its_orders(
    trade: Trade, tokyo: Desks
) -> None:
    order = trade.received()
    late, _ = trade.handed_over(number="O-2")
    trade.world.move(400 * A_DAY_MS)
    trade.world.settle(1)
    desk = tokyo(FINANCE)
    desk.get(f"{AT}/year?year=2018")
    (row,) = _rows(desk, "By class of supply")
    assert "fuel JPY 1900000 0 1900000" in row
    over = _rows(desk, "Open for over a year")
    assert len(over) == 2
    assert any("none yet" in each for each in over)
    assert {path_of(order), path_of(late)} <= set(desk.links())
    desk.get(f"{AT}/year?year=2017&begins=01-01")
    assert "Nothing was received" in desk.text()
    assert desk.get(f"{AT}/year").status == 200


@pytest.mark.parametrize("query", ["year=18", "year=0001", "year=9999", "year=x", "begins=13-01"])
def test_what_is_no_year_is_told(tokyo: Desks, query: str) -> None:
    assert tokyo(READER).get(f"{AT}/year?{query}").status == 400


def test_a_balance_is_stated_by_one_side_and_agreed_by_the_other(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    trade.received()
    trade.world.move(2 * A_DAY_MS)
    books = tokyo(FINANCE)
    books.get(AT)
    assert f"{AT}/state" in books.links()
    books.get(f"{AT}/state")
    assert books.found("//input[@name='until']/@value") == ["2018-04-03"]
    for wrong, status in (("", 400), ("x", 400), ("2018-04-04", 409), ("2019-01-01", 409)):
        assert books.post(f"{AT}/state", {"until": wrong}).status == status
        assert books.found("//input[@name='until']/@value") == [wrong]
    assert books.post(f"{AT}/state", {"until": "2018-04-03"}).header("location") == AT
    books.get(AT)
    (row,) = _rows(books, "Balances that were stated")
    assert "2018-04-03" in row
    assert "no answer yet" in row
    trade.world.settle(1)
    (stated,) = trade.asks.view().fold.state.balances.keys()
    theirs = washington(FINANCE)
    theirs.get(AT)
    assert f"{AT}/{stated}" in theirs.links()
    theirs.get(f"{AT}/{stated}")
    assert "the same" in theirs.text()
    assert "1900000 JPY" in theirs.text()
    assert theirs.post(f"{AT}/{stated}", {}).header("location") == AT
    assert theirs.get(f"{AT}/{stated}").status == 200
    assert theirs.post(f"{AT}/{stated}", {}).status == 409
    theirs.get(AT)
    assert "JPN/" in _rows(theirs, "Balances that were stated")[0]
    assert "agreed" in _rows(theirs, "Balances that were stated")[0]


def test_lines_that_differ_are_named_and_what_is_none_is_told(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    order, _ = trade.handed_over()
    trade.world.move(2 * A_DAY_MS)
    books = tokyo(FINANCE)
    books.get(f"{AT}/state")
    books.post(f"{AT}/state", {"until": "2018-04-03"})
    trade.world.settle(1)
    (stated,) = trade.asks.view().fold.state.balances.keys()
    theirs, path = washington(BOOKKEEPER), f"{AT}/{stated}"
    for wrong in (f"{order}", f"{order} x", "1 2 3", "x 1", f"{order} 0"):
        theirs.get(path)
        assert theirs.post(path, {"differs": wrong}).status == 400, wrong
        assert theirs.found("//textarea")[0].text_content().strip() == wrong
    fields = {"differs": f"{ACSA}/{order} 1\n\n", "unmatched": "yes"}
    assert theirs.post(path, fields).status == 303
    theirs.get(AT)
    assert "lines differ" in _rows(theirs, "Balances that were stated")[0]
    assert path_of(order) in theirs.links()


def test_who_has_no_office_for_it_sees_the_acts_forbidden_and_is_refused(
    trade: Trade, tokyo: Desks, washington: Desks
) -> None:
    trade.received()
    trade.world.move(2 * A_DAY_MS)
    desk = tokyo(LOGISTICS)
    desk.get(AT)
    assert desk.found("//button[@disabled and text()='State a balance']")
    desk.get(f"{AT}/state")
    assert desk.found("//button[@class='main' and @disabled]")
    assert desk.post(f"{AT}/state", {"until": "2018-04-03"}).status == 403
    assert trade.gives.acts()[-1] == ("balance.state", "refused")
    books = tokyo(FINANCE)
    books.get(f"{AT}/state")
    books.post(f"{AT}/state", {"until": "2018-04-03"})
    trade.world.settle(1)
    (stated,) = trade.asks.view().fold.state.balances.keys()
    reader = washington(READER)
    reader.get(f"{AT}/{stated}")
    assert reader.post(f"{AT}/{stated}", {}).status == 403


def test_an_administrator_reads_no_balance_and_what_is_none_is_not_there(
    trade: Trade, tokyo: Desks
) -> None:
    asked(trade)
    admin, registrar = tokyo(ADMIN), tokyo(REGISTRAR)
    ends = ("", "/year", "/books/csv", "/state", "/USA/1")
    assert {admin.get(f"{AT}{each}").status for each in ends} == {403}
    for path in (f"{AT}/USA/1", f"{AT}/USA/x", "/balances/none/year", "/balances/none"):
        assert registrar.get(path).status == 404


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_balances_are_told_in_the_readers_language(
    trade: Trade, tokyo: Desks, language: str
) -> None:
    trade.received()
    desk = tokyo(FINANCE, language)
    for path in (AT, f"{AT}/year", f"{AT}/state"):
        assert desk.get(path).status == 200
        assert "Outstanding" not in desk.text()


def test_bars_are_as_long_as_their_numbers_and_empty_ages_have_one_too() -> None:
    common = {"by": "USA", "to": "JPN", "of": "JPY"}
    rows = [
        {**common, "months": "00-06", "open": "1000"},
        {**common, "months": "over 18", "open": "0.001"},
    ]
    (chart,) = ageing_charts(rows)
    assert [(each.name, each.number, each.width) for each in chart.bars] == [
        ("0–6", "1000", WIDTH),
        ("6–9", "0", 0),
        ("9–12", "0", 0),
        ("12–18", "0", 0),
        ("18+", "0.001", 1),
    ]
    assert ageing_charts([]) == ()


def test_a_yearly_cap_is_metered_in_words_and_figures_and_stops_an_acceptance(
    tmp_path: Path,
) -> None:
    caps = b'\n[[article]]\nnumber = "S2347"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    caps += b'[article.caps]\nparty = "JPN"\ncredits = 2000000\nyear_begins = 4\n'
    with make_goods(tmp_path, raw=template(ACSA) + caps) as world:
        trade = Trade(world)
        trade.received()
        with desks(trade.gives) as tokyo:
            desk = tokyo(FINANCE)
            desk.get(AT)
            (row,) = _rows(desk, "Yearly caps")
            assert "1900000 JPY 0 JPY 2000000 JPY 95 % nearly used up" in row
            (order,) = asked(trade, number="O-2")
            gives, taking = tokyo(LOGISTICS), path_of(order, "accept")
            gives.get(taking)
            assert gives.post(taking, TAKING).status == 409
            assert "yearly cap" in gives.text("//div[contains(@class, 'problem')]")
            assert gives.found("//input[@name='price-1']/@value") == ["95"]
            assert len(trade.gives.said("order.accept")) == 1


def test_what_waits_of_goods_leads_to_where_it_is_done(trade: Trade, tokyo: Desks) -> None:
    (order,) = asked(trade)
    trade.handed_over(number="O-2")
    trade.received(number="O-3")
    desk = tokyo(REGISTRAR)
    desk.get("/")
    assert path_of(order) in desk.links()
    assert f"/orders/{ACSA}?turn=JPN" in desk.links()
    one = Matter(ACSA, "order.accept", trade.provider, order, count=2)
    assert look_at(one) == f"/orders/{ACSA}?turn=JPN"
    assert look_at(Matter(ACSA, "balance.agree", trade.provider)) == AT
    for path in {each for each in desk.links() if each.startswith(("/orders", "/balances"))}:
        assert desk.get(path).status in (200, 303), path
