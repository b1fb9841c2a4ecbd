# SPDX-License-Identifier: Apache-2.0
"""Free reports: a text with the head that all reports share."""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.fields import Fields
from comity.basis.limits import REPORT_TEXT_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.picture.heads import Head, format_head, parse_head

SCHEMA = "free_report"
VERSION = 1


@dataclass(frozen=True, slots=True)
class FreeReport:
    """A report that no other schema fits."""

    head: Head
    text: str


def parse_free_report(fields: Fields) -> FreeReport:
    """Read the keys of a free report."""
    return FreeReport(parse_head(fields), fields.text("text", max_chars=REPORT_TEXT_CHARS_MAX))


def format_free_report(report: FreeReport) -> dict[str, JsonValue]:
    """Write the keys of a free report."""
    return {**format_head(report.head), "text": report.text}
