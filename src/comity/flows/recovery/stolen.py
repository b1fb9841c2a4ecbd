# SPDX-License-Identifier: Apache-2.0
"""When somebody else signed with our keys: what they said is taken back, listed, and ended by
new keys.

Our register has one history, and partners have acknowledged it: those entries stand in it as said
by our key. What binds the state needs the authority key besides, so that nothing of it does.
Source: DESIGN 4, 6, 7; docs/decisions/0008
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.documents import TAKEN_BACK, read_json_document
from comity.flows.listing import RegisterPage, read_register
from comity.flows.recovery.restore import begin_restore, refuse_others
from comity.ports import Holding

REASON_CHARS_MAX: Final = 500
_ACT: Final = "register.stolen"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came back of our register under one agreement, and how it is judged here.

    It is everything that our keys signed and this node did not remember.
    """

    agreement: AgreementId
    page: RegisterPage


async def say_stolen(context: Context, person: PersonId, reason: str) -> Refused | None:
    """Say that somebody else has our keys for daily work, as an officer.

    1. nothing is said any more, under any agreement;
    2. partners are asked for what our keys have signed there, as after a restore; it is taken back,
       since a register has one history, and kept apart for people to look at;
    3. once all have answered our next card may be made (`rotate_keys`): it is entered first, and
       from then on no partner believes the old keys.

    Raises:
        InputError: there is no reason, or it is too long.
    """
    if not reason.strip() or len(reason) > REASON_CHARS_MAX:
        raise InputError(
            "register.stolen-reason",
            "saying that a key is stolen asks for a reason",
            expected=f"1 to {REASON_CHARS_MAX} characters",
            found=f"{len(reason)} characters",
        )
    refused = await refuse_others(context, _ACT, person)
    if refused is None:
        await begin_restore(context, "stolen", person, reason=reason)
    return refused


async def list_taken_back(context: Context) -> tuple[TakenBack, ...]:
    """List the entries of our own registers that came back from partners; empty: none ever did."""
    found: list[TakenBack] = []
    for head in await context.ports.store.registers():
        if head.holding is not Holding.OWN or head.agreement is None:
            continue
        places = await _indexes(context, head.origin)
        if not places:
            continue
        start, count = min(places), max(places) + 1 - min(places)
        page = await read_register(context, head.agreement, head.party, start=start, limit=count)
        kept = replace(
            page,
            judged=tuple(each for each in page.judged if each.place.index in places),
            waiting=tuple(each for each in page.waiting if each.place.index in places),
        )
        found.append(TakenBack(head.agreement, kept))
    return tuple(found)


async def _indexes(context: Context, origin: str) -> frozenset[int]:
    kept = await context.ports.store.documents(TAKEN_BACK, prefix=f"{origin}/")
    found: set[int] = set()
    for each in kept:
        end = None if each.body is None else read_json_document(each.body)
        if isinstance(end, int):
            found.update(range(int(each.key.rpartition("/")[2]), end))
    return frozenset(found)
