# SPDX-License-Identifier: Apache-2.0
"""A bundle that is sealed to a key of ours that is gone: its sender knows no newer card of ours.

A partner that was put back to before our card seals to the key that the card retired, and we
cannot read that it was put back. The envelope is nobody's word, and so a hint like all that a
bundle says: it makes us send again what was said since the card that it knows. Source: DESIGN 6, 7
"""

from __future__ import annotations

from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import PARTNER_SIZE, json_document
from comity.flows.set_up import agreement_pins, known_versions, pinned_agreements
from comity.flows.turns import turn
from comity.flows.view import View
from comity.keys.suites import KeyUse
from comity.ports import Change


async def note_old_wrap(context: Context, party: PartyId, key_id: str) -> None:
    """Keep that a partner holds our registers to the card of this sealing key, if it is an old one.

    Our next bundle goes on from there; the next that we can read says what the partner holds.
    """
    cards = await known_versions(context, context.config.party)
    named = [
        each.version
        for each in cards
        if any((key.use, key.key_id) == (KeyUse.SEALING, key_id) for key in each.keys)
    ]
    if not named or named[-1] == cards[-1].version:
        return
    for agreement in await pinned_agreements(context):
        if party not in await agreement_pins(context, agreement):
            continue
        async with turn(context, agreement) as view:
            origin, size = view.heads[view.own].origin, _size_with(view, named[-1])
        kept = json_document(PARTNER_SIZE, f"{party}/{origin}", size)
        if await context.ports.store.document(kept.kind, kept.key) != kept.body:
            allowed = allow_house_act("courier.take")
            await context.ports.store.commit(Change(allowed_by=allowed, documents=(kept,)))


def _size_with(view: View, version: int) -> int:
    """Give the size up to which our register surely stands where this card is the newest known."""
    changes = view.keys(view.own).changes
    return next((each.index + 1 for each in changes if each.card.version == version), 0)
