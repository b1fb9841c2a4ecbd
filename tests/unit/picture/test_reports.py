# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.picture.launches import LaunchReport
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reports import (
    check_revision,
    format_report,
    parse_report,
    schema_keys,
    schema_names,
    schema_of,
)

Json = dict[str, Any]
Smallest = dict[str, Callable[[], Json]]
Write = dict[str, Callable[..., Json]]
SCHEMAS = (
    "launch_report/1",
    "nuclear_test_report/1",
    "sighting_report/1",
    "range_assessment/1",
    "free_report/1",
)


def raw(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def objects(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Name the path of every object inside a JSON value."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from objects(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, (*path, index))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def test_the_schemas_are_these() -> None:
    assert schema_names() == SCHEMAS


@pytest.mark.parametrize("schema", SCHEMAS)
def test_writing_and_reading_a_report_changes_nothing(schema: str, smallest: Smallest) -> None:
    report = parse_report(raw(smallest[schema]()))
    written = format_report(report)
    assert schema_of(report) == schema
    assert parse_report(written) == report
    assert format_report(parse_report(written)) == written


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_key_of_every_object_is_demanded_and_no_other_taken(
    schema: str, smallest: Smallest
) -> None:
    whole = smallest[schema]()
    for path in objects(whole):
        for key in at(whole, path):
            lacking = copy.deepcopy(whole)
            del at(lacking, path)[key]
            with pytest.raises(InputError, match=r"basis\.missing-field"):
                parse_report(raw(lacking))
        more = copy.deepcopy(whole)
        at(more, path)["remark"] = "…"
        with pytest.raises(InputError, match=r"basis\.unknown-field"):
            parse_report(raw(more))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_everything_that_is_missing_is_told_at_once(schema: str, smallest: Smallest) -> None:
    whole = smallest[schema]()
    assert {"schema", *schema_keys(schema)} == set(whole)
    with pytest.raises(InputError, match=r"basis\.missing-field") as caught:
        parse_report(raw({"schema": schema}))
    assert caught.value.expected.startswith("event, title, reported_by, issued_at, revision")
    assert all(key in caught.value.expected for key in schema_keys(schema))
    with pytest.raises(InputError, match=r"basis\.missing-field") as caught:
        parse_report(raw({**smallest["launch_report/1"](), "objects": [{"name": "one"}]}))
    assert caught.value.expected.startswith("system, launched_at, presumed_launch_point")


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("wrong", [[], {}, 1, True, "x" * 20_001])
def test_every_value_is_held_to_its_type_and_length(
    schema: str, smallest: Smallest, wrong: object
) -> None:
    whole = smallest[schema]()
    lists = {"assumptions", "alternatives", "flight_path", "outlook", "hypocentres", "magnitudes"}
    lists |= {"yield_kt", "apogee_km", "distance_km", "duration_s", "range_km"}
    for path in objects(whole):
        for key in at(whole, path):
            if (wrong == [] and key in lists) or (wrong == 1 and key == "revision"):
                continue
            if wrong is True and key == "approximate":
                continue
            changed = copy.deepcopy(whole)
            at(changed, path)[key] = wrong
            with pytest.raises(InputError):
                parse_report(raw(changed))


@pytest.mark.parametrize("schema", ["launch_report/2", "launch_report", "report/1", ""])
def test_refuses_a_schema_or_version_that_is_not_known(schema: str, smallest: Smallest) -> None:
    report = smallest["launch_report/1"]() | {"schema": schema}
    with pytest.raises(InputError, match=r"picture\.unknown-schema|basis\.wrong-length"):
        parse_report(raw(report))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": "free_report/1", "schema": "free_report/1"}',
        b"\xef\xbb\xbf{}",
        b'{"schema": 1.5}',
        b"[" * 40,
        b" " * (256 * 1024 + 1),
    ],
)
def test_refuses_what_is_not_a_strict_json_object(text: bytes) -> None:
    with pytest.raises(InputError):
        parse_report(text)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("event", "Event 1", "basis.wrong-form"),
        ("source", [], "basis.wrong-length"),
        ("source", ["x"] * 33, "basis.wrong-length"),
        ("confidence", "certain", "picture.unknown-word"),
        ("supersedes", 1, "picture.supersedes-later"),
        ("issued_at", "2016-02-07", "basis.instant"),
        ("alternatives", [{"statement": "x", "confidence": "low"}] * 33, "basis.wrong-length"),
    ],
)
def test_refuses_a_head_out_of_form(key: str, value: object, code: str, smallest: Smallest) -> None:
    with pytest.raises(InputError) as refusal:
        parse_report(raw(smallest["free_report/1"]() | {key: value}))
    assert refusal.value.code == code
    assert refusal.value.where.startswith(f"$.{key}")


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude": "90.1"},
        {"latitude": "-90.1"},
        {"longitude": "180.0001"},
        {"longitude": "-181"},
        {"latitude": 39},
        {"uncertainty_km": "-1"},
    ],
)
def test_refuses_a_point_that_is_not_on_the_globe(
    changes: Json, smallest: Smallest, write: Write
) -> None:
    report = smallest["launch_report/1"]()
    report["objects"] = [write["launched"](expected_impact_point=write["point"](**changes))]
    with pytest.raises(InputError) as refusal:
        parse_report(raw(report))
    assert refusal.value.where.startswith("$.objects[0].expected_impact_point.")


