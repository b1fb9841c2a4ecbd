# SPDX-License-Identifier: Apache-2.0
"""Event reports are held to their schema; delivery, notices and the rest of what answers show."""

import base64
import dataclasses
import json
from importlib import resources

import pytest

from comity.api import small_items
from comity.api.app import create_app
from comity.basis.errors import Problem
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import parse_date
from comity.flows.delivery_line import LineState, LineStatus
from comity.flows.set_up import pin_agreement
from comity.front.limits import Patience
from comity.statement.treaty import AgreementEndNotice
from tests.api.support_api import BASE, GSOMIA, described, item_header, serve
from tests.builders.world import AUDITOR, CLERK, DRAFTER, OFFICER, READER, REGISTRAR, run
from tests.builders.world import GSOMIA as AGREEMENT

REPORT = (resources.files("comity.cli.demo") / "reports" / "launch-2016-02-07.json").read_bytes()
SCHEMA = {"schema": "launch_report/1", "media_type": "application/json"}


def test_a_report_is_released_under_its_schema(jpn):
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(**SCHEMA), body=REPORT)
    assert answer.status == 201, answer.body
    place = answer.json["entered"]["place"].partition("/")[2]
    opened = jpn.post(f"{GSOMIA}/items/{place}/open", READER, {"purpose": "warning"})
    assert (opened.body, opened.item["header"]["schema"]) == (REPORT, "launch_report/1")


@pytest.mark.parametrize(
    ("schema", "body", "code"),
    [
        ("sighting/1", REPORT, "api.other-schema"),
        ("launch_report/1", b"{}", None),
        ("launch_report/1", b"no report", None),
        ("launch_report/1", b"x" * (300 * 1024), "api.payload-too-large"),
    ],
)
def test_what_is_no_report_of_that_schema_is_not_sealed(jpn, schema, body, code):
    headers = item_header(schema=schema)
    answer = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=headers, body=body)
    assert answer.status in (400, 413)
    assert code is None or answer.code == code
    assert jpn.get(f"{BASE}/drafts", OFFICER).json["drafts"] == []


def test_a_batch_holds_reports_to_their_schema(jpn):
    good = described(content=base64.b64encode(REPORT).decode(), **SCHEMA)
    other = {**good, "schema": "sighting/1"}
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": [good, other]})
    assert [each["status"] for each in answer.json["results"]] == [201, 400]


def test_a_batch_of_a_drafter_waits_item_by_item(jpn):
    one = described(content=base64.b64encode(b"small").decode())
    answer = jpn.post(f"{GSOMIA}/items:batch", DRAFTER, {"items": [one] * 3})
    assert [each["status"] for each in answer.json["results"]] == [202] * 3
    assert len(jpn.get(f"{BASE}/drafts", OFFICER).json["drafts"]) == 3


def test_a_batch_of_64_is_entered_whole(jpn):
    items = [described(content=base64.b64encode(bytes([at])).decode()) for at in range(64)]
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": items})
    places = [each["answer"]["entered"]["place"] for each in answer.json["results"]]
    assert len(set(places)) == 64


def test_a_fault_within_a_batch_stays_with_its_item(jpn, monkeypatch):
    check = small_items.check_report

    def broken(content, schema):
        if schema == "launch_report/1":
            raise RuntimeError("secret word")
        check(content, schema)

    monkeypatch.setattr(small_items, "check_report", broken)
    plain = described(content=base64.b64encode(b"small").decode())
    report = described(content=base64.b64encode(REPORT).decode(), **SCHEMA)
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": [report, plain]})
    assert [each["status"] for each in answer.json["results"]] == [500, 201]
    assert "secret" not in answer.body.decode()
    assert [type(each) for each in jpn.faults] == [RuntimeError]
    jpn.faults.clear()


def test_says_how_delivery_goes(released):
    line = LineStatus(
        agreement=AGREEMENT,
        register=PartyId("JPN"),
        partner=PartyId("KOR"),
        state=LineState.RETRYING,
        size=7,
        known=5,
        acknowledged=5,
        parcels_waiting=1,
        parcels_refused=0,
        last_success=released.jpn.clock.instant,
        problem=Problem("partner.refused", "KOR", "the partner refused"),
        retry_s=4.5,
    )
    served = serve(released.jpn)
    served.app = create_app(dataclasses.replace(served.api, lines=lambda: (line,)))
    [partner] = served.get(f"{BASE}/partners", READER).json["partners"]
    served.close()
    [told] = partner["lines"]
    assert (told["state"], told["size"], told["acknowledged"]) == ("retrying", 7, 5)
    assert told["last_success"] == "2016-11-23T01:00:00.000Z"
    assert told["problem"]["code"] == "partner.refused"


