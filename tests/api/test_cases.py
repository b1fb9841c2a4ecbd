# SPDX-License-Identifier: Apache-2.0
"""Incidents, visits, disclosures and contractors over HTTP; for every yes a no."""

from __future__ import annotations

import pytest

from comity.basis.ids import parse_place
from comity.flows.affairs import open_dispute
from tests.api.support_api import GSOMIA
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    DRAFTER,
    OFFICER,
    READER,
    REGISTRAR,
    run,
)
from tests.builders.world import GSOMIA as AGREEMENT

VISIT = {
    "host": "KOR",
    "facility": "seoul-1",
    "level": "SECRET",
    "first_day": "2016-12-20",
    "last_day": "2016-12-21",
    "visitors": 2,
    "clearance": "SECRET",
}
LETTERS = list("abcdefghijklmno")
TOLD = {"to": ["KOR"], "marking": "秘", "category": "missile-warning", "purposes": ["warning"]}

ASSURED = {
    "firm": "firm-7",
    "facility": "plant-2",
    "conditions": LETTERS[:-1],
    "assured_by": "inspector",
    "assured_on": "2016-11-23",
    "clearance": "SECRET",
    "document": "inspection 33",
    "until": "2017-11-23",
}


def path(entered):
    """Give the path's end of what was entered."""
    return entered.json["entered"]["place"].split("/", 1)[1]


@pytest.fixture
def item(theirs):
    """Give Korea's item, which Japan holds."""
    return theirs


def report(item, **more):
    return {"affected": [{"item": str(item)}], **more}


@pytest.mark.parametrize("person", [CLERK, READER, AUDITOR, ADMIN])
def test_anybody_reports_a_loss_and_learns_how_long_it_took(jpn, item, person):
    text = {"text": "the safe was open", "title": "Safe"}
    told = jpn.post(f"{GSOMIA}/incidents", person, report(item, text=text))
    assert told.status == 201
    assert told.json["entered"]["kind"] == "incident.report"
    assert 0 <= told.json["clock"]["told_ms"] < 1000
    assert told.json["clock"]["acknowledged"] == []


def test_an_incident_is_shown_to_those_who_may_know_of_its_items(jpn, item):
    told = jpn.post(f"{GSOMIA}/incidents", CLERK, report(item, harm="loss", certainty="actual"))
    where = f"{GSOMIA}/incidents/{path(told)}"
    for person, seen in ((READER, 1), (REGISTRAR, 1), (CLERK, 0)):
        assert len(jpn.get(f"{GSOMIA}/incidents", person).json["incidents"]) == seen
        assert jpn.get(where, person).status == (200 if seen else 404)
    assert jpn.get(f"{GSOMIA}/incidents", ADMIN).status == 403
    shown = jpn.get(where, READER).json["incident"]
    assert (shown["harm"], shown["certainty"], shown["closed"]) == ("loss", "actual", False)
    assert set(shown["clock"]) >= {"told_ms", "acknowledged"}


def test_a_named_victim_is_told_only_where_the_agreement_asks_for_it(jpn, item):
    told = jpn.post(f"{GSOMIA}/incidents", READER, report(item, harm="victim_named"))
    assert (told.status, told.code) == (409, "incident.no-victims")
    assert jpn.get(f"{GSOMIA}/incidents", READER).json["incidents"] == []
    assert jpn.post(f"{GSOMIA}/incidents", READER, report(item, harm="loss")).status == 201
    other = jpn.post(f"{GSOMIA}/incidents", READER, report(item, harm="victim"))
    assert other.status == 400


def test_what_happened_is_read_under_the_exercises_line(jpn, item):
    text = {"text": "the safe was open"}
    told = jpn.post(f"{GSOMIA}/incidents", READER, report(item, text=text))
    read = jpn.post(f"{GSOMIA}/incidents/{path(told)}/open", OFFICER)
    assert (read.status, read.body) == (200, b"the safe was open")
    assert "EXERCISE" in read.item["banner"]["head"][0]
    assert jpn.post(f"{GSOMIA}/incidents/{path(told)}/open", CLERK).status == 404
    assert jpn.post(f"{GSOMIA}/incidents/{path(told)}/open", AUDITOR).status == 403
    bare = jpn.post(f"{GSOMIA}/incidents", READER, report(item))
    for nothing in (path(bare), "KOR/999"):
        assert jpn.post(f"{GSOMIA}/incidents/{nothing}/open", OFFICER).status == 404


