# SPDX-License-Identifier: Apache-2.0
"""Duties: the late first, by their days, as a calendar; silent of what is hidden."""

import pytest

from comity.basis.instants import Instant
from comity.console.links import look_at
from comity.flows.duties.paging import Wanted, duty_days, duty_page
from comity.flows.standing import Matter
from tests.builders.world import CLERK, GSOMIA, JPN, KOR, READER, run
from tests.console.support_console import browse

DAY_MS = 86_400_000


def wait(world, days):
    for node in (world.jpn, world.kor):
        node.clock.instant = Instant(node.clock.instant + days * DAY_MS)


@pytest.fixture
def reader(released, jpn):
    wait(released, 1)
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    return browser


@pytest.fixture
def clerk(jpn):
    jpn.set_password(CLERK)
    browser = browse(jpn)
    browser.sign_in(CLERK)
    return browser


def _page(node, after="", limit=50):
    return run(duty_page(node.context, (GSOMIA,), READER, Wanted(), after=after, limit=limit))


def test_what_is_owed_is_listed_with_its_article_and_who_must_act(reader, ours):
    assert reader.get("/duties").status == 200
    shown = reader.text("//table[1]")
    for each in ("the receipt of an item", "Art. ", "JPN", "KOR", str(ours)):
        assert each in shown, each
    assert f"/items/{GSOMIA}/{ours.party}/{ours.index}" in reader.links()
    assert "Launch" not in reader.text("//body")


def test_late_duties_stand_first_and_say_what_may_be_claimed(released, reader):
    released.jpn.release(KOR)
    wait(released, 400)
    later = released.jpn.release(KOR).place
    reader.get("/duties")
    rows = reader.found("//tbody/tr")
    late = ["late" in (each.get("class") or "") for each in rows]
    assert True in late
    found = _page(released.jpn).rows
    states = [row.duty.state.value == "late" for row in found]
    assert states == sorted(states, reverse=True)
    assert states[0]
    assert later in [row.duty.about or row.duty.trigger for row in found]
    assert "a breach may be claimed" in reader.text("//tr[contains(@class, 'late')]")


def test_what_is_looked_for_narrows_the_list(reader, released):
    everything = _page(released.jpn).rows
    for query, expected in (
        (f"by={JPN}", {row.duty.id[:8] for row in everything if row.duty.owed_by == JPN}),
        (f"to={JPN}", {row.duty.id[:8] for row in everything if JPN in row.duty.owed_to}),
        ("late=yes", set()),
        ("day=1999-01-01", set()),
        (f"agreement={GSOMIA}", {row.duty.id[:8] for row in everything}),
    ):
        reader.get(f"/duties?{query}")
        assert {
            each.text_content() for each in reader.found("//tbody//td[last()]/code")
        } == expected


def test_a_day_shows_what_it_ends(reader, released):
    dated = next(row for row in _page(released.jpn).rows if row.day is not None)
    reader.get(f"/duties?day={dated.day}")
    assert dated.duty.id[:8] in reader.text("//table")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("by=ZZZ", 400),
        ("to=%3Cscript%3E", 400),
        ("day=yesterday", 400),
        ("after=JPN", 400),
        ("after=0~9~gsomia-jpn-kor~x~y", 400),
        ("after=0~" + "9" * 40 + "~gsomia-jpn-kor~JPN/1~y", 400),
        ("agreement=gsomia-usa-kor", 404),
        ("agreement=..%2F", 404),
    ],
)
def test_what_does_not_read_is_told_and_what_is_not_ours_is_not_there(reader, query, status):
    for path in ("/duties",) if "agreement" not in query else ("/duties", "/duties/calendar"):
        answer = reader.get(f"{path}?{query}")
        assert answer.status == status
        assert b"<script>" not in answer.body


def test_pages_go_on_and_neither_lose_nor_double(released):
    for _ in range(6):
        released.jpn.release(KOR)
    wait(released, 400)
    for _ in range(3):
        released.jpn.release(KOR)
    everything = [row.duty.id for row in _page(released.jpn).rows]
    seen, after = [], ""
    while True:
        page = _page(released.jpn, after=after, limit=2)
        assert len(page.rows) <= 2
        seen += [row.duty.id for row in page.rows]
        if page.next is None:
            break
        after = page.next
    assert seen == everything
    assert len(seen) > 8


