# SPDX-License-Identifier: Apache-2.0
"""Losses: told at once by anybody, looked into where they happened, closed by the originator."""

import pytest

from tests.builders.world import CLERK, OFFICER, READER, REGISTRAR
from tests.console.support_console import browse

ALL = "/incidents/gsomia-jpn-kor"


def _signed_in(served, person):
    served.set_password(person)
    browser = browse(served)
    browser.sign_in(person)
    return browser


def _loss(item, **changes):
    return {"items": f"{item}", "harm": "loss", "certainty": "possible", **changes}


@pytest.fixture
def told(jpn, theirs):
    """A loss of Korea's item, that a reader in Japan told of: its path."""
    browser = _signed_in(jpn, READER)
    browser.get(ALL)
    answer = browser.post(ALL, _loss(theirs, text="a bag, on the <b>train</b>"))
    assert answer.status == 303
    return dict(answer.headers)["location"]


def test_anybody_tells_the_originator_at_once_and_sees_the_clock(released, jpn, theirs, told):
    (said,) = released.jpn.said("incident.report")
    assert (said["harm"], said["certainty"], said["held_by"]) == ("loss", "possible", "JPN")
    assert "train" not in str(said)
    reader = _signed_in(jpn, READER)
    reader.get(told)
    assert "Report begun" in reader.text()
    assert f"/items/gsomia-jpn-kor/{theirs}" in reader.links()
    reader.get(f"{ALL}?open=yes")
    assert told in reader.links()
    assert "it may have happened" in reader.text()


def test_the_text_is_read_inert_by_who_acts_on_cases_and_is_journalled(released, jpn, told):
    reader = _signed_in(jpn, READER)
    reader.get(told)
    assert reader.found("//form[contains(@action, '/text')]//button[@disabled]")
    place = told.removeprefix(f"{ALL}/")
    assert reader.post(f"{told}/text", {"of": place}).status == 403
    officer = _signed_in(jpn, OFFICER)
    officer.get(told)
    assert officer.post(f"{told}/text", {"of": place}).status == 200
    assert "a bag, on the <b>train</b>" in officer.text()
    assert not officer.found("//main//b")
    assert released.jpn.acts()[-1] == ("incident.open", "done")
    for other in ("", "KOR/1", "JPN/x"):
        assert officer.post(f"{told}/text", {"of": other}).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"items": ""},
        {"items": "KOR"},
        {"harm": ""},
        {"harm": "theft"},
        {"certainty": "likely"},
        {"held_by": "jpn"},
        {"found_at": "yesterday"},
        {"text": "x" * 100_001},
        {"items": ",".join(f"KOR/{each}" for each in range(257))},
    ],
)
def test_what_does_not_read_is_said_and_what_was_typed_stays(released, jpn, theirs, changes):
    browser = _signed_in(jpn, READER)
    browser.get(ALL)
    wish = {**_loss(theirs, text="on the train"), **changes}
    assert browser.post(ALL, wish).status == 400
    assert browser.found("//div[@role='alert']")
    assert browser.found("//input[@name='items']/@value") == [wish["items"]]
    assert browser.found("//textarea[@name='text']")[0].text == wish["text"]
    assert released.jpn.said("incident.report") == []


def test_findings_are_told_where_it_happened_and_closing_is_the_originators(released, jpn, told):
    reader = _signed_in(jpn, READER)
    reader.get(told)
    assert reader.found("//form[contains(@action, '/findings')]//button[@disabled]")
    assert reader.post(f"{told}/findings", {"outcome": "loss"}).status == 403
    officer = _signed_in(jpn, OFFICER)
    officer.get(told)
    assert not officer.found("//form[contains(@action, '/close')]"), "Korea is its originator"
    found = {"outcome": "neither", "measures": "retraining, seals", "text": "found again"}
    assert officer.post(f"{told}/findings", {**found, "outcome": "nothing"}).status == 400
    assert officer.found("//textarea[@name='text']")[0].text == "found again"
    assert officer.post(f"{told}/findings", found).status == 303
    officer.get(told)
    assert "retraining, seals" in officer.text()
    (said,) = released.jpn.said("incident.findings")
    assert (said["outcome"], said["measures"]) == ("neither", ["retraining", "seals"])


def test_an_originator_closes_what_was_told_looked_into_and_measured(released, jpn, ours):
    from comity.flows.cases.incidents import Report, give_findings, report_incident
    from comity.statement.cases import Affected, Certainty, Harm, Outcome
    from tests.builders.world import GSOMIA, entered, run

    kor = released.kor.context
    said = Report((Affected(ours, ()),), Harm.LOSS, Certainty.ACTUAL, kor.ports.clock.now())
    place = entered(run(report_incident(kor, GSOMIA, said, person=READER))).place
    released.settle()
    early = _signed_in(jpn, REGISTRAR)
    early.get(f"{ALL}/{place}")
    assert early.found("//form[contains(@action, '/close')]//button[@disabled]")
    assert "Art. " in early.text("//form[contains(@action, '/close')]"), "and not before"
    found = give_findings(
        kor, GSOMIA, place, outcome=Outcome.LOSS, measures=("seals",), person=REGISTRAR
    )
    entered(run(found))
    released.settle()
    path = f"{ALL}/{place}"
    reader = _signed_in(jpn, READER)
    reader.get(path)
    assert reader.found("//form[contains(@action, '/close')]//button[@disabled]")
    assert reader.post(f"{path}/close").status == 403
    registrar = _signed_in(jpn, REGISTRAR)
    registrar.get("/")
    assert path in registrar.links()
    registrar.get(path)
    assert not registrar.found("//form[contains(@action, '/findings')]"), "it is Korea's to find"
    assert registrar.post(f"{path}/close").status == 303
    registrar.get(f"{ALL}?open=yes")
    assert path not in registrar.links()
    registrar.get(path)
    assert "closed" in registrar.text("//main//strong")


@pytest.mark.parametrize("act", ["", "/findings", "/close", "/text"])
def test_who_has_no_need_to_know_finds_what_is_found_where_there_is_none(jpn, told, act):
    clerk = _signed_in(jpn, CLERK)
    clerk.get(ALL)
    assert told not in clerk.links()
    none = f"{ALL}/JPN/999"
    call = clerk.post if act else clerk.get
    hidden, absent = call(f"{told}{act}"), call(f"{none}{act}")
    assert hidden.status == absent.status == 404
    assert hidden.body.replace(told.encode(), b"") == absent.body.replace(none.encode(), b"")
