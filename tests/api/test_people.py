# SPDX-License-Identifier: Apache-2.0
"""The register of persons over HTTP: kept by registrars, as of any past instant; clearances."""

import pytest

from comity.basis.instants import Instant, format_instant
from tests.api.support_api import BASE
from tests.builders.world import ADMIN, AUDITOR, DRAFTER, OFFICER, READER, REGISTRAR


def test_the_register_of_persons_is_shown_to_those_who_keep_it(jpn):
    for person in (REGISTRAR, AUDITOR, ADMIN):
        assert len(jpn.get(f"{BASE}/people", person).json["persons"]) == 7
    for person in (READER, DRAFTER, OFFICER):
        assert jpn.get(f"{BASE}/people", person).status == 403
        own = jpn.get(f"{BASE}/people/{person}", person)
        assert own.json["person"]["id"] == person
        assert jpn.get(f"{BASE}/people/{REGISTRAR}", person).status == 403
    assert jpn.get(f"{BASE}/people/nobody", REGISTRAR).status == 404


def test_a_registrar_puts_people_on_the_register_and_lets_them_leave(jpn):
    record = {
        "facility": "hq",
        "roles": ["reader"],
        "clearance": "SECRET",
        "clearance_until": "2017-12-31",
        "need_to_know": ["missile-warning"],
    }
    path = f"{BASE}/people/jpn-017"
    added = jpn.send("PUT", path, REGISTRAR, record)
    assert (added.status, added.json["person"]["clearance"]) == (201, "SECRET")
    assert added.json["person"]["registered"] is True
    assert jpn.send("PUT", path, REGISTRAR, record).status == 409
    changed = jpn.send("PATCH", path, REGISTRAR, {"posts": ["desk-1"]})
    assert changed.json["person"]["posts"] == ["desk-1"]
    assert changed.json["person"]["roles"] == ["reader"]
    left = jpn.send("PATCH", path, REGISTRAR, {"registered_until": "now"})
    assert left.json["person"]["registered"] is False
    back = jpn.send("PATCH", path, REGISTRAR, {"registered_until": None, "clearance": None})
    assert back.json["person"]["clearance_until"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"roles": ["king"]}, 400),
        ({"clearance": "SECRET"}, 400),
        ({"clearance": "SECRET", "clearance_until": "soon"}, 400),
        ({"registered_until": "soon"}, 400),
        ({"surprise": 1}, 400),
        ({"posts": [1]}, 400),
        ({"facility": "moon"}, 409),
    ],
)
def test_refuses_a_record_that_cannot_be(jpn, change, status):
    assert jpn.send("PATCH", f"{BASE}/people/{READER}", REGISTRAR, change).status == status


def test_nobody_changes_the_own_record_and_others_change_none(jpn):
    own = jpn.send("PATCH", f"{BASE}/people/{REGISTRAR}", REGISTRAR, {"posts": ["x"]})
    assert own.status == 403
    assert own.json["schema"] == "comity/refusal/1"
    assert jpn.send("PATCH", f"{BASE}/people/{READER}", AUDITOR, {"posts": ["x"]}).status == 403
    assert jpn.send("PATCH", f"{BASE}/people/nobody", REGISTRAR, {"posts": ["x"]}).status == 404


def test_facilities_have_control_officers(jpn):
    assert jpn.get(f"{BASE}/facilities", AUDITOR).json["facilities"] == [
        {"id": "hq", "control_officer": AUDITOR, "officer_until": None, "firm": None}
    ]
    path = f"{BASE}/facilities/annex"
    assert jpn.send("PUT", path, REGISTRAR, {"control_officer": None}).status == 200
    assert jpn.send("PUT", path, REGISTRAR, {"control_officer": READER}).status == 409
    assert jpn.send("PUT", path, REGISTRAR, {"control_officer": "nobody"}).status == 404
    assert jpn.send("PUT", path, READER, {"control_officer": None}).status == 403
    assert jpn.get(f"{BASE}/facilities", READER).status == 403


def test_a_facilitys_register_is_shown_as_of_any_past_instant_to_those_who_keep_it(jpn):
    path = f"{BASE}/facilities/hq/register"
    before = jpn.node.clock.now()
    jpn.node.clock.instant = Instant(before + 1)
    record = {"registered_until": "now"}
    assert jpn.send("PATCH", f"{BASE}/people/{DRAFTER}", REGISTRAR, record).status == 200

    def there(at: str = "") -> list[str]:
        answer = jpn.get(f"{path}{at}", AUDITOR)
        assert answer.status == 200
        return [each["person"] for each in answer.json["register"]["persons"]]

    assert DRAFTER in there(f"?at={format_instant(before)}")
    assert DRAFTER not in there()
    assert jpn.get(path, REGISTRAR).status == 200
    assert jpn.get(path, READER).status == 403
    assert jpn.get(f"{BASE}/facilities/moon/register", AUDITOR).status == 404
    assert jpn.get(f"{path}?at=2099-01-01T00:00:00Z", AUDITOR).status == 400
    assert jpn.get(f"{path}?at=yesterday", AUDITOR).status == 400


def test_what_a_clearance_rests_on_is_recorded_and_its_renewal_comes_up(jpn):
    path = f"{BASE}/people/{READER}"
    basis = {
        "clearance_by": "Vetting Office",
        "clearance_on": "2013-05-09",
        "clearance_reference": "V/7",
        "clearance_review": "2016-12-24",
    }
    record = jpn.send("PATCH", path, REGISTRAR, basis).json["person"]
    assert {key: record[key] for key in basis} == basis
    for wrong in ({"clearance_reference": "debts"}, {"clearance_on": "2018-01-01"}):
        assert jpn.send("PATCH", path, REGISTRAR, wrong).status == 400
    assert jpn.send("PATCH", path, REGISTRAR, {"clearance_on": "2016-11-26"}).status == 409
    coming = {
        person: [each["what"] for each in jpn.get(f"{BASE}/duties", person).json["clearances"]]
        for person in (REGISTRAR, READER, OFFICER, ADMIN)
    }
    assert coming == {
        REGISTRAR: ["clearance.review"],
        READER: ["clearance.review"],
        OFFICER: [],
        ADMIN: [],
    }
    kept = jpn.send("PATCH", path, REGISTRAR, {"clearance_review": None}).json["person"]
    assert (kept["clearance_review"], kept["clearance_by"]) == (None, "Vetting Office")
    anew = {"clearance": "SECRET", "clearance_until": "2017-12-31"}
    assert jpn.send("PATCH", path, REGISTRAR, anew).json["person"]["clearance_by"] is None


def test_a_facility_whose_officers_term_ends_comes_up_for_who_keeps_the_register(jpn):
    path = f"{BASE}/facilities/hq"
    known = jpn.get(f"{BASE}/facilities", REGISTRAR).json["facilities"]
    officer = next(each["control_officer"] for each in known if each["id"] == "hq")
    named = {"control_officer": officer, "officer_until": "2016-12-20"}
    assert jpn.send("PUT", path, REGISTRAR, named).status == 200
    seen = {
        person: jpn.get(f"{BASE}/duties", person).json["officers"]
        for person in (REGISTRAR, READER, ADMIN)
    }
    row = {
        "what": "officer.end",
        "facility": "hq",
        "person": officer,
        "day": "2016-12-20",
        "passed": False,
    }
    assert seen == {REGISTRAR: [row], READER: [], ADMIN: []}
    assert jpn.send("PUT", path, REGISTRAR, {"control_officer": officer}).status == 200
    assert jpn.get(f"{BASE}/duties", REGISTRAR).json["officers"] == []
