# SPDX-License-Identifier: Apache-2.0
"""Moments of the register of persons as people type them: now, a day in UTC, or an instant."""

from __future__ import annotations

from typing import Final

from comity.basis.instants import UTC, Instant, end_of_day, parse_date, parse_instant, start_of_day

NOW: Final = "now"
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
