# SPDX-License-Identifier: Apache-2.0
"""The registers of persons and facilities: read by who keeps them, changed by a registrar."""

from typing import Any

import pytest

from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    OFFICER,
    READER,
    REGISTRAR,
)
from tests.console.support_console import Browser, browse

NEW = {
    "person": "analyst",
    "facility": "hq",
    "kind": "official",
    "roles": "reader",
    "need_to_know": "missile-warning",
    "more_needs": "weather, tides",
    "posts": "analyst, duty officer",
    "clearance": "SECRET",
    "clearance_until": "2017-12-31",
    "clearance_reference": "V/2016-0077",
}


def _signed_in(served: Any, person: Any, language: str = "en") -> Browser:
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


@pytest.fixture
def registrar(jpn):
    return _signed_in(jpn, REGISTRAR)


def test_who_keeps_audits_or_runs_it_reads_the_register_and_others_their_own_record(jpn):
    for person in (REGISTRAR, AUDITOR, ADMIN):
        browser = _signed_in(jpn, person)
        browser.get("/")
        assert "/people" in browser.links()
        browser.get("/people")
        assert "/people/reader" in browser.links()
        assert browser.get("/people/reader").status == browser.get("/facilities/hq").status == 200
        assert browser.get("/people/nemo").status == browser.get("/facilities/x").status == 404
    for person in (READER, OFFICER):
        browser = _signed_in(jpn, person)
        browser.get("/")
        assert "/people" not in browser.links()
        for path in ("/people", "/facilities", "/facilities/hq", "/facilities/x"):
            assert browser.get(path).status == 403, path
        there, absent = browser.get("/people/clerk"), browser.get("/people/nemo")
        assert there.status == absent.status == 403
        assert there.body.replace(b"clerk", b"") == absent.body.replace(b"nemo", b"")
        assert browser.get(f"/people/{person}").status == 200
        assert not browser.found("//form[contains(@action, '/work')]")


def test_a_person_is_put_on_the_register_and_shown(jpn, registrar):
    registrar.get("/people")
    answer = registrar.post("/people", NEW)
    assert answer.status == 303
    assert dict(answer.headers)["location"] == "/people/analyst"
    registrar.get("/people/analyst")
    told = registrar.text("//dl")
    for words in ("duty officer", "missile-warning, tides, weather", "V/2016-0077", "SECRET"):
        assert words in told
    assert registrar.text("//main//strong").startswith("registered")
    assert jpn.node.acts()[-1] == ("person.add", "done")
    assert registrar.post("/people", NEW).status == 409, "there is one already"


def test_a_record_is_changed_a_clearance_taken_and_who_leaves_is_marked(registrar):
    registrar.get("/people/clerk")
    work = {"facility": "hq", "roles": "auditor", "posts": ""}
    assert registrar.post("/people/clerk/work", work).status == 303
    registrar.get("/people/clerk")
    assert "auditor" in registrar.text("//dl")
    level = {"clearance": "CONFIDENTIAL", "clearance_until": "2016-12-01"}
    assert registrar.post("/people/clerk/clearance", level).status == 303
    registrar.get("/people/clerk")
    assert "ends soon" in registrar.text("//dl")
    assert registrar.post("/people/clerk/clearance", {"clearance": ""}).status == 303
    registrar.get("/people/clerk")
    assert "CONFIDENTIAL" not in registrar.text("//dl")
    assert registrar.post("/people/clerk/leave").status == 303
    registrar.get("/people")
    assert "/people/clerk" not in registrar.links()
    registrar.get("/people?all=yes")
    assert "/people/clerk" in registrar.links()
    assert registrar.post("/people/clerk/term", {"ends": "never"}).status == 303
    registrar.get("/people")
    assert "/people/clerk" in registrar.links()


