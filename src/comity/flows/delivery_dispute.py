# SPDX-License-Identifier: Apache-2.0
"""When a partner's mirror and our register do not fit: its word is asked for and held against ours.

A bare number proves nothing. The partner's checkpoint does: signed by us and ahead of what we
hold, it says that this node was restored; of another tree, it is the evidence that is kept.
Source: DESIGN 7 (after a restore); spec/wire.md (422)
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import ComityError, EdgeError, ProofError, StateError
from comity.basis.ids import AgreementId
from comity.flows.context import Context
from comity.flows.delivery_routes import Route
from comity.flows.mirror import meet_checkpoint
from comity.flows.turns import turn
from comity.keys.cards import Card
from comity.ports import WireRequest
from comity.tlog.checkpoints import parse_checkpoint
from comity.tlog.origin import origin_hash

READ_TIMEOUT_S: Final = 30.0


async def meet_partner_mirror(
    context: Context, agreement: AgreementId, route: Route, *, card: Card, origin: str
) -> None:
    """Ask a partner for its newest checkpoint of a register, and meet it.

    Returns when it shows none, or one that fits: then its word is all there is.

    Raises:
        StateError: we signed more than we hold; that is kept, and we say nothing more.
        EquivocationError: two trees were signed; both are kept as evidence.
        ProofError: it shows a checkpoint that the register's party did not sign.
        InputError: what it shows is none.
        EdgeError: it was not reached.
    """
    path = f"/{origin_hash(origin)}/checkpoint"
    reply = await context.ports.partners.call(
        card, WireRequest("GET", path), signed=True, timeout_s=READ_TIMEOUT_S
    )
    if reply.status != 200:
        return
    met = parse_checkpoint(reply.body)
    failed: ComityError | None = None
    async with turn(context, agreement) as view:
        try:
            await meet_checkpoint(context, view, route.register, met)
        except (EdgeError, ProofError, StateError) as err:
            failed = err
    if failed is not None:
        raise failed
