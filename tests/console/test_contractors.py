# SPDX-License-Identifier: Apache-2.0
"""Firms: conditions made sure of with evidence and end, what lacks, and what is then given."""

from typing import Any
from urllib.parse import urlencode

import pytest

from comity.flows.cases.contractors import assure_contractor
from tests.builders.firms import assure
from tests.builders.world import A_YEAR, ADMIN, CLERK, GSOMIA, OFFICER, READER, entered, run
from tests.console.support_console import Browser, browse

ALL = "/contractors/gsomia-jpn-kor"
ONE = f"{ALL}/firm"
LETTERS = tuple("abcdefghijklmno")
HOSTILE = "<b>inspected</b> \u202egnp\u3164"


def _signed_in(served: Any, person: Any, language: str = "en") -> Browser:
    served.set_password(person)
    browser = browse(served, language)
    browser.sign_in(person)
    return browser


def _named(firm: str = "firm-7", facility: str = "plant-2", by: str = "JPN") -> dict[str, str]:
    return {"by": by, "firm": firm, "facility": facility}


def _path(**named: str) -> str:
    return f"{ONE}?{urlencode(_named(**named))}"


def _wish(letters: tuple[str, ...] = LETTERS, **changes: str) -> list[tuple[str, str]]:
    usual = {
        "firm": "firm-7",
        "facility": "plant-2",
        "assured_by": "inspector",
        "document": "inspection 33",
        "until": "2017-06-30",
        "clearance": "SECRET",
        **changes,
    }
    return [*(("condition", each) for each in letters), *usual.items()]


def _assures(node: Any, *letters: str, **changes: Any) -> None:
    usual: dict[str, Any] = {"until": A_YEAR, "clearance": "SECRET", **changes}
    said = assure(*(letters or LETTERS), **usual)
    entered(run(assure_contractor(node.context, GSOMIA, said, person=OFFICER)))


