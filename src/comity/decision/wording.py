# SPDX-License-Identifier: Apache-2.0
"""How the words of a request are shown in a reason: in quotes, so they stand apart from ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from comity.basis.instants import Date, Instant, format_instant


def quoted(value: str | None) -> str:
    """Show one word of the request, or that there is none."""
    return "none" if value is None else f"'{value}'"


def listed(values: Iterable[str]) -> str:
    """Show what is known, in its order."""
    return ", ".join(values) or "none"


def shown_time(time: Instant | Date) -> str:
    """Show a date as it is, and an instant without milliseconds where they are zero."""
    if isinstance(time, date):
        return time.isoformat()
    return format_instant(time).replace(".000Z", "Z")
