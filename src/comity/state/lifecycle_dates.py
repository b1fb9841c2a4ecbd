# SPDX-License-Identifier: Apache-2.0
"""The calendar of an agreement's life: terms, last days of notice, and when a notice takes effect.

Pure arithmetic on days in the zone of the file. Dates come from statements that anybody may
write, so nothing here raises: what lies beyond the calendar is held at its edge.
Source: AGREEMENTS.md section 2; Japan-ROK GSOMIA Art. 21(1) and (3), as `spec/timeline.md`
section 1 computes it
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from comity.agreement.model import LifecycleRules
from comity.basis.errors import InputError
from comity.basis.instants import (
    DAY_MS,
    INSTANT_MAX,
    INSTANT_MIN,
    Date,
    Duration,
    DurationUnit,
    Instant,
    Zone,
    add_to_date,
    date_of,
    end_of_day,
    start_of_day,
    subtract_from_date,
)

_FIRST_DAY: Final = datetime.date.min + datetime.timedelta(days=1)
_LAST_DAY: Final = datetime.date.max - datetime.timedelta(days=2)
_ONE_DAY: Final = datetime.timedelta(days=1)
_HOURS_OF_DAY: Final = 24
_MINUTES_OF_DAY: Final = 24 * 60
_TERMS_MAX: Final = datetime.date.max.toordinal()
"""More terms than the calendar has days."""


def day_of(instant: Instant, zone: Zone) -> Date:
    """Give the date of `instant` in `zone`, within the calendar."""
    held = min(max(instant, INSTANT_MIN + DAY_MS), INSTANT_MAX - DAY_MS)
    return date_of(Instant(held), zone)


def day_start(date: Date, zone: Zone) -> Instant:
    """Give the first millisecond of `date`, within the calendar."""
    return start_of_day(_held(date), zone)


def day_end(date: Date, zone: Zone) -> Instant:
    """Give the first millisecond after `date`, within the calendar."""
    return end_of_day(_held(date), zone)


def until_passed(until: Date | Instant | None, zone: Zone) -> Instant:
    """Give the first millisecond at which something that holds `until` holds no more."""
    match until:
        case None:
            return INSTANT_MAX
        case Date():
            return day_end(until, zone)
        case _:
            return Instant(min(until, INSTANT_MAX - 1) + 1)


def last_day_of_term(rules: LifecycleRules, entered: Date, number: int) -> Date | None:
    """Give the last day of a term, counted from 0; None for an agreement without an end.

    Entry into force on 23 November with a term of one year: 22 November of the next year.
    """
    if rules.runs is None:
        return None
    first = later_day(entered, rules.runs, times=1)
    after = first if rules.renews is None else later_day(first, rules.renews, times=number)
    return _held(after) - _ONE_DAY


def last_notice_day(rules: LifecycleRules, entered: Date, number: int) -> Date | None:
    """Give the last day on which notice still ends that term: 24 August for 22 November.

    Source: Japan-ROK GSOMIA Art. 21(3), 90 days counted back from the last day of the term
    """
    last = last_day_of_term(rules, entered, number)
    if last is None or rules.notice is None:
        return last
    return earlier_day(last, rules.notice)


def term_at(rules: LifecycleRules, entered: Date, day: Date) -> int:
    """Count the terms that ended before `day`: the number of the term that it is in."""
    if rules.renews is None:
        return 0
    return _first(lambda number: _or_never(last_day_of_term(rules, entered, number)) >= day)


def notice_last_day(rules: LifecycleRules, entered: Date, given: Date) -> Date:
    """Give the last day in force after a notice given on `given`.

    In time, it is the last day of that term; too late, of the next one; without terms, the
    notice counts from the day it was given. Where the file lets a party withdraw within a term,
    by a notice of its own length, the earlier of both days counts.

    Source: Japan-US ACSA of 1996, the article on its term (treaties.md A15)
    """
    if rules.runs is None:
        return _held(given if rules.notice is None else later_day(given, rules.notice, times=1))
    number = 0
    if rules.renews is not None:
        number = _first(lambda term: _or_never(last_notice_day(rules, entered, term)) >= given)
    with_term = _or_never(last_day_of_term(rules, entered, number))
    if rules.withdrawal is None:
        return with_term
    return min(with_term, _held(later_day(given, rules.withdrawal)))


def expiry(rules: LifecycleRules, entered: Date) -> Instant | None:
    """Give when an agreement that is not renewed by itself ends without anybody's notice."""
    if rules.runs is None or rules.renews is not None:
        return None
    return day_end(_or_never(last_day_of_term(rules, entered, 0)), rules.zone)


def _held(date: Date) -> Date:
    return min(max(date, _FIRST_DAY), _LAST_DAY)


def _or_never(date: Date | None) -> Date:
    return _LAST_DAY if date is None else date


def later_day(date: Date, duration: Duration, *, times: int = 1) -> Date:
    """Add a duration so many times in one step, so that short months do not add up.

    Beyond the calendar it gives its last day; a part of a day counts as one.
    """
    if times == 0:
        return date
    days = _in_days(duration)
    try:
        return add_to_date(date, Duration(days.amount * times, days.unit))
    except InputError:  # beyond the year 9999
        return _LAST_DAY


def earlier_day(date: Date, duration: Duration) -> Date:
    """Take a duration off; before the calendar it gives its first day."""
    try:
        return subtract_from_date(date, _in_days(duration))
    except InputError:  # before the year 1
        return _FIRST_DAY


def _in_days(duration: Duration) -> Duration:
    """Count a term or a notice in whole days: a part of a day counts as one."""
    match duration.unit:
        case DurationUnit.MINUTES:
            return Duration(-(-duration.amount // _MINUTES_OF_DAY), DurationUnit.DAYS)
        case DurationUnit.HOURS:
            return Duration(-(-duration.amount // _HOURS_OF_DAY), DurationUnit.DAYS)
        case _:
            return duration


def _first(reaches: Callable[[int], bool]) -> int:
    """Find the smallest number that `reaches`, as every larger one then does too.

    An agreement is mostly in one of its first terms, so the search widens from there.
    """
    beyond = 1
    while beyond < _TERMS_MAX and not reaches(beyond - 1):
        beyond *= 2
    return bisect_left(range(_TERMS_MAX), True, beyond // 2, min(beyond, _TERMS_MAX), key=reaches)
