# SPDX-License-Identifier: Apache-2.0
"""Forms, books and reports: made of the registers, the same on both nodes, and they add up."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.templates import template
from comity.basis.amounts import Quantity
from comity.basis.errors import InputError
from comity.decision.stages import Refused
from comity.flows.cases.visits import ask_visit
from comity.flows.not_counted import NotCounted
from comity.flows.speak import Entered
from comity.flows.support.balances import read_balance
from comity.flows.support.books import commodity_of, export_books
from comity.flows.support.caps import list_warnings
from comity.flows.support.deliveries import Receipted
from comity.flows.support.exercises import exercise_view
from comity.flows.support.forms import ELEMENTS, print_form
from comity.flows.support.reports import fiscal_year, yearly_report
from comity.flows.support.settlements import confirm
from comity.flows.support.shapes import read_order
from comity.statement.cases import VisitKind, VisitRequest
from comity.statement.information import AssuranceGive
from comity.statement.orders import Method, Nature, Tax
from comity.statement.settlements import SettledLine
from tests.builders.bean_check import bean_check
from tests.builders.goods import (
    A_DAY_MS,
    ACSA,
    BOOKS,
    DAY,
    FUEL,
    LOGISTICS,
    Trade,
    make_goods,
    officer,
    priced,
)
from tests.builders.pacts import JPN_USA, pact, pin_all, under
from tests.builders.world import CLERK, JPN, OFFICER, USA, Node, World, run

RICE = structs.replace(
    FUEL, line=2, category="food", description="Rice", quantity=Quantity(Decimal(300), "KGM")
)
IN_KIND = {"method": Method.REPLACEMENT_IN_KIND}


@pytest.fixture(scope="session")
def _goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_goods(tmp_path_factory.mktemp("papers")) as world:
        yield world


@pytest.fixture(scope="session")
def _converting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Let what is owed in kind become cash after its term, and prices be in any currency."""
    at_most = b'at_most = "12 months"'
    raw = template(ACSA).replace(at_most, at_most + b"\nconverts = true")
    with make_goods(tmp_path_factory.mktemp("converting"), raw=raw) as world:
        yield world


@pytest.fixture
def converting(_converting: World, tmp_path: Path) -> Trade:
    return Trade(_converting.copy(tmp_path / "world"))


@pytest.fixture
def trade(_goods: World, tmp_path: Path) -> Trade:
    return Trade(_goods.copy(tmp_path / "world"))


def book(node: Node, shape: str) -> str:
    return run(export_books(node.context, ACSA, shape))


_ENTRY = re.compile(r'(\d{4}-\d\d-\d\d) \* "((?:[^"\\]|\\.)*)"')
_POSTING = re.compile(r"  ([A-Z][A-Za-z0-9-]*(?::[A-Z0-9][A-Za-z0-9-]*)+)  (-?[0-9.]+) (\S+)")
_ASSERTED = re.compile(r"(\d{4}-\d\d-\d\d) balance (\S+)  (-?[0-9.]+) (\S+)")
_COMMODITY = re.compile(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]")


def checked(text: str) -> dict[tuple[str, str], Decimal]:
    """Check a book as a checker does: known accounts, entries that add up, balances that hold."""
    opened = dict[str, str]()
    known, sums = set[str](), defaultdict[tuple[str, str], Decimal](Decimal)
    entries: list[list[tuple[str, Decimal, str]]] = []
    dates: list[str] = []
    for line in text.splitlines():
        if posted := _POSTING.fullmatch(line):
            account, number, commodity = posted.groups()
            assert opened[account] <= dates[-1]
            assert commodity in known
            entries[-1].append((account, Decimal(number), commodity))
        elif entry := _ENTRY.fullmatch(line):
            dates.append(entry[1])
            entries.append([])
        elif asserted := _ASSERTED.fullmatch(line):
            _, account, number, commodity = asserted.groups()
            total = sum(n for each in entries for a, n, c in each if (a, c) == (account, commodity))
            assert total == Decimal(number), line
            sums[account, commodity] = Decimal(number)
        elif " open " in line:
            day, _, account = line.split(" ")
            opened[account] = day
        elif " commodity " in line:
            name = line.split(" ")[2]
            assert _COMMODITY.fullmatch(name)
            known.add(name)
        else:
            assert line == "" or line.startswith('option "title" "')
    for each in entries:
        for commodity in {c for _, _, c in each}:
            assert sum(number for _, number, c in each if c == commodity) == 0
    with TemporaryDirectory() as folder:
        assert bean_check(text, Path(folder)) == []
    return dict(sums)


