# SPDX-License-Identifier: Apache-2.0
"""The files of reports: an inspector's with evidence and proved lines, and what is published."""

from __future__ import annotations

from typing import Final

from comity.basis.ids import Place, digest_of, format_place
from comity.basis.strict_json import JsonValue, format_json
from comity.flows.reports.inspector import InspectorReport
from comity.flows.reports.public_page import public_page
from comity.tlog.journal_lines import format_journal_lines

REPORT: Final = "report.json"
EVIDENCE: Final = "evidence"
JOURNAL: Final = "journal"
PAGE: Final = "report.html"
OPENINGS: Final = "openings.json"
"""What opens the digests of a public report: kept, never published."""


def report_files(report: InspectorReport) -> dict[str, bytes]:
    """Give the files of the folder, by their names in it."""
    files = {REPORT: format_json(report.value) + b"\n"}
    for place, found in report.evidence:
        for name, raw in found.items():
            files[f"{EVIDENCE}/{file_name(place)}/{name}"] = raw
    for each in report.journals:
        files[f"{JOURNAL}/{file_name(each.anchor)}.json"] = format_journal_lines(each.lines)
    return files


def file_name(place: Place) -> str:
    """Name a place as a file or folder."""
    return format_place(place).replace("/", "-")


def published_files(value: dict[str, JsonValue], language: str) -> dict[str, bytes]:
    """Give the files of a public report: the bytes whose digest the journal has, and a page."""
    raw = format_json(value)
    return {REPORT: raw, PAGE: public_page(value, digest_of(raw), language)}
