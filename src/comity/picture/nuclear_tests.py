# SPDX-License-Identifier: Apache-2.0
"""Nuclear test reports: origin times, places, magnitudes and yields, each with its agency.

There is never one magnitude: the same event had four agencies, three scales and values
revised within hours. Source: timeline.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from comity.basis.fields import Fields
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import REPORT_FIGURES_MAX
from comity.basis.strict_json import JsonValue
from comity.picture.decimals import (
    AMOUNTS,
    LATITUDES,
    LONGITUDES,
    format_decimal,
    nullable_decimal,
    parse_decimal,
)
from comity.picture.figures import (
    Credit,
    Figure,
    Magnitude,
    check_series,
    format_credit,
    format_figures,
    format_magnitudes,
    nullable_line,
    parse_credit,
    parse_figures,
    parse_magnitudes,
)
from comity.picture.heads import Head, format_head, parse_head
from comity.picture.moments import parse_instant

SCHEMA = "nuclear_test_report"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Hypocentre:
    """Where and when one agency puts the event; depth in metres below the surface."""

    origin_time: Instant
    latitude: Decimal
    longitude: Decimal
    depth_m: Decimal | None
    credit: Credit

    @property
    def series(self) -> str:
        """All places given by one agency are one series."""
        return ""


@dataclass(frozen=True, slots=True)
class NuclearTestReport:
    """A report of one test; every list may be empty until an agency has spoken."""

    head: Head
    site: str | None
    hypocentres: tuple[Hypocentre, ...]
    magnitudes: tuple[Magnitude, ...]
    yield_kt: tuple[Figure, ...]


def parse_nuclear_test_report(fields: Fields) -> NuclearTestReport:
    """Read the keys of a nuclear test report."""
    hypocentres = tuple(
        _parse_hypocentre(inner)
        for inner in fields.objects("hypocentres", max_items=REPORT_FIGURES_MAX)
    )
    check_series(hypocentres, fields.place("hypocentres"))
    return NuclearTestReport(
        parse_head(fields),
        nullable_line(fields, "site"),
        hypocentres,
        parse_magnitudes(fields, "magnitudes"),
        parse_figures(fields, "yield_kt", AMOUNTS),
    )


def format_nuclear_test_report(report: NuclearTestReport) -> dict[str, JsonValue]:
    """Write the keys of a nuclear test report."""
    return {
        **format_head(report.head),
        "site": report.site,
        "hypocentres": [_hypocentre_json(each) for each in report.hypocentres],
        "magnitudes": format_magnitudes(report.magnitudes),
        "yield_kt": format_figures(report.yield_kt),
    }


def _parse_hypocentre(fields: Fields) -> Hypocentre:
    hypocentre = Hypocentre(
        parse_instant(fields, "origin_time"),
        parse_decimal(fields, "latitude", LATITUDES),
        parse_decimal(fields, "longitude", LONGITUDES),
        nullable_decimal(fields, "depth_m", AMOUNTS),
        parse_credit(fields),
    )
    fields.finish()
    return hypocentre


def _hypocentre_json(hypocentre: Hypocentre) -> dict[str, JsonValue]:
    return {
        "origin_time": format_instant(hypocentre.origin_time),
        "latitude": format_decimal(hypocentre.latitude),
        "longitude": format_decimal(hypocentre.longitude),
        "depth_m": format_decimal(hypocentre.depth_m),
        **format_credit(hypocentre.credit),
    }
