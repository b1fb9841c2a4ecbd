# SPDX-License-Identifier: Apache-2.0
"""When a partner was heard of last: by its newest statement, or by its newest cosignature.

Both bear its own clock's time, and come by wire or by disc: what is dated ahead counts as now.
"""

from __future__ import annotations

from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.flows.turns import read_view
from comity.tlog.cosignatures import cosigned_at_s

_SECOND_MS = 1000


async def last_heard(
    context: Context, agreement: AgreementId, partner: PartyId, live: Instant | None = None
) -> Instant | None:
    """Give when a partner was heard of last under an agreement; None: never.

    `live` is when it last reached us by wire, as far as is known.
    """
    view = await read_view(context, agreement)
    said = view.registers.latest_of(partner) if partner in view.heads else None
    found = [each for each in (live, said) if each is not None]
    for head in view.heads.values():
        signed = await context.ports.store.latest_cosignature(head.origin, partner)
        if signed is not None:
            found.append(Instant(cosigned_at_s(signed.raw) * _SECOND_MS))
    return min(max(found), context.ports.clock.now()) if found else None