def test_who_comes_is_read_by_those_who_act_on_cases(jpn):
    asked = jpn.post(f"{GSOMIA}/visits", OFFICER, {**VISIT, "text": {"text": "Colonel Sato"}})
    where = f"{GSOMIA}/visits/{path(asked)}/open"
    assert jpn.post(where, OFFICER).body == b"Colonel Sato"
    assert jpn.post(where, READER).status == 403
    assert jpn.post(f"{GSOMIA}/visits/KOR/999/open", OFFICER).status == 404
    assert jpn.post(f"{GSOMIA}/incidents/{path(asked)}/open", OFFICER).status == 404
    bare = jpn.post(f"{GSOMIA}/visits", OFFICER, VISIT)
    assert jpn.post(f"{GSOMIA}/visits/{path(bare)}/open", OFFICER).status == 404


def test_what_was_told_is_read_as_an_item_is_opened_and_hidden_from_whoever_need_not_know(jpn):
    note = {**TOLD, "text": {"text": "a new silo"}}
    told = jpn.post(f"{GSOMIA}/disclosures", OFFICER, note)
    where = f"{GSOMIA}/disclosures/{path(told)}/open"
    read = jpn.post(where, READER)
    assert (read.status, read.body) == (200, b"a new silo")
    assert any("秘" in line for line in read.item["banner"]["head"])
    assert jpn.post(where, REGISTRAR).status == 403
    hidden, absent = jpn.post(where, CLERK), jpn.post(f"{GSOMIA}/disclosures/KOR/999/open", CLERK)
    assert (hidden.status, hidden.json) == (absent.status, absent.json)
    assert hidden.status == 404
    assert jpn.post(f"{GSOMIA}/visits/{path(told)}/open", OFFICER).status == 404


def test_evidence_certificates_and_affairs_are_read_each_by_its_own_way_alone(jpn):
    evidence = {**ASSURED, "document": None, "text": {"text": "walls, safes"}}
    place = path(jpn.post(f"{GSOMIA}/contractors", OFFICER, evidence))
    assert jpn.post(f"{GSOMIA}/contractors/{place}/open", OFFICER).body == b"walls, safes"
    assert jpn.post(f"{GSOMIA}/contractors/{place}/open", READER).status == 403
    for way, person in (("certificates", REGISTRAR), ("affairs", READER), ("visits", OFFICER)):
        assert jpn.post(f"{GSOMIA}/{way}/{place}/open", person).status == 404


def test_findings_are_given_here_and_the_other_side_closes(jpn, item):
    told = jpn.post(f"{GSOMIA}/incidents", READER, report(item))
    where = f"{GSOMIA}/incidents/{path(told)}"
    found = {"outcome": "neither", "measures": ["new-lock"]}
    assert jpn.post(f"{where}/findings", READER, found).status == 403
    assert jpn.post(f"{where}/findings", OFFICER, {"outcome": "none"}).status == 400
    assert jpn.post(f"{where}/findings", OFFICER, found).status == 201
    closing = jpn.post(f"{where}/close", OFFICER)
    assert (closing.status, closing.code) == (409, "incident.not-the-closer")
    assert jpn.post(f"{GSOMIA}/incidents/KOR/999/close", OFFICER).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"affected": []}, 400),
        ({"affected": [{"item": "KOR/x"}]}, 400),
        ({"affected": [{"item": "KOR/999"}]}, 404),
        ({"affected": [{"item": "KOR/4", "copies": [0]}]}, 400),
        ({"affected": [{"item": "KOR/4"}], "harm": "theft"}, 400),
        ({"affected": [{"item": "KOR/4"}], "why": "x"}, 400),
    ],
    ids=["no item", "no place", "unknown", "copy nought", "another harm", "another key"],
)
def test_a_report_that_does_not_read_is_refused(jpn, body, status):
    assert jpn.post(f"{GSOMIA}/incidents", READER, body).status == status


