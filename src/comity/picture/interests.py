# SPDX-License-Identifier: Apache-2.0
"""Points of interest that a party supplies itself: places that it asks about when it reads a reach.

None ship with the product. Source: issue text on reach
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.limits import INTERESTS_BYTES_MAX, INTERESTS_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_json
from comity.picture.decimals import LATITUDES, LONGITUDES, format_decimal, parse_decimal
from comity.picture.figures import parse_line
from comity.picture.globe import Spot, spot_of
from comity.picture.heads import Point

SCHEMA: Final = "points_of_interest/1"

_KEYS: Final = ("name", "latitude", "longitude")
_COMMAS: Final = 2


@dataclass(frozen=True, slots=True)
class Interest:
    """A place by the name that its party gives it."""

    name: str
    point: Point

    @property
    def spot(self) -> Spot:
        """Give the place to measure from."""
        return spot_of(self.point)


def parse_interests(raw: bytes) -> tuple[Interest, ...]:
    """Read a party's points of interest from strict JSON; each name stands once.

    Raises:
        InputError: `picture.not-interests`, `picture.doubled-point`, or what a field lacks.
    """
    fields = Fields(parse_json(raw, bytes_max=INTERESTS_BYTES_MAX))
    schema = parse_line(fields, "schema")
    if schema != SCHEMA:
        raise InputError(
            "picture.not-interests",
            "this is no list of points of interest",
            where=fields.place("schema"),
            expected=SCHEMA,
            found=f"another, of {len(schema)} characters",
        )
    points = tuple(
        _parse_interest(inner) for inner in fields.objects("points", max_items=INTERESTS_MAX)
    )
    fields.finish()
    if len({each.name for each in points}) < len(points):
        raise InputError(
            "picture.doubled-point",
            "a point of interest stands twice",
            where=fields.place("points"),
            expected="each name once",
        )
    return points


def read_interest_lines(text: str) -> tuple[Interest, ...]:
    """Read points of interest as a person types them: `name, latitude, longitude` on each line.

    Empty lines count for nothing; a name may hold commas.

    Raises:
        InputError: `picture.no-point`, or as `parse_interests`; `$.points[0]` is the first.
    """
    points: list[JsonValue] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        parts = [each.strip() for each in line.rsplit(",", _COMMAS)]
        if len(parts) <= _COMMAS or not parts[0]:
            raise InputError(
                "picture.no-point",
                "this line is no point of interest",
                where=f"line {number}",
                expected="name, latitude, longitude, such as Guam, 13.4443, 144.7937",
            )
        points.append(dict(zip(_KEYS, parts, strict=True)))
    return parse_interests(format_json({"schema": SCHEMA, "points": points}))


def interest_lines(interests: tuple[Interest, ...]) -> str:
    """Write points of interest as `read_interest_lines` reads them."""
    return "\n".join(
        f"{each.name}, {each.point.latitude:f}, {each.point.longitude:f}" for each in interests
    )


def format_interests(interests: tuple[Interest, ...]) -> bytes:
    """Write points of interest as RFC 8785 JSON."""
    points: list[JsonValue] = [
        {
            "name": each.name,
            "latitude": format_decimal(each.point.latitude),
            "longitude": format_decimal(each.point.longitude),
        }
        for each in interests
    ]
    return format_json({"schema": SCHEMA, "points": points})


def _parse_interest(fields: Fields) -> Interest:
    interest = Interest(
        parse_line(fields, "name"),
        Point(
            None,
            parse_decimal(fields, "latitude", LATITUDES),
            parse_decimal(fields, "longitude", LONGITUDES),
            None,
        ),
    )
    fields.finish()
    return interest
