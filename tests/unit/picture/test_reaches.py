# SPDX-License-Identifier: Apache-2.0
"""Whom a reach touches among a party's own points, and several figures of one system."""

from __future__ import annotations

from decimal import Decimal

import pytest

from comity.basis.errors import InputError
from comity.picture.decimals import Span
from comity.picture.globe import Spot
from comity.picture.interests import (
    format_interests,
    interest_lines,
    parse_interests,
    read_interest_lines,
)
from comity.picture.reaches import (
    Touch,
    legs_from,
    limits_of,
    ranges_of,
    ring_radii,
    span_text,
    stated_ranges,
    touched_by,
)
from tests.builders.real_events import (
    HWASONG_15,
    LAUNCHES,
    figure,
    head,
    launch_json,
    points_json,
    range_json,
    read,
    span,
)

WONSAN = Spot(127.4817, 39.1677)


def stated(low: str | None = None, best: str | None = None, high: str | None = None) -> Span:
    low_, best_, high_ = (None if each is None else Decimal(each) for each in (low, best, high))
    return Span(low_, best_, high_, approximate=False)


def touch_of(span: Span) -> dict[str, Touch]:
    found = touched_by(span, legs_from(WONSAN, parse_interests(points_json())))
    return {each.interest.name: each.touch for each in found}


def test_musudan_up_to_4000_km_touches_seoul_tokyo_and_guam_and_not_honolulu() -> None:
    found = touched_by(stated(high="4000"), legs_from(WONSAN, parse_interests(points_json())))
    assert [each.interest.name for each in found if each.is_touched] == ["Seoul", "Tokyo", "Guam"]
    assert [each.interest.name for each in found if not each.is_touched] == ["Honolulu"]
    assert [round(each.km) for each in found] == [183, 1146, 3320, 7253]


def test_between_least_and_most_a_place_is_touched_by_the_most_alone() -> None:
    assert touch_of(stated("2500", None, "4000")) == {
        "Seoul": Touch.WITHIN,
        "Tokyo": Touch.WITHIN,
        "Guam": Touch.UP_TO,
        "Honolulu": Touch.BEYOND,
    }


def test_beyond_a_range_whose_most_nobody_stated_nothing_is_said() -> None:
    assert touch_of(stated(low="6000"))["Honolulu"] is Touch.UNSAID
    assert touch_of(stated(best="6000"))["Honolulu"] is Touch.BEYOND


@pytest.mark.parametrize(
    ("value", "limits", "radii", "text"),
    [
        (stated(high="4000"), (4000, 4000), (4000,), "≤ 4000"),
        (stated(low="10000"), (10000, None), (10000,), "≥ 10000"),
        (stated(best="7000"), (7000, 7000), (7000,), "7000"),
        (stated("1200", None, "1500"), (1200, 1500), (1200, 1500), "1200–1500"),
        (stated("1", "2", "3"), (1, 3), (1, 3), "2 (1–3)"),
        (stated(best="2", high="3"), (2, 3), (2, 3), "2 (≤ 3)"),
    ],
)
def test_a_range_is_drawn_and_written_as_it_was_stated(
    value: Span, limits: object, radii: object, text: str
) -> None:
    assert (limits_of(value), ring_radii(value), span_text(value)) == (limits, radii, text)


def test_about_is_written() -> None:
    assert span_text(Span(None, Decimal(7000), None, approximate=True)) == "≈ 7000"


def test_four_figures_of_one_system_stand_side_by_side_with_their_assumptions() -> None:
    reports = [read(range_json("Hwasong-15", *each)) for each in HWASONG_15]
    other = read(range_json("Hwasong-12", "CSIS", span(high="4500")))
    launch = read(launch_json("JPN", LAUNCHES[0]))
    found = ranges_of("hwasong-15", stated_ranges([other, *reports, launch]))
    assert [(each.reported_by, span_text(each.figure.value)) for each in found] == [
        ("ROK MND", "≈ 13000"),
        ("UCS", "13000"),
        ("USFK", "12874"),
        ("another", "8500–13000"),
    ]
    assert [each.text for each in found[1].assumptions] == ["a light warhead"]


def test_a_sighting_quotes_ranges_too_and_a_revised_figure_is_left_out() -> None:
    first = figure("CSIS", span(high="3500"))
    second = figure("CSIS", span(high="4000")) | {"revision": 2, "supersedes": 1}
    sighting = head("sighting_report/1", "musudan", "ROK") | {
        "seen_from": None,
        "seen_until": None,
        "place": None,
        "point": None,
        "objects": [
            {"system": "Musudan", "count": None, "posture": None, "range_km": [first, second]}
        ],
        "outlook": [],
    }
    (only,) = stated_ranges([read(sighting)])
    assert (only.system, span_text(only.figure.value)) == ("Musudan", "≤ 4000")


def test_points_of_interest_read_back_as_they_were_written() -> None:
    points = parse_interests(points_json())
    assert parse_interests(format_interests(points)) == points


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"points_of_interest/1", b"points_of_interest/2", "picture.not-interests"),
        (b'"Guam"', b'"Seoul"', "picture.doubled-point"),
        (b'"37.5665"', b'"97.5665"', "picture.out-of-range"),
        (b'"latitude": "37.5665", ', b"", "basis.missing-field"),
    ],
)
def test_refuses_points_of_interest_that_are_not_sound(old: bytes, new: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_interests(points_json().replace(old, new))
    assert caught.value.code == code


def test_points_are_read_as_a_person_types_them_and_written_so_again() -> None:
    points = parse_interests(points_json())
    text = interest_lines(points)
    assert text.split("\n")[2] == "Guam, 13.4443, 144.7937"
    assert read_interest_lines(f"\n{text}\n  \n") == points
    assert read_interest_lines("Seoul, Jongno, 37.5, 127")[0].name == "Seoul, Jongno"
    assert read_interest_lines("") == ()


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("Guam", "picture.no-point", "line 1"),
        ("\nGuam, 1", "picture.no-point", "line 2"),
        (" , 1, 2", "picture.no-point", "line 1"),
        ("Guam, 91, 2", "picture.out-of-range", "$.points[0].latitude"),
        ("Guam, 1e2, 2", "picture.not-a-decimal", "$.points[0].latitude"),
        ("G, 1, 2\nG, 3, 4", "picture.doubled-point", "$.points"),
    ],
)
def test_a_line_that_is_no_point_says_where(text: str, code: str, where: str) -> None:
    with pytest.raises(InputError) as raised:
        read_interest_lines(text)
    assert (raised.value.code, raised.value.where) == (code, where)
