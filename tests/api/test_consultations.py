# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting over HTTP: asked, listed, refused, and given at the command line."""

from __future__ import annotations

from comity.flows.cases.consultations import consult
from comity.flows.promises import consent_to
from tests.api.support_api import GSOMIA
from tests.builders.world import CLERK, DRAFTER, OFFICER, READER, run
from tests.builders.world import GSOMIA as ID

ALL = f"{GSOMIA}/consultations"
WISH = {"matter": "rescue-of-nationals", "category": "maritime", "until": "2017-12-31"}


def test_partners_are_asked_before_an_act_and_it_is_listed(jpn):
    made = jpn.post(ALL, OFFICER, WISH)
    assert made.json["entered"]["kind"] == "consent.ask"
    [row] = jpn.get(ALL, OFFICER).json["consultations"]
    assert (row["matter"], row["article"], row["agreed"]) == ("rescue-of-nationals", None, False)
    assert row["answers"] == [{"by": "KOR", "standing": "waiting", "place": None}]
    assert jpn.post(ALL, READER, WISH).status == 403
    for bad in ({"until": "2015-01-01"}, {"category": None}, {"items": ["JPN/1"]}, {"to": ["JPN"]}):
        assert jpn.post(ALL, OFFICER, {**WISH, **bad}).status in (400, 404)
    absent = {"matter": "release", "items": ["KOR/9999"]}
    assert jpn.post(ALL, OFFICER, absent).status == 404


def test_what_one_need_not_know_of_is_left_out(jpn, ours):
    jpn.post(ALL, OFFICER, {"matter": "reclassify", "items": [str(ours)]})
    assert jpn.get(ALL, OFFICER).json["consultations"]
    assert jpn.get(ALL, READER).json["consultations"]
    assert jpn.get(ALL, CLERK).json["consultations"] == []
    assert jpn.get(ALL, DRAFTER).status == 200


def test_an_answer_is_refused_here_and_given_at_the_command_line(jpn, released):
    asking = consult(released.kor.context, ID, "release", about="maritime", person=OFFICER)
    asked = run(asking)
    released.settle()
    place = asked.place
    approval = jpn.post(f"{ALL}/{place}/approval", OFFICER)
    assert (approval.status, approval.code) == (409, "api.authority-needed")
    assert jpn.post(f"{ALL}/{place}/withdrawal", OFFICER).status == 404
    assert jpn.post(f"{ALL}/{place}/approval", READER).status == 403
    refused = jpn.post(f"{ALL}/{place}/refusal", OFFICER)
    assert refused.json["entered"]["kind"] == "consent.refuse"
    for act in ("approval", "refusal", "withdrawal"):
        assert jpn.post(f"{ALL}/KOR/9999/{act}", OFFICER).status == 404


def test_an_approval_of_ours_is_taken_back(jpn, released):
    asked = run(consult(released.kor.context, ID, "release", about="maritime", person=OFFICER))
    released.settle()
    said = asked.statement.body
    given = consent_to(
        items=(),
        category=said.category,
        recipient=said.recipient,
        purpose=said.purpose,
        until=None,
        ask=asked.place,
    )
    released.jpn.promise(given)
    [row] = jpn.get(ALL, OFFICER).json["consultations"]
    assert row["agreed"]
    taken = jpn.post(f"{ALL}/{asked.place}/withdrawal", OFFICER)
    assert taken.json["entered"]["kind"] == "consent.withdraw"
    [row] = jpn.get(ALL, OFFICER).json["consultations"]
    assert not row["agreed"]


def test_leave_to_pass_on_is_no_consultation(jpn, ours, released):
    wish = {"items": [str(ours)], "recipient": "USA", "purpose": "warning"}
    made = jpn.post(f"{GSOMIA}/consents", OFFICER, wish)
    place = made.json["entered"]["place"].partition("/")[2]
    assert jpn.get(ALL, OFFICER).json["consultations"] == []
    assert jpn.post(f"{ALL}/{place}/refusal", OFFICER).status == 404
