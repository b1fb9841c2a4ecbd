# SPDX-License-Identifier: Apache-2.0
"""What of a report has a place or a time: marks and ways for a map, the moment for a timeline.

What an agency has revised is left out, the report keeps it. A way that is worked out from a stated
direction and distance says so: it is a line on the globe and no model of a flight.
Source: timeline.md sections 2, 4 and 5
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final, assert_never

from comity.basis.instants import INSTANT_MAX, UTC, Instant, start_of_day
from comity.picture.assessments import RangeAssessment
from comity.picture.figures import current
from comity.picture.free_reports import FreeReport
from comity.picture.globe import Spot, spot_of, travel
from comity.picture.heads import Point
from comity.picture.launches import LaunchedObject, LaunchReport
from comity.picture.moments import Moment
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reaches import limits_of
from comity.picture.reports import Report
from comity.picture.rings import Line, way_between
from comity.picture.sightings import SightingReport

_DAY_MS: Final = 24 * 60 * 60 * 1000


class Sign(StrEnum):
    """What a mark on a map stands for. Each has a shape of its own."""

    LAUNCH = "launch"
    IMPACT = "impact"
    TEST = "test"
    SIGHTING = "sighting"
    ASSESSMENT = "assessment"
    REPORT = "report"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from its first millisecond to just before its last; an instant is one millisecond."""

    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that a report states. `said_by` is the agency, where the report names one for it."""

    sign: Sign
    spot: Spot
    name: str | None
    said_by: str | None = None
    uncertainty_km: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A line on the globe. `is_worked_out`: nobody stated its end, but a direction and distance."""

    lines: tuple[Line, ...]
    is_worked_out: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """All of one report that can be drawn. `moment` None: the report says no time of its event."""

    sign: Sign
    marks: tuple[Mark, ...]
    ways: tuple[Way, ...]
    moment: Stretch | None


def trace_of(report: Report) -> Trace:
    """Gather what a report says of places and times."""
    match report:
        case LaunchReport():
            marks = tuple(mark for each in report.objects for mark in _launch_marks(each))
            ways = tuple(way for each in report.objects for way in _ways(each))
            times = [each.launched_at for each in report.objects]
            return Trace(Sign.LAUNCH, marks, ways, _first(times))
        case NuclearTestReport():
            known = current(report.hypocentres)
            marks = tuple(
                Mark(
                    Sign.TEST,
                    Spot(float(each.longitude), float(each.latitude)),
                    report.site,
                    each.credit.agency,
                )
                for each in known
            )
            return Trace(Sign.TEST, marks, (), _first(each.origin_time for each in known))
        case SightingReport():
            marks = _marks(Sign.SIGHTING, report.point, report.place)
            seen = stretch_of(report.seen_from, report.seen_until)
            return Trace(Sign.SIGHTING, marks, (), seen)
        case RangeAssessment():
            return Trace(Sign.ASSESSMENT, (), (), None)
        case FreeReport():
            return Trace(Sign.REPORT, (), (), None)
        case _:
            assert_never(report)


def stretch_of(start: Moment, end: Moment = None) -> Stretch | None:
    """Give the time that one or two moments span; a day is all of it, in UTC."""
    known = [_stretch(each) for each in (start, end) if each is not None]
    if not known:
        return None
    return Stretch(min(each.start for each in known), max(each.end for each in known))


def day_of(day: date) -> Stretch:
    """Give all of a day in UTC; of the last one there is, all but its last millisecond."""
    start = start_of_day(day, UTC)
    return Stretch(start, Instant(min(start + _DAY_MS, INSTANT_MAX)))


def _stretch(moment: date | Instant) -> Stretch:
    if isinstance(moment, date):
        return day_of(moment)
    return Stretch(moment, Instant(moment + 1))


def _first(moments: Iterable[Moment]) -> Stretch | None:
    known = [found for each in moments if (found := stretch_of(each)) is not None]
    return min(known, key=lambda each: (each.start, each.end), default=None)


def _marks(sign: Sign, point: Point | None, name: str | None = None) -> tuple[Mark, ...]:
    if point is None:
        return ()
    around = None if point.uncertainty_km is None else float(point.uncertainty_km)
    return (Mark(sign, spot_of(point), point.name or name, None, around),)


def _launch_marks(launched: LaunchedObject) -> tuple[Mark, ...]:
    start = _marks(Sign.LAUNCH, launched.presumed_launch_point, launched.name)
    return start + _marks(Sign.IMPACT, launched.expected_impact_point, launched.name)


def _ways(launched: LaunchedObject) -> tuple[Way, ...]:
    """Give a flown path point by point; else straight to where it fell, or is expected to."""
    path = [Spot(float(each.longitude), float(each.latitude)) for each in launched.flight_path]
    start, end = launched.presumed_launch_point, launched.expected_impact_point
    spots = [
        *(() if start is None else (spot_of(start),)),
        *path,
        *(() if end is None else (spot_of(end),)),
    ]
    if path or (start is not None and end is not None):
        lines = tuple(line for pair in pairwise(spots) for line in way_between(*pair))
        return (Way(lines, is_worked_out=False),) if lines else ()
    bearing, distances = launched.bearing_degrees, current(launched.distance_km)
    if start is None or bearing is None or not distances:
        return ()
    km = max(limits_of(each.value)[0] for each in distances)
    lines = way_between(spot_of(start), travel(spot_of(start), float(bearing), km))
    return (Way(lines, is_worked_out=True),) if lines else ()
