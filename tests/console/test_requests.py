# SPDX-License-Identifier: Apache-2.0
"""Requests for information: asked, read, answered by an item, or declined without a reason."""

import pytest

from comity.flows.requests import ask
from comity.sealing.payload import PayloadHeader
from tests.builders.world import (
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    entered,
    run,
)
from tests.console.support_console import browse

ALL = "/requests/gsomia-jpn-kor"
WORDS = b"what did you see at <b>00:31</b>?"
WISH = {"to": "KOR", "category": "missile-warning", "title": "Launch", "question": "what else?"}


def _signed_in(served, person):
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    return browser


@pytest.fixture
def asked(released):
    """A question of Korea's that came to Japan, and its path."""
    header = PayloadHeader("Question", "text/plain")
    said = ask(
        released.kor.context,
        GSOMIA,
        (JPN,),
        category="missile-warning",
        person=DRAFTER,
        question=(header, [WORDS]),
    )
    place = entered(run(said)).place
    released.settle()
    return f"{ALL}/{place.party}/{place.index}"


def test_a_question_is_asked_and_sealed_to_whom_it_was_put(released, jpn):
    browser = _signed_in(jpn, DRAFTER)
    browser.get(ALL)
    answer = browser.post(ALL, WISH)
    assert answer.status == 303
    (said,) = released.jpn.said("request.make")
    assert said["category"] == "missile-warning"
    assert "what else" not in str(said)
    browser.get(dict(answer.headers)["location"])
    assert "A request sets no deadline" in browser.text()
    answer = browser.post(dict(answer.headers)["location"] + "/open")
    assert answer.status == 200
    assert "what else?" in browser.text()


@pytest.mark.parametrize(
    "changes", [{"to": ""}, {"category": ""}, {"to": "kor"}, {"question": "x" * 100_001}]
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(released, jpn, changes):
    browser = _signed_in(jpn, DRAFTER)
    browser.get(ALL)
    assert browser.post(ALL, {**WISH, **changes}).status == 400
    assert browser.found("//div[@role='alert']")
    typed = browser.found("//textarea[@name='question']")[0].text
    assert typed == {**WISH, **changes}["question"]
    assert released.jpn.said("request.make") == []


def test_who_may_not_ask_sees_the_form_disabled_and_is_refused(released, jpn):
    browser = _signed_in(jpn, READER)
    browser.get(ALL)
    assert browser.found(f"//form[@action='{ALL}' and @method='post']//button[@disabled]")
    assert browser.post(ALL, WISH).status == 403
    assert browser.found("//textarea[@name='question']")[0].text == "what else?"
    assert released.jpn.said("request.make") == []


def test_a_question_is_read_inert_and_the_journal_has_it(released, jpn, asked):
    browser = _signed_in(jpn, READER)
    browser.get(f"{ALL}?open=yes")
    assert asked in browser.links()
    browser.get(asked)
    assert "00:31" not in browser.text()
    assert browser.post(f"{asked}/open").status == 200
    assert WORDS.decode() in browser.text()
    assert not browser.found("//main//b")
    assert released.jpn.acts()[-1] == ("request.open", "done")


def test_an_item_of_ours_answers_and_the_request_waits_no_more(released, jpn, asked, ours):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get("/")
    assert f"{ALL}?open=yes" in browser.links()
    browser.get(asked)
    assert browser.post(f"{asked}/answer", {"item": f"{ours}"}).status == 303
    browser.get(asked)
    assert f"/items/gsomia-jpn-kor/{ours}" in browser.links()
    assert not browser.found("//form[contains(@action, '/answer')]")
    browser.get(f"{ALL}?open=yes")
    assert asked not in browser.links()
    assert [each["item"] for each in released.jpn.said("request.answer")] == [f"{ours}"]


@pytest.mark.parametrize(("item", "status"), [("", 400), ("JPN", 400), ("JPN/999", 404)])
def test_what_is_no_item_answers_nothing(released, jpn, asked, item, status):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(asked)
    assert browser.post(f"{asked}/answer", {"item": item}).status == status
    assert released.jpn.said("request.answer") == []


def test_the_form_to_write_an_answer_holds_what_was_asked(jpn, asked):
    browser = _signed_in(jpn, DRAFTER)
    browser.get(asked)
    (path,) = (each for each in browser.links() if "answers=" in each)
    browser.get(path)
    place = asked.removeprefix(f"{ALL}/")
    assert browser.found("//input[@name='answers']/@value") == [place]
    assert browser.found("//select[@name='category']/option[@selected]")[0].text == (
        "missile-warning"
    )
    assert browser.found("//input[@name='to' and @checked]/@value") == [KOR]


def test_a_request_is_declined_without_a_reason_and_by_whom_may(released, jpn, asked):
    reader = _signed_in(jpn, READER)
    reader.get(asked)
    assert reader.found("//form[contains(@action, '/decline')]//button[@disabled]")
    assert reader.post(f"{asked}/decline").status == 403
    officer = _signed_in(jpn, OFFICER)
    officer.get(asked)
    assert officer.post(f"{asked}/decline").status == 303
    officer.get(asked)
    assert "no reason is owed" in officer.text()
    assert len(released.jpn.said("request.decline")) == 1


@pytest.mark.parametrize("act", ["", "/open", "/answer", "/decline"])
def test_who_has_no_need_to_know_finds_what_is_found_where_there_is_none(jpn, asked, act):
    clerk = _signed_in(jpn, CLERK)
    clerk.get(ALL)
    assert asked not in clerk.links()
    none = f"{ALL}/KOR/999"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{asked}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(asked.encode(), b"") == absent.body.replace(none.encode(), b"")
