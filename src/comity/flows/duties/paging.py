# SPDX-License-Identifier: Apache-2.0
"""Duties for a page: what is late first, some at a time, and by their last days.

A cursor is the rank of the last row that was shown, so that what is done meanwhile neither loses
nor doubles a row. What a person may not know of is left out without a trace.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place, parse_agreement_id, parse_place
from comity.basis.instants import Date, Instant, Zone
from comity.flows.context import Context
from comity.flows.duties.listing import Owed, agreement_zone, list_duties
from comity.flows.turns import read_view
from comity.state.coming import Coming
from comity.state.duties import Duty, DutyState
from comity.state.lifecycle_dates import day_of

Rank: TypeAlias = tuple[bool, bool, int, AgreementId, Place, str]

COMING_MAX: Final = 50
OLDEST_MAX: Final = 300
"""Items of each register that nobody answered, of which a page tells: those that are due first."""
_PARTS: Final = 5
_DIGITS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among what is owed; None: whatever there is. `day` is the last one."""

    by: PartyId | None = None
    to: PartyId | None = None
    late_only: bool = False
    day: Date | None = None

    @property
    def narrows(self) -> bool:
        """Answer whether it leaves anything out."""
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One duty; `day` is its last one, in the zone of its agreement. None: no number stands."""

    agreement: AgreementId
    duty: Duty
    day: Date | None
    zone: Zone

    @property
    def rank(self) -> Rank:
        """Order by what is late, then by the day, those without one last."""
        due, is_late = self.duty.due, self.duty.state is DutyState.LATE
        return not is_late, due is None, due or 0, self.agreement, self.duty.trigger, self.duty.id


@dataclass(frozen=True, slots=True)
class ComingRow:
    """Something that comes up; `day` as of a duty."""

    agreement: AgreementId
    coming: Coming
    day: Date | None
    has_passed: bool


@dataclass(frozen=True, slots=True)
class DutyPage:
    """Some of what is owed. `next` is the cursor of the page after it; None: that was all.

    `coming` holds what comes up, in its order, at most COMING_MAX; `coming_left` how many more.
    `is_cut`: of items that nobody answered only the oldest were looked at, and counts are of these.
    """

    rows: tuple[OwedRow, ...]
    next: str | None
    late: int
    open: int
    coming: tuple[ComingRow, ...]
    coming_left: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What one day ends: duties alike are one row with their number; and how much there is."""

    rows: tuple[tuple[OwedRow, int], ...]
    coming: tuple[ComingRow, ...]
    count: int


async def owed_under(
    context: Context,
    agreements: Iterable[AgreementId],
    person: PersonId,
    wanted: Wanted,
    *,
    oldest: int | None = None,
) -> tuple[Owed, ...]:
    """Give what is still owed under some agreements, as far as it is looked for."""
    found = [
        await list_duties(context, each, person, live=True, oldest=oldest) for each in agreements
    ]
    return tuple(_only(each, wanted) for each in found)


async def zones_under(
    context: Context, agreements: Iterable[AgreementId]
) -> dict[AgreementId, Zone]:
    """Give the zones in which agreements count their days; UTC for one that is not signed."""
    views = [await read_view(context, each) for each in agreements]
    return {view.agreement_id: agreement_zone(view) for view in views}


async def duty_page(
    context: Context,
    agreements: Iterable[AgreementId],
    person: PersonId,
    wanted: Wanted,
    *,
    after: str = "",
    limit: int,
) -> DutyPage:
    """Give a page of what is owed, the late first.

    Raises:
        InputError: `after` is no cursor.
    """
    past = _read_cursor(after) if after else None
    owed = await owed_under(context, agreements, person, wanted, oldest=OLDEST_MAX)
    rows = [row for each in owed for row in owed_rows(each)]
    left = (row for row in rows if past is None or row.rank > past)
    found = heapq.nsmallest(limit + 1, left, key=lambda row: row.rank)
    coming = [row for each in owed for row in coming_rows(each)]
    coming.sort(key=lambda row: (row.coming.due is None, row.coming.due or 0))
    return DutyPage(
        tuple(found[:limit]),
        _write_cursor(found[limit - 1]) if len(found) > limit else None,
        sum(row.duty.state is DutyState.LATE for row in rows),
        len(rows),
        tuple(coming[:COMING_MAX]),
        max(0, len(coming) - COMING_MAX),
        any(each.is_cut for each in owed),
    )