def test_all_fifteen_are_made_sure_of_with_evidence_that_is_no_part_of_what_is_said(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    assert len(officer.found("//input[@name='condition']")) == 15
    answer = officer.post(ALL, _wish(text=HOSTILE))
    assert answer.status == 303
    assert dict(answer.headers)["location"] == _path()
    (said,) = released.jpn.said("contractor.assure")
    assert (said["conditions"], said["until"], said["met"]) == ([*LETTERS], "2017-06-30", True)
    assert "inspected" not in str(said)
    officer.get(ALL)
    assert _path() in officer.links()
    assert "every condition stands" in officer.text("//table")
    officer.get(_path())
    assert officer.text("//main//strong").startswith("every condition stands")
    assert len(officer.found("//table//tbody/tr")) == 15


def test_evidence_is_read_inert_and_journalled(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    officer.post(ALL, _wish(text=HOSTILE))
    officer.get(_path())
    (place,) = {*officer.found("//input[@name='of']/@value")}
    reader = _signed_in(jpn, READER)
    reader.get(_path())
    buttons = reader.found("//form[contains(@action, '/text')]//button")
    assert buttons
    assert all("disabled" in each.attrib for each in buttons)
    assert reader.post(f"{ONE}/text", {**_named(), "of": place}).status == 403
    assert officer.post(f"{ONE}/text", {**_named(), "of": place}).status == 200
    assert "<b>inspected</b>" in officer.text()
    assert not officer.found("//main//b")
    assert released.jpn.acts()[-1] == ("contractor.open", "done")
    for other in ("", "JPN/1", "JPN/x"):
        assert officer.post(f"{ONE}/text", {**_named(), "of": other}).status == 404


def test_what_lacks_is_named_and_stops_giving_with_the_article(released, jpn, theirs):
    _assures(released.jpn, *LETTERS[:14])
    released.jpn.receipt(theirs, "秘")
    officer = _signed_in(jpn, OFFICER)
    officer.get(f"{ALL}?lacking=yes")
    assert _path() in officer.links()
    assert "(o)" in officer.text("//table")
    officer.get(_path())
    assert officer.found("//form[contains(@action, '/give')]//button[@disabled]")
    assert "Art. 16" in officer.text("//form[contains(@action, '/give')]")
    assert "(o)" in officer.text("//form[contains(@action, '/give')]")
    wish = {**_named(), "item": str(theirs), "purpose": "warning", "rights": "yes"}
    assert officer.post(f"{ONE}/give", wish).status == 403
    assert "Art. 16" in officer.text("//div[@role='alert']")
    assert officer.found("//input[@name='item']/@value") == [str(theirs)]


def test_an_item_is_given_to_a_firm_that_meets_all_and_is_listed_there(released, jpn, theirs):
    _assures(released.jpn)
    released.jpn.receipt(theirs, "秘")
    officer = _signed_in(jpn, OFFICER)
    officer.get(f"{ALL}?lacking=yes")
    assert _path() not in officer.links()
    officer.get(_path())
    assert not officer.found("//form[contains(@action, '/give')]//button[@disabled]")
    wish = {**_named(), "item": str(theirs), "purpose": "warning", "rights": "yes"}
    assert officer.post(f"{ONE}/give", wish).status == 303
    officer.get(_path())
    assert f"/items/gsomia-jpn-kor/{theirs}" in officer.links()
    clerk = _signed_in(jpn, CLERK)
    clerk.get(_path())
    assert f"/items/gsomia-jpn-kor/{theirs}" not in clerk.links()
    assert clerk.post(f"{ONE}/give", wish).status == 404, "the clerk does not know of the item"


def test_a_subcontractor_needs_its_own_list_and_stands_on_its_principals(released, jpn):
    _assures(released.jpn, *LETTERS[:14])
    _assures(released.jpn, firm="sub-1", facility="shed", parent="firm-7")
    officer = _signed_in(jpn, OFFICER)
    below = _path(firm="sub-1", facility="shed")
    officer.get(_path())
    assert below in officer.links()
    officer.get(below)
    assert "firm-7: lacks (o)" in officer.text("//dl")
    assert officer.found("//form[contains(@action, '/give')]//button[@disabled]")


def test_conditions_that_end_are_told_of_at_home_and_stand_out(released, jpn):
    _assures(released.jpn)
    released.move(390 * 86_400_000)
    officer = _signed_in(jpn, OFFICER)
    officer.get("/")
    assert ALL in officer.links()
    officer.get(_path())
    assert "ends soon" in officer.text("//table")
    released.move(20 * 86_400_000)
    officer = _signed_in(jpn, OFFICER)
    officer.get(_path())
    assert "EXPIRED" in officer.text("//table")


def test_what_is_no_longer_met_is_taken_back_at_the_firm(released, jpn):
    _assures(released.jpn)
    officer = _signed_in(jpn, OFFICER)
    officer.get(_path())
    wish = [
        *_wish(("g",), met="no", until="", document="", clearance=""),
        ("by", "JPN"),
    ]
    assert officer.post(f"{ONE}/assure", wish).status == 303
    officer.get(_path())
    assert "NOT MET" in officer.text("//table")


@pytest.mark.parametrize(
    "changes",
    [
        {"firm": ""},
        {"firm": "x" * 65},
        {"firm": "a\u202eb"},
        {"until": "soon"},
        {"until": ""},
        {"assured_on": "2099-01-01"},
        {"assured_by": ""},
        {"document": ""},
        {"clearance": "NONSENSE"},
        {"text": "x" * 100_001},
    ],
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(released, jpn, changes):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    assert officer.post(ALL, _wish(**changes)).status in (400, 409)
    assert officer.found("//div[@role='alert']")
    assert len(officer.found("//input[@name='condition'][@checked]")) == 15
    assert officer.post(ALL, _wish(())).status == 400, "no letter"
    assert released.jpn.said("contractor.assure") == []


def test_who_does_not_speak_sees_the_acts_disabled_and_is_refused(released, jpn):
    _assures(released.jpn)
    reader = _signed_in(jpn, READER)
    reader.get(ALL)
    assert reader.found(f"//form[@action='{ALL}' and @method='post']//button[@disabled]")
    assert reader.post(ALL, _wish()).status == 403
    reader.get(_path())
    for act in ("assure", "give"):
        assert reader.found(f"//form[contains(@action, '/{act}')]//button[@disabled]"), act
    assert reader.post(f"{ONE}/assure", [*_wish(), ("by", "JPN")]).status == 403
    assert len(released.jpn.said("contractor.assure")) == 1
    assert _signed_in(jpn, ADMIN).get(ALL).status == 403


def test_a_firm_of_a_partner_is_shown_and_nothing_is_done_about_it(released, jpn):
    _assures(released.kor)
    released.settle()
    officer = _signed_in(jpn, OFFICER)
    officer.get(_path(by="KOR"))
    assert "every condition stands" in officer.text()
    assert not officer.found("//form[contains(@action, '/give')]")
    assert not officer.found("//form[contains(@action, '/assure')]")


@pytest.mark.parametrize("act", ["", "/assure", "/give", "/text"])
def test_what_is_no_firm_is_not_there(released, jpn, act):
    _assures(released.jpn)
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    for named in (_named(firm="firm-8"), _named(by="KOR"), _named(by="x"), {}):
        answer = (
            officer.post(f"{ONE}{act}", named) if act else officer.get(f"{ONE}?{urlencode(named)}")
        )
        assert answer.status == 404, named


def test_firms_go_on_in_pages(released, jpn, monkeypatch):
    monkeypatch.setattr("comity.console.pages.contractors.PAGE", 2)
    for index in range(5):
        _assures(released.jpn, firm=f"firm-{index}")
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    seen: list[str] = []
    for _ in range(3):
        seen += [each.text_content() for each in officer.found("//tbody//th/a")]
        more = {
            each.get("name"): each.get("value")
            for each in officer.found("//form[@method='get'][last()]//input[@type='hidden']")
        }
        if not more:
            break
        officer.get(f"{ALL}?{urlencode(more)}")
    assert seen == [f"firm-{index}" for index in range(5)]


def test_a_form_of_another_site_does_nothing(released, jpn):
    officer = _signed_in(jpn, OFFICER)
    officer.get(ALL)
    assert officer.post(ALL, _wish(), Sec_Fetch_Site="cross-site").status == 403
    officer.token = "x"
    assert officer.post(ALL, _wish()).status == 403
    assert released.jpn.said("contractor.assure") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "下請けには自らの一覧が要る"), ("ko", "하도급업체는 자기 목록이 있어야 함")],
)
def test_the_pages_are_in_the_readers_language_and_so_are_the_files_words(
    released, jpn, language, words
):
    _assures(released.jpn)
    officer = _signed_in(jpn, OFFICER, language)
    officer.get(ALL)
    assert words in officer.text()
    officer.get(_path())
    asked = {"ja": "企業とその施設が情報を守ることができる", "ko": "업체와 그 시설이 정보를"}
    assert asked[language] in officer.text("//table")
