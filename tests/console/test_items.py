# SPDX-License-Identifier: Apache-2.0
"""Lists of items: found by their labels, paged by places, and silent of what is hidden."""

import csv
import io

import pytest

from comity.decision.stages import Refused
from comity.flows.item_search import Wanted, search_items
from comity.flows.promises import reclassify
from tests.builders.world import CLERK, GSOMIA, JPN, KOR, OFFICER, READER, run
from tests.console.support_console import browse


@pytest.fixture
def reader(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    return browser


def _numbers(browser):
    return [each.text_content() for each in browser.found("//tbody//th/a")]


def test_one_agreement_is_gone_to_at_once(reader):
    assert reader.get("/items").header("location") == "/items/gsomia-jpn-kor"


def test_items_are_listed_the_newest_first_under_the_highest_marking_of_their_labels(reader):
    assert reader.get("/items/gsomia-jpn-kor").status == 200
    assert len(_numbers(reader)) == 2
    assert "Labels up to" in reader.text("//section[contains(@class, 'banner')]")
    assert "Launch" not in reader.text("//body")


def test_what_is_looked_for_narrows_the_list(reader, ours, theirs):
    for query, expected in (
        (f"by={KOR}", [str(theirs)]),
        (f"number={ours}", [str(ours)]),
        (f"number=gsomia-jpn-kor/{ours}", [str(ours)]),
        ("open=yes", {str(ours), str(theirs)}),
        ("category=nuclear-test", []),
        ("level=TOP", []),
    ):
        reader.get(f"/items/gsomia-jpn-kor?{query}")
        assert sorted(_numbers(reader)) == sorted(expected), query


def test_items_are_found_by_the_level_that_they_have_now(reader, released, ours):
    jpn = released.jpn
    assert not isinstance(run(reclassify(jpn.context, GSOMIA, ours, "極秘", OFFICER)), Refused)
    reader.get("/items/gsomia-jpn-kor?level=SECRET")
    assert _numbers(reader) == [str(ours)]
    reader.get("/items/gsomia-jpn-kor?level=CONFIDENTIAL")
    assert str(ours) not in _numbers(reader)


def test_a_number_that_is_none_is_told_and_shown_inert(reader):
    answer = reader.get("/items/gsomia-jpn-kor?number=%3Cscript%3Ealert(1)")
    assert answer.status == 400
    assert b"<script>alert" not in answer.body


@pytest.mark.parametrize("path", ["/items/gsomia-usa-kor", "/items/..", "/items/A%20B"])
def test_an_agreement_that_is_not_here_is_not_there(reader, path):
    assert reader.get(path).status == 404


def test_pages_go_on_by_places_and_neither_lose_nor_double(released, theirs):
    for _ in range(7):
        released.jpn.release(KOR)
    context, seen, before = released.jpn.context, [], {}
    while True:
        page = run(search_items(context, GSOMIA, READER, Wanted(), before, limit=3))
        seen += [row.item.place for row in page.rows]
        if page.next is None:
            break
        before = {each.party: each.index for each in page.next}
    assert len(seen) == len(set(seen)) == 9
    assert theirs in seen
    times = [released.jpn.view().fold.state.items.get(each).at for each in seen]
    assert times == sorted(times, reverse=True)


def test_a_page_that_looked_at_too_much_says_so_and_goes_on(released, monkeypatch):
    monkeypatch.setattr("comity.flows.newest_first.SCANNED_MAX", 2)
    context = released.jpn.context
    seen, before, cuts = [], {}, 0
    for _ in range(30):
        page = run(search_items(context, GSOMIA, READER, Wanted(by=JPN), before, limit=5))
        seen += [row.item.place for row in page.rows]
        cuts += page.is_cut
        if page.next is None:
            break
        before = {each.party: each.index for each in page.next}
    assert len(seen) == 1
    assert cuts > 1


def test_what_a_person_may_not_know_of_leaves_no_trace(jpn, ours, theirs):
    jpn.set_password(CLERK)
    jpn.set_password(OFFICER)
    clerk = browse(jpn)
    clerk.sign_in(CLERK)
    hidden = clerk.get("/items/gsomia-jpn-kor")
    assert (hidden.status, _numbers(clerk)) in ((200, []), (403, []))
    assert str(ours) not in clerk.text()


def test_a_register_without_items_keeps_no_page_from_being_full(released, theirs, monkeypatch):
    monkeypatch.setattr("comity.flows.newest_first.SCANNED_MAX", 12)
    monkeypatch.setattr("comity.flows.newest_first._STEP", 2)
    for _ in range(6):
        released.jpn.release(KOR)
    released.settle()
    for item in [*released.kor.view().fold.state.items.values()]:
        if item.place.party == JPN:
            released.kor.receipt(item.place)
    released.settle()
    released.move(60_000)
    for _ in range(3):
        released.jpn.release(KOR)
    page = run(search_items(released.jpn.context, GSOMIA, READER, Wanted(), {}, limit=3))
    assert len(page.rows) == 3
    assert not page.is_cut


def _rows(answer):
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


def test_what_is_listed_is_saved_as_a_table_that_the_journal_notes(reader, jpn, ours, theirs):
    path = f"/items/{GSOMIA}"
    reader.get(path)
    answer = reader.post(f"{path}/table")
    assert answer.status == 200
    assert "attachment" in answer.header("content-disposition")
    assert [each["item"] for each in _rows(answer)] == [f"{GSOMIA}/{theirs}", f"{GSOMIA}/{ours}"]
    assert b"Launch" not in answer.body  # a title is content
    assert jpn.node.journal()[-1]["act"] == "item.export"
    reader.get(f"{path}?by={KOR}")
    inputs = reader.found(f"//form[@action='{path}/table']//input")
    named = [(each.get("name"), each.get("value")) for each in inputs]
    found = _rows(reader.post(f"{path}/table", named))
    assert [each["item"] for each in found] == [f"{GSOMIA}/{theirs}"]
    ends = [("before", f"{KOR}/0"), ("before", f"{JPN}/0")]
    assert _rows(reader.post(f"{path}/table", ends)) == []


def test_nobody_saves_what_they_may_not_know_of(jpn):
    jpn.set_password(CLERK)
    clerk = browse(jpn)
    clerk.sign_in(CLERK)
    clerk.get("/")
    assert _rows(clerk.post(f"/items/{GSOMIA}/table")) == []
    absent = clerk.post("/items/none/table")
    assert absent.status == 404
