# SPDX-License-Identifier: Apache-2.0
"""Reading partners' replies: what is worth trying again, when, and how a refusal is told.

Source: docs/formats/wire.md (statuses); RFC 9110 10.2.3 (Retry-After, in seconds)
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError, EdgeError, StateError, excerpt
from comity.ports import WireReply

MISSING_HEADER: Final = "comity-missing"
"""On 409: the entry whose card has not come."""

REFUSED_HEADER: Final = "comity-refused"
"""On 200: the parcels that are not those of their entries."""

# Our clock is off, our connection was slow, or the partner has too much to do.
_PASSING: Final = frozenset({401, 408, 425, 429})
_EXCERPT_BYTES: Final = 200
_DIGITS_MAX: Final = 9


def is_passing(status: int) -> bool:
    """Answer whether a refusal may pass by itself."""
    return status in _PASSING or status >= 500


def retry_after(reply: WireReply) -> float | None:
    """Give the seconds that a partner asks us to wait, if it names them."""
    text = reply.header("retry-after") or ""
    return float(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None


def refusal(reply: WireReply, *, where: str, expected: str) -> ComityError:
    """Tell that a partner refused: an `EdgeError` where it may pass by itself."""
    family = EdgeError if is_passing(reply.status) else StateError
    return family(
        "delivery.refused",
        "a partner refused what it was sent",
        where=where,
        expected=expected,
        found=f"status {reply.status}, {excerpt(_text(reply))}",
        hint="ask the partner; comity doctor PARTNER tries each step",
    )


def count_refused(reply: WireReply) -> int:
    """Count the parcels that the partner found to be others than their entries name."""
    text = reply.header(REFUSED_HEADER) or ""
    return len(text.split(",")) if text else 0


def _text(reply: WireReply) -> str:
    return reply.body[:_EXCERPT_BYTES].decode("ascii", "replace").strip()