def test_an_empty_book_is_a_book(trade: Trade) -> None:
    assert checked(book(trade.asks, "beancount")) == {}


def test_the_book_adds_up_to_the_balance_through_conversion_and_settlement(trade: Trade) -> None:
    world = trade.world
    order = trade.received(FUEL, RICE, terms=IN_KIND)
    back = Trade(world, requester=JPN)
    other = back.received(number="J-1", terms={"price": Decimal("0.25"), "currency": "USD"})
    replaced = trade.settle(
        trade.asks,
        order,
        method=Method.REPLACEMENT_IN_KIND,
        lines=(SettledLine(1, Decimal(12000), None, None),),
    )
    assert isinstance(replaced, Entered)
    world.settle(1)
    context = trade.gives.context
    said = run(confirm(context, ACSA, replaced.place, "S-2", officer(BOOKS)))
    assert isinstance(said, Entered)
    part = (SettledLine(1, None, Decimal("1000.25"), None),)
    paid = trade.settle(back.gives, other, number="S-3", lines=part, reason="x")
    assert isinstance(paid, Entered)
    world.settle(1)
    sums = checked(book(trade.asks, "beancount"))
    assert sums["Assets:JPN:USA", "X-FUEL-LTR"] == 8000
    assert sums["Liabilities:JPN:USA", "USD"] == Decimal("-3999.75")
    world.move(400 * A_DAY_MS)
    later = checked(book(trade.asks, "beancount"))
    assert book(trade.asks, "beancount") == book(trade.gives, "beancount")
    assert ("Assets:JPN:USA", "X-FUEL-LTR") in later


@pytest.mark.row("U5")
def test_u5_what_is_not_replaced_in_time_stands_in_the_book_as_cash(converting: Trade) -> None:
    trade = converting
    order = trade.received(FUEL, RICE, terms=IN_KIND)
    lines = (SettledLine(1, Decimal(5000), None, None),)
    replaced = {"method": Method.REPLACEMENT_IN_KIND, "lines": lines}
    assert isinstance(trade.settle(trade.gives, order, **replaced), Entered)
    trade.world.move(366 * A_DAY_MS)
    part = (SettledLine(1, None, Decimal(425000), None),)
    paid = trade.settle(trade.gives, order, number="S-2", lines=part, reason="late")
    assert isinstance(paid, Entered)
    trade.world.settle(1)
    sums = checked(book(trade.asks, "beancount"))
    assert sums["Assets:JPN:USA", "X-FUEL-LTR"] == sums["Assets:JPN:USA", "X-FOOD-KGM"] == 0
    assert sums["Assets:JPN:USA", "JPY"] == 1_425_000 - 425_000 + 28_500
    report: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    sums_of = {row["category"]: (row["collected"], row["outstanding"]) for row in report["classes"]}
    assert sums_of == {"fuel": ("900000", "1000000"), "food": ("0", "28500")}


def test_an_offset_counts_once_both_have_said_it_and_the_book_still_adds_up(
    converting: Trade,
) -> None:
    trade, back = converting, Trade(converting.world, requester=JPN)
    order = trade.received()
    other = back.received(number="J-1", terms={"price": Decimal(30)})
    offset = {"method": Method.OFFSET, "against": other}
    one = trade.settle(trade.gives, order, **offset)
    assert isinstance(one, Entered)
    assert trade.gives.said("settlement.record")[0]["lines"][0]["amount"] == "600000"
    trade.world.settle(1)
    before = checked(book(trade.asks, "beancount"))
    assert before["Assets:JPN:USA", "JPY"] == 1_900_000
    trade.world.move(3 * A_DAY_MS)  # it counts on the day that was named, whenever it is confirmed
    said = run(confirm(trade.asks.context, ACSA, one.place, "S-2", officer(BOOKS)))
    assert isinstance(said, Entered)
    trade.world.settle(1)
    after = checked(book(trade.gives, "beancount"))
    assert after["Assets:JPN:USA", "JPY"] == 1_300_000
    assert after["Assets:USA:JPN", "JPY"] == 0
    assert book(trade.gives, "beancount") == book(trade.asks, "beancount")
    dated = re.findall(r'^(\S+) \* ".*offset ', book(trade.gives, "beancount"), re.MULTILINE)
    assert dated == [str(DAY), str(DAY)]


