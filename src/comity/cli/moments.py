# SPDX-License-Identifier: Apache-2.0
"""Days and instants as people type them, and how soon something ends."""

from __future__ import annotations

from typing import Final

from comity.basis.instants import (
    UTC,
    Date,
    Instant,
    date_of,
    end_of_day,
    parse_date,
    parse_instant,
    start_of_day,
)

NOW: Final = "now"
WARN_DAYS: Final = (7, 30, 60)
"""People are warned so many days before something ends."""

_DATE_CHARS: Final = 10


def parse_beginning(text: str, now: Instant, where: str) -> Instant:
    """Read `now`, an instant, or a day, which begins at midnight UTC."""
    if text == NOW:
        return now
    if len(text) == _DATE_CHARS:
        return start_of_day(parse_date(text, where), UTC)
    return parse_instant(text, where)


def parse_ending(text: str, now: Instant, where: str) -> Instant:
    """Read `now`, an instant, or a day, which counts to its end in UTC."""
    if text == NOW:
        return now
    if len(text) == _DATE_CHARS:
        return end_of_day(parse_date(text, where), UTC)
    return parse_instant(text, where)


def expiry_words(last_day: Date, now: Instant) -> str:
    """Say that something has ended, or will within the longest time to warn; empty otherwise."""
    days = (last_day - date_of(now, UTC)).days
    if days < 0:
        return "EXPIRED"
    if days > WARN_DAYS[-1]:
        return ""
    urgency = next(each for each in WARN_DAYS if days <= each)
    return f"ends within {urgency} days" if days else "ENDS TODAY"
