# SPDX-License-Identifier: Apache-2.0
"""Days and instants as people type them, and how soon something ends."""

from __future__ import annotations

from typing import Final

from comity.basis.instants import UTC, Date, Instant, date_of
from comity.flows.people.typed_days import NOW, parse_beginning, parse_ending

__all__ = ["NOW", "WARN_DAYS", "expiry_words", "parse_beginning", "parse_ending"]

WARN_DAYS: Final = (7, 30, 60)
"""People are warned so many days before something ends."""


def expiry_words(last_day: Date, now: Instant) -> str:
    """Say that something has ended, or will within the longest time to warn; empty otherwise."""
    days = (last_day - date_of(now, UTC)).days
    if days < 0:
        return "EXPIRED"
    if days > WARN_DAYS[-1]:
        return ""
    urgency = next(each for each in WARN_DAYS if days <= each)
    return f"ends within {urgency} days" if days else "ENDS TODAY"
