# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.picture.decimals import AMOUNTS
from comity.picture.figures import (
    Figure,
    Magnitude,
    current,
    format_assumptions,
    format_figures,
    format_magnitudes,
    parse_assumptions,
    parse_figures,
    parse_magnitudes,
)

Json = dict[str, Any]
Write = dict[str, Callable[..., Json]]


def read(*figures: Json) -> tuple[Figure, ...]:
    return parse_figures(Fields({"km": list(figures)}), "km", AMOUNTS)


def measure(*magnitudes: Json) -> tuple[Magnitude, ...]:
    return parse_magnitudes(Fields({"m": list(magnitudes)}), "m")


def test_figures_of_several_agencies_stand_side_by_side(write: Write) -> None:
    figures = read(write["figure"]("KMA"), write["figure"]("JMA"), write["figure"]("USGS"))
    assert [each.credit.agency for each in figures] == ["KMA", "JMA", "USGS"]
    assert current(figures) == figures


def test_a_revision_supersedes_an_earlier_one_and_deletes_nothing(write: Write) -> None:
    figures = read(
        write["figure"]("KMA"),
        write["figure"]("JMA"),
        write["figure"]("KMA", revision=2, supersedes=1),
    )
    assert len(figures) == 3
    assert [(e.credit.agency, e.credit.revision) for e in current(figures)] == [
        ("JMA", 1),
        ("KMA", 2),
    ]


def test_an_agency_revises_each_of_its_scales_by_itself(write: Write) -> None:
    first = {"value": "4.9", **write["credit"]("CTBTO")}
    both = measure(first | {"scale": "mb"}, first | {"scale": "Ms"})
    assert current(both) == both
    revised = first | {"scale": "mb", "revision": 2, "supersedes": 1}
    assert [each.scale for each in current(measure(first | {"scale": "mb"}, revised))] == ["mb"]
    with pytest.raises(InputError, match=r"picture\.lost-revision"):
        measure(first | {"scale": "Ms"}, revised)


def test_refuses_a_revision_that_stands_twice(write: Write) -> None:
    with pytest.raises(InputError) as refusal:
        read(write["figure"]("KMA"), write["figure"]("KMA"))
    assert refusal.value.code == "picture.doubled-revision"
    assert refusal.value.found == "revision 1"


def test_refuses_a_revision_whose_predecessor_is_gone(write: Write) -> None:
    with pytest.raises(InputError, match=r"picture\.lost-revision"):
        read(write["figure"]("JMA"), write["figure"]("KMA", revision=2, supersedes=1))


@pytest.mark.parametrize("supersedes", [2, 3])
def test_refuses_a_revision_that_supersedes_itself_or_a_later_one(
    write: Write, supersedes: int
) -> None:
    with pytest.raises(InputError, match=r"picture\.supersedes-later"):
        read(write["figure"]("KMA", revision=2, supersedes=supersedes))


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": "guessed"},
        {"basis": None},
        {"agency": ""},
        {"agency": "K" * 501},
        {"revision": 0},
        {"revision": 10_001},
        {"supersedes": 0},
        {"issued_at": "yesterday"},
        {"value": None},
        {"value": "10"},
        {"assumptions": None},
        {"note": "…"},
    ],
)
def test_refuses_a_figure_with_a_field_out_of_form(write: Write, changes: Json) -> None:
    with pytest.raises(InputError) as refusal:
        read(write["figure"](**changes))
    assert refusal.value.where.startswith("$.km[0]")


def test_refuses_more_figures_than_a_report_may_hold(write: Write) -> None:
    many = [write["figure"](f"agency {number}") for number in range(65)]
    assert len(read(*many[:64])) == 64
    with pytest.raises(InputError, match=r"basis\.wrong-length"):
        read(*many)


def test_writing_and_reading_figures_changes_nothing(write: Write) -> None:
    assumed = {"name": "mass", "value": write["span"](high="1000"), "unit": "kg", "text": "…"}
    raw = [write["figure"](assumptions=[assumed], issued_at="2013-02-12")]
    assert format_figures(read(*raw)) == raw
    measured = [{"value": "5.10", "scale": "mb", **write["credit"]()}]
    assert format_magnitudes(measure(*measured)) == measured


@pytest.mark.parametrize("value", ["12.1", "-5.1", "five", 5])
def test_refuses_a_magnitude_that_no_scale_has(write: Write, value: object) -> None:
    with pytest.raises(InputError):
        measure({"value": value, "scale": "mb", **write["credit"]()})


def test_an_assumption_has_a_number_with_its_unit_or_neither(write: Write) -> None:
    number: dict[str, Any] = {"value": write["span"](best="1")}
    plain: dict[str, Any] = {"value": None}
    for parts in (number | {"unit": "kg"}, plain | {"unit": None}):
        raw: list[Any] = [{"name": "mass", "text": "…", **parts}]
        assert format_assumptions(parse_assumptions(Fields({"a": raw}), "a")) == raw
    for parts, found in (
        (number | {"unit": None}, "number alone"),
        (plain | {"unit": "kg"}, "unit alone"),
    ):
        with pytest.raises(InputError) as refusal:
            parse_assumptions(Fields({"a": [{"name": "mass", "text": "…", **parts}]}), "a")
        assert (refusal.value.code, refusal.value.found) == ("picture.unit", found)
