# SPDX-License-Identifier: Apache-2.0
"""Releasing a kept draft: two persons, a decision, key wraps, and the entry in our register.

Source: DESIGN 2; AGREEMENTS 4
"""

from __future__ import annotations

from msgspec import structs

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, PersonId
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.config import NEVER
from comity.decision.house import allow_house_act, check_two_persons, join_refusals
from comity.decision.people import Person, Role
from comity.decision.stages import Allowed, Cleared, Refused, allow_cleared
from comity.flows.context import Context, decide_again
from comity.flows.documents import DRAFT, PERSON
from comity.flows.drafts import (
    KeptDraft,
    clear_item,
    find_draft,
    find_label,
    keep_refusal,
    label_item,
    removed_draft,
)
from comity.flows.facts import assured_until, find_person
from comity.flows.journal import cited_articles, journal_entry
from comity.flows.recalls import refuse_made_from, refuse_raised
from comity.flows.relied_on import name_assurances
from comity.flows.speak import Act, Entered, speak
from comity.flows.turns import glimpse, turn_about
from comity.flows.view import View
from comity.keys.cards import Card, find_sealing_key
from comity.keys.suites import Algorithm
from comity.ports import Basis, Change, Recipient
from comity.sealing.stages import Sealed, Utterance, prepare_release, seal


async def release_draft(context: Context, person: PersonId, number: int) -> Entered | Refused:
    """Release a draft as its releasing officer, once.

    1. gather the draft, the agreement and the person;
    2. the role, two persons from the node's level on, and the agreement's decision: every
       finding of a refusal is journalled together;
    3. wrap the item key to each recipient and store the parcel's head;
    4. enter the release; the draft goes in the same transaction.

    Raises:
        StateError: no such draft waits, or it was released or dropped meanwhile.
    """
    return await decide_again(lambda: _release(context, person, number))


async def _release(context: Context, person: PersonId, number: int) -> Entered | Refused:
    item = (await find_draft(context, number)).item
    async with turn_about(context, item.agreement, item.derived_from) as view:  # 1
        drafts = await context.ports.store.version(DRAFT)
        kept = await find_draft(context, number)
        officer = await find_person(context, person)
        holds_until = assured_until(view, kept.item.to, kept.item.named_for, view.moment(context))
        cleared = await _decide(context, view, officer, kept)
        details: dict[str, JsonValue] = {"draft": kept.number, "drafted_by": kept.drafted_by}
        if isinstance(cleared, Refused):
            details["agreement"] = view.agreement_id
            return await keep_refusal(context, cleared, person, details)  # 2
        sealed = await _seal(context, view, kept, cleared)  # 3
        allowed = allow_cleared(cleared)
        articles = dict.fromkeys((*cited_articles(allowed), *kept.made_under))
        relied = await name_assurances(context, view, cleared.draft, view.moment(context))
        act = Act(
            "item.release",
            allowed,
            person,
            {**details, **relied, "articles": [*articles]},
            (removed_draft(kept),),
            # Two commands that release one draft both find it; only one can write on this.
            rests_on=((DRAFT, drafts),),
            holds_until=holds_until,
        )
        entered = await speak(context, view, sealed.draft, act)  # 4
        return entered._replace(articles=tuple(articles))


async def may_release(context: Context, person: PersonId, number: int) -> Cleared | Refused:
    """Decide a draft's release by a person as it stands now; nothing is written.

    Raises:
        StateError: no such draft waits.
    """
    item = (await find_draft(context, number)).item
    async with turn_about(context, item.agreement, item.derived_from) as view:
        kept = await find_draft(context, number)
        return await _decide(context, view, await find_person(context, person), kept)


async def drop_draft(context: Context, person: PersonId, number: int) -> KeptDraft | Refused:
    """Take a draft away unreleased, as a releasing officer or whoever drafted it.

    Its key and sealed payload are then named by nothing, and are erased: the key first, which
    makes noise of the rest. What a crash leaves of them the next sweep finds.
    """

    async def attempt() -> KeptDraft | Refused:
        store = context.ports.store
        versions = tuple([(kind, await store.version(kind)) for kind in (DRAFT, PERSON)])
        kept = await find_draft(context, number)
        by = await find_person(context, person)
        needed = {Role.RELEASING_OFFICER} | ({Role.DRAFTER} if by.id == kept.drafted_by else set())
        allowed = allow_house_act("item.drop", by.roles, needed)
        details: dict[str, JsonValue] = {"draft": kept.number, "drafted_by": kept.drafted_by}
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, details)
        noted = journal_entry(context, "item.drop", person, details=details)
        await store.commit(
            Change(
                allowed_by=allowed,
                basis=Basis(versions=versions),
                documents=(removed_draft(kept),),
                journal=(noted,),
            )
        )
        return kept

    dropped = await decide_again(attempt)
    if isinstance(dropped, KeptDraft):
        await context.ports.keys.erase_item_key(dropped.sealed.sha256)
        await context.ports.blobs.delete(dropped.sealed.sha256)
    return dropped


