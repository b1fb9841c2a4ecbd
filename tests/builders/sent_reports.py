# SPDX-License-Identifier: Apache-2.0
"""Event reports that one party releases and the other gives its receipt for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from comity.basis.ids import PartyId, Place
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.release import release_draft
from comity.sealing.payload import PayloadHeader
from tests.builders.world import (
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    MARKING,
    OFFICER,
    Node,
    World,
    entered,
    run,
)

OTHER = {JPN: KOR, KOR: JPN}


def release(node: Node, to: PartyId, value: Any, category: str, **more: Any) -> Place:
    """Release a report to a party; nothing is carried."""
    party = node.context.config.party
    header = PayloadHeader("A report", "application/json", None, value.get("schema"))
    item = ItemDraft(GSOMIA, (to,), MARKING[party], category, "document", ("warning",))
    content = (json.dumps(value).encode(),)
    kept = run(draft_item(node.context, DRAFTER, replace(item, **more), header, content))
    assert isinstance(kept, KeptDraft), kept
    return entered(run(release_draft(node.context, OFFICER, kept.number))).place


def send(
    world: World, party: PartyId, value: Any, category: str = "missile-warning", **more: Any
) -> Place:
    """Release a report, and let the other party give its receipt."""
    to = OTHER[party]
    place = release(world[party], to, value, category, **more)
    world.settle()
    world[to].receipt(place)
    world.settle()
    return place
