# SPDX-License-Identifier: Apache-2.0
"""When one is reminded of a last day in a house's own registers: days in UTC, as they are kept."""

from __future__ import annotations

from typing import Final

from comity.basis.instants import UTC, Date, Instant, end_of_day, start_of_day

REMIND_DAYS: Final = (60, 30, 7)
"""So many days before the last day one is reminded, and once more when it has passed."""


def passes_at(day: Date) -> Instant:
    """Give the first instant after the day, in UTC."""
    return end_of_day(day, UTC)


def reminders_of(day: Date) -> tuple[Instant, ...]:
    """Give when one is reminded of a last day: before, and at the first instant after it."""
    last = day.toordinal()
    days = (Date.fromordinal(max(1, last - before)) for before in REMIND_DAYS)
    return (*(start_of_day(each, UTC) for each in days), passes_at(day))


def last_reminder_of(day: Date, at: Instant) -> Instant:
    """Give the latest reminder that has come by `at`, of which there is one."""
    return max(each for each in reminders_of(day) if each <= at)
