# SPDX-License-Identifier: Apache-2.0
"""Timelines as SVG: a lane for each kind of event, marks by their time in UTC, no script.

One looks at a year, a month or a day, and from each at the next larger. The same picture gives the
same bytes, and its numbers lead to the table beside it. Source: console.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from comity.basis.errors import InputError, excerpt
from comity.basis.instants import (
    INSTANT_MAX,
    UTC,
    Instant,
    date_of,
    format_date,
    start_of_day,
)
from comity.picture.maps import (
    KINDS,
    TITLE_OF_TIMELINE,
    Say,
    draw_labels,
    sheet_of,
    words_at,
)
from comity.picture.placing import gather_marks, place_labels
from comity.picture.svg import Svg, element, line, path_of
from comity.picture.symbols import draw_symbol
from comity.picture.traces import Sign, Stretch, day_of
from comity.picture.views import XY

_WIDTH: Final = 960.0
_LEFT: Final = 12.0
_LANE: Final = 64.0
_HEAD: Final = 34.0
_LEAST_STRETCH: Final = 3.0
_LAST_YEAR: Final = 9999
_HOUR_MS: Final = 60 * 60 * 1000
_TICKS_MOST: Final = 13
_LINES_MOST: Final = 120
_ZOOM: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Zoom:
    """A year, a month or a day in UTC, by the text that a query names it with; "" for all time."""

    text: str
    stretch: Stretch

    @property
    def wider(self) -> str | None:
        """Name what holds it: of a day its month; of all time nothing."""
        if not self.text:
            return None
        return self.text.rpartition("-")[0]

    def holds(self, moment: Stretch) -> bool:
        """Answer whether any of a time lies in it."""
        return moment.start < self.stretch.end and moment.end > self.stretch.start


@dataclass(frozen=True, slots=True)
class Happened:
    """One event for a timeline: the number of its row, its kind, its time, its precedence."""

    number: int
    sign: Sign
    moment: Stretch
    precedence: str = ""


def parse_zoom(text: str) -> Zoom:
    """Read a year, a month or a day, as `2016`, `2016-09`, `2016-09-09`.

    Raises:
        InputError: `picture.zoom`, when it is none of these.
    """
    found = _ZOOM.fullmatch(text)
    if found is not None:
        year, month, day = (None if part is None else int(part) for part in found.groups())
        with suppress(ValueError):
            first = date(year or 0, month or 1, day or 1)
            return Zoom(text, Stretch(start_of_day(first, UTC), _end(first, month, day)))
    raise InputError(
        "picture.zoom",
        "this is no year, month or day",
        expected="2016, 2016-09 or 2016-09-09",
        found=excerpt(text),
    )


def zoom_on(moments: Iterable[Stretch]) -> Zoom:
    """Give all the years that these times lie in; nothing known: the year 1970."""
    known = tuple(moments)
    first = min((each.start for each in known), default=Instant(0))
    last = max((each.end - 1 for each in known), default=0)
    begun = date_of(first, UTC).replace(month=1, day=1)
    ended = date_of(Instant(last), UTC)
    return Zoom("", Stretch(start_of_day(begun, UTC), _end(ended, None, None)))


def closer(zoom: Zoom) -> tuple[str, ...]:
    """Name what lies in it, one step closer: years, months, days; of a day nothing."""
    if len(zoom.text) == len("2016-09-09"):
        return ()
    step = {0: "year", 4: "month", 7: "day"}[len(zoom.text)]
    size = {"year": 4, "month": 7, "day": 10}[step]
    return tuple(format_date(each)[:size] for each in _firsts(zoom.stretch, step))


def draw_timeline(zoom: Zoom, happened: Iterable[Happened], say: Say = str) -> Svg:
    """Draw what happened in a stretch of time, a lane for each kind that is there."""
    shown = [each for each in happened if zoom.holds(each.moment)]
    signs = [sign for sign in KINDS if any(each.sign is sign for each in shown)]
    lanes = {sign: _HEAD + _LANE * (index + 0.6) for index, sign in enumerate(signs)}
    size = (_WIDTH, _HEAD + _LANE * max(1, len(signs)) + 8)
    feet = [[(0.0, y + 18), (_WIDTH, y + 18)] for y in lanes.values()]
    drawn = [*_ticks(zoom, size[1]), element("path", d=path_of(feet), **line("grid"))]
    bars = [
        [(start, lanes[each.sign]), (end, lanes[each.sign])]
        for each in shown
        for start, end in (_ends(zoom, each.moment),)
        if end - start >= _LEAST_STRETCH
    ]
    drawn.append(element("path", d=path_of(bars), **line("mark", 3.0)))
    clusters = gather_marks(
        (each.sign.value, (_ends(zoom, each.moment)[0], lanes[each.sign]), *_row(each))
        for each in shown
    )
    wanted = [(each.label, each.at) for each in clusters]
    drawn += [words_at(say(KINDS[sign]), 4.0, y - 24) for sign, y in lanes.items()]
    drawn += draw_labels(place_labels(wanted, size))
    drawn += [draw_symbol(Sign(each.kind), each.at) for each in clusters]
    return sheet_of("".join(drawn), size, say(TITLE_OF_TIMELINE))


def _row(happened: Happened) -> tuple[int, str]:
    return happened.number, happened.precedence


def _ends(zoom: Zoom, moment: Stretch) -> XY:
    return _across(zoom, moment.start), _across(zoom, moment.end)


def _across(zoom: Zoom, instant: int) -> float:
    stretch = zoom.stretch
    part = (instant - stretch.start) / (stretch.end - stretch.start)
    return _LEFT + max(0.0, min(1.0, part)) * (_WIDTH - 2 * _LEFT)


def _ticks(zoom: Zoom, height: float) -> Iterable[str]:
    known = [*_marks_of_time(zoom)]
    every = -(-len(known) // _TICKS_MOST)
    ruled = known if len(known) <= _LINES_MOST else known[::every]
    lines = [[(_across(zoom, at), 20.0), (_across(zoom, at), height)] for at, _ in ruled]
    yield element("path", d=path_of(lines), **line("grid"))
    for at, text in known[::every]:
        yield words_at(text, _across(zoom, at) + 3, 14.0)


def _marks_of_time(zoom: Zoom) -> Iterable[tuple[int, str]]:
    inner = closer(zoom)
    if inner:
        return [(parse_zoom(each).stretch.start, each) for each in inner]
    hours = range(zoom.stretch.start, zoom.stretch.end, 2 * _HOUR_MS)
    return [(at, f"{(at - zoom.stretch.start) // _HOUR_MS:02d}:00Z") for at in hours]


def _firsts(stretch: Stretch, step: str) -> Iterable[date]:
    """Go through the first days of years or months, or through all days, of a stretch."""
    at = date_of(stretch.start, UTC)
    while start_of_day(at, UTC) < stretch.end:
        yield at
        over = _end(at, None if step == "year" else at.month, at.day if step == "day" else None)
        if over >= INSTANT_MAX:
            return
        at = date_of(over, UTC)


def _end(first: date, month: int | None, day: int | None) -> Instant:
    """Give when the day, the month or the year of a date is over; time ends with the year 9999."""
    if day is not None:
        return day_of(first).end
    years, months = (1, 0) if month is None else divmod(first.month, 12)
    if first.year + years > _LAST_YEAR:
        return INSTANT_MAX
    return start_of_day(date(first.year + years, months + 1, 1), UTC)
