# SPDX-License-Identifier: Apache-2.0
"""Exercises: their orders in pages, the visits and items of theirs, and nothing that is hidden."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest

from comity.flows.cases.visits import ask_visit
from comity.flows.speak import Entered
from comity.flows.support.exercise_pages import list_exercises, page_exercise
from comity.statement.cases import VisitKind, VisitRequest
from comity.statement.information import AssuranceGive
from tests.api.support_api import Served
from tests.builders.goods import ACSA, LOGISTICS, Trade
from tests.builders.pacts import JPN_USA, pact, pin_all, under
from tests.builders.world import ADMIN, CLERK, GSOMIA, JPN, KOR, OFFICER, READER, USA, World, run
from tests.console.support_console import Browser, browse
from tests.console.support_goods import Desks, asked, path_of


def _numbers(browser: Browser) -> list[str]:
    return [each.text_content() for each in browser.found("//tbody//th/a")]


def test_exercises_are_listed_with_their_newest_order(trade: Trade, tokyo: Desks) -> None:
    asked(trade, 2)
    (other,) = asked(trade, number="X-1", exercise="A/B +C: 1")
    desk = tokyo(LOGISTICS)
    desk.get("/")
    assert "/exercises" in desk.links()
    assert desk.get("/exercises").status == 200
    assert _numbers(desk) == ["A/B +C: 1", "Keen Sword"]
    assert path_of(other) in desk.links()
    (link,) = (each for each in desk.links() if "name=A" in each)
    desk.get(link)
    assert _numbers(desk) == [str(other)]


def test_where_no_order_names_one_it_is_said(tokyo: Desks) -> None:
    desk = tokyo(READER)
    desk.get("/exercises")
    assert "No order names an exercise." in desk.text()
    desk.get("/exercises?name=nothing")
    assert "Nothing that you may know of" in desk.text()


def test_orders_of_an_exercise_go_on_in_pages(
    trade: Trade, tokyo: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.console.pages.exercises.PAGE", 2)
    orders = asked(trade, 5)
    asked(trade, number="X-1", exercise="other")
    desk = tokyo(LOGISTICS)
    seen: list[str] = []
    path = "/exercises?name=Keen%20Sword"
    while path:
        desk.get(path)
        seen += _numbers(desk)
        start = desk.found("//input[@name='start']/@value")
        path = f"/exercises?name=Keen%20Sword&agreement={ACSA}&start={start[0]}" if start else ""
    assert seen == [str(each) for each in reversed(orders)]


def test_names_go_on_in_pages(trade: Trade) -> None:
    for at in range(5):
        asked(trade, number=f"N{at}", exercise=f"e-{at}")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        found = run(list_exercises(trade.gives.context, LOGISTICS, after=after, limit=2))
        assert isinstance(found, tuple)
        lines, after = found
        seen += [each.name for each in lines]
    assert seen == [f"e-{at}" for at in range(5)]


def test_what_orders_name_is_shown_to_whoever_may_know_of_it(trade: Trade, tokyo: Desks) -> None:
    pin_all(trade.world, JPN_USA, JPN, USA)
    informed = under(trade.world, JPN_USA, JPN, USA)
    informed.sign(pact(JPN_USA, (JPN, USA)))
    for node in informed.nodes.values():
        node.promise(AssuranceGive("SECRET", None, True, True, date(2019, 12, 31)))
    informed.settle()
    item = informed.jpn.release(USA).place
    meant = informed.jpn.release(USA, purposes=("keen-sword",)).place
    day = date(2018, 4, 20)
    wanted = VisitRequest(JPN, "hq", VisitKind.OFFICIAL, "SECRET", day, day, 2, "SECRET", None)
    visit = run(ask_visit(informed[USA].context, JPN_USA, wanted, person=OFFICER))
    assert isinstance(visit, Entered)
    informed.settle()
    named = (f"{JPN_USA}/{item}", f"{JPN_USA}/{visit.place}", "no place", "nowhere/JPN/1")
    trade.ordered(exercise="keen-sword", protected=named)
    desk = tokyo(READER)
    desk.get("/exercises?name=keen-sword")
    for place in (item, meant):
        assert f"/items/{JPN_USA}/{place.party}/{place.index}" in desk.links()
    assert f"{JPN_USA}/{visit.place}: USA → JPN, 2018-04-20" in desk.text()
    assert "Labels up to" in desk.text("//section[contains(@class, 'banner')]")
    clerk = tokyo(CLERK)
    clerk.get("/exercises?name=keen-sword")
    assert str(visit.place) in clerk.text()
    assert [each for each in clerk.links() if each.startswith("/items/")] == []


def test_items_for_an_exercise_are_found_in_the_list_of_items(released: World, jpn: Served) -> None:
    place = released.jpn.release(KOR, purposes=("keen-sword", "warning")).place
    jpn.set_password(READER)
    reader = browse(jpn)
    reader.sign_in(READER)
    reader.get(f"/items/{GSOMIA}?purpose=keen-sword")
    assert _numbers(reader) == [str(place)]
    reader.get(f"/items/{GSOMIA}?purpose=other")
    assert _numbers(reader) == []


def test_a_name_that_nobody_gave_is_inert(tokyo: Desks) -> None:
    desk = tokyo(READER)
    answer = desk.get("/exercises?name=" + quote("<script>alert(1)</script>\u202e"))
    assert answer.status == 200
    assert b"<script>alert" not in answer.body
    assert "\u202e" not in answer.body.decode()


def test_where_not_all_was_looked_at_for_items_the_list_of_items_goes_on(
    released: World, jpn: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.jpn.release(KOR, purposes=("keen-sword", "warning"))
    released.jpn.release(KOR)
    monkeypatch.setattr("comity.flows.support.exercise_pages.LOOKS_MAX", 1)
    jpn.set_password(READER)
    reader = browse(jpn)
    reader.sign_in(READER)
    reader.get("/exercises?name=keen-sword")
    assert f"/items/{GSOMIA}?purpose=keen-sword" in reader.links()
    assert "Nothing that you may know of" not in reader.text()


def test_an_administrator_reads_no_orders(tokyo: Desks) -> None:
    desk = tokyo(ADMIN)
    assert desk.get("/exercises").status == 403
    assert desk.get("/exercises?name=keen-sword").status == 403


@pytest.mark.parametrize(
    "query",
    [
        "agreement=gsomia-usa-kor",
        "agreement=..",
        f"agreement={ACSA}&start=JPN",
        "name=" + "x" * 101,
    ],
)
def test_what_is_not_ours_is_not_there(trade: Trade, tokyo: Desks, query: str) -> None:
    named = "" if query.startswith("name") else "name=keen-sword&"
    assert tokyo(LOGISTICS).get(f"/exercises?{named}{query}").status == 404


def test_an_order_that_is_not_of_the_exercise_begins_no_page(trade: Trade) -> None:
    (other,) = asked(trade, number="X-1", exercise="other")
    asked(trade, 2)
    context = trade.gives.context
    found = run(page_exercise(context, "Keen Sword", LOGISTICS, (ACSA,), start=other, limit=2))
    assert found == ()


def test_an_order_leads_to_its_exercise(trade: Trade, tokyo: Desks) -> None:
    (order,) = asked(trade)
    desk = tokyo(LOGISTICS)
    desk.get(path_of(order))
    assert f"/exercises?name={quote('Keen Sword')}" in desk.links()
