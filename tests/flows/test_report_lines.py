# SPDX-License-Identifier: Apache-2.0
"""Reports as lines: nothing that a report says is lost, and nothing in it steers a terminal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.flows.report_lines import report_lines
from comity.picture.reports import parse_report

REPORTS = sorted((Path(__file__).parents[2] / "src/comity/cli/demo/reports").glob("*.json"))
QUIET = {"approximate", "revision", "supersedes", "basis"}


def texts(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str) and key not in QUIET:
        yield from value.splitlines()


@pytest.mark.parametrize("file", REPORTS, ids=[path.stem for path in REPORTS])
def test_shows_everything_that_a_report_says(file: Path) -> None:
    raw = file.read_bytes()
    page = "\n".join(report_lines(parse_report(raw)))
    assert [text for text in texts(json.loads(raw)) if text not in page] == []


def figure(**value: object) -> dict:
    span = {"low": None, "best": None, "high": None, "approximate": False, **value}
    credit = {"agency": "A", "issued_at": None, "revision": 1, "supersedes": None}
    return {"value": span, "basis": "unknown", "assumptions": [], **credit}


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        ({"best": "4000"}, "4000 km: A"),
        ({"best": "4000", "approximate": True}, "about 4000 km: A"),
        ({"high": "4000"}, "up to 4000 km: A"),
        ({"high": "4000", "best": "3000"}, "up to 4000, best 3000 km: A"),
        ({"low": "10000"}, "at least 10000 km: A"),
        ({"low": "1", "high": "3", "approximate": True}, "about 1 to 3 km: A"),
        ({"low": "1", "best": "2", "high": "3"}, "1 to 3, best 2 km: A"),
    ],
)
def test_words_a_span_as_it_was_said(span: dict, shown: str) -> None:
    report = json.loads((REPORTS[0].parent / "range-assessment-2016.json").read_text("utf-8"))
    report["range_km"] = [figure(**span)]
    assert f"  - {shown}" in report_lines(parse_report(json.dumps(report).encode()))


def test_nothing_in_a_report_steers_the_terminal() -> None:
    report = json.loads((REPORTS[0].parent / "free-report-2016-12-16.json").read_text("utf-8"))
    report["title"] = "t\u202e"
    report["text"] = "one\x1b[2J\ntwo"
    report["source"] = ["s\x07"]
    page = "\n".join(report_lines(parse_report(json.dumps(report).encode())))
    assert "t‹U+202E›" in page
    assert "  one‹U+001B›[2J\n  two" in page
    assert "s‹U+0007›" in page
