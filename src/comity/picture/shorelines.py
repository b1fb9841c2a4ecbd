# SPDX-License-Identifier: Apache-2.0
"""The coast on a view: what of it lies there, no finer than the paper shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import ceil, floor, hypot
from typing import Final

from comity.picture.globe import Spot
from comity.picture.svg import path_of
from comity.picture.topology import Land, Shore
from comity.picture.views import XY, Flat, Round, View, antipode

_TURN: Final = 360.0
_FINE: Final = 0.9
_COARSE: Final = 2.0
_COARSE_FROM_KM: Final = 12.0
"""From so many kilometres to a unit on, a shore is drawn with coarser steps and without specks."""

_MARGIN: Final = 6.0
_VIEWS_KEPT: Final = 64


@lru_cache(maxsize=_VIEWS_KEPT)
def coast_on(land: Land, view: View) -> tuple[str, str]:
    """Give two paths: the land as an area, and its shore as a line."""
    areas = path_of(_areas(land, view), closed=True)
    return areas, path_of(_shores(land, view))


def land_holds(land: Land, spot: Spot) -> bool:
    """Answer whether a place lies on land, as finely as this coast is drawn."""
    return sum(_holds(each, spot) for each in land.rings) % 2 == 1


def _holds(ring: Shore, spot: Spot) -> bool:
    """Answer whether a ring holds a place, by whichever turn its longitude is counted."""
    turns = (-_TURN, 0.0, _TURN)
    return any(_crosses(ring, spot.longitude + by, spot.latitude) for by in turns)


def _crosses(shore: Shore, x: float, y: float) -> int:
    west, south, east, north = shore.box
    if not (south <= y <= north and west <= x <= east):
        return 0
    odd = 0
    before = shore.line[-1]
    for after in shore.line:
        if (before[1] > y) != (after[1] > y):
            at = before[0] + (y - before[1]) / (after[1] - before[1]) * (after[0] - before[0])
            odd ^= x < at
        before = after
    return odd


def _areas(land: Land, view: View) -> Iterator[list[XY]]:
    if isinstance(view, Round):
        yield from _round_areas(land, view)
        return
    finest = _finest(view)
    for ring in land.rings:
        for by in _turns(ring, view):
            placed = thinned((view.place(x + by, y) for x, y in ring.line), finest)
            if _is_seen(placed, finest):
                yield _boxed(placed, view)


def _round_areas(land: Land, view: Round) -> Iterator[list[XY]]:
    middle, limit, finest = view.width / 2, view.width / 2 + _MARGIN, _finest(view)
    centre = view.centre
    for ring in land.rings:
        placed = [view.place(*each) for each in ring.line] if _may_show(ring, view) else []
        holds = _holds(ring, centre)
        if holds or any(hypot(x - middle, y - middle) < limit for x, y in placed):
            drawn = thinned((_rimmed(each, middle, limit) for each in placed), finest)
            if _is_seen(drawn, finest):
                yield drawn
    if land_holds(land, antipode(centre)):
        low, high = middle - limit, middle + limit
        yield [(low, low), (high, low), (high, high), (low, high)]


def _shores(land: Land, view: View) -> Iterator[list[XY]]:
    finest = _finest(view)
    for shore in land.shores:
        for line in _laid(shore, view):
            placed = thinned(line, finest)
            if _is_seen(placed, finest):
                yield from _runs(placed, [_is_on(view, each) for each in placed])


def _laid(shore: Shore, view: View) -> Iterator[Iterable[XY]]:
    if isinstance(view, Round):
        if _may_show(shore, view):
            yield (view.place(*each) for each in shore.line)
        return
    for by in _turns(shore, view):
        yield (view.place(x + by, y) for x, y in shore.line)


def _finest(view: View) -> float:
    return _FINE if view.km_per_unit < _COARSE_FROM_KM else _COARSE


def _is_seen(points: list[XY], finest: float) -> bool:
    """Answer whether a line is more than a speck; where a map is fine every speck is one islet."""
    if finest == _FINE or len(points) > 3:
        return True
    return hypot(points[-1][0] - points[0][0], points[-1][1] - points[0][1]) >= finest


def thinned(points: Iterable[XY], finest: float = _FINE) -> list[XY]:
    """Leave out points that lie closer together than `finest`; the last one stays."""
    kept: list[XY] = []
    last: XY | None = None
    for x, y in points:
        last = (x, y)
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= finest:
            kept.append(last)
    if last is not None and kept[-1] != last:
        kept.append(last)
    return kept


def _turns(shore: Shore, view: Flat) -> Iterable[float]:
    """Give by what whole turns a line comes to lie on a sheet."""
    west, south, east, north = shore.box
    if north < view.south or south > view.north:
        return ()
    low = ceil((view.west - east) / _TURN)
    high = floor((view.west + view.turn - west) / _TURN)
    return (_TURN * each for each in range(low, high + 1))


def _may_show(shore: Shore, view: Round) -> bool:
    """Answer whether a line may come to lie on a disc, by latitude alone."""
    reach = view.km / 111.0 + 1.0
    _, south, _, north = shore.box
    return south <= view.centre.latitude + reach and north >= view.centre.latitude - reach


def _rimmed(point: XY, middle: float, limit: float) -> XY:
    """Draw a point that lies beyond a disc's rim in to it."""
    away = hypot(point[0] - middle, point[1] - middle)
    scale = limit / away if away > limit else 1.0
    return middle + (point[0] - middle) * scale, middle + (point[1] - middle) * scale


def _is_on(view: View, point: XY) -> bool:
    x, y = point
    if isinstance(view, Round):
        middle = view.width / 2
        return hypot(x - middle, y - middle) <= middle + _MARGIN
    return -_MARGIN <= x <= view.width + _MARGIN and -_MARGIN <= y <= view.height + _MARGIN


def _runs(points: list[XY], shown: list[bool]) -> Iterator[list[XY]]:
    """Part a line into what shows, each with the point before and after it."""
    run: list[XY] = []
    for index, point in enumerate(points):
        near = shown[index] or (index > 0 and shown[index - 1])
        if not near:
            if run:
                yield run
            run = [point] if index + 1 < len(points) and shown[index + 1] else []
            continue
        run.append(point)
    yield run


def _boxed(points: list[XY], view: Flat) -> list[XY]:
    """Clip an area to a sheet, edge by edge; what runs along an edge lies beside the paper.

    Source: Sutherland and Hodgman 1974
    """
    for axis, bound, side in (
        (0, -_MARGIN, 1.0),
        (0, view.width + _MARGIN, -1.0),
        (1, -_MARGIN, 1.0),
        (1, view.height + _MARGIN, -1.0),
    ):
        points = _clipped(points, axis, bound, side)
    return points


def _clipped(points: list[XY], axis: int, bound: float, side: float) -> list[XY]:
    kept: list[XY] = []
    for index, after in enumerate(points):
        before = points[index - 1]
        was, now = side * (before[axis] - bound) >= 0, side * (after[axis] - bound) >= 0
        if was != now:
            part = (bound - before[axis]) / (after[axis] - before[axis])
            kept.append(
                (
                    before[0] + part * (after[0] - before[0]),
                    before[1] + part * (after[1] - before[1]),
                )
            )
        if now:
            kept.append(after)
    return kept
