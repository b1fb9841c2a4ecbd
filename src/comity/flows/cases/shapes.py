# SPDX-License-Identifier: Apache-2.0
"""What the flows of cases return, as JSON objects, and the times in them as words."""

from __future__ import annotations

from typing import Final

from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.flows.cases.incidents import Clock

_SECOND_MS: Final = 1000
_MINUTE_MS: Final = 60 * _SECOND_MS
_HOUR_MS: Final = 60 * _MINUTE_MS


def clock_json(clock: Clock) -> dict[str, JsonValue]:
    """Give how long it took until a report was told and acknowledged, in milliseconds."""
    return {
        "found_at": format_instant(clock.found_at),
        "begun_at": format_instant(clock.begun_at),
        "entered_at": format_instant(clock.entered_at),
        "told_ms": clock.told_ms,
        "since_found_ms": clock.since_found_ms,
        "acknowledged": [
            {
                "by": each.party,
                "at": format_instant(each.at),
                "after_ms": clock.acknowledged_ms(each.party),
            }
            for each in clock.acknowledged
        ],
    }


def milliseconds_words(milliseconds: int) -> str:
    """Say how long something took, in the unit that fits."""
    if milliseconds < _SECOND_MS:
        return f"{milliseconds} ms"
    if milliseconds % _SECOND_MS == 0 and milliseconds < _MINUTE_MS:
        return f"{milliseconds // _SECOND_MS} s"
    if milliseconds < _MINUTE_MS:
        return f"{milliseconds / _SECOND_MS:.1f} s"
    hours, rest = divmod(milliseconds, _HOUR_MS)
    minutes, rest = divmod(rest, _MINUTE_MS)
    if not hours:
        return f"{minutes} min {rest // _SECOND_MS} s"
    return f"{hours} h {minutes} min"