def test_a_form_that_fails_takes_no_tick_of_another_form_away(registrar):
    registrar.get("/people/reader")
    ticked = registrar.found("//input[@type='checkbox'][@checked]/@value")
    assert "reader" in ticked
    assert registrar.post("/people/reader/clearance", {"clearance": "SECRET"}).status == 400
    assert registrar.found("//div[@role='alert']")
    assert registrar.found("//details[@open]")
    assert "reader" in registrar.found("//input[@name='roles'][@checked]/@value")


def test_clearances_that_end_stand_at_home_for_the_registrar_and_whose_they_are(jpn, registrar):
    registrar.get("/people/clerk")
    level = {"clearance": "CONFIDENTIAL", "clearance_until": "2016-12-01"}
    registrar.post("/people/clerk/clearance", level)
    registrar.get("/")
    assert "clerk: the clearance ends, 2016-12-01" in registrar.text()
    assert "/people/clerk" in registrar.links()
    for person, is_told in ((CLERK, True), (READER, False)):
        browser = _signed_in(jpn, person)
        browser.get("/")
        assert ("the clearance ends" in browser.text()) is is_told


def test_nobody_changes_the_own_record_and_the_act_is_shown_disabled(jpn, registrar):
    registrar.get("/people/registrar")
    for act in ("work", "clearance", "term", "leave", "code", "remove-password"):
        assert registrar.found(f"//form[contains(@action, '/{act}')]//button[@disabled]"), act
    assert registrar.post("/people/registrar/leave").status == 403
    for person in (AUDITOR, ADMIN):
        browser = _signed_in(jpn, person)
        browser.get("/people/clerk")
        assert browser.found("//form[contains(@action, '/leave')]//button[@disabled]")
        for act in ("work", "clearance", "leave", "code", "remove-password"):
            wish = {"facility": "hq"}
            assert browser.post(f"/people/clerk/{act}", wish).status == 403, act
        browser.get("/people")
        assert browser.found("//form[@action='/people' and @method='post']//button[@disabled]")
        assert browser.post("/people", NEW).status == 403
        assert browser.post("/facilities", {"facility": "annex"}).status == 403
    acts = [act for act, outcome in jpn.node.acts() if outcome == "done"]
    assert "person.change" not in acts


def test_a_code_is_shown_once_and_sets_a_password(jpn, registrar):
    registrar.get("/people/clerk")
    assert registrar.post("/people/clerk/code").status == 200
    (code,) = [each.text for each in registrar.found("//dl//code")]
    registrar.get("/people/clerk")
    assert code not in registrar.text("//html")
    assert code not in str(jpn.node.journal())
    clerk = browse(jpn)
    wish = {"person": CLERK, "code": code, "new": "a quiet harbour at dawn"}
    assert clerk.post("/password", {**wish, "again": wish["new"]}).status == 303
    assert clerk.sign_in(CLERK, wish["new"]).status == 303
    assert registrar.post("/people/clerk/remove-password").status == 303
    clerk.get("/people/clerk")
    assert "Sign in" in clerk.text("//html"), "the session ended with the password"


