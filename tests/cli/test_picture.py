# SPDX-License-Identifier: Apache-2.0
"""`comity picture`: a list, a reach and a table of what partners reported."""

import csv
import json

import pytest

from tests.builders.real_events import points_json, range_json, span

WHO = ("--node", "kor", "--as", "reader")
RUN = ("--node", "kor", "--as", "registrar")
PURPOSE = ("--purpose", "warning")
FROM = ("--from", "39.1677,127.4817", "--from-name", "Wonsan")


@pytest.fixture
def reported(cli, signed, release, ferry):
    """Seoul has Tokyo's assessment of the Musudan, and points of its own."""
    stated = range_json("Musudan", "MOD", span(high="4000"), "=a mobile launcher")
    (signed / "range.json").write_text(json.dumps(stated), encoding="utf-8")
    assert release("range.json", "--schema", "range_assessment/1").code == 0
    ferry("jpn", "kor")
    assert cli("item", "receipt", "JPN/4", *RUN).code == 0
    (signed / "points.json").write_bytes(points_json())
    return signed


def test_musudan_reaches_seoul_tokyo_and_guam_and_not_honolulu(cli, reported) -> None:
    without = cli("picture", "reach", *FROM, *PURPOSE, *WHO)
    assert "hint: put points of interest in" in without.err
    assert cli("picture", "points", "--put", "points.json", *WHO).code == 3
    assert cli("picture", "points", "--put", "points.json", *RUN).code == 0
    assert "Guam, 13.4443, 144.7937" in cli("picture", "points", *WHO).out
    told = cli("picture", "reach", *FROM, "--system", "musudan", *PURPOSE, *WHO)
    assert told.code == 0
    assert "秘" in told.out
    lines = [" ".join(each.split()) for each in told.out.splitlines()]
    assert "Musudan ≤ 4000 km, MOD" in lines
    assert "from Wonsan, 39.1677° N, 127.4817° E" in lines
    assert "reached Seoul (183 km), Tokyo (1146 km), Guam (3320 km)" in lines
    assert "not Honolulu (7253 km)" in lines
    value = cli("picture", "reach", *FROM, *PURPOSE, *WHO, "--json").value
    (only,) = value["ranges"]
    assert only["assumptions"] == ["=a mobile launcher"]
    assert [each["touch"] for each in only["points"]] == ["within"] * 3 + ["beyond"]
    assert cli("picture", "reach", *FROM, "--system", "x", *PURPOSE, *WHO).out.endswith(
        "no report quotes a range of that\n"
    )
    for wrong in ("39", "91,0", "a,b"):
        assert cli("picture", "reach", "--from", wrong, *PURPOSE, *WHO).code == 2


def test_the_list_is_told_and_written_as_a_table(cli, reported) -> None:
    told = cli("picture", "list", *PURPOSE, *WHO)
    assert "gsomia-jpn-kor/JPN/4, 秘 (CONFIDENTIAL)" in told.out
    assert cli("picture", "list", *PURPOSE, *WHO, "--json").value["reports"][0]["stands"]
    assert "no report" in cli("picture", "list", "--purpose", "gossip", *WHO).out
    assert cli("picture", "list", *PURPOSE, "--node", "kor", "--as", "auditor").code == 3
    assert cli("picture", "export", *PURPOSE, "--out", "reports.csv", *WHO).code == 0
    with (reported / "reports.csv").open(encoding="utf-8", newline="") as file:
        head, row = csv.reader(file)
    assert dict(zip(head, row, strict=True))["item"] == "gsomia-jpn-kor/JPN/4"
    assert "秘" in row[1]
    gossip = ("--purpose", "gossip", "--out", "none.csv")
    assert cli("picture", "export", *gossip, *WHO).code == 2
    assert not (reported / "none.csv").exists()
