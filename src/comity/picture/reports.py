# SPDX-License-Identifier: Apache-2.0
"""Reading and writing any report by its schema name and version.

A payload whose schema is not known here is not a report; nothing unknown is skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as fields_of
from typing import assert_never

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.limits import REPORT_BYTES_MAX, REPORT_LINE_CHARS_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_json
from comity.picture import assessments, free_reports, launches, nuclear_tests, sightings
from comity.picture.assessments import RangeAssessment
from comity.picture.free_reports import FreeReport
from comity.picture.heads import Head
from comity.picture.launches import LaunchReport
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.sightings import SightingReport

Report = LaunchReport | NuclearTestReport | SightingReport | RangeAssessment | FreeReport

_PARSERS: dict[str, Callable[[Fields], Report]] = {
    f"{launches.SCHEMA}/{launches.VERSION}": launches.parse_launch_report,
    f"{nuclear_tests.SCHEMA}/{nuclear_tests.VERSION}": nuclear_tests.parse_nuclear_test_report,
    f"{sightings.SCHEMA}/{sightings.VERSION}": sightings.parse_sighting_report,
    f"{assessments.SCHEMA}/{assessments.VERSION}": assessments.parse_range_assessment,
    f"{free_reports.SCHEMA}/{free_reports.VERSION}": free_reports.parse_free_report,
}

_KINDS: dict[str, type[Report]] = {
    f"{launches.SCHEMA}/{launches.VERSION}": LaunchReport,
    f"{nuclear_tests.SCHEMA}/{nuclear_tests.VERSION}": NuclearTestReport,
    f"{sightings.SCHEMA}/{sightings.VERSION}": SightingReport,
    f"{assessments.SCHEMA}/{assessments.VERSION}": RangeAssessment,
    f"{free_reports.SCHEMA}/{free_reports.VERSION}": FreeReport,
}


def schema_keys(schema: str) -> tuple[str, ...]:
    """List the keys that a report of a known schema has beside `schema`, in their order."""
    own = (each.name for each in fields_of(_KINDS[schema]) if each.name != "head")
    return (*(each.name for each in fields_of(Head)), *own)


def schema_names() -> tuple[str, ...]:
    """List the schemas that can be read, each as `name/version`."""
    return tuple(_PARSERS)


def parse_report(raw: bytes) -> Report:
    """Read a report from strict JSON; every key of its schema is there, and no other.

    Raises:
        InputError: `picture.unknown-schema`, or whatever is wrong with a field, with its place.
    """
    fields = Fields(parse_json(raw, bytes_max=REPORT_BYTES_MAX))
    schema = fields.text("schema", max_chars=REPORT_LINE_CHARS_MAX)
    parse = _PARSERS.get(schema)
    if parse is None:
        raise InputError(
            "picture.unknown-schema",
            "no report has this schema",
            where=fields.place("schema"),
            expected=", ".join(_PARSERS),
            found=excerpt(schema),
        )
    fields.require(schema_keys(schema))
    report = parse(fields)
    fields.finish()
    return report


def format_report(report: Report) -> bytes:
    """Write a report as RFC 8785 JSON."""
    return format_json({"schema": schema_of(report), **_keys_of(report)})


def schema_of(report: Report) -> str:
    """Name the schema of a report, `name/version`, as the payload's header carries it."""
    match report:
        case LaunchReport():
            return f"{launches.SCHEMA}/{launches.VERSION}"
        case NuclearTestReport():
            return f"{nuclear_tests.SCHEMA}/{nuclear_tests.VERSION}"
        case SightingReport():
            return f"{sightings.SCHEMA}/{sightings.VERSION}"
        case RangeAssessment():
            return f"{assessments.SCHEMA}/{assessments.VERSION}"
        case FreeReport():
            return f"{free_reports.SCHEMA}/{free_reports.VERSION}"
        case _:
            assert_never(report)


def check_revision(earlier: Report, later: Report) -> None:
    """Check that `later` revises `earlier`: same schema, event and author, next revision.

    Raises:
        InputError: `picture.not-a-revision`, naming the first thing that differs.
    """
    old, new = earlier.head, later.head
    for what, follows in (
        ("schema", schema_of(earlier) == schema_of(later)),
        ("event", old.event == new.event),
        ("reported_by", old.reported_by == new.reported_by),
        ("revision", old.revision + 1 == new.revision),
        ("supersedes", old.revision == new.supersedes),
    ):
        if not follows:
            raise InputError(
                "picture.not-a-revision",
                "this report does not revise that one",
                where=what,
                expected="the next revision of the same author's report of the same event",
                found="another",
            )


def _keys_of(report: Report) -> dict[str, JsonValue]:
    match report:
        case LaunchReport():
            return launches.format_launch_report(report)
        case NuclearTestReport():
            return nuclear_tests.format_nuclear_test_report(report)
        case SightingReport():
            return sightings.format_sighting_report(report)
        case RangeAssessment():
            return assessments.format_range_assessment(report)
        case FreeReport():
            return free_reports.format_free_report(report)
        case _:
            assert_never(report)
