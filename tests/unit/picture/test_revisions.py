# SPDX-License-Identifier: Apache-2.0
"""Chains of revisions, what each changed, and reports of one event side by side."""

from __future__ import annotations

from typing import Any

from comity.picture.beside import magnitude_spread, side_by_side
from comity.picture.revisions import Changed, Kept, chains_of, changes_between
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

SIXTH = TESTS[3]


def revised(json: Any, revision: int) -> Any:
    return json | {"revision": revision, "supersedes": revision - 1}


def korea(*, revision: int = 1) -> Any:
    json = nuclear_json("KOR", SIXTH, "KMA")
    first = {"value": "5.6", "scale": "ML", **credit("KMA")}
    if revision == 1:
        return json | {"magnitudes": [first]}
    later = {"value": "5.7", "scale": "ML", **credit("KMA", 2)}
    return revised(json, 2) | {"magnitudes": [first, later]}


def test_a_later_revision_stands_and_the_earlier_is_kept() -> None:
    second, first = Kept("b", "KOR", read(korea(revision=2))), Kept("a", "KOR", read(korea()))
    (chain,) = chains_of([second, first])
    assert [each.key for each in chain.links] == ["a", "b"]
    assert (chain.newest.key, chain.missing) == ("b", ())


def test_a_revision_that_is_not_held_is_missing() -> None:
    (chain,) = chains_of([Kept("c", "KOR", read(revised(korea(), 3)))])
    assert chain.missing == (1, 2)


def test_another_partys_report_in_the_same_name_is_a_chain_of_its_own() -> None:
    false = Kept("f", "JPN", read(revised(korea(), 2)))
    assert len(chains_of([Kept("a", "KOR", read(korea())), false])) == 2


def test_what_a_revision_changed_is_named_by_its_place() -> None:
    assert changes_between(read(korea()), read(korea(revision=2))) == (
        Changed("magnitudes/KMA ML 2/agency", None, "KMA"),
        Changed("magnitudes/KMA ML 2/revision", None, "2"),
        Changed("magnitudes/KMA ML 2/scale", None, "ML"),
        Changed("magnitudes/KMA ML 2/supersedes", None, "1"),
        Changed("magnitudes/KMA ML 2/value", None, "5.7"),
    )
    assert changes_between(read(korea()), read(korea())) == ()


def test_one_row_more_moves_no_other_and_what_is_gone_is_said() -> None:
    one, two = launched("A", None, None), launched("B", "2017-03-05", None)
    before = read(head("launch_report/1", "salvo", "JPN") | {"objects": [one, two]})
    after = read(head("launch_report/1", "salvo", "JPN") | {"objects": [two], "source": ["x"]})
    assert changes_between(before, after) == (
        Changed("objects/A A/name", "A", None),
        Changed("objects/A A/outcome", "success", None),
        Changed("objects/A A/system", "A", None),
        Changed("source/1", "public accounts", "x"),
    )


def test_the_real_magnitudes_of_the_sixth_test_stand_side_by_side() -> None:
    reports = [
        read(nuclear_json(by, SIXTH, agency))
        for by, agency in (("USA", "USGS"), ("KOR", "KMA"), ("JPN", "JMA"))
    ]
    rows = {each.key: each for each in side_by_side(reports)}
    magnitudes = rows["magnitudes"]
    assert magnitudes.cells == (("6.3 mb (USGS)",), ("5.7 ML (KMA)",), ("6.1 Mj (JMA)",))
    assert (magnitudes.differs, magnitudes.apart) == (True, "5.7–6.3")
    assert not rows["hypocentre"].differs
    assert rows["hypocentre"].cells[0] == ("41.3018, 129.0738 (Yao)",)
    assert "yield_kt" not in rows


def test_of_all_four_tests_the_agencies_lie_as_far_apart_as_they_said() -> None:
    spreads = [
        magnitude_spread([read(nuclear_json("KOR", row, "USGS", "KMA", "JMA"))]) for row in TESTS
    ]
    assert spreads == ["4.9–5.2", "4.8–5.1", "5.0–5.3", "5.7–6.3"]
    assert magnitude_spread([read(nuclear_json("KOR", TESTS[0], "KMA"))]) is None
    assert magnitude_spread([read(launch_json("JPN", LAUNCHES[0]))]) is None


def test_a_revised_magnitude_shows_its_number_and_who_says_nothing_has_an_empty_cell() -> None:
    quiet = nuclear_json("JPN", SIXTH)
    depth = korea(revision=2)
    depth["hypocentres"][0]["depth_m"] = "770"
    rows = {each.key: each for each in side_by_side([read(depth), read(quiet)])}
    assert rows["magnitudes"].cells == (("5.7 ML (KMA, 2)",), ())
    assert not rows["magnitudes"].differs
    assert rows["depth_m"].cells == (("770 (Yao)",), ())


def test_launches_stand_side_by_side_object_by_object() -> None:
    near = launched(
        "X",
        "2017-07-04T00:40:00Z",
        ("39.8722", "125.2692"),
        distance_km=[figure("ROK JCS", span(low="930"), "seen by radar")],
        expected_impact_point=point("41", "135", "sea") | {"uncertainty_km": "50"},
        bearing_degrees="86",
    )
    rows = {
        each.key: each
        for each in side_by_side(
            [
                read(launch_json("JPN", LAUNCHES[1])),
                read(head("launch_report/1", "x", "KOR") | {"objects": [near]}),
            ]
        )
    }
    assert rows["distance_km"].cells == (
        ("933 [inferred] (CNS)",),
        ("≥ 930 [inferred; seen by radar] (ROK JCS)",),
    )
    assert rows["expected_impact_point"].cells == ((), ("sea: 41, 135 ± 50 km",))
    assert rows["launched_at"].differs is False
    salvo = head("launch_report/1", "x", "KOR") | {"objects": [near, near | {"name": "Y"}]}
    keys = [each.key for each in side_by_side([read(salvo)])]
    assert "2 name" in keys
    assert "name" not in keys


def test_sightings_assessments_and_texts_stand_side_by_side() -> None:
    objects = [
        {
            "system": "Musudan",
            "count": span(best="2"),
            "posture": None,
            "range_km": [figure("CSIS", span(high="4000"))],
        },
        {"system": "another", "count": None, "posture": None, "range_km": []},
    ]
    sighting = head("sighting_report/1", "s", "KOR") | {
        "seen_from": "2013-04-01",
        "seen_until": None,
        "place": None,
        "point": point("39", "127"),
        "objects": objects,
        "alternatives": [{"statement": "a decoy", "confidence": "low"}],
        "outlook": [{"statement": "a launch", "confidence": "low", "until": "2013-04-15"}],
    }
    rows = {each.key: each.cells[0] for each in side_by_side([read(sighting)])}
    assert rows["objects"] == ("Musudan: 2", "another")
    assert rows["point"] == ("39, 127",)
    assert rows["range_km"] == ("≤ 4000 [inferred] (CSIS)",)
    assert (rows["outlook"], rows["alternatives"]) == (("a launch (low)",), ("a decoy (low)",))
    ranges = side_by_side([read(range_json("M", "CSIS", span(best="1"), "a light warhead"))])
    assert ("range_km", (("1 [inferred; a light warhead] (CSIS)",),)) in [
        (each.key, each.cells) for each in ranges
    ]
    free = side_by_side([read(head("free_report/1", "t", "JPN") | {"text": "words"})])
    assert ("text", (("words",),)) in [(each.key, each.cells) for each in free]
