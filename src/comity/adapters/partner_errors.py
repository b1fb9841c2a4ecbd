# SPDX-License-Identifier: Apache-2.0
"""What may fail on the way to a partner, step by step, each under a code of its own.

`partners.resolve`, `connect`, `tls`, `pin`, `send`, `read`: the last word is the step, in the order
in which the steps are taken. The text of foreign errors goes no further than an excerpt.
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import EdgeError, excerpt
from comity.keys.cards import Card

NOT_SENT: Final = frozenset(
    {"partners.resolve", "partners.connect", "partners.tls", "partners.pin"}
)
"""Failures before any byte of the request has left: another address may be tried."""


def unreached(code: str, card: Card, address: str, *, found: str, hint: str = "") -> EdgeError:
    """Say at which step a partner was not reached, and at which of its addresses."""
    return EdgeError(
        code,
        "a partner was not reached",
        where=f"{card.party} at {excerpt(address)}",
        found=excerpt(found),
        hint=hint or "it is tried again by itself; comity doctor PARTNER tries each step",
    )
