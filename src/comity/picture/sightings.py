# SPDX-License-Identifier: Apache-2.0
"""Sighting reports: what was seen, where, when, how surely, and what may follow.

A sighting is revised as days pass without the event that was feared.
Source: timeline.md section 0 (April 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.fields import Fields
from comity.basis.limits import REPORT_ASSUMPTIONS_MAX, REPORT_OBJECTS_MAX
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import AMOUNTS, COUNTS, Span, format_span, nullable_span
from comity.picture.figures import (
    Confidence,
    Figure,
    format_figures,
    nullable_line,
    parse_figures,
    parse_line,
    parse_word,
)
from comity.picture.heads import Head, Point, format_head, format_point, nullable_point, parse_head
from comity.picture.moments import Moment, format_moment, parse_moment

SCHEMA = "sighting_report"
VERSION = 1


@dataclass(frozen=True, slots=True)
class SeenObject:
    """One kind of thing that was seen; `range_km` as quoted assessments of it."""

    system: str
    count: Span | None
    posture: str | None
    range_km: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may follow, until when the author expects it, and how sure that is."""

    statement: str
    confidence: Confidence
    until: Moment


@dataclass(frozen=True, slots=True)
class SightingReport:
    """A report of things seen at one place within one span of time."""

    head: Head
    seen_from: Moment
    seen_until: Moment
    place: str | None
    point: Point | None
    objects: tuple[SeenObject, ...]
    outlook: tuple[Outlook, ...]


def parse_sighting_report(fields: Fields) -> SightingReport:
    """Read the keys of a sighting report."""
    return SightingReport(
        head=parse_head(fields),
        seen_from=parse_moment(fields, "seen_from"),
        seen_until=parse_moment(fields, "seen_until"),
        place=nullable_line(fields, "place"),
        point=nullable_point(fields, "point"),
        objects=tuple(
            _parse_object(inner)
            for inner in fields.objects("objects", min_items=1, max_items=REPORT_OBJECTS_MAX)
        ),
        outlook=tuple(
            _parse_outlook(inner)
            for inner in fields.objects("outlook", max_items=REPORT_ASSUMPTIONS_MAX)
        ),
    )


def format_sighting_report(report: SightingReport) -> dict[str, JsonValue]:
    """Write the keys of a sighting report."""
    return {
        **format_head(report.head),
        "seen_from": format_moment(report.seen_from),
        "seen_until": format_moment(report.seen_until),
        "place": report.place,
        "point": format_point(report.point),
        "objects": [
            {
                "system": each.system,
                "count": format_span(each.count),
                "posture": each.posture,
                "range_km": format_figures(each.range_km),
            }
            for each in report.objects
        ],
        "outlook": [
            {
                "statement": each.statement,
                "confidence": each.confidence.value,
                "until": format_moment(each.until),
            }
            for each in report.outlook
        ],
    }


def _parse_object(fields: Fields) -> SeenObject:
    seen = SeenObject(
        parse_line(fields, "system"),
        nullable_span(fields, "count", COUNTS),
        nullable_line(fields, "posture"),
        parse_figures(fields, "range_km", AMOUNTS),
    )
    fields.finish()
    return seen


def _parse_outlook(fields: Fields) -> Outlook:
    outlook = Outlook(
        parse_line(fields, "statement"),
        parse_word(fields, "confidence", Confidence),
        parse_moment(fields, "until"),
    )
    fields.finish()
    return outlook
