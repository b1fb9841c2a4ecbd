# SPDX-License-Identifier: Apache-2.0
"""Reports over HTTP: made by an auditor alone, for a partner's inspector and for the public."""

import io
import json
import tarfile

from tests.api.support_api import BASE, GSOMIA
from tests.builders.world import AUDITOR, READER


def test_an_auditor_takes_the_folder_of_an_inspector_as_a_tar(jpn, ours):
    answer = jpn.post(f"{GSOMIA}/reports/inspector", AUDITOR, {"party": "KOR"})
    assert answer.status == 200
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
        report = json.load(archive.extractfile("report-KOR/report.json"))
    assert (report["holder"], report["for"]) == ("JPN", "KOR")


def test_a_year_is_counted_for_the_public(jpn, ours):
    answer = jpn.post(f"{BASE}/reports/public", AUDITOR, {"year": 2016})
    assert answer.status == 200
    assert answer.json["report"]["year"] == 2016
    assert answer.json["sha256"] in answer.json["page"]
    assert answer.json["openings"].keys() == {e["sha256"] for e in answer.json["report"]["proof"]}


def test_nobody_else_makes_a_report(jpn, ours):
    for path, body in (
        (f"{GSOMIA}/reports/inspector", {"party": "KOR"}),
        (f"{BASE}/reports/public", {"year": 2016}),
    ):
        assert jpn.post(path, READER, body).status == 403


def test_a_report_is_for_a_partner_and_of_a_year(jpn, ours):
    assert jpn.post(f"{GSOMIA}/reports/inspector", AUDITOR, {"party": "JPN"}).status == 400
    assert jpn.post(f"{GSOMIA}/reports/inspector", AUDITOR, {"party": "USA"}).status == 409
    assert jpn.post(f"{BASE}/reports/public", AUDITOR, {"year": 12}).status == 400
    assert jpn.post(f"{BASE}/reports/public", AUDITOR, {"year": 2999}).status == 400
