# SPDX-License-Identifier: Apache-2.0
"""Refuting what partners claim to have seen of our register and we never said.

Until we do, such an entry waits, and everything after it in its register. Source: DESIGN 4 (nothing
can block a register); docs/decisions/0007
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import Digest, Place, digest_of
from comity.flows.arrivals import absorb
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context
from comity.flows.speak import Entered, draft_for, house_act, speak
from comity.flows.view import View, own_register
from comity.statement.judgement import SEEN_REFUTED, WaitingForEntries
from comity.statement.trust import StatementReject

REFUTED_MAX: Final = 64
"""How many claims are refuted at a time."""


async def refute_claims(context: Context, view: View, version: Digest) -> tuple[Entered, ...]:
    """Reject, each by its digest, the entries that claim more of our register than there is.

    Each is judged then, and what waited behind it, which may be the next one. A node that was
    restored refutes nothing: it may have said what it does not hold now.
    """
    spoken: list[Entered] = []
    if not view.waiting or await is_restoring(context):
        return ()
    while len(spoken) < REFUTED_MAX and (claims := _claims(view)):
        for place in claims:
            entry = await _digest(context, view, place)
            body = StatementReject(place.party, place.index, SEEN_REFUTED, None, entry)
            draft = draft_for(context, view, body, version=version)
            spoken.append(await speak(context, view, draft, house_act(body.KIND)))
        await absorb(context, view, {})
    return tuple(spoken)


def _claims(view: View) -> tuple[Place, ...]:
    size, state = own_register(view).size, view.fold.state
    found = (
        each.place
        for each in view.waiting
        if isinstance(each, WaitingForEntries) and each.party == view.own and each.size > size
    )
    return tuple(sorted(each for each in found if (view.own, each) not in state.rejections))


async def _digest(context: Context, view: View, place: Place) -> Digest:
    origin = view.heads[place.party].origin
    (raw,) = await context.ports.store.entries(origin, place.index, place.index + 1)
    return digest_of(raw)
