# SPDX-License-Identifier: Apache-2.0
"""The gist of a report in one line, from what was read under the seal, figures beside figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from comity.picture.assessments import RangeAssessment
from comity.picture.decimals import Span
from comity.picture.figures import Assumption, Figure, Magnitude
from comity.picture.free_reports import FreeReport
from comity.picture.launches import LaunchReport
from comity.picture.nuclear_tests import NuclearTestReport
from comity.picture.reports import Report, parse_report
from comity.picture.sightings import SightingReport


def gist_of(raw: bytes) -> str:
    """Read a report as a recipient does, and give its gist."""
    report = parse_report(raw)
    return f"“{report.head.title}”: {_gist(report)}"


def _gist(report: Report) -> str:
    match report:
        case LaunchReport(objects=objects):
            each = objects[0]
            point = each.presumed_launch_point
            place = "an unknown place" if point is None or point.name is None else point.name
            return f"{each.system or each.name} from {place}, {_figures(each.distance_km)}"
        case NuclearTestReport(magnitudes=magnitudes):
            return f"magnitude {_magnitudes(magnitudes)}"
        case SightingReport(objects=objects, outlook=outlook):
            seen = "; ".join(f"{each.system}, range {_figures(each.range_km)}" for each in objects)
            expected = "; ".join(f"{each.statement} ({each.confidence})" for each in outlook)
            return f"{seen}; {expected}" if expected else seen
        case RangeAssessment(range_km=figures):
            return _figures(figures)
        case FreeReport(text=text):
            return text.split("\n")[0]
        case _:
            assert_never(report)


def _magnitudes(magnitudes: Iterable[Magnitude]) -> str:
    by_agency: dict[str, list[str]] = {}
    for each in magnitudes:
        by_agency.setdefault(each.credit.agency, []).append(f"{each.value} {each.scale}")
    return ", ".join(f"{' then '.join(said)} ({agency})" for agency, said in by_agency.items())


def _figures(figures: Iterable[Figure]) -> str:
    return ", ".join(
        f"{_span(each.value)} km{_assumed(each)} ({each.credit.agency})" for each in figures
    )


def _assumed(figure: Figure) -> str:
    if not figure.assumptions:
        return ""
    return f", assuming {' and '.join(_assumption(each) for each in figure.assumptions)}"


def _assumption(assumed: Assumption) -> str:
    if assumed.value is None:
        return assumed.text
    return f"{assumed.name.replace('_', ' ')} {_span(assumed.value)} {assumed.unit or ''}".strip()


def _span(span: Span) -> str:
    if span.best is not None:
        return f"{'about ' if span.approximate else ''}{span.best}"
    if span.low is not None and span.high is not None:
        return f"{span.low} to {span.high}"
    return f"up to {span.high}" if span.low is None else f"more than {span.low}"
