# SPDX-License-Identifier: Apache-2.0
"""Timelines: zoom by year, month and day, lanes by kind, marks by time."""

from __future__ import annotations

import pytest
from lxml import etree

from comity.basis.errors import InputError
from comity.basis.instants import INSTANT_MAX, Instant, parse_instant
from comity.picture.timelines import (
    Happened,
    closer,
    draw_timeline,
    parse_zoom,
    zoom_on,
)
from comity.picture.traces import Sign, Stretch, trace_of
from tests.builders.real_events import LAUNCHES, TESTS, launch_json, nuclear_json, read


def happened() -> list[Happened]:
    reports = [read(launch_json("JPN", row)) for row in LAUNCHES]
    reports += [read(nuclear_json("KOR", row, "KMA")) for row in TESTS]
    traces = [trace_of(each) for each in reports]
    return [Happened(i, t.sign, t.moment) for i, t in enumerate(traces, 1) if t.moment is not None]


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(svg.encode()).iter("{*}text")]


@pytest.mark.parametrize(
    ("text", "start", "end", "wider", "inner"),
    [
        ("2016", "2016-01-01", "2017-01-01", "", ("2016-01", "2016-12", 12)),
        ("2016-02", "2016-02-01", "2016-03-01", "2016", ("2016-02-01", "2016-02-29", 29)),
        ("2016-12", "2016-12-01", "2017-01-01", "2016", ("2016-12-01", "2016-12-31", 31)),
    ],
)
def test_a_year_and_a_month_hold_what_lies_in_them(
    text: str, start: str, end: str, wider: str, inner: tuple[str, str, int]
) -> None:
    zoom = parse_zoom(text)
    first, last = (parse_instant(f"{each}T00:00:00Z") for each in (start, end))
    assert (zoom.stretch, zoom.wider) == (Stretch(first, last), wider)
    found = closer(zoom)
    assert (found[0], found[-1], len(found)) == inner
    assert zoom.holds(Stretch(Instant(last - 1), last))
    assert not zoom.holds(Stretch(last, Instant(last + 1)))
    assert not zoom.holds(Stretch(Instant(first - 1), first))


def test_a_day_is_the_closest_look() -> None:
    zoom = parse_zoom("2017-09-03")
    assert (zoom.wider, closer(zoom)) == ("2017-09", ())


@pytest.mark.parametrize(
    "text", ["", "20", "2016-13", "2016-02-30", "2016-2", "0000", "2016-01-01T00", "２０１６"]
)
def test_refuses_what_is_no_year_month_or_day(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_zoom(text)
    assert caught.value.code == "picture.zoom"


def test_all_time_is_all_years_in_which_something_was() -> None:
    zoom = zoom_on(each.moment for each in happened())
    assert (zoom.wider, closer(zoom)) == (None, ("2013", "2014", "2015", "2016", "2017"))
    assert closer(zoom_on([])) == ("1970",)


def test_time_ends_with_the_year_9999() -> None:
    zoom = parse_zoom("9999")
    assert zoom.stretch.end == INSTANT_MAX
    assert closer(zoom)[-1] == "9999-12"
    assert closer(parse_zoom("9999-12"))[-1] == "9999-12-31"
    end = Stretch(INSTANT_MAX, INSTANT_MAX)
    assert closer(zoom_on([end])) == ("9999",)


def test_the_real_events_stand_in_two_lanes_with_the_numbers_of_their_rows() -> None:
    drawn = draw_timeline(zoom_on(each.moment for each in happened()), happened()).text
    assert drawn == draw_timeline(zoom_on(e.moment for e in happened()), happened()).text
    words = texts(drawn)
    assert {"launch", "nuclear test", "2013", "2017", "5", "6", "7"} <= set(words)


def test_what_lies_beside_the_zoom_is_not_drawn() -> None:
    words = texts(draw_timeline(parse_zoom("2016"), happened()).text)
    assert {"1", "6", "7"} <= set(words)
    assert "8" not in words


def test_a_day_has_hours_in_utc_and_marks_together_name_all_their_rows() -> None:
    words = texts(draw_timeline(parse_zoom("2017-09-03"), happened()).text)
    assert {"00:00Z", "02:00Z", "8"} <= set(words)


def test_what_lasts_is_a_bar_and_goes_no_farther_than_the_paper() -> None:
    days = Stretch(parse_instant("2013-04-01T00:00:00Z"), parse_instant("2013-04-20T00:00:00Z"))
    sighting = Happened(1, Sign.SIGHTING, days)
    assert "M12 " in draw_timeline(parse_zoom("2013-04"), [sighting]).text
    assert "l936 0" in draw_timeline(parse_zoom("2013-04-03"), [sighting]).text


def test_a_precedence_stands_behind_the_number_of_its_row() -> None:
    noon = parse_instant("2013-04-01T12:00:00Z")
    flash = Happened(1, Sign.SIGHTING, Stretch(noon, Instant(noon + 1)), "FLASH")
    assert "1 FLASH" in texts(draw_timeline(parse_zoom("2013-04-01"), [flash]).text)


def test_nothing_at_all_is_drawn_as_an_empty_lane_in_the_readers_words() -> None:
    drawn = draw_timeline(parse_zoom("2016"), [], str.upper).text
    assert "TIMELINE OF REPORTS, IN UTC" in drawn


def test_many_years_have_few_marks_of_time() -> None:
    first, last = (parse_instant(f"{each}-01-01T00:00:00Z") for each in ("0001", "9999"))
    drawn = draw_timeline(zoom_on([Stretch(first, last)]), []).text
    assert len(texts(drawn)) <= 13
