# SPDX-License-Identifier: Apache-2.0
"""Which version of our card a partner knows: requests to it are signed by that version's key.

A partner takes the online key of our newest card that it has, and no other, so that a key that was
replaced is worth nothing. Source: DESIGN 5, 6; docs/formats/http-signatures.md
"""

from __future__ import annotations

from comity.basis.ids import PartyId, Place
from comity.flows.context import Context
from comity.flows.courier.loads import acknowledged_size
from comity.flows.delivery_parcels import arrived_parcels, has_arrived
from comity.flows.documents import PARTNER_LOST, read_json_document
from comity.flows.parcels import payloads_of
from comity.flows.recovery.tried_keys import tried_version
from comity.flows.restoring import Why, why_silent
from comity.flows.set_up import agreement_pins, pinned_agreements, the_card
from comity.flows.turns import turn
from comity.flows.view import View, statement_at


async def known_version(context: Context, party: PartyId) -> int:
    """Give the version of our newest card that a party is known to have.

    It has a card once it has cosigned what comes after it in some register, or taken the card
    itself; not any more, once it says that it holds less. Without a register in common it has the
    one that was exchanged by hand, the newest.
    After a restore it may have a newer one than the store does: keys stand apart from backups.
    """
    why, tried = await why_silent(context), tried_version()
    if tried is not None and why is not None:
        return tried
    if why is not None and why is not Why.STOLEN:
        return max(await context.ports.keys.key_sets())
    found: list[int] = []
    for agreement in await pinned_agreements(context):
        if party in await agreement_pins(context, agreement):
            async with turn(context, agreement) as view:
                found.append(await _known_in(context, view, party))
    return max(found) if found else (await the_card(context, context.config.party)).version


async def _known_in(context: Context, view: View, party: PartyId) -> int:
    history, origin = view.keys(view.own), view.heads[view.own].origin
    held = await _held(context, origin, party)
    arrived = await arrived_parcels(context, origin, party, view)
    for change in reversed(history.changes):
        statement = await statement_at(context, view, Place(view.own, change.index))
        taken = has_arrived(arrived, change.index, payloads_of(statement))
        if taken or change.index + 1 < held:
            return change.card.version
    return history.first.version


async def _held(context: Context, origin: str, party: PartyId) -> int:
    """Give how much of our register a party has cosigned, or what it said by wire if that is less.

    What a disc says does not count here: its envelope is nobody's word.
    """
    acknowledged = await acknowledged_size(context, origin, party)
    raw = await context.ports.store.document(PARTNER_LOST, f"{party}/{origin}")
    lost = None if raw is None else read_json_document(raw)
    return min(acknowledged, lost) if isinstance(lost, int) else acknowledged