async def waits_for_officer(context: Context, person: PersonId, kept: KeptDraft) -> Refused | None:
    """Say why this person cannot release the draft alone; None: one person suffices."""
    view = await glimpse(context, kept.item.agreement)
    officer = await find_person(context, person)
    labelled = label_item(view, view.agreement(), kept.item, view.moment(context))
    return house_refusal(context, view, officer, kept.drafted_by, labelled.label.level)


def house_refusal(
    context: Context, view: View, officer: Person, drafted_by: PersonId, level: str
) -> Refused | None:
    """Say why our own house does not let this officer release, or None."""
    return join_refusals(
        allow_house_act("item.release", officer.roles, {Role.RELEASING_OFFICER}),
        two_persons(context, view, (drafted_by, officer.id), level),
    )


def two_persons(
    context: Context, view: View, persons: tuple[PersonId, PersonId], level: str
) -> Allowed | Refused:
    """Ask whether drafter and releasing officer must be two persons at a level."""
    threshold = context.config.two_persons_from(view.agreement_id)
    return check_two_persons(
        persons,
        level,
        from_level=None if threshold == NEVER else threshold,
        ladder=view.agreement().levels,
    )


async def _decide(
    context: Context, view: View, officer: Person, kept: KeptDraft
) -> Cleared | Refused:
    labelled = find_label(view, kept.item, view.moment(context))
    if isinstance(labelled, Refused):
        return labelled
    cleared = await clear_item(context, view, officer, labelled, kept.item)
    house = house_refusal(context, view, officer, kept.drafted_by, labelled.label.level)
    recalled = await refuse_made_from(context, view, "item.release", kept.item.derived_from)
    raised = refuse_raised(context, view, "item.release", labelled.label, kept.item.derived_from)
    return join_refusals(house, cleared, recalled, raised) or cleared


async def _seal(context: Context, view: View, kept: KeptDraft, cleared: Cleared) -> Sealed:
    ports, suite = context.ports, view.agreement().sealing_suite()
    prepared = prepare_release(
        cleared,
        # The agreement may name another suite since the draft was sealed; only wraps depend on it.
        structs.replace(kept.sealed, suite=suite.value),
        utterance=Utterance(view.under(), ports.random.token(16).hex()),
        links=kept.item.links,
    )
    for party in cleared.draft.to:
        refuse_too_large(view, party, kept.sealed.size)
    key = await ports.keys.custody_item_key(kept.sealed.sha256)
    recipients = tuple(
        recipient_of(view, party, suite, view.moment(context)) for party in cleared.draft.to
    )
    wraps = await ports.keys.wrap_item_key(key, recipients, context=prepared.context)
    sealed = seal(prepared, wraps)
    await ports.blobs.write([sealed.head])
    return sealed


def refuse_too_large(view: View, party: PartyId, size: int) -> None:
    """Refuse what the recipient's card says that it does not take, before it is sent.

    Raises:
        StateError: the sealed payload is larger than that.
    """
    most = dict(view.card(party).limits).get("parcel_bytes_max")
    if most is not None and size > most:
        raise StateError(
            "item.too-large-for-partner",
            "the payload is larger than the recipient takes",
            where=f"card of {party}",
            expected=f"at most {most} bytes",
            found=f"{size} bytes",
            hint="send it in parts, or ask the party for a larger limit in its next card",
        )


def recipient_of(view: View, party: PartyId, suite: Algorithm, at: Instant) -> Recipient:
    """Find the sealing key that a party's card names for a suite.

    Raises:
        StateError: its card has none that is valid now.
    """
    return recipient_by(view.card(party), party, suite, at)


def recipient_by(card: Card, party: PartyId, suite: Algorithm, at: Instant) -> Recipient:
    """Find the sealing key that a card names for a suite.

    Raises:
        StateError: it has none that is valid then.
    """
    key = find_sealing_key(card, suite, at)
    if key is None:
        raise StateError(
            "card.no-sealing-key",
            "the party's card has no valid sealing key of this suite",
            where=f"card of {party}",
            expected=suite.value,
            hint="ask the party for its next card",
        )
    return Recipient(party, key)
