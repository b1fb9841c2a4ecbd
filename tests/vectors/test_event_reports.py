# SPDX-License-Identifier: Apache-2.0
"""The reports of real events that the demo ships, held to spec/timeline.md sections 0, 4 and 5."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from comity.picture.assessments import RangeAssessment
from comity.picture.figures import Confidence, current
from comity.picture.launches import LaunchReport
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reports import Report, check_revision, format_report, parse_report
from comity.picture.sightings import SightingReport

REPORTS = Path(__file__).parents[2] / "src/comity/cli/demo/reports"
NAMES = (
    "free-report-2016-12-16",
    "launch-2016-02-07",
    "nuclear-test-2013-02-12",
    "nuclear-test-2016-01-06",
    "range-assessment-2016",
    "sighting-2013-04-musudan",
    "sighting-2013-04-musudan-revised",
)


def load(name: str) -> Report:
    return parse_report((REPORTS / f"{name}.json").read_bytes())


def test_every_shipped_report_is_listed_here() -> None:
    assert tuple(sorted(path.stem for path in REPORTS.glob("*.json"))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_report_reads_back_and_names_its_sources(name: str) -> None:
    report = load(name)
    assert parse_report(format_report(report)) == report
    assert report.head.source


@pytest.mark.parametrize(
    ("name", "said", "valid"),
    [
        (
            "nuclear-test-2013-02-12",
            {("USGS", "4.9"), ("USGS", "5.1"), ("KMA", "4.9"), ("JMA", "5.2"), ("CTBTO", "5.0")}
            | {("CTBTO", "4.9")},
            {"USGS": "5.1", "KMA": "4.9", "JMA": "5.2", "CTBTO": "4.9"},
        ),
        (
            "nuclear-test-2016-01-06",
            {("USGS", "5.1"), ("KMA", "4.8"), ("JMA", "5.1"), ("JMA", "5.0"), ("CTBTO", "4.85")},
            {"USGS": "5.1", "KMA": "4.8", "JMA": "5.0", "CTBTO": "4.85"},
        ),
    ],
)
def test_four_agencies_magnitudes_stand_side_by_side_with_their_revisions(
    name: str, said: set[tuple[str, str]], valid: dict[str, str]
) -> None:
    report = load(name)
    assert isinstance(report, NuclearTestReport)
    assert {(each.credit.agency, str(each.value)) for each in report.magnitudes} == said
    assert {e.credit.agency: str(e.value) for e in current(report.magnitudes)} == valid
    assert len({each.scale for each in report.magnitudes}) == 3


def test_the_third_test_has_the_origin_time_of_the_paper() -> None:
    report = load("nuclear-test-2013-02-12")
    assert b'"origin_time":"2013-02-12T02:57:51.322Z"' in format_report(report)


def test_the_launch_names_its_three_parts() -> None:
    report = load("launch-2016-02-07")
    assert isinstance(report, LaunchReport)
    flown = report.objects[0]
    assert flown.presumed_launch_point is not None
    assert flown.expected_impact_point is not None
    assert flown.flight_path
    assert b'"launched_at":"2016-02-07T00:30:00.000Z"' in format_report(report)


def test_the_sighting_of_2013_is_revised_as_the_anniversary_passes() -> None:
    first, second = load("sighting-2013-04-musudan"), load("sighting-2013-04-musudan-revised")
    assert isinstance(first, SightingReport)
    check_revision(first, second)
    figure = first.objects[0].range_km[0]
    assert (figure.value.low, figure.value.high) == (None, Decimal(4000))
    assert (first.head.confidence, second.head.confidence) == (
        Confidence.MODERATE,
        Confidence.LOW,
    )


def test_the_ministers_range_names_its_assumption_on_the_warhead() -> None:
    report = load("range-assessment-2016")
    assert isinstance(report, RangeAssessment)
    figure = report.range_km[0]
    assert (figure.value.low, figure.value.high) == (Decimal(10000), None)
    masses = {each.name: each.value for each in figure.assumptions}
    limit, mass = masses["warhead_mass_limit"], masses["warhead_mass"]
    assert limit is not None
    assert limit.high == 1000
    assert mass is not None
    assert (mass.best, mass.approximate) == (Decimal(200), True)