def test_u5_the_price_of_the_day_counts_once_both_have_said_it(converting: Trade) -> None:
    trade = converting
    order = trade.received(terms=IN_KIND)
    dearer = {"method": Method.CONVERTED, "lines": (SettledLine(1, None, None, Decimal(100)),)}
    with pytest.raises(NotCounted):
        trade.settle(trade.gives, order, **dearer)
    trade.world.move(366 * A_DAY_MS)
    one = trade.settle(trade.gives, order, **dearer)
    assert isinstance(one, Entered)
    trade.world.settle(1)
    assert checked(book(trade.asks, "beancount"))["Assets:JPN:USA", "JPY"] == 1_900_000
    said = run(confirm(trade.asks.context, ACSA, one.place, "S-2", officer(BOOKS)))
    assert isinstance(said, Entered)
    trade.world.settle(1)
    assert checked(book(trade.gives, "beancount"))["Assets:JPN:USA", "JPY"] == 2_000_000


def test_a_changed_figure_is_found_by_whoever_checks_the_book(trade: Trade) -> None:
    trade.received()
    text = book(trade.asks, "beancount")
    assert checked(text)
    with pytest.raises(AssertionError):
        checked(text.replace("  Assets:JPN:USA  1900000", "  Assets:JPN:USA  1900001"))


@pytest.mark.parametrize(
    ("category", "unit", "name"),
    [
        ("fuel", "LTR", "X-FUEL-LTR"),
        ("use-of-facilities", "MTK", "X-USE-OF-FACILITIES-MTK"),
        ("a" * 60, "LTR", f"X-{'A' * 18}-LTR"),
        ("弾薬", "EA", "X--EA"),
    ],
)
def test_what_is_owed_in_kind_has_a_name_that_books_take(
    category: str, unit: str, name: str
) -> None:
    assert commodity_of(category, unit) == name
    assert _COMMODITY.fullmatch(name)


def test_a_table_has_a_row_for_each_line_and_no_cell_is_a_formula(trade: Trade) -> None:
    evil = structs.replace(FUEL, description="=HYPERLINK(1)")
    trade.received(evil, RICE)
    rows = list(csv.DictReader(io.StringIO(book(trade.gives, "csv"))))
    assert [(row["line"], row["worth"]) for row in rows] == [("1", "1900000"), ("2", "28500")]
    assert rows[0]["description"] == "'=HYPERLINK(1)"
    assert book(trade.gives, "csv") == book(trade.asks, "csv")


def test_an_object_holds_orders_lines_and_the_balance(trade: Trade) -> None:
    trade.received()
    value: Any = json.loads(book(trade.asks, "json"))
    assert value["balance"]["owed"][0]["open"] == "1900000"
    assert value["orders"][0]["lines"][0]["description"] == "Jet fuel"
    assert book(trade.gives, "json") == book(trade.asks, "json")


def test_4_4_the_form_holds_every_element_and_nobody_typed_what_is_computed(trade: Trade) -> None:
    order = trade.received(FUEL, RICE)
    printed = run(print_form(trade.asks.context, ACSA, order, "acsa"))
    assert set(printed.elements) == {str(number) for number in range(1, 26)}
    assert printed.elements["9"] == ["1900000", "28500"]
    assert printed.elements["11"] == ["1928500 JPY"]
    assert printed.elements["12"] == ["logistics, J4"]
    assert printed.elements["25"] == ["depot, Depot, 2018-04-02"]
    assert all(name in printed.text for name in ELEMENTS.values())
    other = run(print_form(trade.gives.context, ACSA, order, "acsa"))
    assert other == printed
    asked = run(read_order(trade.asks.context, ACSA, order))
    assert "worth" not in asked["head"]


