# SPDX-License-Identifier: Apache-2.0
"""Which reports of two parties are suggested as one event, and which are not."""

from __future__ import annotations

from typing import Any

import pytest

from comity.picture.linking import BOUNDS, suggest_links
from comity.picture.revisions import Kept
from comity.picture.traces import Sign
from tests.builders.real_events import (
    LAUNCHES,
    TESTS,
    head,
    launch_json,
    launched,
    nuclear_json,
    range_json,
    read,
    span,
)

PLACE = ("39.1677", "127.4817")


def launch(key: str, party: str, at: str | None, place: Any = PLACE) -> Kept[str]:
    json = head("launch_report/1", f"event-{key}", party) | {"objects": [launched("X", at, place)]}
    return Kept(key, party, read(json))


def pairs(*kept: Kept[str]) -> list[tuple[str, str]]:
    return [(each.one, each.other) for each in suggest_links(kept)]


def test_every_real_test_is_suggested_with_its_own_and_no_other() -> None:
    japan = [
        Kept(f"j{i}", "JPN", read(_unnamed(nuclear_json("JPN", row, "JMA"), f"j{i}")))
        for i, row in enumerate(TESTS)
    ]
    korea = [
        Kept(f"k{i}", "KOR", read(_unnamed(nuclear_json("KOR", row, "KMA"), f"k{i}")))
        for i, row in enumerate(TESTS)
    ]
    found = suggest_links([*japan, *korea])
    assert sorted((each.one, each.other) for each in found) == [
        (f"j{i}", f"k{i}") for i in range(len(TESTS))
    ]
    assert {(each.sign, each.apart_ms, each.apart_km) for each in found} == {(Sign.TEST, 0, 0.0)}
    assert not any(each.same_name for each in found)


def _unnamed(json: Any, event: str) -> Any:
    return json | {"event": event}


def test_the_real_launches_of_different_days_are_not_one() -> None:
    japan = [
        Kept(f"j{i}", "JPN", read(_unnamed(launch_json("JPN", row), f"j{i}")))
        for i, row in enumerate(LAUNCHES)
    ]
    korea = [
        Kept(f"k{i}", "KOR", read(_unnamed(launch_json("KOR", row), f"k{i}")))
        for i, row in enumerate(LAUNCHES[1:], 1)
    ]
    assert sorted(pairs(*japan, *korea)) == [("j1", "k1"), ("j2", "k2"), ("j3", "k3")]


@pytest.mark.parametrize(
    ("at", "suggested"),
    [
        ("2017-07-04T01:10:00.000Z", True),
        ("2017-07-04T01:10:00.001Z", False),
        ("2017-07-04T00:10:00.000Z", True),
        ("2017-07-04T00:09:59.999Z", False),
        ("2017-07-04", True),
        ("2017-07-05", False),
        (None, False),
    ],
)
def test_launches_lie_half_an_hour_apart_at_most(at: str | None, suggested: bool) -> None:
    assert (
        bool(pairs(launch("a", "JPN", "2017-07-04T00:40:00Z"), launch("b", "KOR", at))) is suggested
    )


@pytest.mark.parametrize(
    ("place", "suggested"),
    [
        (("40.51", "127.4817"), True),
        (("40.53", "127.4817"), False),
        (None, False),
    ],
)
def test_launches_lie_150_km_apart_at_most(place: Any, suggested: bool) -> None:
    at = "2017-07-04T00:40:00Z"
    assert bool(pairs(launch("a", "JPN", at), launch("b", "KOR", at, place))) is suggested
    assert BOUNDS[Sign.LAUNCH].apart_km == 150.0


def test_one_partys_own_reports_are_not_suggested() -> None:
    at = "2017-07-04T00:40:00Z"
    one, other = launch("a", "JPN", at), launch("b", "JPN", at)
    assert pairs(one, other) == []


def test_what_two_parties_call_by_one_name_is_suggested_though_no_time_is_known() -> None:
    json = head("launch_report/1", "one-name", "JPN") | {"objects": [launched("X", None, None)]}
    (found,) = suggest_links([Kept("a", "JPN", read(json)), Kept("b", "KOR", read(json))])
    assert (found.same_name, found.apart_ms, found.apart_km) == (True, None, None)
    assert pairs(Kept("a", "JPN", read(json)), Kept("b", "JPN", read(json))) == []


def test_events_of_different_kinds_and_what_is_no_event_are_not_suggested() -> None:
    tested = _unnamed(nuclear_json("KOR", TESTS[3], "KMA"), "same")
    at = "2017-09-03T03:30:01Z"
    shot = head("launch_report/1", "same", "JPN") | {
        "objects": [launched("X", at, ("41.3018", "129.0738"))]
    }
    ranges = [Kept(by, by, read(range_json("X", by, span(best="1")))) for by in ("JPN", "KOR")]
    assert pairs(Kept("t", "KOR", read(tested)), Kept("s", "JPN", read(shot)), *ranges) == []


def test_a_pair_that_is_near_and_named_alike_is_suggested_once() -> None:
    japan, korea = (Kept(by, by, read(nuclear_json(by, TESTS[0], "KMA"))) for by in ("JPN", "KOR"))
    (found,) = suggest_links([japan, korea])
    assert (found.one, found.other, found.same_name, found.apart_ms) == ("JPN", "KOR", True, 0)


def test_a_flood_of_reports_at_one_place_and_time_is_cut_short() -> None:
    at = "2017-07-04T00:40:00Z"
    flood = [launch(f"{by.lower()}{i}", by, at) for i in range(120) for by in ("JPN", "KOR")]
    assert 0 < len(suggest_links(flood)) <= 5_000
