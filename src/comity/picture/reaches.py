# SPDX-License-Identifier: Apache-2.0
"""How far a quoted range goes from a place, and which points of interest that touches.

Nothing is worked out but distances: the figures are those that assessors stated, each with what
it was assumed from, and several of one system stand side by side. Source: timeline.md 0 and 6
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comity.picture.assessments import RangeAssessment
from comity.picture.decimals import Span
from comity.picture.figures import Assumption, Figure, current
from comity.picture.globe import Leg, Spot, measure
from comity.picture.interests import Interest
from comity.picture.reports import Report
from comity.picture.sightings import SightingReport


class Touch(StrEnum):
    """How a place lies to a range as it was stated.

    `within` the least that was stated; `up_to`: within the most alone; `beyond` the most; `unsaid`:
    beyond the least of a range whose most nobody stated.
    """

    WITHIN = "within"
    UP_TO = "up_to"
    BEYOND = "beyond"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Touched:
    """A point of interest, how far it is and in which direction, and how the range lies to it."""

    interest: Interest
    km: float
    azimuth: float
    touch: Touch

    @property
    def is_touched(self) -> bool:
        """Answer whether the range, as far as it was stated, comes as far as that place."""
        return self.touch in (Touch.WITHIN, Touch.UP_TO)


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure for one system's range as a report quotes it, with all that it was assumed from.

    `assumptions` are those of the figure and then those of the whole report.
    """

    system: str
    figure: Figure
    reported_by: str
    assumptions: tuple[Assumption, ...]


def limits_of(span: Span) -> tuple[float, float | None]:
    """Give how far a range goes at least and at most, in the numbers that were stated.

    "Up to 4,000" is 4,000 twice; "more than 10,000" has no most.
    """
    stated = [float(each) for each in (span.low, span.best, span.high) if each is not None]
    only_low = span.best is None and span.high is None
    return stated[0], None if only_low else stated[-1]


def ring_radii(span: Span) -> tuple[float, ...]:
    """List the radii in kilometres that a range is drawn with, the least first."""
    least, most = limits_of(span)
    return (least,) if most is None or most == least else (least, most)


def legs_from(origin: Spot, interests: Iterable[Interest]) -> tuple[tuple[Interest, Leg], ...]:
    """Measure the way to every point of interest once, the nearest first."""
    found = [(each, measure(origin, each.spot)) for each in interests]
    return tuple(sorted(found, key=lambda each: (each[1].km, each[0].name)))


def touched_by(span: Span, legs: Iterable[tuple[Interest, Leg]]) -> tuple[Touched, ...]:
    """Say of every point of interest, as `legs_from` gives them, how a range lies to it."""
    least, most = limits_of(span)
    return tuple(
        Touched(each, leg.km, leg.azimuth, _touch(leg.km, least, most)) for each, leg in legs
    )


def _touch(km: float, least: float, most: float | None) -> Touch:
    if km <= least:
        return Touch.WITHIN
    if most is None:
        return Touch.UNSAID
    return Touch.UP_TO if km <= most else Touch.BEYOND


def stated_ranges(reports: Iterable[Report]) -> tuple[Stated, ...]:
    """List every range that reports quote and nobody revised, in the order of the reports."""
    found: list[Stated] = []
    for report in reports:
        quoted: tuple[tuple[str, tuple[Figure, ...]], ...] = ()
        match report:
            case RangeAssessment():
                quoted = ((report.system, report.range_km),)
            case SightingReport():
                quoted = tuple((each.system, each.range_km) for each in report.objects)
            case _:
                continue
        head = report.head
        found += [
            Stated(system, figure, head.reported_by, (*figure.assumptions, *head.assumptions))
            for system, figures in quoted
            for figure in current(figures)
        ]
    return tuple(found)


def ranges_of(system: str, stated: Iterable[Stated]) -> tuple[Stated, ...]:
    """List the figures of one system side by side, by who assessed it; none replaces another."""
    named = (each for each in stated if each.system.casefold() == system.casefold())
    return tuple(sorted(named, key=lambda each: (each.figure.credit.agency, each.reported_by)))


def span_text(span: Span) -> str:
    """Write a span in signs that need no language: `≤ 4000`, `≥ 10000`, `≈ 7000`, `2500–4000`."""
    about = "≈ " if span.approximate else ""
    low, best, high = (
        None if each is None else f"{each:f}" for each in (span.low, span.best, span.high)
    )
    if low is None and high is None:
        return f"{about}{best}"
    if low is not None and high is not None:
        ends = f"{low}–{high}"
    else:
        ends = f"≥ {low}" if high is None else f"≤ {high}"
    return f"{about}{ends}" if best is None else f"{about}{best} ({ends})"
