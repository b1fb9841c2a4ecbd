# SPDX-License-Identifier: Apache-2.0
"""Bounds in time: an instant belongs to its span, a date holds to the end of its day.

Source: AGREEMENTS.md section 4, last paragraph
"""

from __future__ import annotations

from datetime import date

from comity.basis.instants import DAY_MS, MINUTE_MS, Date, Instant, Zone

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def has_passed(until: Instant | Date, at: Instant, zone: Zone) -> bool:
    """Answer whether `until` lies before `at`; the last instant and the last day still hold."""
    if isinstance(until, date):
        return _day_of(at, zone) > until.toordinal()
    return at > until


def has_come(given: Instant | Date, at: Instant, zone: Zone) -> bool:
    """Answer whether what was given on `given` is prior to `at`, or of the same instant.

    What was given on a date counts from the end of that day, since the hour is not known.
    """
    if isinstance(given, date):
        return _day_of(at, zone) > given.toordinal()
    return at >= given


def has_begun(begins: Instant | Date, at: Instant, zone: Zone) -> bool:
    """Answer whether what begins on `begins` has begun at `at`; a date begins with its day."""
    if isinstance(begins, date):
        return _day_of(at, zone) >= begins.toordinal()
    return at >= begins


def day_of(at: Instant, zone: Zone) -> Date:
    """Give the date of `at` in the zone; beyond the calendar, its first or its last day.

    A partner may date a statement to the last hours of the year 9999: nothing fails over it.
    """
    return date.fromordinal(min(max(_day_of(at, zone), 1), date.max.toordinal()))


def _day_of(at: Instant, zone: Zone) -> int:
    """Count days in the zone by plain numbers: no date at the edge of the calendar can fail."""
    return (at + zone.offset_minutes * MINUTE_MS) // DAY_MS + _EPOCH_ORDINAL
