# SPDX-License-Identifier: Apache-2.0
"""Lines that a party lays over its own maps: zones, routes, areas, as it types them.

None ship with the product, which draws coasts alone. Source: DESIGN 9 (maps)
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.limits import OVERLAY_LINES_MAX, OVERLAY_SPOTS_MAX
from comity.picture.decimals import LATITUDES, LONGITUDES, parse_decimal
from comity.picture.figures import parse_line
from comity.picture.globe import Spot
from comity.picture.rings import Line


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A line by the name that its party gives it.

    Its longitudes run on beyond the antimeridian, so that no step is longer than half a turn.
    """

    name: str
    line: Line


def read_overlay(text: str) -> tuple[Overlaid, ...]:
    """Read lines as a person types them: `name: latitude longitude, latitude longitude, …` each.

    Empty lines count for nothing; a name may hold colons.

    Raises:
        InputError: `picture.no-overlay`, `picture.large-overlay`, or what a place lacks.
    """
    typed = [each for each in enumerate(text.split("\n"), 1) if each[1].strip()]
    spots = text.count(",") + len(typed)
    if len(typed) > OVERLAY_LINES_MAX or spots > OVERLAY_SPOTS_MAX:
        raise InputError(
            "picture.large-overlay",
            "this is more than one map is overlaid with",
            expected=f"at most {OVERLAY_LINES_MAX} lines of {OVERLAY_SPOTS_MAX} places in all",
            found=f"{len(typed)} lines of {spots} places",
        )
    return tuple(_read_line(each, f"line {number}") for number, each in typed)


def _read_line(typed: str, where: str) -> Overlaid:
    name, _, rest = typed.rpartition(":")
    places = [each.split() for each in rest.split(",")]
    if not name.strip() or len(places) < 2 or any(len(each) != 2 for each in places):
        raise InputError(
            "picture.no-overlay",
            "this is no line to lay over a map",
            where=where,
            expected="name: latitude longitude, latitude longitude, and so on",
        )
    line: list[Spot] = []
    for latitude, longitude in places:
        fields = Fields({"latitude": latitude, "longitude": longitude}, where)
        north = float(parse_decimal(fields, "latitude", LATITUDES))
        east = float(parse_decimal(fields, "longitude", LONGITUDES))
        turns = round((line[-1].longitude - east) / 360) if line else 0
        line.append(Spot(east + 360 * turns, north))
    return Overlaid(parse_line(Fields({"name": name.strip()}, where), "name"), tuple(line))
