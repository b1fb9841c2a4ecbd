# SPDX-License-Identifier: Apache-2.0
"""Rings hold what is near and nothing else, across the antimeridian and over the poles."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest

from comity.picture.cutting import cut_line, cut_polygon
from comity.picture.globe import HALF_TURN_KM, Spot, measure, travel
from comity.picture.rings import Line, edge_around, ring_around, way_between

WONSAN = Spot(127.4817, 39.1677)


def holds(ring: Line, spot: Spot) -> bool:
    inside = False
    for one, other in pairwise(ring):
        if (one.latitude > spot.latitude) != (other.latitude > spot.latitude):
            part = (spot.latitude - one.latitude) / (other.latitude - one.latitude)
            at = one.longitude + part * (other.longitude - one.longitude)
            inside ^= spot.longitude < at
    return inside


CENTRES = (
    WONSAN,
    Spot(178.0, -10.0),
    Spot(-179.9, 65.0),
    Spot(30.0, 89.9),
    Spot(0.0, 90.0),
    Spot(40.0, -90.0),
    Spot(0.0, 0.0),
)


@pytest.mark.parametrize("km", [1.0, 500.0, 4000.0, 9999.0, 13_000.0, 17_000.0, 19_900.0, 30_000.0])
@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("middle", [0.0, 150.0, 180.0])
def test_a_ring_that_is_cut_holds_every_place_nearer_and_none_farther(
    centre: Spot, km: float, middle: float
) -> None:
    parts = cut_polygon(ring_around(centre, km), middle)
    drawn = random.Random(f"{centre} {km} {middle}")
    for part in parts:
        assert part[0] == part[-1]
        assert all(abs(each.longitude - middle) <= 180.0 for each in part)
        assert all(-90.0 <= each.latitude <= 90.0 for each in part)
    for _ in range(30):
        latitude = math.degrees(math.asin(drawn.uniform(-1, 1)))
        spot = Spot(drawn.uniform(middle - 180, middle + 180), latitude)
        away = measure(centre, spot).km
        if abs(away - min(km, HALF_TURN_KM)) > 25 and away < HALF_TURN_KM:
            assert sum(holds(part, spot) for part in parts) == (away < km)


def test_nothing_lies_within_no_distance() -> None:
    assert ring_around(WONSAN, 0.0) == ()
    assert edge_around(WONSAN, 0.0) == ()
    assert cut_polygon(()) == ()
    assert cut_line(()) == ()


def test_everything_lies_within_half_a_turn_and_has_no_edge() -> None:
    assert edge_around(WONSAN, HALF_TURN_KM) == ()
    assert len(ring_around(WONSAN, HALF_TURN_KM)) == 5


def test_every_point_of_an_edge_is_so_far_from_the_middle() -> None:
    for km in (500.0, 4000.0, 13_000.0, 17_000.0):
        for line in edge_around(WONSAN, km):
            assert all(measure(WONSAN, each).km == pytest.approx(km, abs=1e-3) for each in line)


def test_an_edge_ends_where_it_began_unless_a_pole_lies_within() -> None:
    (near,) = edge_around(WONSAN, 4000.0)
    assert near[0] == near[-1]
    (over_pole,) = edge_around(WONSAN, 6000.0)
    assert over_pole[0].longitude - over_pole[-1].longitude == 360.0
    assert len(edge_around(WONSAN, 17_000.0)) == 2


def test_a_ring_is_finer_where_it_passes_a_pole_closely() -> None:
    assert len(ring_around(Spot(127.0, 89.0), 130.0)) > len(ring_around(Spot(127.0, 39.0), 130.0))


def test_a_ring_is_cut_in_two_at_the_antimeridian_and_not_where_the_map_is_turned() -> None:
    ring = ring_around(Spot(178.0, -10.0), 3000.0)
    assert len(cut_polygon(ring)) == 2
    assert len(cut_polygon(ring, 150.0)) == 1


def test_a_polygon_that_crosses_a_cut_four_times_gives_three_parts() -> None:
    comb = tuple(
        Spot(*each)
        for each in (
            (170.0, 0.0),
            (170.0, 40.0),
            (190.0, 40.0),
            (190.0, 30.0),
            (175.0, 30.0),
            (175.0, 10.0),
            (190.0, 10.0),
            (190.0, 0.0),
            (170.0, 0.0),
        )
    )
    assert len(cut_polygon(comb)) == 3


def test_parts_that_touch_a_cut_in_one_point_stay_polygons() -> None:
    wedge = (Spot(170.0, 0.0), Spot(180.0, 5.0), Spot(170.0, 10.0), Spot(170.0, 0.0))
    assert cut_polygon(wedge) == (wedge,)
    shapes = [(160, 0), (190, 0), (180, 5), (190, 10), (160, 10), (160, 0)]
    notched = tuple(Spot(*each) for each in shapes)
    assert sorted(len(each) for each in cut_polygon(notched)) == [4, 4, 5]


def test_a_way_over_the_antimeridian_is_cut_in_two() -> None:
    honolulu = Spot(-157.8583, 21.3069)
    (way,) = way_between(WONSAN, honolulu)
    east, west = sorted(cut_line(way), key=lambda each: each[0].longitude)[::-1]
    assert (east[-1].longitude, west[0].longitude) == (180.0, -180.0)
    assert east[-1].latitude == west[0].latitude
    assert cut_line(way, 180.0) == (way,)


def test_a_way_over_the_pole_is_two_lines_that_end_there() -> None:
    up, down = way_between(WONSAN, Spot(WONSAN.longitude - 180.0, 50.0))
    assert (up[-1].latitude, down[0].latitude) == (90.0, 90.0)
    south, _ = way_between(Spot(0.0, -60.0), Spot(180.0, -60.0))
    assert south[-1].latitude == -90.0


def test_there_is_no_way_from_a_place_to_itself() -> None:
    assert way_between(WONSAN, WONSAN) == ()


def test_a_short_way_is_one_step() -> None:
    ((start, end),) = way_between(WONSAN, travel(WONSAN, 90.0, 5.0))
    assert measure(start, end).km == pytest.approx(5.0, abs=1e-6)


def test_a_line_is_cut_at_both_ends_of_a_map_and_leaves_nothing_beside_it() -> None:
    line = (Spot(100.0, 0.0), Spot(200.0, 10.0), Spot(100.0, 20.0))
    first, back = (each for each in cut_line(line) if each[0].longitude > 0)
    assert first == (Spot(100.0, 0.0), Spot(180.0, 8.0))
    assert back == (Spot(180.0, 12.0), Spot(100.0, 20.0))
    (beyond,) = (each for each in cut_line(line) if each[0].longitude < 0)
    assert beyond == (Spot(-180.0, 8.0), Spot(-160.0, 10.0), Spot(-180.0, 12.0))


def test_a_line_along_the_cut_is_drawn_at_both_ends() -> None:
    line = (Spot(180.0, 0.0), Spot(180.0, 20.0))
    assert len(cut_line(line)) == 2


@pytest.mark.parametrize(
    ("name", "spot", "km", "azimuth"),
    [
        ("Seoul", Spot(126.978, 37.5665), 183.1, 194.1),
        ("Tokyo", Spot(139.6917, 35.6895), 1146.4, 105.9),
        ("Guam", Spot(144.7937, 13.4443), 3319.6, 144.4),
        ("Honolulu", Spot(-157.8583, 21.3069), 7253.4, 81.9),
    ],
)
def test_distances_and_azimuths_from_the_place_of_a_launch(
    name: str, spot: Spot, km: float, azimuth: float
) -> None:
    leg = measure(WONSAN, spot)
    assert (round(leg.km, 1), round(leg.azimuth, 1)) == (km, azimuth)
