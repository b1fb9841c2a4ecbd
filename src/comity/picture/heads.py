# SPDX-License-Identifier: Apache-2.0
"""What every report begins with: its schema, its event, its author, and how sure it is.

`revision` counts one author's reports of one event from 1; a later one supersedes and
deletes nothing. Source: timeline.md sections 0, 4 and 6.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from comity.basis.fields import Fields
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import (
    REPORT_ASSUMPTIONS_MAX,
    REPORT_LINE_CHARS_MAX,
    REPORT_SOURCES_MAX,
    REPORT_TEXT_CHARS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import (
    AMOUNTS,
    LATITUDES,
    LONGITUDES,
    format_decimal,
    nullable_decimal,
    parse_decimal,
)
from comity.picture.figures import (
    Assumption,
    Confidence,
    format_assumptions,
    nullable_line,
    parse_assumptions,
    parse_line,
    parse_revision,
    parse_word,
)
from comity.picture.moments import parse_instant

_EVENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_EVENT_CHARS_MAX = 64


@dataclass(frozen=True, slots=True)
class Alternative:
    """One reading of an event among several, and how sure its author is of it."""

    statement: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the globe in decimal degrees, as exact as it was written."""

    name: str | None
    latitude: Decimal
    longitude: Decimal
    uncertainty_km: Decimal | None


@dataclass(frozen=True, slots=True)
class Head:
    """The part that all reports share. `source` names where its facts were read."""

    event: str
    title: str
    reported_by: str
    issued_at: Instant
    revision: int
    supersedes: int | None
    confidence: Confidence
    summary: str
    assumptions: tuple[Assumption, ...]
    alternatives: tuple[Alternative, ...]
    source: tuple[str, ...]


def parse_head(fields: Fields) -> Head:
    """Read the shared part; the keys of the schema itself are left to be taken."""
    revision, supersedes = parse_revision(fields)
    return Head(
        event=fields.text("event", max_chars=_EVENT_CHARS_MAX, pattern=_EVENT),
        title=parse_line(fields, "title"),
        reported_by=parse_line(fields, "reported_by"),
        issued_at=parse_instant(fields, "issued_at"),
        revision=revision,
        supersedes=supersedes,
        confidence=parse_word(fields, "confidence", Confidence),
        summary=fields.text("summary", max_chars=REPORT_TEXT_CHARS_MAX),
        assumptions=parse_assumptions(fields, "assumptions"),
        alternatives=tuple(
            _parse_alternative(inner)
            for inner in fields.objects("alternatives", max_items=REPORT_ASSUMPTIONS_MAX)
        ),
        source=fields.texts(
            "source",
            min_items=1,
            max_items=REPORT_SOURCES_MAX,
            max_chars=REPORT_LINE_CHARS_MAX,
        ),
    )


def format_head(head: Head) -> dict[str, JsonValue]:
    """Write the shared part."""
    return {
        "event": head.event,
        "title": head.title,
        "reported_by": head.reported_by,
        "issued_at": format_instant(head.issued_at),
        "revision": head.revision,
        "supersedes": head.supersedes,
        "confidence": head.confidence.value,
        "summary": head.summary,
        "assumptions": format_assumptions(head.assumptions),
        "alternatives": [
            {"statement": each.statement, "confidence": each.confidence.value}
            for each in head.alternatives
        ],
        "source": list(head.source),
    }


def nullable_point(fields: Fields, key: str) -> Point | None:
    """Read a place on the globe, or null."""
    inner = fields.nullable_object(key)
    if inner is None:
        return None
    point = Point(
        nullable_line(inner, "name"),
        parse_decimal(inner, "latitude", LATITUDES),
        parse_decimal(inner, "longitude", LONGITUDES),
        nullable_decimal(inner, "uncertainty_km", AMOUNTS),
    )
    inner.finish()
    return point


def format_point(point: Point | None) -> JsonValue:
    """Write a place; null stays null."""
    if point is None:
        return None
    return {
        "name": point.name,
        "latitude": format_decimal(point.latitude),
        "longitude": format_decimal(point.longitude),
        "uncertainty_km": format_decimal(point.uncertainty_km),
    }


def _parse_alternative(fields: Fields) -> Alternative:
    alternative = Alternative(
        parse_line(fields, "statement"), parse_word(fields, "confidence", Confidence)
    )
    fields.finish()
    return alternative
