# SPDX-License-Identifier: Apache-2.0
"""Our next card: new statement, mirror, online and sealing keys, entered in all our registers.

The checkpoint that first covers the card is signed by the old keys, larger ones by the new, so a
partner follows from what it pinned. Source: DESIGN 6, Party card
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from comity.basis.errors import ComityError, InvariantError
from comity.basis.ids import AgreementId, Digest, PartyId, PersonId, digest_of
from comity.basis.strict_json import JsonValue
from comity.flows.arrivals import due_parcels
from comity.flows.checkpoints import is_restoring
from comity.flows.context import Context, decide_again
from comity.flows.documents import BEHIND, CARD, card_document
from comity.flows.journal import journal_entry
from comity.flows.parcels import Parcel
from comity.flows.restoring import end_of, refuse_new_card
from comity.flows.set_up import (
    CardWords,
    card_keys,
    pinned_agreements,
    sign_card,
    the_card,
)
from comity.flows.speak import Entered, draft_for, house_act, speak, standing_version
from comity.flows.turns import turn
from comity.flows.view import View
from comity.keys.cards import Card, CardKey
from comity.keys.suites import SEALING_ALGORITHMS, KeyUse
from comity.ports import Basis, Change
from comity.statement.treaty import PartyCard
from comity.statement.values import CardRef


async def rotate_keys(
    context: Context,
    person: PersonId | None = None,
    *,
    new_tls: bool = False,
    at_once: bool = False,
    new_authority: bool = False,
) -> tuple[Card, tuple[Entered, ...]]:
    """Make and sign the next version of our card, and enter it in every register of ours.

    1. new keys for the next version; root keys stay, and authority keys unless `new_authority`:
       what those sign counts once they are notified. The old sealing keys are no longer named,
       but kept for what is on its way, until `retire_sealing_keys`. With `new_tls`
       the card pins a new TLS key beside the one in use, until `change_tls_key`. With `at_once`
       the one in use is stolen: the new one takes over now, and the card pins it alone;
    2. the card is kept, so that a crash leaves it to be entered by the next run. After a theft it
       ends our silence, since it is the first thing that is said;
    3. it is entered in every register that still shows an older one. Where no file is known yet,
       nothing can be said: there it is entered with the first exchange that brings one.

    Safe to run again: a version that is kept and not entered everywhere is entered, not made anew.

    Raises:
        StateError: this node was restored: a card of the next version may be out already, and two
            of one version would be two stories by our root keys.
    """
    ended = await refuse_new_card(context)
    last = await the_card(context, context.config.party)
    if at_once:
        await _take_unseen_tls_key(context)
    elif new_tls or not await context.ports.keys.tls_pins():
        await context.ports.keys.new_tls_key()
    is_tls_new = new_tls or at_once
    pinned = not is_tls_new or set(await context.ports.keys.tls_pins()) <= set(last.tls_pins)
    # Keys that wait for their card may be stolen with the others.
    goes_on = pinned and not ended
    if new_authority and not await _has_new_authority(context, last.version):
        goes_on = False
        if not await _has_new_authority(context, last.version + 1):
            await context.ports.keys.new_authority(last.version + 1)
    card = last if goes_on and await _is_unfinished(context, last) else None
    if card is None:
        card = await decide_again(lambda: _next_card(context, person))  # 1, 2
    entered: list[Entered] = []
    for agreement in await pinned_agreements(context):
        entered += await enter_card(context, agreement, person)  # 3
    return card, tuple(entered)


async def enter_card(
    context: Context, agreement: AgreementId, person: PersonId | None = None
) -> tuple[Entered, ...]:
    """Enter our newest card in one register, if that shows an older one and anything can be said.

    A register may lack several versions; each is entered after the one before.
    """
    entered: list[Entered] = []

    async def attempt() -> None:
        async with turn(context, agreement) as view:
            entered.extend(await enter_card_on(context, view, person))

    await decide_again(attempt)
    return tuple(entered)


async def enter_owed_card(context: Context) -> tuple[Entered, ...]:
    """Enter our newest card wherever a rotation was stopped before it was: by a disk, say.

    Nothing has to come from a partner for that. One register that refuses keeps no other waiting.
    """
    if await is_restoring(context):
        return ()
    entered: list[Entered] = []
    failed: ComityError | None = None
    for agreement in await pinned_agreements(context):
        try:
            entered += await enter_card(context, agreement)
        except InvariantError:
            raise
        except ComityError as err:
            failed = failed or err
    if failed is not None:
        raise failed
    return tuple(entered)


async def enter_card_on(
    context: Context, view: View, person: PersonId | None = None
) -> tuple[Entered, ...]:
    """Enter our newest card as `enter_card` does, inside a turn.

    Raises:
        BasisMoved: something that this rested on has changed: gather and decide again.
    """
    entered: list[Entered] = []
    while (card := await _next_to_enter(context, view)) is not None:
        version = standing_version(view)
        if version is None:
            break
        body = PartyCard(CardRef(digest_of(card.raw), len(card.raw), card.version))
        details = {"version": card.version}
        act = replace(house_act(body.KIND, details), person=person)
        draft = draft_for(context, view, body, version=version)
        entered.append(await speak(context, view, draft, act))
    return tuple(entered)


async def _next_to_enter(context: Context, view: View) -> Card | None:
    shown = view.card(view.own).version
    newest = await the_card(context, view.own)
    return None if newest.version <= shown else await the_card(context, view.own, shown + 1)


async def _is_unfinished(context: Context, last: Card) -> bool:
    """Answer whether the newest card can be entered in some register that does not show it."""
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            if view.card(view.own).version < last.version and standing_version(view) is not None:
                return True
    return False


async def _next_card(context: Context, person: PersonId | None) -> Card:
    store, keys = context.ports.store, context.ports.keys
    versions = tuple([(kind, await store.version(kind)) for kind in (BEHIND, CARD)])
    ended = await refuse_new_card(context)
    last = await the_card(context, context.config.party)
    version, now = last.version + 1, max(context.ports.clock.now(), last.issued_at)
    # A crash may have come between the keys and their card: keys are never made twice.
    made = version in await keys.key_sets()
    if not made:
        await keys.new_key_set(version, *SEALING_ALGORITHMS)
    public = await keys.public_keys(version)
    staying = {KeyUse.ROOT, KeyUse.AUTHORITY} - {each.use for each in public}
    kept: tuple[CardKey, ...] = tuple(each for each in last.keys if each.use in staying)
    config = context.config
    words = CardWords(config.names, config.competent_authority, config.addresses)
    card = await sign_card(
        context, words, version=version, keys=(*kept, *card_keys(public, now)), now=now
    )
    act = house_act("card.rotate")
    noted = journal_entry(context, act.name, person, details={"version": version})
    whole: dict[str, JsonValue] = {"registers": [*ended]}
    told = (journal_entry(context, "register.whole", person, details=whole),) if ended else ()
    await store.commit(
        Change(
            allowed_by=act.allowed_by,
            basis=Basis(versions=versions),
            documents=(card_document(card.party, version, card.raw), *end_of(ended)),
            journal=(noted, *told),
        )
    )
    return card


async def _has_new_authority(context: Context, version: int) -> bool:
    """Answer whether authority keys were made for that version of our card, beside the first."""
    public = await context.ports.keys.public_keys(version)
    return version > 1 and any(each.use is KeyUse.AUTHORITY for each in public)


async def change_tls_key(context: Context) -> bool:
    """Let the next TLS key take over, once every partner has seen a card of ours that pins it.

    A partner that has not would meet a key that it does not know, and could not reach us.
    """
    pins = await context.ports.keys.tls_pins()
    if len(pins) < 2:
        return False
    partners: set[PartyId] = set()
    told: set[PartyId] = set()
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            partners.update(view.partners)
            told.update(party for party in view.partners if _was_told(view, party, pins[-1]))
    return partners == told and await context.ports.keys.take_next_tls_key()


async def _take_unseen_tls_key(context: Context) -> None:
    """Let a TLS key take over that lay nowhere before: one that waited may be stolen as well.

    Partners do not reach us until they have the card; we reach them, and bring it.
    """
    keys = context.ports.keys
    if len(await keys.tls_pins()) > 1:
        await keys.take_next_tls_key()
    await keys.new_tls_key()
    await keys.take_next_tls_key()


def _was_told(view: View, party: PartyId, pin: Digest) -> bool:
    history = view.keys(view.own)
    if pin in history.first.tls_pins:
        return True
    seen = dict(view.registers.position(party).seen).get(view.own, 0)
    return any(each.index < seen and pin in each.card.tls_pins for each in history.changes)


async def retire_sealing_keys(context: Context) -> tuple[int, ...]:
    """Destroy the sealing keys of old cards that nothing on its way can need; give the versions.

    They go when every partner's `seen` covers the card that retired them, and every parcel that
    was wrapped before that is in our custody, or refused. Source: DESIGN 6
    """
    keys = context.ports.keys
    newest = (await the_card(context, context.config.party)).version
    old = [
        version
        for version in await keys.key_sets()
        if version < newest
        and any(each.use is KeyUse.SEALING for each in await keys.public_keys(version))
    ]
    if not old:
        return ()
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            if view.open.parcels & view.ahead(context.ports.clock.now()):
                # What is dated ahead of our clock is not due, and yet was rejected by nobody: a
                # clock that fell back must destroy no key.
                return ()
            due = await due_parcels(context, view)
            old = [version for version in old if _is_done_with(view, version, due)]
    for version in old:
        await keys.drop_sealing_keys(version)
    return tuple(old)


async def sealing_key_waits(context: Context, key_id: str) -> tuple[str, ...]:
    """Say what a sealing key of ours is held for still: a new card, a partner's word, a parcel.

    Nothing: it goes the next time that such keys are looked at.
    """
    newest = (await the_card(context, context.config.party)).version
    for version in await context.ports.keys.key_sets():
        public = await context.ports.keys.public_keys(version)
        if any((each.use, each.key_id) == (KeyUse.SEALING, key_id) for each in public):
            break
    else:
        return ()
    if version == newest:
        return (f"a card after our card {version}: comity card rotate",)
    found: list[str] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            found += _waits(view, version, await due_parcels(context, view))
    return tuple(found)


def _is_done_with(view: View, version: int, due: tuple[Parcel, ...]) -> bool:
    return next(_waits(view, version, due), None) is None


def _waits(view: View, version: int, due: tuple[Parcel, ...]) -> Iterator[str]:
    """Say what is to come under an agreement before the sealing keys of a card can go."""
    history, under = view.keys(view.own), view.agreement_id
    if history.first.version > version:
        return
    after = [each.index for each in history.changes if each.card.version == version + 1]
    if not after:
        yield f"our card {version + 1} in our register: {under}"
        return
    if view.waiting:
        yield f"what partners refer to and has not come: {under}"
    for party in view.partners:
        if dict(view.registers.position(party).seen).get(view.own, 0) <= after[0]:
            yield f"a word of {party} since it saw our card {version + 1}: {under}"
    for each in due:
        if each.statement.seen_size(view.own) <= after[0]:
            yield f"the parcel of {under}/{each.place}"
