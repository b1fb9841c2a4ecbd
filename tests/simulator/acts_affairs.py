# SPDX-License-Identifier: Apache-2.0
"""What parties say beside items: disputes, changes of law, authorities, and words on duties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from comity.basis.instants import DAY_MS, Instant
from comity.flows.affairs import (
    Change,
    extend_duty,
    notify_authority,
    open_dispute,
    settle_dispute,
    tell_law_change,
    waive_duty,
)
from comity.flows.duties.listing import list_duties
from comity.sealing.payload import PayloadHeader

if TYPE_CHECKING:
    from tests.simulator.acts import Scene

_LAW = Change("Act 1", "marking", ("4(1)",), date(2016, 1, 1))


async def affair(scene: Scene) -> object:
    """Open or settle a dispute, tell of a law or an authority, waive a duty or give time for it."""
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    view = await scene.view()
    duties = (await list_duties(context, pact, live=True)).duties
    mine = [each for each in duties if scene.node.party in each.owed_to]
    disputes = sorted(view.fold.state.disputes.keys())
    match draws.choice(("dispute", "settle", "law", "authority", "waive", "extend")):
        case "dispute":
            text = (PayloadHeader("position", "text/plain"), [scene.content()])
            ids = tuple(each.id for each in mine[:1])
            return await open_dispute(context, pact, ("12(a)",), duties=ids, text=text)
        case "settle" if disputes:
            return await settle_dispute(context, pact, draws.choice(disputes))
        case "law":
            return await tell_law_change(context, pact, _LAW)
        case "authority":
            return await notify_authority(context, pact, "Ministry")
        case "waive" if mine:
            return await waive_duty(context, pact, draws.choice(mine).id)
        case "extend" if mine:
            duty = draws.choice(mine)
            until = Instant((duty.due or context.ports.clock.now()) + draws.randint(1, 60) * DAY_MS)
            return await extend_duty(context, pact, duty.id, until)
        case _:
            return None
