# SPDX-License-Identifier: Apache-2.0
"""Visits and what is told or shown on them: asked, granted up to a level, refused, recorded."""

from datetime import date
from typing import Any

import pytest

from comity.flows.cases.visits import ask_visit
from comity.sealing.payload import PayloadHeader
from comity.statement.cases import VisitKind, VisitRequest
from tests.builders.world import ADMIN, CLERK, GSOMIA, JPN, OFFICER, READER, entered, run
from tests.console.support_console import Browser, browse

ALL = "/visits/gsomia-jpn-kor"
TOLD = "/disclosures/gsomia-jpn-kor"
HOSTILE = "<b>Kim</b> \u202egnp\u3164"
ASKED = {
    "host": "KOR",
    "facility": "hq",
    "level": "SECRET",
    "from": "2016-11-25",
    "visitors": "3",
    "clearance": "SECRET",
    "text": HOSTILE,
}
SAID = {
    "to": "KOR",
    "marking": "秘",
    "category": "missile-warning",
    "form": "oral",
    "purposes": "warning",
}


def _signed_in(served: Any, person: Any, language: str = "en") -> Browser:
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


def _asks(world: Any, **changes: Any) -> str:
    """Let Korea ask to visit Japan: the path of it there."""
    usual: dict[str, Any] = {
        "host": JPN,
        "facility": "hq",
        "purpose": VisitKind.OFFICIAL,
        "level": "SECRET",
        "first_day": date(2016, 11, 25),
        "last_day": date(2016, 11, 26),
        "visitors": 3,
        "clearance": "SECRET",
        "clearance_until": None,
    }
    text = PayloadHeader("Visitors", "text/plain"), [HOSTILE.encode()]
    said = VisitRequest(**{**usual, **changes})
    asking = ask_visit(world.kor.context, GSOMIA, said, person=OFFICER, text=text)
    place = entered(run(asking)).place
    world.settle()
    return f"{ALL}/{place}"


@pytest.fixture
def asked(jpn, released):
    return _asks(released)


