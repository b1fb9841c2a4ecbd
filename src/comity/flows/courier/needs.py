# SPDX-License-Identifier: Apache-2.0
"""What a bundle says of its sender: how far it is, what it lacks, whether it was restored.

Hints only, acted on when the next bundle is packed. Source: DESIGN 4, 5
"""

from __future__ import annotations

from comity.basis.ids import AgreementId
from comity.basis.limits import BUNDLE_WANTED_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.flows.context import Context
from comity.flows.courier.work import Work
from comity.flows.documents import PARTNER_BEHIND, PARTNER_SIZE, WANTED, json_document
from comity.ports import Change, Document, RegisterHead
from comity.sealing.bundle import Listing
from comity.tlog.checkpoints import parse_checkpoint


async def note_behind(
    context: Context, work: Work, head: RegisterHead, shown: int, *, segments: bool
) -> None:
    """Keep that a partner shows less of its own register than we hold: it was restored.

    It gets its register back with our next bundle. A bundle that only comes late shows less too.
    """
    key = f"{work.party}/{head.origin}"
    before = await context.ports.store.document(PARTNER_BEHIND, key)
    kept = Document(PARTNER_BEHIND, key, None)
    if shown < head.size:
        kept = json_document(PARTNER_BEHIND, key, shown)
    # What was restored brings nothing of its own, whole again or not; an old bundle mostly does.
    work.behind |= not segments and (before, kept.body) != (None, None)
    if before != kept.body:
        allowed = allow_house_act("courier.partner-behind")
        await context.ports.store.commit(Change(allowed_by=allowed, documents=(kept,)))


async def note_needs(context: Context, listing: Listing, work: Work) -> None:
    """Keep what the partner says it holds and lacks; hints only, acted on when packing.

    Whoever has our card can write a bundle to us, and an old one may come late: they count only
    beside the partner's own checkpoint of its register as we hold it now.
    """
    fresh = await _fresh_agreements(context, listing, work)
    heads = [head for each in sorted(fresh) for head in await context.ports.store.registers(each)]
    own = {head.origin for head in heads if head.party == context.config.party}
    wanted: list[JsonValue] = [*listing.wanted[:BUNDLE_WANTED_MAX]]
    documents = [
        json_document(PARTNER_SIZE, f"{work.party}/{held.origin}", held.size)
        for held in listing.sizes
        if held.origin in own
    ]
    if fresh and fresh == work.agreements:
        documents.append(json_document(WANTED, work.party, wanted))
    changed = [each for each in documents if not await _is_kept(context, each)]
    if changed:
        allowed = allow_house_act("courier.take")
        await context.ports.store.commit(Change(allowed_by=allowed, documents=tuple(changed)))


async def _is_kept(context: Context, document: Document) -> bool:
    return await context.ports.store.document(document.kind, document.key) == document.body


async def _fresh_agreements(
    context: Context, listing: Listing, work: Work
) -> frozenset[AgreementId]:
    """Give the agreements of which the bundle shows the partner's register as we hold it now."""
    shown = {
        (signed.checkpoint.origin, signed.checkpoint.size)
        for signed in (parse_checkpoint(each.encode()) for each in listing.held)
    }
    fresh: set[AgreementId] = set()
    for agreement in work.agreements:
        heads = {each.party: each for each in await context.ports.store.registers(agreement)}
        head = heads[work.party]
        if head.size == 0 or (head.origin, head.size) in shown:
            fresh.add(agreement)
    return frozenset(fresh)
