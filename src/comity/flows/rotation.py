# SPDX-License-Identifier: Apache-2.0
"""Our next card: new statement, mirror, online and sealing keys, entered in all our registers.

The checkpoint that first covers the card is signed by the old keys, larger ones by the new, so a
partner follows from what it pinned. Source: DESIGN 6, Party card
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.ids import PersonId, digest_of
from comity.flows.context import Context
from comity.flows.documents import card_document
from comity.flows.set_up import (
    CardWords,
    card_keys,
    pinned_agreements,
    sign_card,
    the_card,
)
from comity.flows.speak import Entered, draft_for, house_act, speak
from comity.flows.treaty import version_in_question
from comity.flows.view import gather_view
from comity.keys.cards import Card, CardKey
from comity.keys.suites import SEALING_ALGORITHMS, KeyUse
from comity.ports import Change
from comity.statement.treaty import PartyCard
from comity.statement.values import CardRef


async def rotate_keys(
    context: Context, person: PersonId | None = None
) -> tuple[Card, tuple[Entered, ...]]:
    """Make and sign the next version of our card, and enter it in every register of ours.

    1. new keys for the next version; root and authority keys stay, and so do the sealing keys of
       the last version, for parcels that are on their way;
    2. the card is kept, so that a crash leaves it to be entered by the next run;
    3. it is entered in every register that still shows an older one.

    Safe to run again: a version that is kept and not entered everywhere is entered, not made anew.
    """
    last = await the_card(context, context.config.party)
    card = await _unfinished(context, last)
    if card is None:
        card = await _next_card(context, last)  # 1, 2
    return card, await _enter_everywhere(context, card, person)  # 3


async def _unfinished(context: Context, last: Card) -> Card | None:
    """Return the newest card if some register of ours does not show it yet."""
    for agreement in await pinned_agreements(context):
        view = await gather_view(context, agreement)
        if view.card(view.own).version < last.version:
            return last
    return None


async def _next_card(context: Context, last: Card) -> Card:
    version, now = last.version + 1, max(context.ports.clock.now(), last.issued_at)
    public = await context.ports.keys.new_key_set(version, *SEALING_ALGORITHMS)
    kept: tuple[CardKey, ...] = tuple(
        each for each in last.keys if each.use in (KeyUse.ROOT, KeyUse.AUTHORITY, KeyUse.SEALING)
    )
    words = CardWords(last.names, last.competent_authority, last.addresses)
    card = await sign_card(
        context, words, version=version, keys=(*kept, *card_keys(public, now)), now=now
    )
    act = house_act("card.rotate")
    await context.ports.store.commit(
        Change(allowed_by=act.allowed_by, documents=(card_document(card.party, version, card.raw),))
    )
    return card


async def _enter_everywhere(
    context: Context, card: Card, person: PersonId | None
) -> tuple[Entered, ...]:
    entered: list[Entered] = []
    for agreement in await pinned_agreements(context):
        view = await gather_view(context, agreement)
        body = PartyCard(CardRef(digest_of(card.raw), len(card.raw), card.version))
        if view.card(view.own).version >= card.version or not view.files:
            continue
        draft = draft_for(context, view, body, version=version_in_question(view, body))
        act = replace(house_act(body.KIND, person), details={"version": card.version})
        entered.append(await speak(context, view, draft, act))
    return tuple(entered)
