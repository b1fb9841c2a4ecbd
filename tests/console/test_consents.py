# SPDX-License-Identifier: Apache-2.0
"""Consent: asked, refused, given by the authority's key, taken back; and consultation."""

import pytest

from comity.flows.cases.consultations import consult
from comity.flows.promises import consent_to
from comity.statement.information import ConsentAsk
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    USA,
    entered,
    run,
)
from tests.console.support_console import browse

ALL = "/consents/gsomia-jpn-kor"
GIVEN = "/consents-given/gsomia-jpn-kor"


def _signed_in(served, person):
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    return browser


def _wish(theirs, **changes):
    return {"recipient": "USA", "purpose": "warning", "items": f"{theirs}", **changes}


@pytest.fixture
def asked(released, ours):
    """Korea asks Japan for leave to pass Japan's item on."""
    body = ConsentAsk((ours,), None, USA, "warning", None)
    place = released.kor.promise(body).place
    released.settle()
    return place


@pytest.fixture
def given(released, asked, ours):
    """Japan's consent to it."""
    body = consent_to(
        items=(ours,), category=None, recipient=USA, purpose="warning", until=None, ask=asked
    )
    place = released.jpn.promise(body).place
    released.settle()
    return place


def test_consent_is_asked_from_a_form_that_comes_to_the_originator(released, jpn, theirs):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(ALL)
    answer = browser.post(ALL, _wish(theirs, to="KOR"))
    assert answer.status == 303
    (said,) = released.jpn.said("consent.ask")
    assert (said["items"], said["recipient"], said["purpose"]) == ([f"{theirs}"], "USA", "warning")
    browser.get(dict(answer.headers)["location"])
    assert "No answer is no consent" in browser.text()
    assert f"/items/gsomia-jpn-kor/{theirs}" in browser.links()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"recipient": ""}, 400),
        ({"purpose": ""}, 400),
        ({"recipient": "usa"}, 400),
        ({"items": ""}, 400),
        ({"items": "KOR"}, 400),
        ({"category": "missile-warning"}, 400),
        ({"until": "2016-11-31"}, 400),
        ({"until": "2016-11-22"}, 400),
        ({"items": "KOR/999"}, 404),
        ({"items": ",".join(f"KOR/{each}" for each in range(257))}, 400),
    ],
)
def test_what_does_not_read_asks_nobody_and_what_was_typed_stays(
    released, jpn, theirs, changes, status
):
    browser = _signed_in(jpn, REGISTRAR)
    browser.get(ALL)
    wish = _wish(theirs, **changes)
    assert browser.post(ALL, wish).status == status
    if status == 400:
        assert browser.found("//input[@name='purpose']/@value") == [wish["purpose"]]
        assert browser.found("//input[@name='items']/@value") == [wish["items"]]
    assert released.jpn.said("consent.ask") == []


def test_who_may_not_ask_sees_the_form_disabled_and_is_refused(released, jpn, theirs):
    browser = _signed_in(jpn, READER)
    browser.get(ALL)
    assert browser.found(f"//form[@action='{ALL}' and @method='post']//button[@disabled]")
    assert browser.post(ALL, _wish(theirs)).status == 403
    assert released.jpn.said("consent.ask") == []


def test_what_waits_names_the_command_that_gives_it(jpn, asked):
    browser = _signed_in(jpn, OFFICER)
    browser.get("/")
    assert f"{ALL}?open=yes" in browser.links()
    browser.get(f"{ALL}?open=yes")
    path = f"{ALL}/{asked}"
    assert path in browser.links()
    browser.get(path)
    command = f"comity consent give gsomia-jpn-kor/{asked} --node DIR --as {OFFICER}"
    assert browser.text("//pre") == command


def test_a_refusal_owes_no_reason_and_ends_the_waiting(released, jpn, asked):
    path = f"{ALL}/{asked}"
    reader = _signed_in(jpn, READER)
    reader.get(path)
    assert reader.found("//form[contains(@action, '/refuse')]//button[@disabled]")
    assert reader.post(f"{path}/refuse").status == 403
    officer = _signed_in(jpn, OFFICER)
    officer.get(path)
    assert officer.post(f"{path}/refuse").status == 303
    officer.get(path)
    assert "refused; no reason is owed" in officer.text()
    assert not officer.found("//form[contains(@action, '/refuse')]")
    officer.get(f"{ALL}?open=yes")
    assert path not in officer.links()
    assert len(released.jpn.said("consent.refuse")) == 1


def test_what_was_given_is_shown_and_taken_back_by_who_gave_it(released, jpn, asked, given):
    path = f"{GIVEN}/{given}"
    browser = _signed_in(jpn, OFFICER)
    browser.get(f"{ALL}/{asked}")
    assert path in browser.links()
    browser.get(GIVEN)
    assert path in browser.links()
    assert "in effect" in browser.text()
    browser.get(path)
    assert browser.post(f"{path}/withdraw").status == 303
    browser.get(path)
    assert "withdrawn" in browser.text()
    assert not browser.found("//form[contains(@action, '/withdraw')]")
    assert [each["consent"] for each in released.jpn.said("consent.withdraw")] == [f"{given}"]


def test_our_other_consents_that_hold_are_named_before_one_is_withdrawn(released, jpn, ours, given):
    again = consent_to(
        items=(), category="missile-warning", recipient=USA, purpose="warning", until=None
    )
    other = released.jpn.promise(again).place
    browser = _signed_in(jpn, OFFICER)
    browser.get(f"{GIVEN}/{given}")
    assert f"{GIVEN}/{other}" in browser.links()


def test_a_consultation_says_for_which_act(released, jpn):
    said = consult(
        released.kor.context, GSOMIA, "rescue", about="missile-warning", person=REGISTRAR, to=(JPN,)
    )
    place = entered(run(said)).place
    released.settle()
    browser = _signed_in(jpn, OFFICER)
    browser.get(ALL)
    assert "before acting: rescue" in browser.text()
    browser.get(f"{ALL}/{place}")
    assert "rescue" in browser.text()
    assert KOR in browser.text()


@pytest.mark.parametrize("act", ["", "/refuse"])
def test_who_has_no_need_to_know_finds_no_question(jpn, asked, act):
    clerk = _signed_in(jpn, CLERK)
    clerk.get(ALL)
    assert f"{ALL}/{asked}" not in clerk.links()
    there, none = f"{ALL}/{asked}", f"{ALL}/KOR/999"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{there}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(there.encode(), b"") == absent.body.replace(none.encode(), b"")


@pytest.mark.parametrize("act", ["", "/withdraw"])
def test_who_has_no_need_to_know_finds_no_consent(jpn, given, act):
    clerk = _signed_in(jpn, CLERK)
    clerk.get(GIVEN)
    assert f"{GIVEN}/{given}" not in clerk.links()
    there, none = f"{GIVEN}/{given}", f"{GIVEN}/KOR/999"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{there}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(there.encode(), b"") == absent.body.replace(none.encode(), b"")


def test_a_refusal_for_another_purpose_leads_to_where_consent_is_asked(jpn, theirs):
    browser = _signed_in(jpn, REGISTRAR)
    path = f"/items/gsomia-jpn-kor/{theirs}"
    browser.get(path)
    browser.post(f"{path}/receipt", {"marking": "秘"})
    reader = _signed_in(jpn, READER)
    reader.get(path)
    assert reader.post(f"{path}/open", {"purpose": "warning", "other": "study"}).status == 403
    assert f"{ALL}#ask" in reader.links()