def test_4_4_an_order_that_nobody_accepted_lacks_the_elements_of_the_other_side(
    trade: Trade,
) -> None:
    asked = trade.ask()
    assert not isinstance(asked, Refused)
    printed = run(print_form(trade.asks.context, ACSA, asked[0].place, "acsa"))
    lacks = {int(number) for number, value in printed.elements.items() if not value}
    assert lacks == {11, 13, 14, 15, 18, 21, 22, 23, 24, 25}
    sheet = run(print_form(trade.asks.context, ACSA, asked[0].place, "three"))
    parts = re.findall(r"^([ABC])  [A-Z]+$", sheet.text, re.MULTILINE)
    assert parts == ["A", "B", "C"]


@pytest.mark.row("2342h")
def test_2342_h_the_report_says_what_is_collected_outstanding_and_over_a_year_old(
    trade: Trade,
) -> None:
    order = trade.received(FUEL, RICE)
    part = (SettledLine(1, None, Decimal(900000), None),)
    assert isinstance(trade.settle(trade.gives, order, lines=part, reason="x"), Entered)
    trade.world.settle(1)
    found: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    sums = {row["category"]: row for row in found["classes"]}
    fuel, rice = sums["fuel"], sums["food"]
    assert (fuel["total"], fuel["collected"]) == ("1900000", "900000")
    assert (fuel["outstanding"], rice["outstanding"]) == ("1000000", "28500")
    assert found["over_a_year"] == []
    assert run(yearly_report(trade.asks.context, ACSA, 2017, "10-01"))["classes"] == []
    trade.world.move(365 * A_DAY_MS)
    at_a_year: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    assert at_a_year["over_a_year"] == []
    trade.world.move(A_DAY_MS)
    later: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    assert [(row["order"], row["line"]) for row in later["over_a_year"]] == [
        (str(order), 1),
        (str(order), 2),
    ]


def test_what_is_open_is_told_by_its_age_and_a_term_ends_with_its_day(trade: Trade) -> None:
    trade.received(FUEL, terms=IN_KIND)
    trade.received(RICE, number="O-2")

    def ages(on: date) -> list[tuple[str, str]]:
        found = run(read_balance(trade.asks.context, ACSA, on, with_lines=True))
        return [(str(each["of"]), str(each["months"])) for each in found.ageing]

    assert ages(date(2018, 10, 2)) == [("JPY", "00-06"), ("LTR of fuel", "00-06")]
    assert ages(date(2018, 10, 3)) == [("JPY", "06-09"), ("LTR of fuel", "06-09")]
    assert ages(date(2019, 4, 2)) == [("JPY", "09-12"), ("LTR of fuel", "09-12")]
    trade.world.move(600 * A_DAY_MS)
    assert {age for _, age in ages(date(2019, 10, 3))} == {"over 18"}
    assert ages(date(2018, 4, 1)) == []


def test_a_fiscal_year_is_named_by_the_year_it_ends_in() -> None:
    assert fiscal_year(2018, "10-01") == (date(2017, 10, 1), date(2018, 9, 30))
    assert fiscal_year(2018, "04-01") == (date(2017, 4, 1), date(2018, 3, 31))
    assert fiscal_year(2018, "01-01") == (date(2018, 1, 1), date(2018, 12, 31))
    for wrong in ("13-01", "02-30", "1-1", "10-01\n", ""):
        with pytest.raises(InputError) as refused:
            fiscal_year(2018, wrong)
        assert refused.value.code == "goods.fiscal-year"