def test_the_end_of_an_agreement_comes_up(jpn, released):
    delivered = parse_date("2016-11-23")
    released.jpn.declare(AgreementEndNotice(None, delivered, None, ""))
    coming = {each["what"] for each in jpn.get(f"{BASE}/duties", OFFICER).json["coming"]}
    assert "agreement.end" in coming
    assert "agreement.notice" not in coming, "nobody gives notice of what has been ended"


def test_more_waits_than_are_kept_are_turned_away(released, ours):
    served = serve(released.jpn, patience=Patience(waits_at_once=0))
    answer = served.get(f"{GSOMIA}/items/{ours}/acknowledgement", READER)
    served.close()
    assert (answer.status, answer.code) == (429, "api.too-many-waits")


def test_an_entry_is_listed_with_what_rejects_it(jpn):
    page = jpn.get(f"{GSOMIA}/registers/KOR/entries", AUDITOR).json
    assert all(each["counted"] for each in page["entries"])
    assert json.dumps(page["waiting"]) == "[]"
    assert jpn.get(f"{GSOMIA}/items", REGISTRAR).json["items"]


def test_an_agreement_without_a_text_has_no_words(jpn, released):
    other = AgreementId("another-one")
    run(pin_agreement(released.jpn.context, other, PartyId("KOR")))
    shown = jpn.get(f"{BASE}/agreements", READER).json["agreements"]
    assert [(each["agreement"], each["state"]) for each in shown] == [
        ("another-one", None),
        ("gsomia-jpn-kor", "in_force"),
    ]
    assert jpn.get(f"{BASE}/agreements/another-one/text", READER).status == 404
    decided = {"agreement": "another-one", "request": {}}
    assert jpn.post(f"{BASE}/decisions", READER, decided).status == 409


def exported(node, person=READER, **changes):
    body = {"items": ["JPN/0"], "format": "geojson", "purpose": "warning", **changes}
    return node.post(f"{GSOMIA}/items:export", person, body)


def test_a_report_goes_out_in_formats_of_others_under_its_marking(jpn):
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(**SCHEMA), body=REPORT)
    place = answer.json["entered"]["place"].partition("/")[2]
    found = exported(jpn, items=[place])
    assert found.status == 200, found.body
    assert found.header("content-disposition") == 'attachment; filename="items.geojson"'
    assert all("秘" in each["properties"]["marking"] for each in found.json["features"])
    message = exported(jpn, items=[place], format="cap")
    assert b"<cap:scope>Restricted</cap:scope>" in message.body
    around = {"latitude": "39.03", "longitude": "125.75", "name": "Pyongyang"}
    assert exported(jpn, items=[place], around=around).status == 200


def test_what_may_not_be_opened_does_not_go_out(jpn):
    answer = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(**SCHEMA), body=REPORT)
    place = answer.json["entered"]["place"].partition("/")[2]
    assert exported(jpn, items=[place], purpose="trade").status == 403
    assert exported(jpn, CLERK, items=[place]).status == 404
    assert exported(jpn, items=["JPN/4000"]).status == 404
    assert exported(jpn, items=[place], around={"latitude": "91", "longitude": "0"}).status == 400
    assert exported(jpn, items=[place, "JPN/1"], format="cap").status in {400, 404}
    assert exported(jpn, items=[place], format="kml").status == 400
    assert exported(jpn, items=[]).status == 400


def test_the_list_of_items_is_a_table_of_what_one_may_know_of(jpn):
    jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(**SCHEMA), body=REPORT)
    table = jpn.get(f"{GSOMIA}/items:table", READER)
    assert table.status == 200
    assert table.header("content-type") == "text/csv; charset=utf-8"
    assert len(table.body.split(b"\r\n")) > 2
    assert len(jpn.get(f"{GSOMIA}/items:table", CLERK).body.split(b"\r\n")) == 2