def test_a_salvo_is_one_report_of_several_objects(smallest: Smallest, write: Write) -> None:
    report = smallest["launch_report/1"]()
    report["objects"] = [
        write["launched"](name=f"object {number}", expected_impact_point=write["point"]())
        for number in range(4)
    ]
    read = parse_report(raw(report))
    assert isinstance(read, LaunchReport)
    assert [each.name for each in read.objects] == [f"object {number}" for number in range(4)]
    assert parse_report(format_report(read)) == read


@pytest.mark.parametrize("number", [0, 33])
def test_refuses_a_launch_of_no_or_too_many_objects(
    number: int, smallest: Smallest, write: Write
) -> None:
    for schema in ("launch_report/1", "sighting_report/1"):
        report = smallest[schema]()
        report["objects"] = report["objects"] * number
        with pytest.raises(InputError, match=r"basis\.wrong-length"):
            parse_report(raw(report))


def test_refuses_a_flight_path_that_goes_back_in_time(smallest: Smallest, write: Write) -> None:
    point = {"latitude": "39", "longitude": "124", "altitude_km": "1"}
    times = ["2016-02-07T00:31:00Z", None, "2016-02-07T00:30:59.999Z"]
    report = smallest["launch_report/1"]()
    report["objects"] = [write["launched"](flight_path=[{"at": at, **point} for at in times])]
    with pytest.raises(InputError, match=r"picture\.path-order"):
        parse_report(raw(report))


@pytest.mark.parametrize("bearing", ["360", "-0.1"])
def test_refuses_a_bearing_outside_the_circle(
    bearing: str, smallest: Smallest, write: Write
) -> None:
    report = smallest["launch_report/1"]()
    report["objects"] = [write["launched"](bearing_degrees=bearing)]
    with pytest.raises(InputError, match=r"picture\.out-of-range"):
        parse_report(raw(report))


def test_refuses_a_range_assessment_without_a_figure(smallest: Smallest) -> None:
    with pytest.raises(InputError, match=r"picture\.no-figure"):
        parse_report(raw(smallest["range_assessment/1"]() | {"range_km": []}))


def test_hypocentres_of_one_agency_are_a_series(smallest: Smallest) -> None:
    report = smallest["nuclear_test_report/1"]()
    first = report["hypocentres"][0]
    report["hypocentres"] = [first, first | {"revision": 2, "supersedes": 1}]
    read = parse_report(raw(report))
    assert isinstance(read, NuclearTestReport)
    assert len(read.hypocentres) == 2
    report["hypocentres"] = [first, first]
    with pytest.raises(InputError, match=r"picture\.doubled-revision"):
        parse_report(raw(report))


def test_a_later_report_revises_the_earlier_one_of_its_author(smallest: Smallest) -> None:
    first = smallest["sighting_report/1"]()
    second = first | {"revision": 2, "supersedes": 1, "confidence": "low"}
    check_revision(parse_report(raw(first)), parse_report(raw(second)))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"event": "event-2"}, "event"),
        ({"reported_by": "KOR"}, "reported_by"),
        ({"revision": 3}, "revision"),
        ({"supersedes": None}, "supersedes"),
    ],
)
def test_refuses_a_report_that_revises_something_else(
    changes: Json, where: str, smallest: Smallest
) -> None:
    first = smallest["free_report/1"]()
    second = first | {"revision": 2, "supersedes": 1} | changes
    with pytest.raises(InputError) as refusal:
        check_revision(parse_report(raw(first)), parse_report(raw(second)))
    assert (refusal.value.code, refusal.value.where) == ("picture.not-a-revision", where)


def test_refuses_a_revision_in_another_schema(smallest: Smallest) -> None:
    first = smallest["free_report/1"]()
    second = smallest["range_assessment/1"]() | {"revision": 2, "supersedes": 1}
    with pytest.raises(InputError) as refusal:
        check_revision(parse_report(raw(first)), parse_report(raw(second)))
    assert refusal.value.where == "schema"


@pytest.mark.parametrize(
    ("key", "value"),
    [("confidence", "CANARY"), ("revision", "CANARY"), ("text", ["CANARY"]), ("title", "")],
)
def test_no_error_repeats_what_a_report_says(key: str, value: object, smallest: Smallest) -> None:
    report = smallest["free_report/1"]() | {"summary": "CANARY", key: value}
    with pytest.raises(InputError) as refusal:
        parse_report(raw(report))
    assert "CANARY" not in str(refusal.value)


def test_no_error_repeats_a_number_or_an_agency(smallest: Smallest, write: Write) -> None:
    for figures in (
        [write["figure"]("CANARY"), write["figure"]("CANARY")],
        [write["figure"](value=write["span"](best="CANARY"))],
        [write["figure"](value=write["span"](best="-770770"))],
        [write["figure"](value=write["span"](low="770770", best="1"))],
    ):
        with pytest.raises(InputError) as refusal:
            parse_report(raw(smallest["range_assessment/1"]() | {"range_km": figures}))
        assert not any(secret in str(refusal.value) for secret in ("CANARY", "770770"))