def test_one_item_named_twice_in_a_report_is_put_together(jpn, released, theirs):
    released.jpn.receipt(theirs)
    for _ in range(2):
        wish = {"purpose": "warning", "reason": "the night desk"}
        assert jpn.post(f"{GSOMIA}/items/{theirs}/copies", READER, wish).status == 201
    twice = [{"item": "KOR/4", "copies": [3, 1]}, {"item": "KOR/4", "copies": [3, 2]}]
    told = jpn.post(f"{GSOMIA}/incidents", READER, {"affected": twice})
    assert told.status == 201
    unknown = [{"item": "KOR/4", "copies": [4]}]
    refused = jpn.post(f"{GSOMIA}/incidents", READER, {"affected": unknown})
    assert (refused.status, refused.code) == (409, "copy.unknown")
    rows = jpn.get(f"{GSOMIA}/incidents", OFFICER).json["incidents"]
    assert [each["affected"] for each in rows][-1] == [{"item": "KOR/4", "copies": [1, 2, 3]}]


def test_a_visit_is_asked_of_a_partner_and_not_granted_by_ourselves(jpn):
    asked = jpn.post(f"{GSOMIA}/visits", OFFICER, {**VISIT, "text": {"text": "Colonel Sato"}})
    assert asked.status == 201
    [row] = jpn.get(f"{GSOMIA}/visits", READER).json["visits"]
    assert (row["granted"], row["visitors"]) == (None, 2)
    assert jpn.post(f"{GSOMIA}/visits", READER, VISIT).status == 403
    assert jpn.post(f"{GSOMIA}/visits", OFFICER, {**VISIT, "host": "JPN"}).status == 400
    assert jpn.post(f"{GSOMIA}/visits", OFFICER, {**VISIT, "visitors": 0}).status == 400
    days = {"level": "SECRET", "first_day": "2016-12-20", "last_day": "2016-12-21"}
    assert jpn.post(f"{GSOMIA}/visits/{path(asked)}/grant", OFFICER, days).status == 403
    assert jpn.post(f"{GSOMIA}/visits/{path(asked)}/refusal", OFFICER).status == 409
    assert jpn.post(f"{GSOMIA}/visits/KOR/999/refusal", OFFICER).status == 404


def test_what_was_told_is_recorded_and_listed_by_need_to_know(jpn):
    told = jpn.post(f"{GSOMIA}/disclosures", OFFICER, TOLD)
    assert told.status == 201
    assert len(jpn.get(f"{GSOMIA}/disclosures", READER).json["disclosures"]) == 1
    assert jpn.get(f"{GSOMIA}/disclosures", CLERK).json["disclosures"] == []
    assert jpn.post(f"{GSOMIA}/disclosures", DRAFTER, TOLD).status == 403
    unlisted = jpn.post(f"{GSOMIA}/disclosures", OFFICER, {**TOLD, "marking": "x"})
    assert (unlisted.status, unlisted.json["findings"][0]["article"]) == (403, "4(1)")
    assert jpn.post(f"{GSOMIA}/disclosures", OFFICER, {**TOLD, "marking": ""}).status == 400
    assert jpn.post(f"{GSOMIA}/disclosures", OFFICER, {**TOLD, "visit": "KOR/999"}).status == 409
    assert jpn.post(f"{GSOMIA}/disclosures", OFFICER, {**TOLD, "to": ["JPN"]}).status == 400


