# SPDX-License-Identifier: Apache-2.0
"""What of each kind of report has a place or a time."""

from __future__ import annotations

from typing import Any

import pytest

from comity.basis.instants import INSTANT_MAX, Instant, parse_instant
from comity.picture.traces import Sign, Stretch, trace_of
from tests.builders.real_events import (
    LAUNCHES,
    TESTS,
    credit,
    figure,
    head,
    launch_json,
    launched,
    nuclear_json,
    point,
    range_json,
    read,
    span,
)

PLACE = ("39.1677", "127.4817")


def launch(*objects: Any) -> Any:
    return read(head("launch_report/1", "a-launch", "JPN") | {"objects": list(objects)})


def test_a_launch_has_its_point_its_time_and_a_line_by_direction_and_distance() -> None:
    trace = trace_of(read(launch_json("JPN", LAUNCHES[2])))
    (mark,) = trace.marks
    assert (mark.sign, mark.spot.latitude) == (Sign.LAUNCH, 39.2002)
    (way,) = trace.ways
    assert way.is_worked_out
    assert way.lines[0][-1].longitude == pytest.approx(156.9, abs=2.0)
    start = parse_instant("2017-08-28T20:58:00Z")
    assert trace.moment == Stretch(start, Instant(start + 1))


def test_a_stated_impact_and_a_stated_path_are_drawn_as_they_were_stated() -> None:
    impact = launched("X", None, PLACE, expected_impact_point=point("41.0", "140.0", "sea"))
    trace = trace_of(launch(impact))
    assert [each.sign for each in trace.marks] == [Sign.LAUNCH, Sign.IMPACT]
    assert [each.name for each in trace.marks] == ["X", "sea"]
    assert [each.is_worked_out for each in trace.ways] == [False]
    at = {"at": None, "altitude_km": None}
    path = [
        at | {"latitude": "40", "longitude": "130"},
        at | {"latitude": "41", "longitude": "135"},
    ]
    (way,) = trace_of(launch(launched("X", None, None, flight_path=path))).ways
    assert (way.lines[0][0].latitude, way.is_worked_out) == (40.0, False)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bearing_degrees": "73"},
        {"distance_km": [figure("CNS", span(best="400"))]},
        {"bearing_degrees": "73", "distance_km": [figure("CNS", span(best="0"))]},
        {
            "flight_path": [
                {"at": None, "altitude_km": None, "latitude": PLACE[0], "longitude": PLACE[1]}
            ]
        },
    ],
)
def test_no_way_is_drawn_where_its_end_is_not_stated(changes: Any) -> None:
    assert trace_of(launch(launched("X", None, PLACE, **changes))).ways == ()


def test_a_salvo_is_timed_by_its_first_object() -> None:
    times = ("2017-03-05T22:36:00Z", "2017-03-05T22:34:00Z", None)
    trace = trace_of(launch(*(launched(str(i), at, PLACE) for i, at in enumerate(times))))
    start = parse_instant(times[1] or "")
    assert trace.moment == Stretch(start, Instant(start + 1))


def test_a_day_is_all_of_it_and_an_unknown_time_is_none() -> None:
    day = parse_instant("2014-03-25T00:00:00Z")
    assert trace_of(launch(launched("X", "2014-03-25", PLACE))).moment == Stretch(
        day, Instant(day + 24 * 3600 * 1000)
    )
    assert trace_of(launch(launched("X", None, PLACE))).moment is None
    last = trace_of(launch(launched("X", "9999-12-31", PLACE))).moment
    assert last is not None
    assert last.end == INSTANT_MAX


def test_a_test_has_a_mark_for_each_agencys_place_that_stands() -> None:
    json = nuclear_json("KOR", TESTS[3], "USGS", "KMA", "JMA")
    first = json["hypocentres"][0]
    json["hypocentres"] = [
        first,
        first | {"latitude": "41.33"} | credit("Yao", 2),
        first | {"latitude": "41.343"} | credit("USGS"),
    ]
    trace = trace_of(read(json))
    assert [(each.said_by, each.spot.latitude) for each in trace.marks] == [
        ("Yao", 41.33),
        ("USGS", 41.343),
    ]


def sighting(**changes: Any) -> Any:
    return read(
        head("sighting_report/1", "a-sighting", "KOR")
        | {
            "seen_from": "2013-04-01",
            "seen_until": "2013-04-03",
            "place": "the east coast",
            "point": point("39.0", "127.5") | {"uncertainty_km": "25"},
            "objects": [{"system": "M", "count": None, "posture": None, "range_km": []}],
            "outlook": [],
        }
        | changes
    )


def test_a_sighting_has_its_place_how_sure_that_is_and_all_its_days() -> None:
    trace = trace_of(sighting())
    (mark,) = trace.marks
    assert (mark.name, mark.uncertainty_km) == ("the east coast", 25.0)
    assert trace.moment is not None
    assert trace.moment.end - trace.moment.start == 3 * 24 * 3600 * 1000
    assert trace_of(sighting(point=None)).marks == ()


def test_an_assessment_and_a_free_report_have_no_place() -> None:
    assessment = trace_of(read(range_json("X", "CSIS", span(best="1"))))
    free = trace_of(read(head("free_report/1", "a-text", "JPN") | {"text": "words"}))
    assert (assessment.sign, assessment.marks, assessment.moment) == (Sign.ASSESSMENT, (), None)
    assert (free.sign, free.marks, free.ways) == (Sign.REPORT, (), ())
