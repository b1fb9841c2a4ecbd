# SPDX-License-Identifier: Apache-2.0
"""Maps: what is drawn, what is not, and that the same picture gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree

from comity.basis.errors import InputError
from comity.picture.coast import coastline, land_bytes, manifest_bytes
from comity.picture.decimals import Span
from comity.picture.globe import Spot
from comity.picture.interests import Interest, parse_interests
from comity.picture.maps import (
    KINDS,
    SHADE,
    WORDS,
    MapPicture,
    Numbered,
    Reach,
    degrees_text,
    draw_map,
)
from comity.picture.palette import DAY, GROUNDS, NIGHT, QUIET, contrast, style_sheet
from comity.picture.placing import CLUSTERS_MAX, gather_marks, number_runs, place_labels, text_width
from comity.picture.shorelines import coast_on, land_holds
from comity.picture.svg import Svg, element, number, path_of, text_of
from comity.picture.symbols import draw_symbol
from comity.picture.topology import Land, read_land
from comity.picture.traces import Mark, Sign, Trace, trace_of
from comity.picture.views import (
    Flat,
    antipode,
    fitted,
    round_view,
    view_around,
    world_view,
)
from tests.builders.real_events import (
    LAUNCHES,
    TESTS,
    launch_json,
    nuclear_json,
    points_json,
    read,
)

WONSAN = Spot(127.4817, 39.1677)
MUSUDAN = Reach(WONSAN, "Musudan", Span(None, None, Decimal(4000), approximate=False))
SVG = "{http://www.w3.org/2000/svg}"


def square(*corners: tuple[int, int]) -> bytes:
    """Write land of one polygon, in whole degrees, as the vendored file is written."""
    steps = [corners[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners))]
    return json.dumps(
        {
            "type": "Topology",
            "transform": {"scale": [1, 1], "translate": [0, 0]},
            "arcs": [steps],
            "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0]]]}]}},
        }
    ).encode()


ISLAND = read_land(square((120, 30), (130, 30), (130, 40), (120, 40), (120, 30)))
ACROSS = read_land(square((170, 0), (180, 0), (-170, 0), (-170, 10), (170, 10), (170, 0)))
POLAR = read_land(square((-180, -90), (180, -90), (180, -70), (0, -75), (-180, -70), (-180, -90)))


def numbered() -> tuple[Numbered, ...]:
    reports = [read(launch_json("JPN", row)) for row in LAUNCHES]
    reports += [read(nuclear_json("KOR", row, "KMA")) for row in TESTS]
    return tuple(Numbered(i, trace_of(each)) for i, each in enumerate(reports, 1))


def spots(of: tuple[Numbered, ...]) -> list[Spot]:
    return [mark.spot for each in of for mark in each.trace.marks]


def parsed(svg: Svg) -> Any:
    return etree.fromstring(svg.text.encode())


def texts(svg: Svg) -> list[str]:
    return [each.text for each in parsed(svg).iter(f"{SVG}text")]


def test_the_vendored_coastline_is_the_one_that_its_manifest_names() -> None:
    (row,) = json.loads(manifest_bytes())["files"]
    assert hashlib.sha256(land_bytes()).hexdigest() == row["sha256"]
    assert row["licence"].startswith("ISC")


def test_the_coastline_knows_land_from_water() -> None:
    land = coastline()
    for spot in (WONSAN, Spot(139.0, 36.0), Spot(178.5, 67.5), Spot(-178.0, 67.5), Spot(0, -80)):
        assert land_holds(land, spot)
    for spot in (Spot(131.0, 38.0), Spot(180.0, 0.0), Spot(-52.5, -39.2), Spot(0.0, 89.0)):
        assert not land_holds(land, spot)


def test_no_shore_runs_along_the_edge_of_the_source() -> None:
    land = coastline()
    for shore in land.shores:
        for before, after in pairwise(shore.line):
            assert abs(before[0] - after[0]) < 20
            assert not (before[1] < -89.9 and after[1] < -89.9)


def test_land_across_the_antimeridian_is_one_piece_with_one_shore() -> None:
    (shore,) = ACROSS.shores
    assert shore.box == (170.0, 0.0, 190.0, 10.0)
    assert all(land_holds(ACROSS, Spot(each, 5.0)) for each in (175.0, -175.0))
    assert not land_holds(ACROSS, Spot(165.0, 5.0))


def test_land_about_the_pole_has_a_shore_without_its_foot_and_its_sides() -> None:
    lines = [each.line for each in POLAR.shores if len(each.line) > 1]
    assert lines == [((180.0, -70.0), (0.0, -75.0), (-180.0, -70.0))]


def test_an_arc_may_be_taken_backwards_and_two_may_be_joined() -> None:
    value = json.loads(square((0, 0), (10, 0), (10, 10)))
    value["arcs"].append([[0, 0], [0, 10], [10, 0]])
    value["objects"]["land"]["geometries"][0]["arcs"] = [[[0, -2]]]
    (ring,) = read_land(json.dumps(value).encode()).rings
    assert ring.line == ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"transform": 1, "arcs": [], "objects": {}}', square((0, 0)) + b"x"],
)
def test_refuses_what_is_no_land(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_land(raw)
    assert caught.value.code == "picture.not-land"


def test_the_same_picture_gives_the_same_bytes_and_sound_xml() -> None:
    shown = numbered()
    picture = MapPicture(view_around(spots(shown)), shown, (MUSUDAN,))
    first = draw_map(picture, coastline())
    assert first == draw_map(picture, coastline())
    assert first.__html__() == first.text
    assert parsed(first).tag == f"{SVG}svg"


@pytest.mark.parametrize("middle", [0.0, 150.0, -90.0])
def test_a_map_of_the_earth_is_small_enough_for_a_first_page(middle: float) -> None:
    reaches = tuple(
        Reach(WONSAN, "R", Span(None, Decimal(km), None, approximate=False))
        for km in (4500, 6000, 10000, 13000)
    )
    drawn = draw_map(MapPicture(world_view(middle), numbered(), reaches), coastline())
    assert len(drawn.text.encode()) < 150 * 1024


def test_nothing_runs_or_is_styled_in_place() -> None:
    picture = MapPicture(view_around(spots(numbered())), numbered(), (MUSUDAN,))
    for each in parsed(draw_map(picture, ISLAND)).iter():
        assert etree.QName(each).localname in {
            *("svg", "title", "rect", "path", "circle", "text", "g"),
        }
        assert not {key for key in each.attrib if key.startswith("on") or key == "style"}


def test_hostile_names_are_shown_and_do_nothing() -> None:
    name = "<script>alert(1)</script>\u202e\x07&\"'"
    interest = parse_interests(points_json())[0]
    hostile = Interest(name, interest.point)
    reach = Reach(WONSAN, name, MUSUDAN.span)
    picture = MapPicture(view_around([hostile.spot]), (), (reach,), (hostile,), (name,))
    drawn = draw_map(picture, ISLAND)
    assert "<script" not in drawn.text
    assert "\u202e" not in drawn.text
    assert any("<script>" in each for each in texts(drawn))


def test_a_file_that_stands_alone_bears_its_marking_above_and_below() -> None:
    banner = ("EXERCISE", "SECRET")
    drawn = draw_map(MapPicture(world_view(), (), banner=banner), ISLAND)
    assert [each for each in texts(drawn) if each in banner] == [*banner, *banner]


def test_the_legend_names_what_is_there_and_nothing_else_in_the_readers_words() -> None:
    shown = numbered()
    words = texts(draw_map(MapPicture(view_around(spots(shown)), shown[:1]), ISLAND, str.upper))
    assert WORDS[Sign.LAUNCH].upper() in words
    assert "DIRECTION AND DISTANCE, DRAWN STRAIGHT" in words
    assert WORDS[Sign.TEST].upper() not in words
    assert "Musudan ≤ 4000 km" not in words


def test_the_round_map_draws_a_reach_as_a_circle_about_its_middle() -> None:
    view = round_view(WONSAN, 4000)
    drawn = draw_map(MapPicture(view, numbered(), (MUSUDAN,)), ISLAND)
    radius = 4000 / view.km_per_unit
    x, y = view.place(WONSAN.longitude + 1e-9, WONSAN.latitude)
    assert (x, y) == pytest.approx((view.width / 2, view.height / 2), abs=0.01)
    ring = re.search(r'd="M([0-9.]+) ([0-9.]+)l[^"]*" class="line-ring"', drawn.text)
    assert ring is not None
    found = [float(each) for each in ring.groups()]
    assert found[0] == pytest.approx(x, abs=1.0)
    assert y - found[1] == pytest.approx(radius, rel=0.01)
    assert any("4000 km" in each for each in texts(drawn))


def test_a_round_map_knows_what_lies_beside_it_and_what_lies_behind() -> None:
    view = round_view(WONSAN, 4000)
    assert view.find(Spot(0.0, 0.0)) is None
    assert view.find(Spot(139.7, 35.7)) is not None
    far = round_view(antipode(Spot(125.0, 35.0)), 15_000)
    areas, _ = coast_on(ISLAND, far)
    assert areas.count("M") == 1
    assert coast_on(ISLAND, round_view(Spot(125.0, 35.0), 200))[0] != ""
    assert coast_on(ISLAND, round_view(Spot(-60.0, 35.0), 200)) == ("", "")
    assert coast_on(ISLAND, round_view(Spot(125.0, -80.0), 200)) == ("", "")


def test_a_flat_map_shows_what_crosses_its_edge_from_both_sides() -> None:
    view = fitted(165.0, -5.0, 30.0, 15.0)
    assert coast_on(ACROSS, view)[1].count("M") == 1
    assert coast_on(ACROSS, world_view(0.0))[0].count("M") == 2
    assert coast_on(ACROSS, fitted(0.0, 40.0, 30.0, 60.0)) == ("", "")


def test_a_small_island_is_drawn_on_a_map_of_a_region_and_left_out_of_the_earth() -> None:
    speck = read_land(square((144, 13), (145, 13), (145, 14), (144, 13)))
    tiny = Land(speck.rings, speck.shores)
    assert coast_on(tiny, fitted(140.0, 5.0, 15.0, 20.0))[1]
    islet = json.loads(square((144000, 13000), (144100, 13000), (144100, 13100), (144000, 13000)))
    islet["transform"]["scale"] = [0.001, 0.001]
    land = read_land(json.dumps(islet).encode())
    assert coast_on(land, fitted(140.0, 5.0, 15.0, 20.0))[1]
    assert coast_on(land, world_view())[1] == ""
    assert coast_on(land, round_view(Spot(144.0, 13.0), 12_000))[0] == ""


def test_a_view_is_turned_so_that_the_widest_gap_is_cut() -> None:
    pacific = view_around([Spot(140.0, 35.0), Spot(-158.0, 21.0)])
    assert pacific.find(Spot(180.0, 30.0)) is not None
    assert pacific.find(Spot(0.0, 30.0)) is None
    assert pacific.find(Spot(180.0, -60.0)) is None
    assert view_around([]) == world_view()


@pytest.mark.parametrize(
    ("box", "whole"),
    [
        ((0.0, 10.0, 5.0, 80.0), False),
        ((0.0, -89.0, 100.0, 89.0), False),
        ((0.0, 10.0, 310.0, 20.0), True),
        ((0.0, 10.0, 100.0, 12.0), False),
        ((0.0, 10.0, 20.0, 22.0), False),
    ],
)
def test_a_sheet_has_a_handy_shape(box: tuple[float, float, float, float], whole: bool) -> None:
    view = fitted(*box)
    assert (view.turn == 360.0) is whole
    assert 360.0 <= view.height <= 720.0
    assert isinstance(view, Flat)


def test_uncertain_places_have_a_circle_where_the_map_is_fine_enough() -> None:
    mark = Mark(Sign.SIGHTING, WONSAN, None, None, 100.0)
    shown = (Numbered(1, Trace(Sign.SIGHTING, (mark,), (), None)),)
    near = draw_map(MapPicture(view_around([WONSAN]), shown), ISLAND).text
    far = draw_map(MapPicture(world_view(), shown), ISLAND).text
    assert 'stroke-dasharray="1 3"' in near
    assert 'stroke-dasharray="1 3"' not in far


def test_ring_labels_stand_on_the_paper_and_a_ring_beside_it_has_none() -> None:
    view = view_around([Spot(-60.0, 0.0)])
    assert not any(
        "Musudan 4000" in t for t in texts(draw_map(MapPicture(view, (), (MUSUDAN,)), ISLAND))
    )


def test_marks_that_would_hide_one_another_are_one_with_all_their_numbers() -> None:
    shown = numbered()
    (test, *_) = [
        each
        for each in gather_marks(
            (mark.sign.value, world_view().find(mark.spot) or (0.0, 0.0), each.number, "")
            for each in shown
            for mark in each.trace.marks
        )
        if each.kind == "test"
    ]
    assert test.label == "5–8"
    many = gather_marks(("test", (1.0, 1.0), each, "") for each in range(1, 20, 2))
    assert [each.label for each in many] == ["×10"]
    assert number_runs([1, 2, 3, 7]) == ["1–3", "7"]


def test_marks_of_another_precedence_stand_by_themselves_under_its_word() -> None:
    at = (1.0, 1.0)
    marks = [("test", at, 1, "FLASH"), ("test", at, 2, ""), ("test", at, 3, "FLASH")]
    assert {each.label for each in gather_marks(marks)} == {"1, 3 FLASH", "2"}
    mark = Mark(Sign.SIGHTING, WONSAN, None, None, None)
    shown = (Numbered(7, Trace(Sign.SIGHTING, (mark,), (), None), "IMMEDIATE"),)
    assert "7 IMMEDIATE" in texts(draw_map(MapPicture(world_view(), shown), ISLAND))


def test_thousands_of_marks_are_few_on_the_paper_and_none_is_lost() -> None:
    marks = [("test", (7.0 * (i % 130), 7.0 * (i // 130)), i, "") for i in range(10_000)]
    found = gather_marks(marks)
    assert len(found) <= CLUSTERS_MAX
    assert sorted(each for one in found for each in one.numbers) == list(range(10_000))


def test_labels_do_not_lie_on_one_another_while_there_is_room() -> None:
    wanted = [(f"{i}", (100.0 + 15 * i, 100.0)) for i in range(6)]
    labels = place_labels(wanted, (960.0, 420.0), [(100.0, 80.0)])
    boxes = [(e.x, e.y - 10, e.x + text_width(e.text), e.y + 2) for e in labels]
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )


def test_a_label_stays_on_the_paper_and_one_that_is_far_has_a_line_to_its_point() -> None:
    (label,) = place_labels([("a long label", (958.0, 100.0))], (960.0, 420.0))
    assert label.x + text_width(label.text) < 958
    crowd = place_labels([("word", (200.0, 200.0))] * 8, (960.0, 420.0))
    assert len([each for each in crowd if each.of is not None]) > 2
    assert crowd[-1].middle != crowd[-1].of
    assert text_width("東京") > text_width("ab")


def test_each_kind_of_mark_has_a_shape_of_its_own() -> None:
    shapes = {re.findall(r' d="([^"]+)"', draw_symbol(sign, (0, 0)))[0] for sign in Sign}
    assert len(shapes) == len(Sign)
    assert set(WORDS) == set(Sign)
    assert set(KINDS) <= set(Sign)


@pytest.mark.parametrize("ink", [DAY, NIGHT])
def test_lines_and_marks_stand_at_three_to_one_and_text_at_four_and_a_half(ink: Any) -> None:
    drawn = set(ink) - set(GROUNDS) - QUIET
    for ground in GROUNDS:
        for name in drawn:
            least = 4.5 if name == "text" else 3.0
            assert contrast(ink[name], ink[ground]) >= least, (name, ground)


@pytest.mark.parametrize("ink", [DAY, NIGHT])
def test_what_lies_on_the_shade_of_reaches_still_stands_out(ink: Any) -> None:
    for ground in ("sea", "land"):
        pairs = [(ink[ground][i : i + 2], ink["ring"][i : i + 2]) for i in (1, 3, 5)]
        mixed = (round(int(a, 16) * (1 - SHADE) + int(b, 16) * SHADE) for a, b in pairs)
        shaded = "#" + "".join(f"{each:02x}" for each in mixed)
        for name in ("shore", "mark", "launch", "test", "sighting", "way", "ring", "interest"):
            assert contrast(ink[name], shaded) >= 3.0, (name, ground)


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_style_sheet_colours_every_ink_by_day_and_by_night() -> None:
    sheet = style_sheet()
    for ink in (DAY, NIGHT):
        for name, colour in ink.items():
            assert f".fill-{name} {{ fill: {colour}; }}" in sheet
            assert f".line-{name} {{ stroke: {colour}; }}" in sheet


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.04, "0"),
        (-0.06, "-.1"),
        (12.0, "12"),
        (1.25, "1.2"),
        (-3.5, "-3.5"),
        (0.5, ".5"),
    ],
)
def test_numbers_are_written_the_shortest_way(value: float, text: str) -> None:
    assert number(value) == text


def test_paths_are_written_step_by_step_and_points_are_none() -> None:
    assert path_of([[(0, 0), (10, 0), (10, -5.5)], [(1, 1), (1.01, 1)]]) == "M0 0l10 0 0-5.5"
    assert path_of([[(0, 0), (1, 1)]], closed=True) == "M0 0l1 1z"
    assert element("g") == "<g/>"
    assert text_of("a<b") == "a&lt;b"


def test_places_are_written_for_a_table() -> None:
    assert degrees_text(Spot(129.0738, 41.3018)) == "41.3018° N, 129.0738° E"
    assert degrees_text(Spot(202.1417, -21.3)) == "21.3000° S, 157.8583° W"
