# SPDX-License-Identifier: Apache-2.0
"""Reading land from TopoJSON: rings of longitude and latitude, and the shore without false edges.

Only what the vendored coastline holds is read: one object named `land`, quantised arcs, polygons.
Source: the TopoJSON format specification, sections 2.1.2 to 2.1.4
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from comity.basis.errors import InputError

Degrees = tuple[float, float]
"""Longitude and latitude."""

_EDGE: Final = 0.001
_FOOT: Final = -89.9
_HALF: Final = 180.0
_TURN: Final = 360.0


@dataclass(frozen=True, slots=True)
class Shore:
    """A line of degrees with the box that it lies in: west, south, east, north."""

    line: tuple[Degrees, ...]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """All land, to be told apart by itself: it is read once, and is too much to compare.

    `rings` enclose land, some of them water within it; `shores` are what a pen may follow.

    Where land goes on beyond 180 degrees, or ends at a pole, its ring has an edge and no shore.
    """

    rings: tuple[Shore, ...]
    shores: tuple[Shore, ...]


def read_land(raw: bytes) -> Land:
    """Read land from TopoJSON.

    Raises:
        InputError: `picture.not-land`, when it is anything else.
    """
    try:
        value = json.loads(raw)
        arcs = tuple(_unpacked(value["arcs"], value["transform"]))
        polygons = [
            polygon for each in value["objects"]["land"]["geometries"] for polygon in each["arcs"]
        ]
        rings = tuple(_ring(ring, arcs) for polygon in polygons for ring in polygon)
    except (KeyError, IndexError, TypeError, ValueError):
        raise InputError(
            "picture.not-land",
            "this is no land in TopoJSON",
            expected="an object named land, of polygons, with quantised arcs",
        ) from None
    shores = (part for ring in rings for part in _shores(ring))
    return Land(tuple(_boxed(each) for each in rings), tuple(_boxed(each) for each in shores))


def _unpacked(
    arcs: Iterable[Iterable[tuple[int, int]]], transform: dict[str, tuple[float, float]]
) -> Iterator[tuple[Degrees, ...]]:
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    for arc in arcs:
        x = y = 0
        line: list[Degrees] = []
        for across, up in arc:
            x, y = x + across, y + up
            line.append((x * wide + west, y * high + south))
        yield tuple(line)


def _ring(indices: Iterable[int], arcs: tuple[tuple[Degrees, ...], ...]) -> tuple[Degrees, ...]:
    """Put arcs together; a negative index is an arc backwards, counted from its complement."""
    line: list[Degrees] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        line += arc[1:] if line else arc
    return _whole(line)


def _whole(line: list[Degrees]) -> tuple[Degrees, ...]:
    """Count longitudes on beyond 180 degrees, so that what lies across it is in one piece.

    Along the foot of the map an edge runs from one end to the other: it stays as it is.
    """
    by, before = 0.0, line[0]
    whole = [before]
    for each in line[1:]:
        if abs(each[0] - before[0]) > _HALF and each[1] > _FOOT:
            by += _TURN if each[0] < before[0] else -_TURN
        whole.append((each[0] + by, each[1]))
        before = each
    return tuple(whole)


def _shores(ring: tuple[Degrees, ...]) -> Iterator[tuple[Degrees, ...]]:
    line: list[Degrees] = [ring[0]]
    for before, after in pairwise(ring):
        if _is_false(before, after):
            yield tuple(line)
            line = []
        line.append(after)
    yield tuple(line)


def _is_false(before: Degrees, after: Degrees) -> bool:
    along_edge = before[0] == after[0] and abs(abs(before[0]) - _HALF) < _EDGE
    return along_edge or (before[1] <= _FOOT and after[1] <= _FOOT)


def _boxed(line: tuple[Degrees, ...]) -> Shore:
    across, up = [each[0] for each in line], [each[1] for each in line]
    return Shore(line, (min(across), min(up), max(across), max(up)))
