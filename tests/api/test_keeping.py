# SPDX-License-Identifier: Apache-2.0
"""Copies, translations, derived items, inventories and ends over HTTP."""

from __future__ import annotations

import pytest

from comity.basis.ids import PersonId
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.signin.permissions import Permission
from tests.api.support_api import GSOMIA, Served
from tests.articles.keeping_worlds import engage
from tests.builders.world import (
    AUDITOR,
    CLERK,
    DRAFTER,
    OFFICER,
    READER,
    REGISTRAR,
    TEXT,
    World,
)

TRANSLATOR = PersonId("translator")
WISH = {"purpose": "warning", "reason": "the night desk"}


@pytest.fixture
def item(jpn: Served, released: World, theirs) -> str:
    """Give the path of Korea's item, which Japan holds."""
    assert not isinstance(released.jpn.receipt(theirs), Refused)
    return f"{GSOMIA}/items/{theirs}"


def made(jpn: Served, item: str, **more: object):
    answer = jpn.post(f"{item}/copies", READER, {**WISH, **more})
    assert answer.status == 201, answer.json
    return answer.json


def test_a_copy_is_made_handed_over_read_and_listed(jpn, item) -> None:
    copy = made(jpn, item)
    assert (copy["schema"], copy["copy"]["number"]) == ("comity/copy-made/1", 2)
    assert "No. 2" in copy["banner"]["head"]
    over = {"to": OFFICER, "purpose": "warning"}
    offered = jpn.post(f"{item}/copies/2/hand-over", READER, over)
    assert offered.json["copy"]["offered_to"] == OFFICER
    refused = jpn.post(f"{item}/copies/2/take-over", DRAFTER, {"purpose": "warning"})
    assert refused.status == 403
    taken = jpn.post(f"{item}/copies/2/take-over", OFFICER, {"purpose": "warning"})
    assert taken.json["copy"]["holder"] == OFFICER
    read = jpn.post(f"{item}/copies/2/open", OFFICER, {"purpose": "warning"})
    assert (read.status, read.body) == (200, TEXT)
    assert jpn.post(f"{item}/copies/2/open", READER, {"purpose": "warning"}).status == 403
    listed = jpn.get(f"{item}/copies", AUDITOR).json
    assert [(each["number"], each["holder"]) for each in listed["copies"]] == [
        (1, None),
        (2, OFFICER),
    ]


def test_copies_of_what_one_may_not_know_of_are_not_there(jpn, item, ours) -> None:
    hidden = jpn.get(f"{item}/copies", CLERK)
    nothing = jpn.get(f"{GSOMIA}/items/KOR/999/copies", CLERK)
    assert (hidden.status, hidden.json) == (nothing.status, nothing.json)
    assert hidden.status == 404
    for path, body in (
        ("copies", WISH),
        ("copies/2/hand-over", {"to": OFFICER, "purpose": "warning"}),
        ("copies/2/take-over", {"purpose": "warning"}),
        ("copies/2/open", {"purpose": "warning"}),
    ):
        assert jpn.post(f"{item}/{path}", CLERK, body).status == 404
    assert jpn.get(f"{GSOMIA}/items/{ours}/copies", READER).status == 200
    reads = jpn.token(READER, Permission.COPIES_READ)
    assert jpn.post(f"{item}/copies", READER, WISH, headers=reads).status == 403


def test_a_translation_without_its_note_is_refused(jpn, item, released) -> None:
    engage(released.jpn, TRANSLATOR, Role.TRANSLATOR)
    text = {"text": "発射を観測", "title": "訳"}
    body = {**WISH, "language": "ja", "text": text}
    refused = jpn.post(f"{item}/translations", TRANSLATOR, body)
    assert refused.status == 403
    assert {each["article"] for each in refused.json["findings"]} == {"15"}
    kept = jpn.post(f"{item}/translations", TRANSLATOR, {**body, "note": "ja"})
    assert kept.status == 201
    assert kept.json["copy"]["language"] == "ja"


def test_what_is_derived_waits_as_a_draft(jpn, item, theirs) -> None:
    body = {
        "made_from": [str(theirs)],
        "to": ["KOR"],
        "category": "missile-warning",
        "text": {"text": "two launches"},
        "marking": "秘",
    }
    drafted = jpn.post(f"{GSOMIA}/derived-items", DRAFTER, body)
    assert drafted.status == 201, drafted.json
    assert drafted.json["draft"]["derived_from"] == [str(theirs)]
    approved = jpn.post(f"/api/v1/drafts/{drafted.json['draft']['number']}/approval", OFFICER)
    assert approved.json["entered"]["body"]["derived_from"] == [str(theirs)]
    assert jpn.post(f"{GSOMIA}/derived-items", DRAFTER, {**body, "to": ["JPN"]}).status == 400
    refused = jpn.post(f"{GSOMIA}/derived-items", DRAFTER, {**body, "purposes": ["study"]})
    assert refused.status == 403


