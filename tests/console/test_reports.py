# SPDX-License-Identifier: Apache-2.0
"""Reports in the console: made by the auditor alone, shown, and saved as they were shown."""

import io
import json
import tarfile

import pytest

from comity.basis.ids import digest_of
from comity.flows.reports.public import PublicReport, public_report
from tests.builders.world import AUDITOR, CLERK, GSOMIA, JPN, KOR, READER, REGISTRAR, run
from tests.console.support_console import browse

FOR_KOREA = {"agreement": GSOMIA, "party": KOR}


def _signed_in(jpn, person, language="en"):
    jpn.set_password(person)
    browser = browse(jpn, language)
    browser.sign_in(person)
    return browser


@pytest.fixture
def auditor(jpn, theirs):
    browser = _signed_in(jpn, AUDITOR)
    browser.get("/reports")
    return browser


def _made(browser, year="2016"):
    browser.get("/reports")
    return browser.post("/reports/public", {"year": year})


def _fields(browser):
    hidden = browser.found("//form[@action='/reports/public/save']//input[@type='hidden']")
    return {each.get("name"): each.get("value") for each in hidden}


def entered_report(outcome):
    assert isinstance(outcome, PublicReport)
    return outcome.value


def _files(answer):
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive.getmembers()}


def test_a_year_is_shown_in_counts_and_journalled(released, auditor):
    assert _made(auditor).status == 200
    shown = auditor.text()
    for each in ("JPN", "2016", "Items released and received", "<5", "Proof"):
        assert each in shown, each
    assert "Launch" not in shown
    (noted,) = (each for each in released.jpn.journal() if each["act"] == "report.public")
    assert noted["details"]["sha256"] in shown


def test_what_is_saved_is_what_was_shown_and_its_digest_is_in_the_journal(released, auditor):
    _made(auditor)
    fields = _fields(auditor)
    files = _files(auditor.post("/reports/public/save", {**fields, "what": "published"}))
    assert {*files} == {"report-2016/report.json", "report-2016/report.html"}
    (noted,) = (each for each in released.jpn.journal() if each["act"] == "report.public")
    assert digest_of(files["report-2016/report.json"]) == noted["details"]["sha256"]
    kept = auditor.post("/reports/public/save", {**fields, "what": "openings"})
    proof = json.loads(files["report-2016/report.json"])["proof"]
    assert json.loads(kept.body).keys() == {each["sha256"] for each in proof}


def test_the_counts_are_those_of_the_command(auditor, released):
    _made(auditor)
    here = json.loads(_fields(auditor)["report"])
    there = entered_report(run(public_report(released.jpn.context, 2016, AUDITOR)))
    for name in ("agreements", "refusals_here", "refusals_by_house"):
        assert here[name] == there[name]


@pytest.mark.parametrize(
    "change",
    [
        {"report": "{}"},
        {"report": "no json"},
        {"report": "[]"},
        {"openings": "{}"},
        {"openings": '{"a":"b"}'},
    ],
)
def test_another_report_than_was_shown_is_not_saved(auditor, change):
    _made(auditor)
    answer = auditor.post("/reports/public/save", {**_fields(auditor), **change})
    assert answer.status in (400, 409, 422)
    assert answer.header("content-type").startswith("text/html")


def test_another_partys_report_is_not_saved(auditor):
    _made(auditor)
    fields = _fields(auditor)
    fields["report"] = fields["report"].replace('"party":"JPN"', '"party":"KOR"')
    assert auditor.post("/reports/public/save", fields).status == 400


@pytest.mark.parametrize("year", ["", "12", "2999", "<script>", "二〇一六"])
def test_a_year_that_is_none_is_told_and_kept_in_the_form(auditor, year):
    answer = _made(auditor, year)
    assert answer.status == 400
    assert b"<script>" not in answer.body
    if year:
        assert auditor.found("//input[@id='year']/@value") == [year]
    assert auditor.found("//div[@role='alert']")


def test_an_inspectors_report_shows_who_saw_the_partners_items(
    jpn, released, auditor, theirs, ours
):
    released.jpn.receipt(theirs)
    released.jpn.read(theirs)
    assert auditor.post("/reports/inspector", FOR_KOREA).status == 200
    shown = auditor.text()
    assert f"{GSOMIA}/{theirs}" in shown
    assert "item.open" in shown
    assert str(ours) not in shown
    assert "Labels up to" in auditor.text("//section[contains(@class, 'banner')]")


def test_an_inspectors_report_is_saved_as_its_folder(auditor, theirs):
    answer = auditor.post("/reports/inspector", {**FOR_KOREA, "as": "file"})
    report = json.loads(_files(answer)["report-KOR/report.json"])
    assert (report["holder"], report["for"]) == (JPN, KOR)
    assert [each["item"] for each in report["items"]] == [f"{GSOMIA}/{theirs}"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"party": "JPN"}, 409),
        ({"party": "USA"}, 409),
        ({"party": "<b>"}, 400),
        ({"party": ""}, 400),
        ({"agreement": "gsomia-usa-kor"}, 404),
        ({"agreement": ""}, 400),
        ({"agreement": "../x"}, 400),
    ],
)
def test_who_is_no_partner_has_no_report(auditor, released, change, status):
    answer = auditor.post("/reports/inspector", {**FOR_KOREA, **change})
    assert answer.status == status
    assert b"<b>" not in answer.body
    assert not [each for each in released.jpn.journal() if each["act"] == "report.inspector"]


@pytest.mark.parametrize("person", [READER, CLERK, REGISTRAR])
def test_nobody_else_makes_a_report_and_is_told_the_rule(jpn, released, theirs, person):
    browser = _signed_in(jpn, person)
    browser.get("/reports")
    assert len(browser.found("//main//button[@disabled]")) == 3
    assert "auditor" in browser.text("//ul[@class='reasons']")
    assert browser.post("/reports/public", {"year": "2016"}).status == 403
    browser.get("/reports")
    assert browser.post("/reports/inspector", FOR_KOREA).status == 403
    browser.get("/reports")
    save = {"report": "{}", "openings": "{}", "what": "published"}
    assert browser.post("/reports/public/save", save).status == 403
    browser.get("/")
    assert "/reports" not in browser.links()


def test_what_was_typed_when_the_session_ended_is_there_again(jpn, theirs):
    browser = _signed_in(jpn, AUDITOR)
    browser.get("/reports")
    browser.cookies.pop("__Host-comity")
    browser.post("/reports/public", {"year": "2015"})
    assert browser.found("//input[@id='person']")


@pytest.mark.parametrize(("language", "word"), [("ja", "証明"), ("ko", "증명")])
def test_the_counts_are_in_the_language_of_the_reader(jpn, theirs, language, word):
    browser = _signed_in(jpn, AUDITOR, language)
    _made(browser)
    assert word in browser.text()
