# SPDX-License-Identifier: Apache-2.0
"""A party's own lines: read as they are typed, and drawn below everything else."""

from __future__ import annotations

import pytest

from comity.basis.errors import InputError
from comity.basis.limits import OVERLAY_LINES_MAX, OVERLAY_SPOTS_MAX
from comity.picture.globe import Spot
from comity.picture.maps import OWN_LINES, MapPicture, draw_map
from comity.picture.overlays import Overlaid, read_overlay
from comity.picture.views import view_around
from tests.unit.picture.test_maps import ISLAND, texts

ZONE = "Zone: A: 30.0 150.0, 30.0 152.0, 28.5 152.0"


def test_lines_are_read_with_their_names_and_empty_ones_count_for_nothing() -> None:
    (zone,) = read_overlay(f"\n{ZONE}\n  \n")
    places = Spot(150.0, 30.0), Spot(152.0, 30.0), Spot(152.0, 28.5)
    assert zone == Overlaid("Zone: A", places)
    assert read_overlay("") == ()


def test_a_line_runs_on_beyond_the_antimeridian() -> None:
    (route,) = read_overlay("Route: 50 170, 51 -170, 51 179.5")
    assert [each.longitude for each in route.line] == [170.0, 190.0, 179.5]


@pytest.mark.parametrize(
    "typed",
    [
        "Zone",
        ": 1 2, 3 4",
        "Zone: 1 2",
        "Zone: 1 2, 3",
        "Zone: 1 2 3, 4 5",
        "Zone: 91 2, 3 4",
        "Zone: 1 181, 3 4",
        "Zone: 1e2 2, 3 4",
        "Z" * 501 + ": 1 2, 3 4",
    ],
)
def test_what_is_no_line_is_told_with_its_number(typed: str) -> None:
    with pytest.raises(InputError) as told:
        read_overlay(f"{ZONE}\n{typed}")
    assert "line 2" in str(told.value.where)


@pytest.mark.parametrize(
    "text",
    [f"{ZONE}\n" * (OVERLAY_LINES_MAX + 1), "Zone: " + "1 2, " * OVERLAY_SPOTS_MAX + "1 2"],
)
def test_too_much_is_told_before_it_is_read(text: str) -> None:
    with pytest.raises(InputError) as told:
        read_overlay(text)
    assert told.value.code == "picture.large-overlay"


def test_lines_are_drawn_and_named_where_they_lie_on_the_paper() -> None:
    overlay = (*read_overlay(ZONE), *read_overlay("Far: -60 10, -61 11"))
    view = view_around([Spot(151.0, 29.0)])
    drawn = draw_map(MapPicture(view, (), overlay=overlay), ISLAND)
    assert {"Zone: A", OWN_LINES} <= {*texts(drawn)}
    assert "Far" not in texts(drawn)
    assert OWN_LINES not in texts(draw_map(MapPicture(view, ()), ISLAND))
