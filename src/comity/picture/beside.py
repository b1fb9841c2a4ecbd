# SPDX-License-Identifier: Apache-2.0
"""Reports of one event side by side: what each says, and where they differ.

Nobody's figure is preferred and none is averaged. Source: timeline.md section 4 (one event, four
agencies, three scales)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from comity.picture.assessments import RangeAssessment
from comity.picture.figures import Figure, Magnitude, current
from comity.picture.free_reports import FreeReport
from comity.picture.heads import Point
from comity.picture.launches import LaunchedObject, LaunchReport
from comity.picture.moments import format_moment
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reaches import span_text
from comity.picture.reports import Report, schema_of
from comity.picture.sightings import SightingReport

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What several reports say under one key, in their order; an empty cell: nothing.

    `differs`: two of those that say something say something else. `apart` is how far the numbers
    lie apart, as `4.9–5.2`, where there are several.
    """

    key: str
    cells: tuple[Lines, ...]
    differs: bool
    apart: str | None = None


def side_by_side(reports: Sequence[Report]) -> tuple[Said, ...]:
    """Lay reports beside each other key by key; a key that nobody says anything under is left out.

    Each line of a cell is a value with who says so. What an agency revised is left out, and the
    revision that stands has its number.
    """
    columns = [_column(report) for report in reports]
    keys = dict.fromkeys(key for column in columns for key in column)
    apart = {"magnitudes": magnitude_spread(reports)}
    return tuple(
        _said(key, tuple(column.get(key, ()) for column in columns), apart.get(key)) for key in keys
    )


def magnitude_spread(reports: Iterable[Report]) -> str | None:
    """Give the least and the greatest magnitude that stands in any of the reports."""
    values = [
        each.value
        for report in reports
        if isinstance(report, NuclearTestReport)
        for each in current(report.magnitudes)
    ]
    return f"{min(values):f}–{max(values):f}" if len(set(values)) > 1 else None


_Column = dict[str, Lines]


def _said(key: str, cells: tuple[Lines, ...], apart: str | None) -> Said:
    stated = [set(each) for each in cells if each]
    return Said(key, cells, any(each != stated[0] for each in stated), apart)


def _column(report: Report) -> _Column:
    head = report.head
    rows: dict[str, Iterable[str | None]] = {
        "schema": (schema_of(report),),
        "event": (head.event,),
        "title": (head.title,),
        "confidence": (head.confidence.value,),
        **_own_rows(report),
        "assumptions": (each.text for each in head.assumptions),
        "alternatives": (f"{each.statement} ({each.confidence})" for each in head.alternatives),
        "source": head.source,
    }
    told = {key: tuple(each for each in lines if each) for key, lines in rows.items()}
    return {key: lines for key, lines in told.items() if lines}


def _own_rows(report: Report) -> dict[str, Iterable[str | None]]:
    match report:
        case LaunchReport():
            rows: dict[str, Iterable[str | None]] = {}
            for index, launched in enumerate(report.objects, 1):
                prefix = "" if len(report.objects) == 1 else f"{index} "
                rows |= {prefix + key: lines for key, lines in _launch_rows(launched).items()}
            return rows
        case NuclearTestReport():
            return _test_rows(report)
        case SightingReport():
            return {
                "seen_from": (format_moment(report.seen_from),),
                "seen_until": (format_moment(report.seen_until),),
                "place": (report.place,),
                "point": (_point(report.point),),
                "objects": (
                    each.system if each.count is None else f"{each.system}: {span_text(each.count)}"
                    for each in report.objects
                ),
                "range_km": (line for each in report.objects for line in _figures(each.range_km)),
                "outlook": (f"{each.statement} ({each.confidence})" for each in report.outlook),
            }
        case RangeAssessment():
            return {"system": (report.system,), "range_km": _figures(report.range_km)}
        case FreeReport():
            return {"text": (report.text,)}
        case _:
            assert_never(report)


def _test_rows(report: NuclearTestReport) -> dict[str, Iterable[str | None]]:
    places = current(report.hypocentres)
    return {
        "site": (report.site,),
        "origin_time": (
            _by(format_moment(each.origin_time), each.credit.agency) for each in places
        ),
        "hypocentre": (
            _by(f"{each.latitude:f}, {each.longitude:f}", each.credit.agency) for each in places
        ),
        "depth_m": (
            _by(f"{each.depth_m:f}", each.credit.agency)
            for each in places
            if each.depth_m is not None
        ),
        "magnitudes": (_magnitude(each) for each in current(report.magnitudes)),
        "yield_kt": _figures(report.yield_kt),
    }


def _launch_rows(launched: LaunchedObject) -> dict[str, Iterable[str | None]]:
    bearing = launched.bearing_degrees
    return {
        "name": (launched.name,),
        "system": (launched.system,),
        "launched_at": (format_moment(launched.launched_at),),
        "presumed_launch_point": (_point(launched.presumed_launch_point),),
        "expected_impact_point": (_point(launched.expected_impact_point),),
        "impact_at": (format_moment(launched.impact_at),),
        "bearing_degrees": (None if bearing is None else f"{bearing:f}",),
        "apogee_km": _figures(launched.apogee_km),
        "distance_km": _figures(launched.distance_km),
        "duration_s": _figures(launched.duration_s),
        "outcome": (launched.outcome.value,),
    }


def _figures(figures: tuple[Figure, ...]) -> Iterable[str]:
    for each in current(figures):
        words = "; ".join((each.basis.value, *(assumed.text for assumed in each.assumptions)))
        yield _by(f"{span_text(each.value)} [{words}]", each.credit.agency, each.credit.revision)


def _magnitude(magnitude: Magnitude) -> str:
    credit = magnitude.credit
    return _by(f"{magnitude.value:f} {magnitude.scale}", credit.agency, credit.revision)


def _by(value: str | None, agency: str, revision: int = 1) -> str:
    revised = f", {revision}" if revision > 1 else ""
    return f"{value} ({agency}{revised})"


def _point(point: Point | None) -> str | None:
    if point is None:
        return None
    place = f"{point.latitude:f}, {point.longitude:f}"
    around = "" if point.uncertainty_km is None else f" ± {point.uncertainty_km:f} km"
    return f"{place}{around}" if point.name is None else f"{point.name}: {place}{around}"
