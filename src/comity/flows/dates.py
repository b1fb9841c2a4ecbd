# SPDX-License-Identifier: Apache-2.0
"""What partners dated ahead of our clock: it is rejected before we speak, and draws nobody along.

Source: DESIGN 4 (`time.ahead`)
"""

from __future__ import annotations

from comity.basis.ids import PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS
from comity.statement.register import AgreementRegisters


def dated_ahead(registers: AgreementRegisters, own: PartyId, now: Instant) -> frozenset[Place]:
    """Give what others dated too far ahead of our clock.

    A date that only follows one that we take is no word on its speaker's clock: without that,
    two nodes that were drawn to the very limit would reject each other for ever.
    """
    limit = Instant(now + STATEMENT_AHEAD_MAX_MS)
    latest = registers.latest_at()
    if latest is None or latest <= limit:
        return frozenset()
    taken: set[int] = set()
    found: set[Place] = set()
    later = registers.later_than(Instant(limit - 1))
    for place, at in sorted(later, key=lambda row: (row[1], row[0])):
        if place.party == own or at - 1 in taken or at <= limit:
            taken.add(at)
        else:
            found.add(place)
    return frozenset(found)
