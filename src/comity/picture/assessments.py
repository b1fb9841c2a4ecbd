# SPDX-License-Identifier: Apache-2.0
"""Range assessments: quoted figures with their assessors, bases and assumed payloads.

Several stand side by side and none overwrites another. Source: timeline.md section 6.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import AMOUNTS
from comity.picture.figures import Figure, format_figures, parse_figures, parse_line
from comity.picture.heads import Head, format_head, parse_head

SCHEMA = "range_assessment"
VERSION = 1


@dataclass(frozen=True, slots=True)
class RangeAssessment:
    """What was said of one system's reach, by at least one assessor."""

    head: Head
    system: str
    range_km: tuple[Figure, ...]


def parse_range_assessment(fields: Fields) -> RangeAssessment:
    """Read the keys of a range assessment."""
    assessment = RangeAssessment(
        parse_head(fields), parse_line(fields, "system"), parse_figures(fields, "range_km", AMOUNTS)
    )
    if not assessment.range_km:
        raise InputError(
            "picture.no-figure",
            "a range assessment holds a figure",
            where=fields.place("range_km"),
            expected="at least one",
            found="none",
        )
    return assessment


def format_range_assessment(assessment: RangeAssessment) -> dict[str, JsonValue]:
    """Write the keys of a range assessment."""
    return {
        **format_head(assessment.head),
        "system": assessment.system,
        "range_km": format_figures(assessment.range_km),
    }
