# SPDX-License-Identifier: Apache-2.0
"""Consultations: asked before an act, answered by each, refused on the question's own page."""

from typing import Any

import pytest

from comity.flows.cases.consultations import consult
from tests.builders.world import ADMIN, CLERK, GSOMIA, OFFICER, READER, REGISTRAR, entered, run
from tests.console.support_console import Browser, browse

ALL = "/consultations/gsomia-jpn-kor"
WISH = {"matter": "rescue-of-nationals", "category": "missile-warning"}


def _signed_in(served: Any, person: Any, language: str = "en") -> Browser:
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


@pytest.fixture
def asked(jpn, released):
    """Korea asks Japan before an act: the path of it in Japan."""
    asking = consult(
        released.kor.context, GSOMIA, "release", about="missile-warning", person=REGISTRAR
    )
    place = entered(run(asking)).place
    released.settle()
    return f"/consents/gsomia-jpn-kor/{place}"


def test_partners_are_asked_before_an_act_and_the_question_has_its_page(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    answer = officer.post(ALL, WISH)
    assert answer.status == 303
    (said,) = released.jpn.said("consent.ask")
    assert said["purpose"].endswith("rescue-of-nationals")
    assert (said["recipient"], said["category"]) == ("JPN", "missile-warning")
    path = dict(answer.headers)["location"]
    officer.get(path)
    assert "rescue-of-nationals" in officer.text()
    assert "no article: by courtesy alone" in officer.text()
    officer.get(ALL)
    assert path in officer.links()
    assert "KOR: no answer yet" in officer.text("//table")


def test_what_waits_for_us_is_a_link_at_home_and_is_refused_on_its_page(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get("/")
    assert f"{ALL}?open=yes" in officer.links()
    officer.get(f"{ALL}?open=yes")
    assert asked in officer.links()
    officer.get(asked)
    assert officer.post(f"{asked}/refuse").status == 303
    officer.get(f"{ALL}?open=yes")
    assert asked not in officer.links()
    officer.get(ALL)
    assert "JPN: refused" in officer.text("//table")


def test_a_question_for_consent_is_no_consultation(released, jpn, theirs):
    officer = _signed_in(jpn, OFFICER)
    officer.get("/consents/gsomia-jpn-kor")
    consent = {"recipient": "USA", "purpose": "warning", "items": f"{theirs}"}
    path = dict(officer.post("/consents/gsomia-jpn-kor", consent).headers)["location"]
    officer.get(ALL)
    assert path not in officer.links()


@pytest.mark.parametrize(
    "changes",
    [
        {"matter": ""},
        {"matter": "x" * 65},
        {"matter": "a\u202eb"},
        {"matter": "\u3164"},
        {"category": ""},
        {"items": "KOR"},
        {"items": ",".join(f"KOR/{each}" for each in range(257))},
        {"until": "soon"},
        {"until": "2001-01-01"},
        {"to": "kor"},
        {"to": "USA"},
        {"to": "JPN"},
    ],
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(released, jpn, changes):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    wish = {**WISH, **changes}
    assert officer.post(ALL, wish).status == 400
    assert officer.found("//div[@role='alert']")
    assert officer.found("//input[@name='matter']/@value") == [wish["matter"]]
    assert released.jpn.said("consent.ask") == []


def test_items_and_a_category_are_two_questions(released, jpn, theirs):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    assert officer.post(ALL, {**WISH, "items": f"{theirs}"}).status == 400
    assert officer.post(ALL, {"matter": "release", "items": f"{theirs}"}).status == 303
    (said,) = released.jpn.said("consent.ask")
    assert said["items"] == [str(theirs)]


def test_who_does_not_speak_sees_the_act_disabled_and_is_refused(released, jpn):
    reader = _signed_in(jpn, READER)
    reader.get(ALL)
    assert reader.found("//form[@method='post']//button[@disabled and @class='main']")
    assert reader.post(ALL, WISH).status == 403
    assert reader.found("//input[@name='matter']/@value") == [WISH["matter"]]
    assert _signed_in(jpn, ADMIN).get(ALL).status == 403
    assert released.jpn.said("consent.ask") == []


def test_one_who_may_not_know_of_it_finds_nothing(jpn, asked, theirs):
    clerk = _signed_in(jpn, CLERK)
    clerk.get(ALL)
    assert asked not in clerk.links()
    hidden = clerk.post(ALL, {"matter": "release", "items": f"{theirs}"})
    absent = clerk.post(ALL, {"matter": "release", "items": "KOR/999"})
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(str(theirs).encode(), b"KOR/999") == absent.body


def test_a_form_of_another_site_asks_nothing(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    assert officer.post(ALL, WISH, Sec_Fetch_Site="cross-site").status == 403
    officer.token = "x"
    assert officer.post(ALL, WISH).status == 403
    assert released.jpn.said("consent.ask") == []


@pytest.mark.parametrize(("language", "word"), [("ja", "協議を申し入れる"), ("ko", "협의 요청")])
def test_the_page_is_in_the_readers_language(jpn, asked, language, word):
    officer = _signed_in(jpn, OFFICER, language)
    officer.get(ALL)
    assert word in officer.text()
    assert officer.get(asked).status == 200