def test_one_view_of_an_exercise_has_the_item_and_the_visit_that_its_orders_name(
    trade: Trade,
) -> None:
    """Under an agreement on information beside that on goods; who may not know of it sees none."""
    pin_all(trade.world, JPN_USA, JPN, USA)
    informed = under(trade.world, JPN_USA, JPN, USA)
    informed.sign(pact(JPN_USA, (JPN, USA)))
    for node in informed.nodes.values():
        node.promise(AssuranceGive("SECRET", None, True, True, date(2019, 12, 31)))
    informed.settle()
    item = informed.jpn.release(USA).place
    day = date(2018, 4, 20)
    wanted = VisitRequest(JPN, "hq", VisitKind.OFFICIAL, "SECRET", day, day, 2, "SECRET", None)
    asked = run(ask_visit(informed[USA].context, JPN_USA, wanted, person=OFFICER))
    assert isinstance(asked, Entered)
    informed.settle()
    named = (f"{JPN_USA}/{item}", f"{JPN_USA}/{asked.place}")
    trade.ordered(exercise="keen-sword", protected=named)
    for node in (trade.asks, trade.gives):
        found: Any = run(exercise_view(node.context, "keen-sword", OFFICER))
        assert [each["place"] for each in found["items"]] == [named[0]]
        assert [each["place"] for each in found["visits"]] == [named[1]]
        for person in (CLERK, None):
            hidden: Any = run(exercise_view(node.context, "keen-sword", person))
            assert hidden["items"] == []


def test_one_view_of_an_exercise_has_its_orders_and_no_other(trade: Trade) -> None:
    trade.ordered(exercise="keen-sword", protected=("USA/0", "nowhere/JPN/1", "no place"))
    trade.ordered(number="O-2", exercise="other")
    trade.ordered(number="O-3", exercise=None)
    found: Any = run(exercise_view(trade.gives.context, "keen-sword", LOGISTICS))
    assert [each["number"] for each in found["orders"]] == ["O-1"]
    assert found["visits"] == found["items"] == []
    nothing = run(exercise_view(trade.gives.context, "unheard-of", None))
    assert nothing == {"orders": [], "visits": [], "items": []}


@pytest.mark.row("A9")
def test_a9_cash_for_what_was_owed_in_kind_stands_in_every_book_and_on_the_sheet(
    trade: Trade,
) -> None:
    order = trade.received(FUEL, RICE, terms=IN_KIND)
    instead = (SettledLine(1, Decimal(12000), None, None),)
    told = {"lines": instead, "reason": "none of that grade"}
    assert isinstance(trade.settle(trade.gives, order, **told), Entered)
    replaced = {
        "method": Method.REPLACEMENT_IN_KIND,
        "lines": (SettledLine(1, Decimal(3000), None, None),),
    }
    assert isinstance(trade.settle(trade.gives, order, number="S-2", **replaced), Entered)
    trade.world.settle(1)
    rows = list(csv.DictReader(io.StringIO(book(trade.gives, "csv"))))
    assert [row["paid_instead"] for row in rows] == ["1140000", "0"]
    text = book(trade.gives, "beancount")
    sums = checked(text)
    assert sums["Assets:JPN:USA", "X-FUEL-LTR"] == 5000
    assert sums.get(("Assets:JPN:USA", "JPY"), 0) == 0
    assert "  Assets:JPN:USA  -1140000 JPY" in text
    sheet = run(print_form(trade.asks.context, ACSA, order, "three")).text
    returned, invoice = sheet.split("B  RETURN")[1].split("C  INVOICE")
    assert "3000 LTR by replacement_in_kind" in returned
    assert "12000" not in returned
    assert "1140000 JPY by cash for 12000 LTR owed in kind" in invoice
    assert book(trade.asks, "beancount") == text


def test_a_loan_that_comes_back_damaged_says_so_on_the_sheet(trade: Trade) -> None:
    loan = structs.replace(FUEL, nature=Nature.LOAN, return_by=date(2018, 9, 30))
    order = trade.received(loan, terms={"method": Method.RETURN})
    back = (SettledLine(1, Decimal(20000), None, None, Decimal(500)),)
    returned = {"method": Method.RETURN, "lines": back}
    assert isinstance(trade.settle(trade.gives, order, **returned), Entered)
    sheet = run(print_form(trade.gives.context, ACSA, order, "three")).text
    assert "20000 LTR by return, 500 of it damaged" in sheet
    invoice = sheet.split("C  INVOICE")[1]
    assert "return: line 1: " in invoice, "what is owed in kind stands apart"
    assert "JPY" not in invoice.split("return: line 1")[0], "and in no total"