def test_copies_are_destroyed_given_back_and_receipted(jpn, item, released, theirs) -> None:
    for _ in range(2):
        made(jpn, item)
    body = {"means": "shred", "copies": [2], "note": "in the yard"}
    assert jpn.post(f"{item}/destruction", REGISTRAR, body).status == 403
    told = jpn.post(f"{item}/destruction", REGISTRAR, {**body, "second": OFFICER})
    assert told.json["entered"]["body"]["remaining"] == 2
    certificate = told.json["entered"]["place"].split("/", 1)[1]
    read = jpn.post(f"{GSOMIA}/certificates/{certificate}/open", REGISTRAR)
    assert b"by: registrar, officer" in read.body
    assert jpn.post(f"{GSOMIA}/certificates/{certificate}/open", OFFICER).status == 403
    assert jpn.post(f"{GSOMIA}/affairs/{certificate}/open", READER).status == 404
    again = jpn.post(f"{item}/destruction", REGISTRAR, {**body, "second": OFFICER})
    assert (again.status, again.code) == (409, "copy.ended")
    returned = jpn.post(f"{item}/return", REGISTRAR, {"copies": [3]})
    assert returned.status == 201
    place = returned.json["entered"]["place"]
    rows = jpn.get(f"{GSOMIA}/returns", REGISTRAR).json["returns"]
    assert [row["item"] for row in rows] == [str(theirs)]
    assert jpn.get(f"{GSOMIA}/returns", CLERK).json["returns"] == []
    party, index = place.split("/")[1:]
    own = jpn.post(f"{GSOMIA}/returns/{party}/{index}/receipt", REGISTRAR, {})
    assert (own.status, own.code) == (409, "item.not-originator")
    nothing = jpn.post(f"{GSOMIA}/returns/KOR/999/receipt", REGISTRAR, {})
    assert nothing.status == 404


def test_our_own_item_is_destroyed_without_a_word_to_anybody(jpn, released, ours) -> None:
    before = released.jpn.sizes()
    path = f"{GSOMIA}/items/{ours}"
    erased = jpn.post(f"{path}/erasure", REGISTRAR, {"means": "crypto_erase", "second": OFFICER})
    assert erased.status == 201
    body = {"means": "crypto_erase", "second": OFFICER, "backup_replaced": True}
    ended = jpn.post(f"{path}/destruction", REGISTRAR, body)
    assert (ended.json["schema"], ended.json["left"]) == ("comity/copies/1", 0)
    assert released.jpn.sizes() == before


def test_an_item_is_called_back_erased_and_looked_at_again(jpn, item, released, ours) -> None:
    recalled = jpn.post(f"{GSOMIA}/items/{ours}/recall", OFFICER, {"code": "error"})
    assert recalled.json["entered"]["body"]["items"] == [str(ours)]
    until = jpn.post(f"{item}/review", REGISTRAR, {"until": "2017-01-31"})
    assert until.json["review"]["due"] == "2017-01-31"
    rows = jpn.get(f"{GSOMIA}/reviews", READER).json["reviews"]
    assert [(row["overdue"], row["ended"]) for row in rows] == [(False, False)]
    for wrong in ({}, {"until": "2017-01-31", "ended": True}):
        refused = jpn.post(f"{item}/review", REGISTRAR, wrong)
        assert (refused.status, refused.code) == (400, "api.review")
    ended = jpn.post(f"{item}/review", REGISTRAR, {"ended": True})
    assert (ended.status, ended.json["review"]["ended"]) == (201, True)
    coming = jpn.get("/api/v1/duties", READER).json["coming"]
    assert ("need.ended", False) in [(row["what"], row["passed"]) for row in coming]
    hidden = jpn.get("/api/v1/duties", CLERK).json["coming"]
    assert "need.ended" not in [row["what"] for row in hidden]
    assert jpn.get(f"{GSOMIA}/reviews", CLERK).json["reviews"] == []


def test_an_inventory_reports_what_is_missing(jpn, item, theirs) -> None:
    made(jpn, item)
    listed = jpn.get(f"{GSOMIA}/inventory", REGISTRAR).json["copies"]
    assert [each["number"] for each in listed if each["item"].endswith(str(theirs))] == [1, 2]
    found = {"found": [{"item": str(theirs), "number": 2}]}
    whole = jpn.post(f"{GSOMIA}/inventory", REGISTRAR, found)
    assert (whole.status, whole.json["missing"]) == (201, [])
    lost = jpn.post(f"{GSOMIA}/inventory", REGISTRAR, {}).json
    assert [each["number"] for each in lost["missing"]] == [2]
    assert lost["incident"] is not None
    assert jpn.post(f"{GSOMIA}/inventory", READER, {}).status == 403
