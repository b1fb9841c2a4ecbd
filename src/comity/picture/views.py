# SPDX-License-Identifier: Apache-2.0
"""How the globe is laid on paper: flat around a chosen meridian, or round about one place.

Flat maps are equirectangular, true to scale along their middle parallel; round ones azimuthal
equidistant, on which a reach about the middle is a circle. Placing uses the sphere: on a map of a
thousand points nobody sees the ellipsoid, and every distance that is told is measured on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import acos, atan2, cos, pi, radians, sin
from typing import Final

from comity.picture.globe import Spot

XY = tuple[float, float]

EARTH_KM: Final = 6371.0088
_DEGREE_KM: Final = EARTH_KM * pi / 180
_TURN: Final = 360.0
_WIDTH: Final = 960.0
_HEIGHT_MOST: Final = 720.0
_HEIGHT_LEAST: Final = 420.0
_NARROWEST: Final = 3.0
_WHOLE: Final = 300.0
_MARGIN: Final = 0.12
_WORLD: Final = (-60.0, 80.0)


@dataclass(frozen=True, slots=True)
class Flat:
    """A sheet from a meridian eastward over `turn` degrees, between two parallels.

    `west` lies anywhere; a longitude is placed on the sheet by whole turns.
    """

    west: float
    south: float
    turn: float
    north: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Give the meridian in the middle, from -180 up to 180."""
        return _turned(self.west + self.turn / 2, -180.0)

    def place(self, longitude: float, latitude: float) -> XY:
        """Lay a longitude, as it is counted, and a latitude on the sheet."""
        x = (longitude - self.west) / self.turn * self.width
        return x, (self.north - latitude) / (self.north - self.south) * self.height

    def find(self, spot: Spot) -> XY | None:
        """Lay a place on the sheet; None: it lies beside it."""
        longitude = _turned(spot.longitude, self.west)
        x, y = self.place(longitude, spot.latitude)
        return (x, y) if x <= self.width and 0.0 <= y <= self.height else None

    @property
    def km_per_unit(self) -> float:
        """Give the scale along the middle parallel."""
        across = cos(radians((self.north + self.south) / 2)) * _DEGREE_KM
        return self.turn * across / self.width


@dataclass(frozen=True, slots=True)
class Round:
    """A disc about one place, out to `km`."""

    centre: Spot
    km: float
    width: float

    @property
    def height(self) -> float:
        """Give the height: a disc is as high as it is wide."""
        return self.width

    def place(self, longitude: float, latitude: float) -> XY:
        """Lay a place on the paper, beside the disc too; the antipode lies due north."""
        here, there = radians(self.centre.latitude), radians(latitude)
        across = radians(longitude - self.centre.longitude)
        upward = cos(here) * sin(there) - sin(here) * cos(there) * cos(across)
        cosine = sin(here) * sin(there) + cos(here) * cos(there) * cos(across)
        away = acos(max(-1.0, min(1.0, cosine)))
        azimuth = atan2(sin(across) * cos(there), upward)
        distance = away * EARTH_KM / self.km_per_unit
        middle = self.width / 2
        return middle + distance * sin(azimuth), middle - distance * cos(azimuth)

    def find(self, spot: Spot) -> XY | None:
        """Lay a place on the disc; None: it lies beside it."""
        x, y = self.place(spot.longitude, spot.latitude)
        middle = self.width / 2
        return (x, y) if (x - middle) ** 2 + (y - middle) ** 2 <= middle**2 else None

    @property
    def km_per_unit(self) -> float:
        """Give the scale along any line from the middle."""
        return 2 * self.km / self.width


View = Flat | Round


def world_view(middle: float = 150.0) -> Flat:
    """Lay the whole earth flat; by default with the Pacific whole."""
    south, north = _WORLD
    return Flat(middle - 180.0, south, _TURN, north, _WIDTH, _WIDTH * (north - south) / _TURN)


def view_around(spots: Iterable[Spot]) -> Flat:
    """Lay flat what holds all these places, with a margin; the whole earth where there are none.

    The meridian in the middle is chosen so that the widest gap between them is cut.
    """
    known = tuple(spots)
    if not known:
        return world_view()
    west, turn = _narrowest(known)
    south, north = min(s.latitude for s in known), max(s.latitude for s in known)
    edge = max(_NARROWEST, turn * _MARGIN, (north - south) * _MARGIN)
    return fitted(west - edge, south - edge, turn + 2 * edge, north + edge)


def fitted(west: float, south: float, turn: float, north: float) -> Flat:
    """Lay a box of degrees flat, widened until it fits a sheet of handy shape."""
    if turn >= _WHOLE:
        return world_view(west + turn / 2)
    middle = (south + north) / 2
    across = max(0.2, cos(radians(middle)))
    height = _WIDTH * (north - south) / (turn * across)
    if height > _HEIGHT_MOST:
        wider = turn * height / _HEIGHT_MOST
        west, turn, height = west - (wider - turn) / 2, wider, _HEIGHT_MOST
    elif height < _HEIGHT_LEAST:
        more = (north - south) * (_HEIGHT_LEAST / height - 1) / 2
        south, north, height = south - more, north + more, _HEIGHT_LEAST
    return Flat(west, max(-90.0, south), turn, min(90.0, north), _WIDTH, height)


def round_view(centre: Spot, km: float) -> Round:
    """Lay a disc about a place that holds all within `km`, with a margin."""
    return Round(centre, min(EARTH_KM * pi, max(50.0, km * 1.15)), _HEIGHT_MOST)


def antipode(spot: Spot) -> Spot:
    """Give the place on the other side of the earth, from -180 up to 180."""
    return Spot(_turned(spot.longitude + 180.0, -180.0), -spot.latitude)


def _turned(longitude: float, west: float) -> float:
    return west + (longitude - west) % _TURN


def _narrowest(spots: tuple[Spot, ...]) -> tuple[float, float]:
    """Give the shortest stretch of longitude that holds all: from where, and how far east."""
    known = sorted({_turned(each.longitude, -180.0) for each in spots})
    gaps = [
        ((after - before) % _TURN or _TURN, after)
        for before, after in zip(known, (*known[1:], known[0]), strict=True)
    ]
    gap, west = max(gaps)
    return west, _TURN - gap