def test_an_item_goes_to_a_firm_once_every_condition_stands(jpn, released, item):
    assert jpn.post(f"{GSOMIA}/items/{item}/receipt", REGISTRAR, {"marking": "秘"}).status == 201
    given = {"firm": "firm-7", "facility": "plant-2", "purpose": "warning"}
    given["rights_respected"] = True
    assert jpn.post(f"{GSOMIA}/contractors", READER, ASSURED).status == 403
    endless = jpn.post(f"{GSOMIA}/contractors", OFFICER, {**ASSURED, "until": None})
    assert (endless.status, endless.json["error"]["code"]) == (400, "contractor.no-end")
    assert jpn.post(f"{GSOMIA}/contractors", OFFICER, ASSURED).status == 201
    lacking = jpn.post(f"{GSOMIA}/items/{item}/contractor", OFFICER, given)
    assert lacking.status == 403
    assert "(o)" in lacking.json["findings"][0]["why"]
    assert (
        jpn.post(f"{GSOMIA}/contractors", OFFICER, {**ASSURED, "conditions": ["o"]}).status == 201
    )
    assert jpn.post(f"{GSOMIA}/items/{item}/contractor", OFFICER, given).status == 201
    [row] = jpn.get(f"{GSOMIA}/contractors", READER).json["contractors"]
    assert (row["lacking"], row["given"]) == ([], [f"gsomia-jpn-kor/{item}"])
    [hidden] = jpn.get(f"{GSOMIA}/contractors", CLERK).json["contractors"]
    assert hidden["given"] == []
    assert jpn.post(f"{GSOMIA}/items/KOR/999/contractor", OFFICER, given).status == 404


def test_what_was_told_is_raised_called_back_and_erased_as_an_item_is(jpn):
    note = {**TOLD, "text": {"text": "a new silo"}}
    told = path(jpn.post(f"{GSOMIA}/disclosures", OFFICER, note))
    raised, read = {"marking": "極秘"}, f"{GSOMIA}/disclosures/{told}/open"
    assert jpn.post(f"{GSOMIA}/items/{told}/reclassification", READER, raised).status == 403
    assert jpn.post(f"{GSOMIA}/items/{told}/reclassification", OFFICER, raised).status == 201
    back = {"wanted": "destroy", "code": "told-in-error"}
    assert jpn.post(f"{GSOMIA}/items/{told}/recall", OFFICER, back).status == 201
    [row] = jpn.get(f"{GSOMIA}/disclosures", READER).json["disclosures"]
    assert (row["level"], row["recalled_by"]) == ("SECRET", ["JPN"])
    shown = jpn.get(f"{GSOMIA}/items/{told}", READER)
    assert (shown.status, shown.code) == (409, "item.told")
    hidden, absent = (jpn.get(f"{GSOMIA}/items/{each}", CLERK) for each in (told, "JPN/999"))
    assert (hidden.status, hidden.json) == (absent.status, absent.json) == (404, absent.json)
    assert jpn.post(read, READER).status == 200
    erasure = {"means": "crypto_erase", "second": READER}
    assert jpn.post(f"{GSOMIA}/items/{told}/erasure", REGISTRAR, erasure).status in (200, 201)
    assert jpn.post(read, READER).status == 409
    spoken = path(jpn.post(f"{GSOMIA}/disclosures", OFFICER, TOLD))
    nothing = jpn.post(f"{GSOMIA}/items/{spoken}/erasure", REGISTRAR, erasure)
    assert (nothing.status, nothing.code) == (409, "disclosure.no-note")


def test_what_is_said_about_what_was_told_is_hidden_from_whoever_need_not_know_of_it(jpn, released):
    told = path(jpn.post(f"{GSOMIA}/disclosures", OFFICER, TOLD))
    wish = {"items": [told], "recipient": "USA", "purpose": "warning"}
    assert jpn.post(f"{GSOMIA}/consents", OFFICER, wish).status == 201
    about = (parse_place(told),)
    assert run(open_dispute(released.jpn.context, AGREEMENT, ("6(a)",), about=about))
    for person, seen in ((OFFICER, 1), (CLERK, 0)):
        assert len(jpn.get(f"{GSOMIA}/consents", person).json["asked"]) == seen
        assert len(jpn.get(f"{GSOMIA}/disputes", person).json["disputes"]) == seen
