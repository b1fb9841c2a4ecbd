# SPDX-License-Identifier: Apache-2.0
"""GeoJSON by its rules: cut at the antimeridian, wound rightly, seven decimals, a box."""

import json
from itertools import pairwise
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.formats.geojson import Origin, format_geojson, read_origin
from comity.picture.globe import Spot
from comity.picture.reports import Report
from tests.builders.foreign_formats import SOURCE, assessment, launch, point, report

SEOUL = Origin(Spot(126.978, 37.5665), "Seoul")
FIJI = Origin(Spot(178.4419, -18.1416))


def written(*reports: Report, origin: Origin | None = None) -> dict[str, Any]:
    value = json.loads(format_geojson([(SOURCE, each) for each in reports], origin))
    assert isinstance(value, dict)
    return value


def test_a_place_to_draw_ranges_around_is_read_from_decimal_degrees() -> None:
    assert read_origin("37.5665", "126.978", "Seoul") == SEOUL
    assert read_origin("-18.1416", "178.4419").name is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "where"),
    [("90.1", "0", "latitude"), ("0", "-180.5", "longitude"), ("37°", "127", "latitude")],
)
def test_no_such_place_is_refused_by_the_part_that_is_wrong(
    latitude: str, longitude: str, where: str
) -> None:
    with pytest.raises(InputError, match=where):
        read_origin(latitude, longitude)


def polygons(feature: dict[str, Any]) -> list[list[list[float]]]:
    geometry = feature["geometry"]
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"][0]]
    assert geometry["type"] == "MultiPolygon"
    return [each[0] for each in geometry["coordinates"]]


def test_a_launch_is_its_points_and_the_way_between_them() -> None:
    value = written(launch(point("127.4817", "39.1677", "5"), point("132.5", "39.8")))
    kinds = [each["geometry"]["type"] for each in value["features"]]
    assert kinds == ["Point", "Point", "LineString"]
    assert value["features"][0]["geometry"]["coordinates"] == [127.4817, 39.1677]
    assert value["features"][0]["properties"]["uncertainty_km"] == 5.0
    assert value["bbox"][0] == 127.4817
    assert value["bbox"][2] == 132.5


def test_every_feature_carries_the_marking_and_the_place_it_came_from() -> None:
    value = written(launch(point("127", "39")), assessment(("US", None, "4000")), origin=SEOUL)
    for each in value["features"]:
        assert each["properties"]["marking"] == SOURCE.marking
        assert each["properties"]["item"] == "gsomia-jpn-kor/JPN/12"
    assert value["marking"] == [SOURCE.marking]


def test_a_way_over_the_antimeridian_is_cut_there() -> None:
    value = written(launch(point("170", "40"), point("-170", "45")))
    way = value["features"][2]["geometry"]
    assert way["type"] == "MultiLineString"
    for part in way["coordinates"]:
        assert all(abs(b[0] - a[0]) < 180 for a, b in pairwise(part))
    assert value["bbox"][0] == 170.0
    assert value["bbox"][2] == -170.0


@pytest.mark.parametrize("origin", [SEOUL, FIJI, Origin(Spot(10.0, 88.0)), Origin(Spot(0, 0))])
@pytest.mark.parametrize("km", ["1", "400", "4000", "12000"])
def test_rings_are_closed_within_the_map_and_wound_around_their_inside(
    origin: Origin, km: str
) -> None:
    value = written(assessment(("US", None, km)), origin=origin)
    for ring in polygons(value["features"][0]):
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
        assert all(a != b for a, b in pairwise(ring))


def test_no_coordinate_has_more_than_seven_decimals() -> None:
    raw = format_geojson([(SOURCE, assessment(("US", "2500", "4000")))], SEOUL).decode()
    numbers = raw.replace("[", ",").replace("]", ",").split(",")
    decimals = [len(each.partition(".")[2]) for each in numbers if each[:1] in "-0123456789"]
    assert max(decimals) == 7
    assert "-0.0," not in raw


def test_a_range_has_a_ring_for_each_end_and_says_who_stated_it() -> None:
    value = written(assessment(("US", "2500", "4000"), ("KOR", None, "3000")), origin=SEOUL)
    rings = [
        (each["properties"]["said_by"], each["properties"]["radius_km"])
        for each in value["features"]
    ]
    assert rings == [("US", 2500.0), ("US", 4000.0), ("KOR", 3000.0)]
    assert {each["properties"]["around"] for each in value["features"]} == {"Seoul"}


def test_a_ring_over_the_antimeridian_has_a_box_whose_west_is_beyond_its_east() -> None:
    west, south, east, north = written(assessment(("US", None, "1000")), origin=FIJI)["bbox"]
    assert west > 0 > east
    assert south < -18 < north


def test_what_lies_all_around_has_a_box_of_the_whole_turn() -> None:
    value = written(assessment(("US", None, "1000")), origin=Origin(Spot(10.0, 89.0)))
    assert value["bbox"][::2] == [-180.0, 180.0]
    assert value["bbox"][3] == 90.0


def test_a_report_without_a_place_is_a_feature_without_a_geometry() -> None:
    value = written(
        report("free_report/1", text="Nothing is known."), assessment(("US", None, "9"))
    )
    assert [each["geometry"] for each in value["features"]] == [None, None]
    assert "bbox" not in value


def test_a_reach_of_nothing_and_a_way_to_where_it_began_have_no_geometry() -> None:
    reach = written(assessment(("US", None, "0")), origin=SEOUL)
    assert reach["features"][0]["geometry"] is None
    here = point("127.00000001", "39")
    way = written(launch(point("127", "39"), here))["features"][-1]
    assert way["geometry"] is None


def test_places_far_apart_are_boxed_with_the_widest_gap_outside() -> None:
    value = written(
        launch(point("-60", "10")), launch(point("140", "30")), launch(point("150", "1"))
    )
    assert value["bbox"] == [140.0, 1.0, -60.0, 30.0]
