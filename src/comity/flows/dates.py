# SPDX-License-Identifier: Apache-2.0
"""What partners dated ahead of our clock: too far, it is rejected before we speak.

It draws nobody along, and of what lies less far ahead only so much is held open at a time.
Source: DESIGN 4 (`time.ahead`)
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant
from comity.basis.limits import STATEMENT_AHEAD_MAX_MS, STATEMENTS_AHEAD_MAX
from comity.statement.register import AgreementRegisters

TOO_MANY_AHEAD: Final = "register.too-many-ahead"


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


def holds_too_much_open(registers: AgreementRegisters, party: PartyId, now: Instant) -> bool:
    """Answer whether a partner has dated as much ahead of our clock as is held open of one.

    What lies ahead is not settled where there are several partners, and each word of another that
    comes before it folds all of it anew. It is over in `STATEMENT_AHEAD_MAX_MS` at the latest: what
    is dated further ahead is rejected and not counted here.
    """
    latest = registers.position(party).greatest_at
    if latest is None or latest <= now:
        return False
    limit = Instant(now + STATEMENT_AHEAD_MAX_MS)
    ahead = (at for _, at in registers.later_than_of(party, now) if at <= limit)
    return next(islice(ahead, STATEMENTS_AHEAD_MAX - 1, None), None) is not None


def too_many_ahead(agreement: AgreementId, party: PartyId) -> StateError:
    """Say that a partner's next entries are taken once our clock comes to what it said last."""
    return StateError(
        TOO_MANY_AHEAD,
        "a partner has dated as many statements ahead of our clock as are held open",
        where=f"{agreement}/{party}",
        expected=f"at most {STATEMENTS_AHEAD_MAX}",
        hint="they are sent again by themselves; compare the clocks: comity doctor",
    )
