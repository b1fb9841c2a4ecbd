# SPDX-License-Identifier: Apache-2.0
"""Why a visit would not count, told with what was found and what may stand there.

The fold has one finding for a level and one for days, since codes are a format; here, where people
ask, it is said which bound was met. Source: Japan-ROK GSOMIA Art. 8
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from comity.agreement.model import Agreement
from comity.basis.errors import excerpt
from comity.basis.instants import Date, Zone, format_date, format_zone
from comity.flows.not_counted import NotCounted
from comity.state.findings import Finding
from comity.statement.cases import VisitRequest

_LEVEL: Final = "name a level of the agreement, letter for letter"
_DAYS: Final = "days count in the agreement's zone: name days that are not over there"
_ANEW: Final = "grant within what was asked for, or let the visitors' side ask anew"


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound that is not kept: what is wrong, what may stand there, what does, and what to do."""

    what: str
    expected: str
    found: str
    hint: str


@contextmanager
def told(level: Bound | None, days: Bound | None) -> Iterator[None]:
    """Let a finding on level or days name the bound that was not kept.

    Raises:
        NotCounted: as it was raised, in these words where there are any.
    """
    try:
        yield
    except NotCounted as err:
        bounds = {Finding.VISIT_LEVEL.value: level, Finding.VISIT_DAYS.value: days}
        bound = bounds.get(err.code)
        if bound is None:
            raise
        raise NotCounted(
            err.code,
            bound.what,
            where=err.where,
            expected=bound.expected,
            found=excerpt(bound.found),
            hint=f"it would not count, so it was not said; {bound.hint}",
        ) from err


def level_unknown(agreement: Agreement, level: str) -> Bound | None:
    """Find that a level is none of the agreement's."""
    if agreement.levels.knows(level):
        return None
    expected = " or ".join(reversed(agreement.levels.order))
    return Bound("the agreement has no such level", expected, level, _LEVEL)


def asked_days(visit: VisitRequest, today: Date, zone: Zone) -> Bound | None:
    """Find that the days that are asked for are in no order, or over."""
    first, last = visit.first_day, visit.last_day
    if last < first:
        what = "the last day comes before the first"
        return Bound(what, f"{format_date(first)} or later", format_date(last), "exchange the days")
    if last < today:
        expected = f"{format_date(today)} ({format_zone(zone)}) or later"
        return Bound("these days are over", expected, format_date(last), _DAYS)
    return None


def granted_level(agreement: Agreement, asked: VisitRequest, level: str) -> Bound | None:
    """Find that a level is unknown, above what was asked for, or above the visitors' clearance."""
    unknown = level_unknown(agreement, level)
    if unknown is not None:
        return unknown
    for bound, what in (
        (asked.level, "the level is above what was asked for"),
        (asked.clearance, "the level is above what every visitor is cleared to"),
    ):
        if agreement.levels.knows(bound) and not agreement.levels.at_least(bound, level):
            return Bound(what, f"at most {bound}", level, _ANEW)
    return None


def granted_days(asked: VisitRequest, first: Date, last: Date) -> Bound | None:
    """Find that days are in no order, or outside what was asked for."""
    if last < first:
        what = "the last day comes before the first"
        return Bound(what, f"{format_date(first)} or later", format_date(last), "exchange the days")
    if asked.first_day <= first and last <= asked.last_day:
        return None
    found = f"{format_date(first)} to {format_date(last)}"
    expected = f"within {format_date(asked.first_day)} to {format_date(asked.last_day)}"
    return Bound("the days are outside what was asked for", expected, found, _ANEW)
