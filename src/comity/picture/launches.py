# SPDX-License-Identifier: Apache-2.0
"""Launch reports: presumed launch point, flight path, expected impact point, times.

Several objects stand in one report, for salvos. Source: timeline.md sections 2 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from decimal import Decimal
from enum import StrEnum

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import REPORT_OBJECTS_MAX, REPORT_POINTS_MAX
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import (
    AMOUNTS,
    BEARINGS,
    LATITUDES,
    LONGITUDES,
    format_decimal,
    nullable_decimal,
    parse_decimal,
)
from comity.picture.figures import (
    Figure,
    format_figures,
    nullable_line,
    parse_figures,
    parse_line,
    parse_word,
)
from comity.picture.heads import Head, Point, format_head, format_point, nullable_point, parse_head
from comity.picture.moments import Moment, format_moment, nullable_instant, parse_moment

SCHEMA = "launch_report"
VERSION = 1


class Outcome(StrEnum):
    """How a flight ended, as far as the author knows."""

    IN_FLIGHT = "in_flight"
    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Where an object was, or is expected, at one instant."""

    at: Instant | None
    latitude: Decimal
    longitude: Decimal
    altitude_km: Decimal | None


@dataclass(frozen=True, slots=True)
class LaunchedObject:
    """One object of a launch; figures of several agencies beside each other."""

    name: str
    system: str | None
    launched_at: Moment
    presumed_launch_point: Point | None
    flight_path: tuple[PathPoint, ...]
    expected_impact_point: Point | None
    impact_at: Moment
    bearing_degrees: Decimal | None
    apogee_km: tuple[Figure, ...]
    distance_km: tuple[Figure, ...]
    duration_s: tuple[Figure, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class LaunchReport:
    """A report of one launch with at least one object."""

    head: Head
    objects: tuple[LaunchedObject, ...]


def parse_launch_report(fields: Fields) -> LaunchReport:
    """Read the keys of a launch report."""
    return LaunchReport(
        parse_head(fields),
        tuple(
            _parse_object(inner)
            for inner in fields.objects("objects", min_items=1, max_items=REPORT_OBJECTS_MAX)
        ),
    )


def format_launch_report(report: LaunchReport) -> dict[str, JsonValue]:
    """Write the keys of a launch report."""
    return {**format_head(report.head), "objects": [_object_json(each) for each in report.objects]}


def _parse_object(fields: Fields) -> LaunchedObject:
    fields.require(each.name for each in fields_of(LaunchedObject))
    launched = LaunchedObject(
        name=parse_line(fields, "name"),
        system=nullable_line(fields, "system"),
        launched_at=parse_moment(fields, "launched_at"),
        presumed_launch_point=nullable_point(fields, "presumed_launch_point"),
        flight_path=_parse_path(fields),
        expected_impact_point=nullable_point(fields, "expected_impact_point"),
        impact_at=parse_moment(fields, "impact_at"),
        bearing_degrees=nullable_decimal(fields, "bearing_degrees", BEARINGS),
        apogee_km=parse_figures(fields, "apogee_km", AMOUNTS),
        distance_km=parse_figures(fields, "distance_km", AMOUNTS),
        duration_s=parse_figures(fields, "duration_s", AMOUNTS),
        outcome=parse_word(fields, "outcome", Outcome),
    )
    fields.finish()
    return launched


def _object_json(launched: LaunchedObject) -> dict[str, JsonValue]:
    return {
        "name": launched.name,
        "system": launched.system,
        "launched_at": format_moment(launched.launched_at),
        "presumed_launch_point": format_point(launched.presumed_launch_point),
        "flight_path": [_path_point_json(point) for point in launched.flight_path],
        "expected_impact_point": format_point(launched.expected_impact_point),
        "impact_at": format_moment(launched.impact_at),
        "bearing_degrees": format_decimal(launched.bearing_degrees),
        "apogee_km": format_figures(launched.apogee_km),
        "distance_km": format_figures(launched.distance_km),
        "duration_s": format_figures(launched.duration_s),
        "outcome": launched.outcome.value,
    }


def _parse_path(fields: Fields) -> tuple[PathPoint, ...]:
    path = tuple(
        _parse_path_point(inner)
        for inner in fields.objects("flight_path", max_items=REPORT_POINTS_MAX)
    )
    times = [point.at for point in path if point.at is not None]
    if times != sorted(times):
        raise InputError(
            "picture.path-order",
            "a flight path goes forward in time",
            where=fields.place("flight_path"),
            expected="points in the order of their times",
            found="an earlier one after a later one",
        )
    return path


def _parse_path_point(fields: Fields) -> PathPoint:
    point = PathPoint(
        nullable_instant(fields, "at"),
        parse_decimal(fields, "latitude", LATITUDES),
        parse_decimal(fields, "longitude", LONGITUDES),
        nullable_decimal(fields, "altitude_km", AMOUNTS),
    )
    fields.finish()
    return point


def _path_point_json(point: PathPoint) -> dict[str, JsonValue]:
    return {
        "at": None if point.at is None else format_instant(point.at),
        "latitude": format_decimal(point.latitude),
        "longitude": format_decimal(point.longitude),
        "altitude_km": format_decimal(point.altitude_km),
    }
