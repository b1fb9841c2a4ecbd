# SPDX-License-Identifier: Apache-2.0
"""Instants, dates, fixed-offset zones and durations that follow the calendar.

An instant is whole milliseconds since 1970 in UTC. No clock is read here. Zones are fixed
offsets: an agreement's days must not move when a state changes its rules for summer time.
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NewType, assert_never

from comity.basis.errors import InputError, excerpt
from comity.basis.limits import DURATION_AMOUNT_MAX

Instant = NewType("Instant", int)
Date = datetime.date

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_SECONDS_KEPT = 16
_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
INSTANT_MIN = Instant((1 - _EPOCH_DAY) * DAY_MS)
INSTANT_MAX = Instant((datetime.date.max.toordinal() + 1 - _EPOCH_DAY) * DAY_MS - 1)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{3}))?Z"
)
_ZONE = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
_ZONE_MINUTES_MAX = 14 * 60
_DURATION = re.compile(r"([1-9][0-9]{0,5}) ([a-z]+)")


class DurationUnit(StrEnum):
    """The units of a duration; days are 24 hours in a fixed-offset zone."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of units, at least one."""

    amount: int
    unit: DurationUnit

    def __str__(self) -> str:
        """Write it as an agreement does."""
        return format_duration(self)


@dataclass(frozen=True, slots=True)
class Zone:
    """A fixed offset from UTC, east positive."""

    offset_minutes: int

    def __str__(self) -> str:
        """Write it as an agreement does."""
        return format_zone(self)


UTC = Zone(0)