def test_the_month_shows_each_day_and_leads_to_all_of_it(reader, released):
    dated = next(row for row in _page(released.jpn).rows if row.day is not None)
    month = f"{dated.day:%Y-%m}"
    assert reader.get(f"/duties/calendar?month={month}").status == 200
    assert "the receipt of an item" in reader.text("//table")
    assert f"/duties?day={dated.day}" in reader.links()
    assert len(reader.found("//table//time")) in range(28, 32)


def test_the_month_that_it_is_shows_today(reader):
    reader.get("/duties/calendar")
    (today,) = reader.found("//td[@aria-current='date']/time/@datetime")
    assert today == "2016-11-24"


@pytest.mark.parametrize("month", ["2016-13", "0001-01", "9999-12", "November", "2016-1"])
def test_a_month_that_is_none_is_told(reader, month):
    assert reader.get(f"/duties/calendar?month={month}").status == 400


def test_the_months_end_at_the_last_that_is_shown(reader):
    reader.get("/duties/calendar?month=2999-12")
    assert [each for each in reader.links() if "month=3000" in each] == []
    assert "/duties/calendar?month=2999-11" in reader.links()


def test_the_zones_of_the_foot_are_those_of_the_reader_on_every_page(reader):
    for path in ("/duties", "/duties/calendar"):
        reader.get(path)
        assert "Asia/Seoul" in reader.text("//footer//select")


def test_a_day_counts_what_is_alike_in_one_row(released):
    for _ in range(6):
        released.jpn.release(KOR)
    day = next(row.day for row in _page(released.jpn).rows if row.day is not None)
    days, is_cut = run(
        duty_days(released.jpn.context, (GSOMIA,), READER, frozenset({day}), limit=2)
    )
    assert [count for _, count in days[day].rows] == [7, 1]
    assert (days[day].count, is_cut) == (8, False)


def test_the_calendar_file_holds_what_is_owed_in_the_language_of_the_reader(jpn, reader):
    answer = reader.get("/duties/calendar.ics")
    assert answer.header("content-type").startswith("text/calendar")
    assert answer.header("content-disposition").startswith("attachment;")
    assert answer.body.startswith(b"BEGIN:VCALENDAR")
    assert b"the receipt of an item" in answer.body.replace(b"\r\n ", b"")
    assert b"Launch" not in answer.body


def test_what_a_person_may_not_know_of_leaves_no_trace(clerk, released, ours, theirs):
    for path in ("/duties", "/duties/calendar.ics", "/duties/calendar?month=2016-12"):
        answer = clerk.get(path)
        assert answer.status == 200
        for each in (ours, theirs):
            assert str(each).encode() not in answer.body


def test_what_waits_on_the_home_page_leads_to_its_list(reader, released):
    wait(released, 400)
    reader.get("/")
    inventory = "/inventories/gsomia-jpn-kor"
    assert inventory in reader.links()
    assert reader.get(inventory).status == 200


@pytest.mark.parametrize("owed", ["item.return", "item.end", "law.answer", "consent.give"])
def test_what_has_no_page_of_its_own_leads_to_the_list_of_duties(owed):
    matter = Matter(GSOMIA, owed, JPN)
    assert look_at(matter) == f"/duties?agreement={GSOMIA}"


def test_of_many_unanswered_items_the_oldest_are_told_of_and_that_is_said(
    reader, released, monkeypatch
):
    for _ in range(4):
        released.jpn.release(KOR)
    whole = _page(released.jpn)
    monkeypatch.setattr("comity.flows.duties.paging.OLDEST_MAX", 2)
    cut = _page(released.jpn)
    assert (whole.is_cut, cut.is_cut) == (False, True)
    assert cut.open < whole.open
    assert [row.duty.id for row in cut.rows][:2] == [row.duty.id for row in whole.rows][:2]
    for path in ("/duties", "/duties/calendar"):
        reader.get(path)
        assert "the oldest of each register alone" in reader.text("//p[@class='told']")
