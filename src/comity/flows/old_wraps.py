# SPDX-License-Identifier: Apache-2.0
"""A bundle that is sealed to a key of ours that is gone: its sender knows no newer card of ours.

A partner that was put back to before our card seals to the key that the card retired. The envelope
is nobody's word, and so a hint: we send again what was said since the card that it knows, and give
back what it may have lost of its own register: our card may have seen that, and wait for it there.
Source: DESIGN 6, 7
"""

from __future__ import annotations

from comity.basis.ids import PartyId
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.documents import PARTNER_BEHIND, PARTNER_SIZE, json_document
from comity.flows.set_up import agreement_pins, known_versions, pinned_agreements
from comity.flows.turns import turn
from comity.flows.view import View
from comity.keys.suites import KeyUse
from comity.ports import Change, Document


async def note_old_wrap(context: Context, party: PartyId, key_id: str) -> None:
    """Keep that a partner holds registers to the card of this sealing key, if it is an old one.

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
    changed: list[Document] = []
    for agreement in await pinned_agreements(context):
        if party not in await agreement_pins(context, agreement):
            continue
        async with turn(context, agreement) as view:
            hints = _hints(view, party, named[-1])
        for each in hints:
            if await context.ports.store.document(each.kind, each.key) != each.body:
                changed.append(each)
    if changed:
        allowed = allow_house_act("courier.take")
        await context.ports.store.commit(Change(allowed_by=allowed, documents=tuple(changed)))


def _hints(view: View, party: PartyId, version: int) -> tuple[Document, Document]:
    """Say how far both registers surely stand where this card of ours is the newest known."""
    changes = view.keys(view.own).changes
    entered = next((each for each in changes if each.card.version == version), None)
    ours = 0 if entered is None else entered.index + 1
    theirs = 0 if entered is None else dict(entered.seen).get(party, 0)
    return (
        json_document(PARTNER_SIZE, f"{party}/{view.heads[view.own].origin}", ours),
        json_document(PARTNER_BEHIND, f"{party}/{view.heads[party].origin}", theirs),
    )
