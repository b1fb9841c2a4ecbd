# SPDX-License-Identifier: Apache-2.0
"""Times in reports: an instant where it is known, a day where only that was said, or null."""

from __future__ import annotations

from comity.basis.fields import Fields
from comity.basis.instants import Date, Instant, format_date, format_instant, parse_date
from comity.basis.instants import parse_instant as _parse_instant

Moment = Date | Instant | None

_DATE_CHARS = 10
_INSTANT_CHARS_MAX = 24


def parse_instant(fields: Fields, key: str) -> Instant:
    """Read an instant in UTC."""
    return _parse_instant(fields.text(key, max_chars=_INSTANT_CHARS_MAX), fields.place(key))


def nullable_instant(fields: Fields, key: str) -> Instant | None:
    """Read an instant in UTC, or null."""
    return None if fields.value(key) is None else parse_instant(fields, key)


def parse_moment(fields: Fields, key: str) -> Moment:
    """Read an instant, a day, or null for a time that was not told."""
    text = fields.nullable_text(key, max_chars=_INSTANT_CHARS_MAX)
    if text is None:
        return None
    if len(text) == _DATE_CHARS:
        return parse_date(text, fields.place(key))
    return _parse_instant(text, fields.place(key))


def format_moment(moment: Moment) -> str | None:
    """Write a moment in the form that it is known in."""
    match moment:
        case None:
            return None
        case Date():
            return format_date(moment)
        case _:
            return format_instant(moment)