def test_a_visit_is_asked_for_and_its_text_is_no_part_of_what_is_said(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    answer = officer.post(ALL, ASKED)
    assert answer.status == 303
    (said,) = released.jpn.said("visit.request")
    assert (said["host"], said["level"], said["first_day"]) == ("KOR", "SECRET", "2016-11-25")
    assert said["last_day"] == "2016-11-25", "of one day, where no last one is named"
    assert "Kim" not in str(said)
    officer.get(dict(answer.headers)["location"])
    assert "no answer yet" in officer.text("//main//strong")
    assert not officer.found("//form[contains(@action, '/grant')]"), "it is Korea's to decide"


def test_who_speaks_for_nobody_sees_the_act_disabled_and_is_refused(released, jpn, asked):
    reader = _signed_in(jpn, READER)
    reader.get(ALL)
    assert reader.found(f"//form[@action='{ALL}' and @method='post']//button[@disabled]")
    assert reader.post(ALL, ASKED).status == 403
    assert reader.found("//input[@name='facility']/@value") == ["hq"]
    reader.get(asked)
    for act in ("grant", "refuse", "text"):
        assert reader.found(f"//form[contains(@action, '/{act}')]//button[@disabled]"), act
    for act in ("grant", "refuse", "text"):
        assert reader.post(f"{asked}/{act}").status == 403, act
    assert released.jpn.said("visit.decide") == []


def test_a_visit_is_granted_up_to_a_level_and_taken_back(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get("/")
    assert asked in officer.links()
    officer.get(f"{ALL}?open=yes")
    assert asked in officer.links()
    officer.get(asked)
    assert officer.post(f"{asked}/grant", {"level": "CONFIDENTIAL"}).status == 303
    (said,) = released.jpn.said("visit.decide")
    assert (said["level"], said["last_day"]) == ("CONFIDENTIAL", "2016-11-26")
    officer.get(f"{ALL}?open=yes")
    assert asked not in officer.links()
    officer.get(asked)
    assert "granted" in officer.text("//main//strong")
    assert f"{TOLD}?visit={asked.removeprefix(f'{ALL}/')}#record" in officer.links()
    assert officer.post(f"{asked}/refuse").status == 303
    officer.get(asked)
    assert "refused" in officer.text("//main//strong")
    assert released.jpn.said("visit.decide")[-1]["level"] is None


def test_a_grant_beyond_what_was_asked_says_why_and_keeps_what_was_chosen(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get(asked)
    assert officer.post(f"{asked}/grant", {"to": "2016-12-31"}).status == 409
    assert officer.found("//div[@role='alert']")
    assert officer.found("//input[@name='to']/@value") == ["2016-12-31"]
    assert officer.post(f"{asked}/grant", {"from": "tomorrow"}).status == 400
    assert released.jpn.said("visit.decide") == []


def test_visitors_who_are_cleared_to_nothing_asked_are_refused_with_the_article(released, jpn):
    path = _asks(released, clearance_until=date(2016, 11, 24), clearance="CONFIDENTIAL")
    officer = _signed_in(jpn, OFFICER)
    officer.get(path)
    assert not officer.found("//form[contains(@action, '/grant')]//button[@disabled]")
    assert officer.post(f"{path}/grant", {"level": "SECRET"}).status == 403
    assert "Art. 8" in officer.text("//div[@role='alert']")
    released.move(2 * 86_400_000)
    officer = _signed_in(jpn, OFFICER)
    officer.get(path)
    assert officer.found("//form[contains(@action, '/grant')]//button[@disabled]"), "at no level"
    assert "Art. 8" in officer.text("//form[contains(@action, '/grant')]")


def test_the_list_is_bounded_by_level(released, jpn, asked):
    low = _asks(released, level="CONFIDENTIAL")
    reader = _signed_in(jpn, READER)
    reader.get(ALL)
    assert {asked, low} <= {*reader.links()}
    reader.get(f"{ALL}?up_to=CONFIDENTIAL")
    assert low in reader.links()
    assert asked not in reader.links()
    assert reader.get(f"{ALL}?up_to=NONSENSE").status == 400


def test_subject_and_visitors_are_read_inert_and_journalled(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get(asked)
    assert officer.post(f"{asked}/text").status == 200
    assert "<b>Kim</b>" in officer.text()
    assert not officer.found("//main//b")
    assert "\u202e" not in officer.text()
    assert released.jpn.acts()[-1] == ("visit.open", "done")


@pytest.mark.parametrize(
    "changes",
    [
        {"facility": ""},
        {"facility": "x" * 65},
        {"facility": "a\u202eb"},
        {"from": "tomorrow"},
        {"from": ""},
        {"to": "2016-13-01"},
        {"visitors": "0"},
        {"visitors": "many"},
        {"visitors": "1001"},
        {"level": "NONSENSE"},
        {"clearance": "NONSENSE"},
        {"host": "jpn"},
        {"host": "JPN"},
        {"host": "USA"},
        {"text": "x" * 100_001},
    ],
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(released, jpn, changes):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    wish = {**ASKED, **changes}
    assert officer.post(ALL, wish).status in (400, 409)
    assert officer.found("//div[@role='alert']")
    assert officer.found("//input[@name='visitors']/@value") == [wish["visitors"]]
    assert officer.found("//textarea[@name='text']")[0].text == wish["text"]
    assert released.jpn.said("visit.request") == []


def test_what_was_told_stays_within_its_visit_and_is_listed_there(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get(asked)
    officer.post(f"{asked}/grant", {"level": "CONFIDENTIAL"})
    released.move(2 * 86_400_000 + 3_600_000)
    place = asked.removeprefix(f"{ALL}/")
    officer = _signed_in(jpn, OFFICER)
    officer.get(f"{TOLD}?visit={place}")
    assert officer.found("//input[@name='visit']/@value") == [place]
    assert "up to CONFIDENTIAL" in officer.text("//form[@method='post']")
    beyond = {**SAID, "visit": place, "marking": "極秘"}
    assert officer.post(TOLD, beyond).status == 403
    assert "Art. 8" in officer.text("//div[@role='alert']")
    told = officer.post(TOLD, {**SAID, "visit": place, "text": HOSTILE})
    assert told.status == 303
    path = dict(told.headers)["location"]
    officer.get(asked)
    assert path in officer.links()
    officer.get(path)
    assert asked in officer.links()
    assert "told" in officer.text()
    assert officer.post(f"{path}/text").status == 200
    assert "<b>Kim</b>" in officer.text()
    assert "秘" in officer.text("//section[contains(@class, 'banner')]")
    (said,) = released.jpn.said("disclosure.record")
    assert said["visit"] == place
    assert "Kim" not in str(said)


def test_who_does_not_speak_records_nothing(released, jpn):
    reader = _signed_in(jpn, READER)
    reader.get(TOLD)
    assert reader.found(f"//form[@action='{TOLD}']//button[@disabled]")
    assert reader.post(TOLD, SAID).status == 403
    officer = _signed_in(jpn, OFFICER)
    officer.get(TOLD)
    for changes in ({"marking": ""}, {"to": "kor"}, {"at": "noon"}, {"visit": "JPN"}):
        assert officer.post(TOLD, {**SAID, **changes}).status == 400, changes
    assert officer.post(TOLD, {**SAID, "visit": "KOR/999"}).status == 409
    assert released.jpn.said("disclosure.record") == []


@pytest.mark.parametrize("act", ["", "/text"])
def test_what_was_told_is_hidden_as_what_is_absent(released, jpn, act):
    officer = _signed_in(jpn, OFFICER)
    officer.get(TOLD)
    told = dict(officer.post(TOLD, {**SAID, "text": "note"}).headers)["location"]
    clerk = _signed_in(jpn, CLERK)
    clerk.get(TOLD)
    assert told not in clerk.links()
    none = f"{TOLD}/JPN/999"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{told}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(told.encode(), b"") == absent.body.replace(none.encode(), b"")


def test_an_administrator_is_shown_no_visit(jpn, asked):
    admin = _signed_in(jpn, ADMIN)
    assert admin.get(ALL).status == 403
    assert admin.get(TOLD).status == 403
    assert admin.get(asked).status == admin.get(f"{ALL}/KOR/999").status == 404


@pytest.mark.parametrize("act", ["", "/grant", "/refuse", "/text"])
def test_what_is_no_visit_is_not_there(jpn, ours, act):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    for place in (ours, "KOR/999", "KOR/x"):
        path = f"{ALL}/{place}{act}"
        assert (officer.post(path) if act else officer.get(path)).status == 404


def test_a_form_of_another_site_does_nothing(released, jpn, asked):
    officer = _signed_in(jpn, OFFICER)
    officer.get(asked)
    for path in (ALL, f"{asked}/grant", f"{asked}/refuse", TOLD):
        assert officer.post(path, ASKED, Sec_Fetch_Site="cross-site").status == 403
    officer.token = "x"
    assert officer.post(f"{asked}/refuse").status == 403
    assert released.jpn.said("visit.decide") == []


@pytest.mark.parametrize(("language", "word"), [("ja", "訪問を申請する"), ("ko", "방문 신청")])
def test_the_pages_are_in_the_readers_language(jpn, asked, language, word):
    officer = _signed_in(jpn, OFFICER, language)
    officer.get(ALL)
    assert word in officer.text()
    assert officer.found("//html/@lang") == [language]
    assert officer.get(asked).status == officer.get(TOLD).status == 200
