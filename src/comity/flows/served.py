# SPDX-License-Identifier: Apache-2.0
"""Which registers partners may write to or read here, and the keys that sign them.

What is absent, hidden or not pinned is refused in the same words. Source: DESIGN 4, 5
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.flows.context import Context
from comity.flows.opening import open_mirror
from comity.flows.view import View
from comity.keys.cards import statement_keys
from comity.ports import Holding
from comity.statement.judgement import WaitingForCard
from comity.tlog.checkpoints import KeyPair, SignedCheckpoint, verify_log
from comity.tlog.origin import parse_origin

NOT_SERVED: Final = "wire.not-served"


@dataclass(frozen=True, slots=True)
class Served:
    """A register that we mirror: of which agreement, and whose."""

    origin: str
    agreement: AgreementId
    party: PartyId


async def served_mirror(context: Context, origin: str) -> Served:
    """Find a register that we mirror.

    Raises:
        StateError: we do not; it is not said why.
    """
    head = await context.ports.store.register(origin) if is_register(origin) else None
    if head is None or head.holding is not Holding.MIRROR or head.agreement is None:
        raise not_served()
    return Served(origin, head.agreement, head.party)


def is_register(origin: str) -> bool:
    """Say whether a text names a register at all."""
    try:
        return parse_origin(origin).agreement is not None
    except InputError:
        return False


def not_served() -> StateError:
    """Say that there is no such thing here: the same for what is absent, hidden or not pinned."""
    return StateError(
        NOT_SERVED,
        "nothing is served here under this name",
        hint="pin the party's card and the agreement's id on both sides",
    )


async def log_keys(
    context: Context, view: View, party: PartyId, signed: SignedCheckpoint
) -> KeyPair:
    """Give the keys that must have signed a checkpoint of a party's register.

    Before anything of it is held, any version of the pinned card may have opened the register.
    """
    registers, _ = await open_mirror(context, view, party, signed)
    card = registers.position(party).keys.statement_card(signed.checkpoint.size)
    return statement_keys(card, view.heads[party].origin)


async def verify_signed(
    context: Context, view: View, party: PartyId, signed: SignedCheckpoint
) -> None:
    """Check that a party signed a checkpoint of its register, with both keys of that size.

    Raises:
        ProofError: it did not.
    """
    verify_log(signed, await log_keys(context, view, party, signed))


def missing_card(view: View, party: PartyId) -> int | None:
    """Give the entry that waits for its card, and holds up what that card's keys sign."""
    waiting = (each for each in view.waiting if isinstance(each, WaitingForCard))
    return next((each.place.index for each in waiting if each.place.party == party), None)
