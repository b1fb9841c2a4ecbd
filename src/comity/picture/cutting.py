# SPDX-License-Identifier: Apache-2.0
"""Cutting lines and polygons at the edges of a map, so that each part lies within them.

Every part of a cut polygon is a polygon of its own, without edges that run back on themselves.
Source: RFC 7946 3.1.9 (antimeridian cutting)
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from math import ceil, floor
from typing import Final

from comity.picture.globe import Spot
from comity.picture.rings import Line

_TURN: Final = 360.0
_HALF: Final = 180.0
_HAIR: Final = 1e-9
"""Two runs may meet the meridian in one place: so far from it their order shows."""


def cut_polygon(ring: Line, centre: float = 0.0) -> tuple[Line, ...]:
    """Cut a closed polygon at the meridian opposite `centre`; its parts lie beside one another."""
    west, east = centre - _HALF, centre + _HALF
    parts: list[Line] = []
    for shifted in _shifted(ring, west, east):
        for right in _keep_side(shifted, west, 1.0):
            parts += _keep_side(right, east, -1.0)
    return tuple(parts)


def cut_line(line: Line, centre: float = 0.0) -> tuple[Line, ...]:
    """Cut a line at the meridian opposite `centre`; parts lie within 180 degrees of it."""
    west, east = centre - _HALF, centre + _HALF
    parts: list[Line] = []
    for shifted in _shifted(line, west, east):
        parts += _within(shifted, west, east)
    return tuple(parts)


def _shifted(line: Line, west: float, east: float) -> Iterable[Line]:
    """Give a line as often as it comes to lie between two meridians, turned by whole turns."""
    if not line:
        return ()
    low = min(each.longitude for each in line)
    high = max(each.longitude for each in line)
    turns = range(ceil((west - high) / _TURN), floor((east - low) / _TURN) + 1)
    return (_turned(line, _TURN * each) for each in turns)


def _turned(line: Line, by: float) -> Line:
    return tuple(Spot(each.longitude + by, each.latitude) for each in line) if by else line


def _crossing(before: Spot, after: Spot, meridian: float) -> Spot:
    part = (meridian - before.longitude) / (after.longitude - before.longitude)
    return Spot(meridian, before.latitude + part * (after.latitude - before.latitude))


def _within(line: Line, west: float, east: float) -> Iterable[Line]:
    parts: list[list[Spot]] = [[]]
    for before, after in pairwise(line):
        low, high = sorted((before.longitude, after.longitude))
        if high < west or low > east or (low < high and (high == west or low == east)):
            parts.append([])
            continue
        end = _inside(after, before, west, east)
        if not parts[-1]:
            parts[-1].append(_inside(before, after, west, east))
        parts[-1].append(end)
        if end != after:
            parts.append([])
    return [tuple(each) for each in parts if each]


def _inside(spot: Spot, other: Spot, west: float, east: float) -> Spot:
    if spot.longitude < west:
        return _crossing(spot, other, west)
    return _crossing(spot, other, east) if spot.longitude > east else spot


def _keep_side(ring: Line, meridian: float, side: float) -> list[Line]:
    """Keep what lies east of a meridian (`side` 1) or west of it (-1), each part a polygon.

    Where the polygon meets the meridian, from south to north, it goes in and out by turns: between
    the first and the second crossing lies its inside, between the second and the third it does not.
    """
    away = [side * (each.longitude - meridian) for each in ring[:-1]]
    if min(away) >= 0.0:
        return [ring]
    if max(away) <= 0.0:
        return []
    runs = _runs(ring[:-1], away, meridian)
    edge = meridian + side * _HAIR
    met = sorted(
        (_crossing(*pair, edge).latitude, index, is_end)
        for index, run in enumerate(runs)
        for pair, is_end in (((run[0], run[1]), False), ((run[-1], run[-2]), True))
    )
    after_end: dict[int, int] = {}
    for (_, low, is_end), (_, high, _) in zip(met[::2], met[1::2], strict=True):
        after_end[low if is_end else high] = high if is_end else low
    return _joined(runs, after_end)


def _runs(ring: Line, away: list[float], meridian: float) -> list[list[Spot]]:
    """List the runs of a polygon on the side that is kept; each begins and ends on the meridian."""
    size = len(ring)
    begun = next(each for each in range(size) if away[each] <= 0.0 < away[(each + 1) % size])
    runs: list[list[Spot]] = []
    for step in range(size):
        at, then = (begun + step) % size, (begun + step + 1) % size
        if away[at] <= 0.0 < away[then]:
            runs.append([_crossing(ring[at], ring[then], meridian), ring[then]])
        elif away[at] > 0.0 >= away[then]:
            runs[-1].append(_crossing(ring[at], ring[then], meridian))
        elif away[then] > 0.0:
            runs[-1].append(ring[then])
    return runs


def _joined(runs: list[list[Spot]], after_end: dict[int, int]) -> list[Line]:
    """Put runs together along the meridian to polygons."""
    left = dict.fromkeys(range(len(runs)))
    rings: list[Line] = []
    while left:
        index = next(iter(left))
        line: list[Spot] = []
        while index in left:
            del left[index]
            line += runs[index]
            index = after_end[index]
        rings.append((*line, line[0]))
    return rings
