# SPDX-License-Identifier: Apache-2.0
"""Reports as GeoJSON: points, ways and rings of stated ranges, each with its report's marking.

Lines and polygons are cut at the antimeridian, edges of polygons go counter-clockwise, and no
coordinate has more than seven decimals. Source: RFC 7946 3.1.6, 3.1.9, 5.2, 11.2
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from comity.basis.fields import Fields
from comity.basis.instants import format_instant
from comity.formats.sources import Source
from comity.picture.cutting import cut_line, cut_polygon
from comity.picture.decimals import LATITUDES, LONGITUDES, parse_decimal
from comity.picture.globe import Spot
from comity.picture.reaches import Stated, ring_radii, span_text, stated_ranges
from comity.picture.reports import Report, schema_of
from comity.picture.rings import Line, ring_around
from comity.picture.traces import Mark, Way, trace_of

MEDIA_TYPE: Final = "application/geo+json"

GeoJson = str | int | float | bool | list["GeoJson"] | dict[str, "GeoJson"] | None

_DECIMALS: Final = 7
_RING_LEAST: Final = 4
_WAY_LEAST: Final = 2
_TURN: Final = 360.0
_WHOLE: Final = (-180.0, 180.0)


@dataclass(frozen=True, slots=True)
class Origin:
    """A place that ranges are drawn around; its name, where it has one."""

    spot: Spot
    name: str | None = None


def read_origin(latitude: str, longitude: str, name: str | None = None) -> Origin:
    """Read a place that ranges are drawn around, in decimal degrees as they are written.

    Raises:
        InputError: no decimals, or no such place on the earth.
    """
    fields = Fields({"latitude": latitude, "longitude": longitude}, "origin")
    north, east = (
        float(parse_decimal(fields, key, bounds))
        for key, bounds in (("latitude", LATITUDES), ("longitude", LONGITUDES))
    )
    return Origin(Spot(east, north), name)


@dataclass(frozen=True, slots=True)
class _Shape:
    """One geometry: its kind, and its parts as runs of places."""

    kind: str
    parts: tuple[Line, ...]


def format_geojson(reports: Iterable[tuple[Source, Report]], origin: Origin | None = None) -> bytes:
    """Write reports as one collection of features; ranges are drawn around `origin` alone.

    A report that names no place is a feature without a geometry: none is left out.
    """
    features: list[GeoJson] = []
    shapes: list[_Shape] = []
    markings: dict[str, None] = {}
    for source, report in reports:
        markings[source.marking] = None
        for shape, said in _features(report, origin):
            if shape is not None:
                shapes.append(shape)
            features.append(_feature(shape, {**_of_source(source), **_of_report(report), **said}))
    value: dict[str, GeoJson] = {"type": "FeatureCollection", "marking": [*markings]}
    if shapes:
        value["bbox"] = [*_box(shapes)]
    value["features"] = features
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _features(
    report: Report, origin: Origin | None
) -> Iterator[tuple[_Shape | None, dict[str, GeoJson]]]:
    trace = trace_of(report)
    found: list[tuple[_Shape | None, dict[str, GeoJson]]] = []
    found += [(_Shape("Point", ((each.spot,),)), _of_mark(each)) for each in trace.marks]
    found += [
        (_way(each), {"sign": "way", "worked_out": each.is_worked_out}) for each in trace.ways
    ]
    if origin is not None:
        for stated in stated_ranges((report,)):
            found += _rings(origin, stated)
    yield from found or [(None, {"sign": trace.sign.value})]


def _of_source(source: Source) -> dict[str, GeoJson]:
    return {
        "item": source.item,
        "marking": source.marking,
        "precedence": source.precedence,
        "released_at": format_instant(source.released_at),
    }


def _of_report(report: Report) -> dict[str, GeoJson]:
    head = report.head
    return {
        "schema": schema_of(report),
        "event": head.event,
        "title": head.title,
        "reported_by": head.reported_by,
        "issued_at": format_instant(head.issued_at),
        "revision": head.revision,
        "confidence": head.confidence.value,
    }


def _of_mark(mark: Mark) -> dict[str, GeoJson]:
    return {
        "sign": mark.sign.value,
        "name": mark.name,
        "said_by": mark.said_by,
        "uncertainty_km": mark.uncertainty_km,
    }


def _rings(origin: Origin, stated: Stated) -> Iterator[tuple[_Shape | None, dict[str, GeoJson]]]:
    """Give a ring for each end of a range, with all that its figure was assumed from."""
    for km in ring_radii(stated.figure.value):
        said: dict[str, GeoJson] = {
            "sign": "range",
            "system": stated.system,
            "radius_km": km,
            "stated": span_text(stated.figure.value),
            "basis": stated.figure.basis.value,
            "said_by": stated.figure.credit.agency,
            "around": origin.name,
            "assumptions": [each.text for each in stated.assumptions],
        }
        parts = (_wound(each) for each in cut_polygon(ring_around(origin.spot, km)))
        rings = tuple(each for each in parts if len(each) >= _RING_LEAST)
        yield (_Shape("Polygon", rings) if rings else None), said


def _way(way: Way) -> _Shape | None:
    cut = (_rounded(part) for line in way.lines for part in cut_line(line))
    parts = tuple(each for each in cut if len(each) >= _WAY_LEAST)
    return _Shape("LineString", parts) if parts else None


def _rounded(line: Line) -> Line:
    """Round every place, and leave out one that is where the one before it is."""
    spots = [Spot(_round(each.longitude), _round(each.latitude)) for each in line]
    return tuple(each for at, each in enumerate(spots) if at == 0 or each != spots[at - 1])


def _round(degrees: float) -> float:
    return round(degrees, _DECIMALS) + 0.0


def _wound(ring: Line) -> Line:
    """Give a closed edge rounded and counter-clockwise, as the edge around an inside goes."""
    line = _rounded(ring)
    doubled = sum(a.longitude * b.latitude - b.longitude * a.latitude for a, b in pairwise(line))
    return line if doubled > 0.0 else line[::-1]


def _feature(shape: _Shape | None, properties: dict[str, GeoJson]) -> GeoJson:
    return {
        "type": "Feature",
        "geometry": None if shape is None else _geometry(shape),
        "properties": properties,
    }


def _geometry(shape: _Shape) -> GeoJson:
    parts: list[GeoJson] = [[_position(spot) for spot in part] for part in shape.parts]
    if shape.kind == "Point":
        return {"type": "Point", "coordinates": _position(shape.parts[0][0])}
    if shape.kind == "Polygon":
        parts = [[each] for each in parts]
    one = len(parts) == 1
    return {
        "type": shape.kind if one else f"Multi{shape.kind}",
        "coordinates": parts[0] if one else parts,
    }


def _position(spot: Spot) -> GeoJson:
    return [_round(spot.longitude), _round(spot.latitude)]


def _box(shapes: Iterable[_Shape]) -> tuple[float, float, float, float]:
    """Give the smallest box around everything; west is beyond east where it holds the antimeridian.

    Source: RFC 7946 5.2
    """
    parts = [part for shape in shapes for part in shape.parts]
    latitudes = [_round(spot.latitude) for part in parts for spot in part]
    spans = sorted(
        (min(spot.longitude for spot in part), max(spot.longitude for spot in part))
        for part in parts
    )
    west, east = _widest_gap(spans)
    return _round(west), min(latitudes), _round(east), max(latitudes)


def _widest_gap(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """Give where everything begins and ends, so that the widest empty stretch lies outside."""
    reached = spans[0][1]
    gaps: list[tuple[float, float, float]] = []
    for start, end in spans[1:]:
        if start > reached:
            gaps.append((start - reached, reached, start))
        reached = max(reached, end)
    first = spans[0][0]
    gaps.append((first + _TURN - reached, reached, first))
    width, east, west = max(gaps, key=lambda each: each[0])
    return (west, east) if width > 0.0 else _WHOLE
