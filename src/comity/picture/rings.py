# SPDX-License-Identifier: Apache-2.0
"""Rings and ways on the globe, as lines of degrees that a map or a file can take.

A ring is all that lies within a distance of a place. It is one polygon in longitudes that go on
beyond 180 degrees; a pole that it holds is closed over, and where it holds both it is all but the
space around the antipode. `cutting` cuts it for a map. Source: RFC 7946 3.1.9; issue text on reach
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from comity.picture.globe import HALF_TURN_KM, Spot, measure, reaches_pole, travel

Line = tuple[Spot, ...]

NORTH: Final = 90.0
SOUTH: Final = -90.0
_HALVES: Final = 2
_STEP_DEGREES: Final = 3.0
_GAP_DEGREES: Final = 3.0
_HALVINGS_MAX: Final = 10
_WAY_STEP_KM: Final = 100.0
_OVER_POLE_DEGREES: Final = 90.0


def ring_around(centre: Spot, km: float) -> Line:
    """Give all within `km` of a place as one polygon, whose last point is its first.

    Its longitudes lie within 180 degrees of the centre's. Nothing within 0 km: no line.
    """
    west, east = centre.longitude - 180.0, centre.longitude + 180.0
    if km >= HALF_TURN_KM:
        corners = (Spot(east, NORTH), Spot(east, SOUTH), Spot(west, SOUTH), Spot(west, NORTH))
        return (*corners, corners[0])
    parts = edge_around(centre, km)
    if not parts:
        return ()
    over_south = (Spot(east, SOUTH), Spot(west, SOUTH)) if len(parts) == _HALVES else ()
    line = (*parts[0], *over_south, *(spot for part in parts[1:] for spot in part))
    over_north = (Spot(west, NORTH), Spot(east, NORTH)) if line[0] != line[-1] else ()
    return (*line, *over_north, *((line[0],) if over_north else ()))


def edge_around(centre: Spot, km: float) -> tuple[Line, ...]:
    """Give the edge of all within `km` of a place, as a pen draws it: nothing is closed over.

    Where it holds the south pole it is two lines, eastern and western half. No edge at 0 km, and
    none where everything lies within.
    """
    if km <= 0.0 or km >= HALF_TURN_KM:
        return ()
    west, east = centre.longitude - 180.0, centre.longitude + 180.0
    top, bottom = travel(centre, 0.0, km).latitude, travel(centre, 180.0, km).latitude
    north, south = reaches_pole(centre, km, NORTH), reaches_pole(centre, km, SOUTH)
    first = Spot(east if north else centre.longitude, top)
    last = Spot(west if north else centre.longitude, top)
    low = (Spot(east, bottom), Spot(west, bottom)) if south else (Spot(centre.longitude, bottom),)
    eastern = (first, *_arc(centre, km, (0.0, first), (180.0, low[0])), low[0])
    western = (low[-1], *_arc(centre, km, (180.0, low[-1]), (360.0, last)), last)
    return (eastern, western) if south else ((*eastern, *western[1:]),)


def way_between(start: Spot, end: Spot) -> tuple[Line, ...]:
    """Give the shortest way between two places; over a pole it is two lines that end there."""
    leg = measure(start, end)
    steps = max(1, int(leg.km // _WAY_STEP_KM))
    spots = [travel(start, leg.azimuth, leg.km * each / steps) for each in range(steps + 1)]
    lines: list[list[Spot]] = [[start]]
    for before, after in pairwise(spots):
        if abs(after.longitude - before.longitude) >= _OVER_POLE_DEGREES:
            pole = NORTH if after.latitude > 0.0 else SOUTH
            lines[-1].append(Spot(before.longitude, pole))
            lines.append([Spot(after.longitude, pole)])
        lines[-1].append(after)
    return tuple(tuple(each) for each in lines) if leg.km > 0.0 else ()


def _arc(
    centre: Spot, km: float, start: tuple[float, Spot], end: tuple[float, Spot]
) -> Iterator[Spot]:
    """Give the points of an edge between two azimuths, the nearer the more it bends on a map."""
    steps = round((end[0] - start[0]) / _STEP_DEGREES)
    azimuths = [start[0] + _STEP_DEGREES * each for each in range(1, steps)]
    known = [start, *((each, travel(centre, each, km)) for each in azimuths), end]
    for before, after in pairwise(known):
        yield from _between(centre, km, (before, after), _HALVINGS_MAX)
        if after is not end:
            yield after[1]


def _between(
    centre: Spot,
    km: float,
    ends: tuple[tuple[float, Spot], tuple[float, Spot]],
    halvings: int,
) -> Iterator[Spot]:
    (low, before), (high, after) = ends
    if halvings == 0 or abs(after.longitude - before.longitude) <= _GAP_DEGREES:
        return
    middle = (low + high) / 2
    spot = travel(centre, middle, km)
    yield from _between(centre, km, ((low, before), (middle, spot)), halvings - 1)
    yield spot
    yield from _between(centre, km, ((middle, spot), (high, after)), halvings - 1)