@pytest.mark.row("2342h")
def test_2342_h_what_is_over_a_year_old_names_worth_and_creditor_and_what_nobody_receipted(
    trade: Trade,
) -> None:
    order = trade.received(FUEL, terms=IN_KIND)
    other, delivery = trade.handed_over(RICE, number="O-2")
    trade.world.move(366 * A_DAY_MS)
    for node in (trade.asks, trade.gives):
        report: Any = run(yearly_report(node.context, ACSA, 2018, "10-01"))
        rows = [
            (row["order"], row["by"], row["to"], row["open"], row["unit"], row["value"])
            for row in report["over_a_year"]
        ]
        assert rows == [
            (str(order), "USA", "JPN", "20000", "LTR", "1900000"),
            (str(other), "USA", "JPN", "300", "KGM", "28500"),
        ]
        assert [row["receipted"] for row in report["over_a_year"]] == [True, False]
        assert {row["valued_in"] for row in report["over_a_year"]} == {"JPY"}
    assert isinstance(trade.receive(delivery), Receipted)
    receipted: Any = run(yearly_report(trade.asks.context, ACSA, 2018, "10-01"))
    assert [row["receipted"] for row in receipted["over_a_year"]] == [True, True]


@pytest.mark.row("2342h")
def test_2342_h_what_is_over_a_year_old_in_kind_is_worth_its_taxes_too(trade: Trade) -> None:
    taxed = {**IN_KIND, "taxes": (Tax(Decimal(100_000), "no exemption"),)}
    order = trade.received(FUEL, terms=taxed)
    back = {
        "method": Method.REPLACEMENT_IN_KIND,
        "lines": (SettledLine(1, Decimal(5000), None, None),),
    }
    assert isinstance(trade.settle(trade.gives, order, **back), Entered)
    trade.handed_over(RICE, number="O-2", terms={"taxes": taxed["taxes"]})
    trade.world.move(366 * A_DAY_MS)
    report: Any = run(yearly_report(trade.gives.context, ACSA, 2018, "10-01"))
    assert [row["value"] for row in report["over_a_year"]] == ["1500000", "128500"]
    fuel = next(row for row in report["classes"] if row["category"] == "fuel")
    assert fuel["outstanding"] == "1500000"


@pytest.mark.row("2347")
def test_2347_the_balance_shows_the_meters_and_what_is_nearly_used_up_comes_up_with_the_duties(
    tmp_path: Path,
) -> None:
    caps = b'\n[[article]]\nnumber = "S2347"\ntitle.en = "Caps"\nsummary.en = "Caps."\n'
    caps += b'[article.caps]\nparty = "JPN"\ncredits = 2000000\nyear_begins = 4\n'
    with make_goods(tmp_path, raw=template(ACSA) + caps) as world:
        trade = Trade(world)
        assert run(list_warnings(trade.gives.context, ACSA)) == ()
        trade.received()
        (meter,) = run(read_balance(trade.asks.context, ACSA)).caps
        assert (meter["used"], meter["percent"], meter["warns"]) == ("1900000", 95, True)
        for node in (trade.asks, trade.gives):
            (warning,) = run(list_warnings(node.context, ACSA))
            assert warning == {"agreement": ACSA, **meter}
        refused = trade.ask(number="O-2")
        assert not isinstance(refused, Refused)
        world.settle(1)
        with pytest.raises(NotCounted) as beyond:
            trade.accept(refused[0].place, priced(price=Decimal(6)))
        assert beyond.value.code == "order.beyond-cap"
        assert "S2347" in str(beyond.value)
        assert isinstance(trade.accept(refused[0].place, priced(price=Decimal(5))), Entered)
        world.settle(1)
        (meter,) = run(read_balance(trade.asks.context, ACSA)).caps
        assert (meter["used"], meter["coming"], meter["over"]) == ("1900000", "100000", False)
        assert world.equal()