@pytest.mark.parametrize(
    "changes",
    [
        {"person": ""},
        {"person": "A B"},
        {"person": "x" * 65},
        {"facility": ""},
        {"facility": "nowhere"},
        {"kind": "x" * 101},
        {"roles": "king"},
        {"clearance_until": "soon"},
        {"clearance_until": ""},
        {"clearance_reference": "he drinks"},
        {"clearance_on": "2018-01-01"},
        {"begins": "soon"},
    ],
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(registrar, changes):
    registrar.get("/people")
    wish = {**NEW, **changes}
    answer = registrar.post("/people", wish)
    assert answer.status in (400, 409), changes
    assert registrar.found("//div[@role='alert']")
    assert registrar.found("//input[@name='posts']/@value") == [wish["posts"]]
    assert registrar.get("/people/analyst").status == 404


def test_markup_in_a_record_is_inert(registrar):
    registrar.get("/people")
    registrar.post(
        "/people", {**NEW, "kind": "<b>official</b>\u202e", "posts": "<script>\u3164</script>"}
    )
    for path in ("/people/analyst", "/people", "/facilities/hq"):
        registrar.get(path)
        assert not registrar.found("//main//b | //main//script"), path
    registrar.get("/people/analyst")
    assert "<b>official</b>" in registrar.text("//dl")
    assert not {"\u202e", "\u3164"} & {*registrar.text("//dl")}


def test_people_go_on_in_pages(registrar, monkeypatch):
    monkeypatch.setattr("comity.console.pages.people.PAGE", 3)
    seen: list[str] = []
    path: str | None = "/people"
    while path is not None:
        registrar.get(path)
        seen += [each.text_content() for each in registrar.found("//tbody//th/a")]
        after = registrar.found("//input[@name='after']/@value")
        path = f"/people?after={after[0]}" if after else None
    assert len(seen) == len(set(seen)) > 6
    assert seen == sorted(seen)


def test_a_facility_gets_its_control_officer_once_that_person_is_there(jpn, registrar):
    registrar.get("/facilities")
    assert registrar.post("/facilities", {"facility": "annex", "firm": "firm-7"}).status == 303
    registrar.get("/facilities")
    assert "NONE: nobody here may open an item" in registrar.text("//table")
    registrar.get("/facilities/annex")
    assert registrar.post("/facilities/annex/officer", {"officer": "clerk"}).status == 409
    assert registrar.found("//input[@name='officer']/@value") == ["clerk"]
    registrar.post("/people", {**NEW, "facility": "annex"})
    wish = {"officer": "analyst", "until": "2016-12-20"}
    assert registrar.post("/facilities/annex/officer", wish).status == 303
    registrar.get("/facilities/annex")
    assert "ends soon" in registrar.text("//dl")
    assert "/people/analyst" in registrar.links()
    assert registrar.post("/people/analyst/leave").status == 409, "its control officer"
    assert registrar.post("/facilities/annex/officer", {}).status == 400
    assert registrar.post("/facilities/annex/officer", {"nobody": "yes"}).status == 303
    for changes in ({"facility": "annex"}, {"facility": "node"}, {"facility": "A B"}):
        assert registrar.post("/facilities", changes).status in (400, 409), changes
    assert ("facility.add", "done") in jpn.node.acts()


def test_the_register_of_a_facility_is_shown_as_of_a_past_day_and_saved(released, jpn):
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get("/people")
    registrar.post("/people", {**NEW, "more_needs": "=1+1"})
    registrar.get("/facilities/hq")
    assert "/people/analyst" in registrar.links()
    registrar.get("/facilities/hq?at=2016-11-22")
    assert "/people/analyst" not in registrar.links()
    assert registrar.get("/facilities/hq?at=2099-01-01").status == 400
    assert registrar.get("/facilities/hq?at=soon").status == 400
    saved = registrar.get("/facilities/hq?as=csv")
    assert saved.status == 200
    assert dict(saved.headers)["content-type"].startswith("text/csv")
    assert b'"analyst"' in saved.body
    assert b'"\'=1+1 missile-warning"' in saved.body, "no cell is a formula"


def test_a_form_of_another_site_changes_nothing(jpn, registrar):
    registrar.get("/people/clerk")
    for path in ("/people", "/people/clerk/leave", "/people/clerk/code", "/facilities"):
        assert registrar.post(path, NEW, Sec_Fetch_Site="cross-site").status == 403, path
    registrar.token = "x"
    assert registrar.post("/people/clerk/leave").status == 403
    assert not {("person.add", "done"), ("person.change", "done")} & {*jpn.node.acts()[-3:]}


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "人員を名簿に載せる"), ("ko", "인원을 명부에")]
)
def test_the_pages_are_in_the_readers_language(jpn, language, word):
    registrar = _signed_in(jpn, REGISTRAR, language)
    registrar.get("/people")
    assert word in registrar.text()
    for path in ("/people/clerk", "/facilities", "/facilities/hq"):
        assert registrar.get(path).status == 200
