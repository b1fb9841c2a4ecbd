# SPDX-License-Identifier: Apache-2.0
"""Distances, azimuths and points on the WGS 84 ellipsoid; nothing here knows a map.

Floating point serves drawing and measuring alone: what a report states stays in its decimals.
Source: Karney 2013, Algorithms for geodesics (geographiclib)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]  # it ships no types

from comity.picture.heads import Point

_EARTH: Final = Geodesic.WGS84
_PLACED: Final = Geodesic.LATITUDE | Geodesic.LONGITUDE | Geodesic.LONG_UNROLL
_MEASURED: Final = Geodesic.DISTANCE | Geodesic.AZIMUTH
_METRES: Final = 1000.0

HALF_TURN_KM: Final = 19_970.0
"""From here on a ring around a place meets itself beside the antipode: it holds everything."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in degrees. A line may go on beyond 180 degrees of longitude, so that it is whole."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Leg:
    """The shortest way between two places: how far, and in which direction one sets out.

    `azimuth` counts from north over east, from 0 up to 360.
    """

    km: float
    azimuth: float


def spot_of(point: Point) -> Spot:
    """Give the place of a point that a report states."""
    return Spot(float(point.longitude), float(point.latitude))


def measure(start: Spot, end: Spot) -> Leg:
    """Measure the shortest way between two places."""
    found = _EARTH.Inverse(start.latitude, start.longitude, end.latitude, end.longitude, _MEASURED)
    return Leg(float(found["s12"]) / _METRES, float(found["azi1"]) % 360.0)


def travel(start: Spot, azimuth: float, km: float) -> Spot:
    """Give the place at which one arrives; its longitude goes on from that of `start`."""
    found = _EARTH.Direct(start.latitude, start.longitude, azimuth, km * _METRES, _PLACED)
    return Spot(float(found["lon2"]), float(found["lat2"]))


def reaches_pole(start: Spot, km: float, latitude: float) -> bool:
    """Answer whether a pole, at 90 or -90 degrees, lies nearer than `km`."""
    return measure(start, Spot(start.longitude, latitude)).km < km
