# SPDX-License-Identifier: Apache-2.0
"""The card that a mirror opens with: the pinned party's, as it was when its register began.

A party may have opened its register before or after it changed its card, and we may have pinned
the id before or after we followed that change. Source: DESIGN 4, 6
"""

from __future__ import annotations

from comity.basis.errors import ProofError
from comity.basis.ids import PartyId
from comity.flows.context import Context
from comity.flows.documents import agreement_pin_document
from comity.flows.set_up import known_versions
from comity.flows.view import View
from comity.keys.cards import Card, statement_keys
from comity.ports import Document
from comity.statement.register import AgreementRegisters
from comity.tlog.checkpoints import SignedCheckpoint, verify_log


async def open_mirror(
    context: Context, view: View, party: PartyId, first: SignedCheckpoint
) -> tuple[AgreementRegisters, tuple[Document, ...]]:
    """Give registers to judge on with, this party's opened with the card that signed `first`.

    Only versions of the pinned party's card are tried, each signed by the pinned root keys; no
    key comes from what is being checked. A mirror that holds entries is open already.
    """
    registers, head = view.registers.trial(), view.heads[party]
    if head.size:
        return registers, ()
    pinned = view.card(party)
    if _has_signed(pinned, head.origin, first):
        return registers, ()
    for card in reversed(await known_versions(context, party)):
        if card.version != pinned.version and _has_signed(card, head.origin, first):
            registers.open(party, card)
            return registers, (agreement_pin_document(view.agreement_id, party, card.version),)
    return registers, ()


def _has_signed(card: Card, origin: str, first: SignedCheckpoint) -> bool:
    try:
        verify_log(first, statement_keys(card, origin))
    except ProofError:
        return False
    return True
