# SPDX-License-Identifier: Apache-2.0
"""The files of an inspector's folder: what was found, evidence, and proved lines of the journal."""

from __future__ import annotations

from typing import Final

from comity.basis.ids import Place, format_place
from comity.basis.strict_json import format_json
from comity.flows.reports.inspector import InspectorReport
from comity.tlog.journal_lines import format_journal_lines

REPORT: Final = "report.json"
EVIDENCE: Final = "evidence"
JOURNAL: Final = "journal"


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
