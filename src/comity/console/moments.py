# SPDX-License-Identifier: Apache-2.0
"""Instants on a page: UTC with its Z first, and the named local time beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markupsafe import Markup, escape

from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.console.languages import Tongue

COOKIE: Final = "__Host-comity-zone"
ZONES: Final = (
    "UTC",
    "America/Los_Angeles",
    "America/New_York",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Brussels",
    "Europe/London",
    "Pacific/Guam",
    "Pacific/Honolulu",
)
_USUAL: Final[Mapping[str, str]] = {"ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def choose_zone(chosen: str | None, language: str) -> str:
    """Choose the zone that was set, else the usual one of a language, else UTC alone."""
    return chosen if chosen in ZONES else _USUAL.get(language, "UTC")


@dataclass(frozen=True, slots=True)
class Moments:
    """How one reader is told of moments."""

    tongue: Tongue
    zone: str

    def show(self, instant: Instant | Date) -> Markup:
        """Write an instant in both times; a day as it is."""
        if isinstance(instant, Date):
            return Markup('<time datetime="{0}">{0}</time>').format(format_date(instant))
        full = format_instant(instant)
        utc = f"{full[:10]} {full[11:19]}Z"
        written = Markup('<time datetime="{}">{}</time>').format(full, utc)
        local = self.local(instant)
        if local is None:
            return written
        return written + Markup(' <span class="local">{}</span>').format(local)

    def local(self, instant: Instant) -> str | None:
        """Write the reader's own time with its zone; None where that is UTC."""
        if self.zone == "UTC":
            return None
        there = (_EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(self.zone))
        day = format_datetime(there, "short", locale=self.tongue.locale)
        return f"({day} {there.tzname()}, {self.zone})"


def shown_lines(text: str) -> Markup:
    """Write text that may hold lines so that a browser keeps them."""
    return Markup("<br>").join(escape(each) for each in text.splitlines())