async def duty_days(
    context: Context,
    agreements: Iterable[AgreementId],
    person: PersonId,
    days: frozenset[Date],
    *,
    limit: int,
) -> tuple[dict[Date, Day], bool]:
    """Give what some days end, at most so many rows for each; and whether it is cut, as a page."""
    rows: dict[Date, list[OwedRow]] = {}
    coming: dict[Date, list[ComingRow]] = {}
    found = await owed_under(context, agreements, person, Wanted(), oldest=OLDEST_MAX)
    for owed in found:
        for row in owed_rows(owed):
            if row.day in days:
                rows.setdefault(row.day, []).append(row)
        for comes in coming_rows(owed):
            if comes.day in days:
                coming.setdefault(comes.day, []).append(comes)
    ends = {
        day: _day(rows.get(day, []), coming.get(day, []), limit)
        for day in rows.keys() | coming.keys()
    }
    return ends, any(each.is_cut for each in found)


def _day(rows: list[OwedRow], coming: list[ComingRow], limit: int) -> Day:
    alike: dict[object, list[OwedRow]] = {}
    for row in sorted(rows, key=lambda row: row.rank):
        duty = row.duty
        key = (row.agreement, duty.owed_by, duty.owes, duty.because, duty.article, duty.state)
        alike.setdefault(key, []).append(row)
    shown = [(each[0], len(each)) for each in alike.values()][:limit]
    return Day(tuple(shown), tuple(coming[: limit - len(shown)]), len(rows) + len(coming))


def owed_rows(owed: Owed) -> Iterator[OwedRow]:
    """Give duties with their last days."""
    for each in owed.duties:
        yield OwedRow(owed.agreement, each, last_day(each.due, owed.zone), owed.zone)


def coming_rows(owed: Owed) -> Iterator[ComingRow]:
    """Give what comes up with its days."""
    for each in owed.coming:
        day = last_day(each.due, owed.zone)
        yield ComingRow(owed.agreement, each, day, each.has_passed(owed.at))


def last_day(end: Instant | None, zone: Zone) -> Date | None:
    """Give the last day of a bound that is not included."""
    return None if end is None else day_of(Instant(end - 1), zone)


def _only(owed: Owed, wanted: Wanted) -> Owed:
    """Keep what is looked for; what comes up is nobody's debt, so all but a day leaves it out."""
    duties = tuple(
        each
        for each in owed.duties
        if wanted.by in (None, each.owed_by)
        and (wanted.to is None or wanted.to in each.owed_to)
        and (not wanted.late_only or each.state is DutyState.LATE)
        and wanted.day in (None, last_day(each.due, owed.zone))
    )
    coming = () if replace(wanted, day=None).narrows else owed.coming
    if wanted.day is not None:
        coming = tuple(each for each in coming if last_day(each.due, owed.zone) == wanted.day)
    return replace(owed, duties=duties, coming=coming)


def _write_cursor(row: OwedRow) -> str:
    calm, _, _, agreement, trigger, id = row.rank
    due = "" if row.duty.due is None else str(row.duty.due)
    return "~".join((str(int(calm)), due, agreement, str(trigger), id))


def _read_cursor(text: str) -> Rank:
    parts = text.split("~")
    if len(parts) != _PARTS or parts[0] not in ("0", "1") or not _is_number(parts[1]):
        raise InputError(
            "duties.no-cursor",
            "this is no place in the list of duties",
            hint="begin at the first page of the list",
        )
    calm, due, agreement, trigger, id = parts
    named = parse_agreement_id(agreement), parse_place(trigger), id
    return calm == "1", not due, int(due or 0), *named


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return not text or (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS_MAX)