def parse_instant(text: str, where: str = "") -> Instant:
    """Read `2016-12-16T03:00:00Z`, with or without three digits of milliseconds; UTC only.

    Source: RFC 3339 5.6; leap seconds, offsets and lower-case letters are refused
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise _not_an_instant(text, where)
    day, hours, minutes, seconds, milliseconds = match.groups()
    try:
        days = datetime.date.fromisoformat(day).toordinal() - _EPOCH_DAY
    except ValueError:
        raise _not_an_instant(text, where) from None
    whole_s = ((days * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
    return Instant(whole_s * 1000 + int(milliseconds or 0))


def parse_instant_canonical(text: str, where: str = "") -> Instant:
    """Read an instant in the one form that `format_instant` writes."""
    if len(text) != 24:
        raise _not_an_instant(text, where)
    milliseconds = text[20:23]
    if text[19] == "." and milliseconds.isascii() and milliseconds.isdigit():
        try:
            return Instant(_parse_second(text[:19] + text[23]) + int(milliseconds))
        except InputError:
            pass  # said again of the whole
    return parse_instant(text, where)


# What was said together was said within few seconds.
_parse_second = lru_cache(maxsize=_SECONDS_KEPT)(parse_instant)


def format_instant(instant: Instant) -> str:
    """Write `2016-12-16T03:00:00.000Z`, always with milliseconds."""
    seconds, milliseconds = divmod(instant, 1000)
    return f"{_format_second(seconds)}.{milliseconds:03}Z"


def format_instants(first: Instant, count: int) -> list[str]:
    """Write instants that follow each other by one millisecond."""
    return [
        f"{_format_second(instant // 1000)}.{instant % 1000:03}Z"
        for instant in range(first, first + count)
    ]


@lru_cache(maxsize=_SECONDS_KEPT)
def _format_second(second: int) -> str:
    """Write whole seconds since 1970; what is said together is said within few of them."""
    days, in_day = divmod(_in_range(second * 1000), DAY_MS)
    minutes, second_of = divmod(in_day // 1000, 60)
    hour, minute = divmod(minutes, 60)
    date = datetime.date.fromordinal(days + _EPOCH_DAY).isoformat()
    return f"{date}T{hour:02}:{minute:02}:{second_of:02}"


def parse_date(text: str, where: str = "") -> Date:
    """Read `2016-11-23`."""
    try:
        if _DATE.fullmatch(text) is not None:
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(
        "basis.date", "not a date", where=where, expected="YYYY-MM-DD", found=excerpt(text)
    )


def parse_day_or_instant(text: str, where: str = "") -> Date | Instant:
    """Read `2016-11-23` as a day, and anything of another length as an instant."""
    if len(text) == len("2016-11-23"):
        return parse_date(text, where)
    return parse_instant(text, where)


def format_date(date: Date) -> str:
    """Write `2016-11-23`."""
    return date.isoformat()


def parse_zone(text: str, where: str = "") -> Zone:
    """Read a fixed offset such as `+09:00`, or `UTC`, or `Z`; at most 14 hours."""
    if text in ("UTC", "Z"):
        return UTC
    match = _ZONE.fullmatch(text)
    if match is not None:
        sign, hours, minutes = match.groups()
        offset = int(hours) * 60 + int(minutes)
        if offset <= _ZONE_MINUTES_MAX and not (sign == "-" and offset == 0):
            return Zone(-offset if sign == "-" else offset)
    raise InputError(
        "basis.zone",
        "not a fixed offset",
        where=where,
        expected="an offset such as +09:00, or UTC",
        found=excerpt(text),
    )


def format_zone(zone: Zone) -> str:
    """Write `UTC` or an offset such as `+09:00`."""
    if zone.offset_minutes == 0:
        return "UTC"
    hours, minutes = divmod(abs(zone.offset_minutes), 60)
    return f"{'-' if zone.offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"


def date_of(instant: Instant, zone: Zone) -> Date:
    """Give the date that it is at `instant` in `zone`."""
    day = (instant + zone.offset_minutes * MINUTE_MS) // DAY_MS
    return _date_from_ordinal(day + _EPOCH_DAY)


def start_of_day(date: Date, zone: Zone) -> Instant:
    """Give the first millisecond of `date` in `zone`."""
    days = date.toordinal() - _EPOCH_DAY
    return _in_range(days * DAY_MS - zone.offset_minutes * MINUTE_MS)


def end_of_day(date: Date, zone: Zone) -> Instant:
    """Give the first millisecond after `date` in `zone`: a bound that is not included."""
    return _in_range(start_of_day(date, zone) + DAY_MS)


def parse_duration(text: str, where: str = "") -> Duration:
    """Read `30 days`, `24 hours`, `1 year`: one is singular, more are plural.

    Source: AGREEMENTS 1.4
    """
    match = _DURATION.fullmatch(text)
    if match is not None:
        amount, word = int(match[1]), match[2]
        unit = word + "s" if amount == 1 else word
        if amount <= DURATION_AMOUNT_MAX and unit in DurationUnit.__members__.values():
            return Duration(amount, DurationUnit(unit))
    raise InputError(
        "basis.duration",
        "not a duration",
        where=where,
        expected="a number and one of: " + ", ".join(DurationUnit),
        found=excerpt(text),
        hint='write "30 days", "24 hours", "12 months" or "1 year"',
    )


def format_duration(duration: Duration) -> str:
    """Write a duration as an agreement does."""
    word = duration.unit.value
    return f"{duration.amount} {word[:-1] if duration.amount == 1 else word}"


def add_duration(instant: Instant, duration: Duration, zone: Zone) -> Instant:
    """Go forward by the calendar of `zone`; a month without that day gives its last day."""
    return _shift_instant(instant, duration.amount, duration.unit, zone=zone)


def subtract_duration(instant: Instant, duration: Duration, zone: Zone) -> Instant:
    """Go back by the calendar of `zone`; a month without that day gives its last day."""
    return _shift_instant(instant, -duration.amount, duration.unit, zone=zone)


def add_to_date(date: Date, duration: Duration) -> Date:
    """Go forward by whole days, weeks, months or years."""
    return _shift_date(date, duration.amount, duration.unit)


def subtract_from_date(date: Date, duration: Duration) -> Date:
    """Go back by whole days, weeks, months or years."""
    return _shift_date(date, -duration.amount, duration.unit)


def _shift_instant(instant: Instant, amount: int, unit: DurationUnit, *, zone: Zone) -> Instant:
    match unit:
        case DurationUnit.MINUTES:
            return _in_range(instant + amount * MINUTE_MS)
        case DurationUnit.HOURS:
            return _in_range(instant + amount * HOUR_MS)
        case DurationUnit.DAYS | DurationUnit.WEEKS | DurationUnit.MONTHS | DurationUnit.YEARS:
            date = date_of(instant, zone)
            in_day = instant - start_of_day(date, zone)
            return _in_range(start_of_day(_shift_date(date, amount, unit), zone) + in_day)
        case _:
            assert_never(unit)


def _shift_date(date: Date, amount: int, unit: DurationUnit) -> Date:
    match unit:
        case DurationUnit.DAYS:
            return _date_from_ordinal(date.toordinal() + amount)
        case DurationUnit.WEEKS:
            return _date_from_ordinal(date.toordinal() + 7 * amount)
        case DurationUnit.MONTHS:
            return _shift_months(date, amount)
        case DurationUnit.YEARS:
            return _shift_months(date, 12 * amount)
        case DurationUnit.MINUTES | DurationUnit.HOURS:
            raise InputError(
                "basis.duration-unit",
                "a date moves by whole days only",
                expected="days, weeks, months or years",
                found=unit.value,
            )
        case _:
            assert_never(unit)


def _shift_months(date: Date, months: int) -> Date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise _out_of_range()
    day = min(date.day, calendar.monthrange(year, month + 1)[1])
    return datetime.date(year, month + 1, day)


def _date_from_ordinal(ordinal: int) -> Date:
    if not 1 <= ordinal <= datetime.date.max.toordinal():
        raise _out_of_range()
    return datetime.date.fromordinal(ordinal)


def _in_range(milliseconds: int) -> Instant:
    if not INSTANT_MIN <= milliseconds <= INSTANT_MAX:
        raise _out_of_range()
    return Instant(milliseconds)


def _out_of_range() -> InputError:
    return InputError(
        "basis.instant-range",
        "time out of range",
        expected="the years 0001 to 9999",
    )


def _not_an_instant(text: str, where: str) -> InputError:
    return InputError(
        "basis.instant",
        "not an instant",
        where=where,
        expected="UTC such as 2016-12-16T03:00:00.000Z",
        found=excerpt(text),
    )
