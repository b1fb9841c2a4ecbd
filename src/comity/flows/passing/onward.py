# SPDX-License-Identifier: Apache-2.0
"""Passing an item on to a third party, by leave of its originators, under another agreement.

The originators hear of it first, in the registers of their own agreement; the third party gets the
very payload that they sealed, with proof of their consent beside it.
Source: Japan-ROK GSOMIA Art. 6(a); TISA 2014, paragraph 4; DESIGN 4
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from msgspec import structs

from comity.basis.errors import ComityError, StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.deciding import Decision
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused, allow_cleared
from comity.flows.context import Context, decide_again
from comity.flows.documents import COPIES, ERASED, PASSING
from comity.flows.drafts import keep_refusal
from comity.flows.erased import find_erased
from comity.flows.evidence import take_evidence
from comity.flows.facts import assured_until, find_person
from comity.flows.foreign_items import check_proof
from comity.flows.journal import answered_by, cited_by, journal_entry, refusal_entry
from comity.flows.parcels import read_sealed
from comity.flows.passing.arrangements import arrangements_about
from comity.flows.passing.deciding import MayGo, joined, may_go, refuse_since
from comity.flows.passing.linking import link_onward
from comity.flows.passing.refilled import is_release_of, is_said_of
from comity.flows.passing.wishes import (
    KeptPassing,
    OnwardDraft,
    find_passing,
    passing_document,
    removed_passing,
)
from comity.flows.release import house_refusal, recipient_of, refuse_too_large
from comity.flows.relied_on import name_assurances, name_entries
from comity.flows.speak import Act, Entered, Outcome, Prepare, Unsaid, Utterance, draft_for
from comity.flows.speaker import say_alone, say_together
from comity.flows.turns import agreements_about, read_view, turns
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.sealing import stages
from comity.sealing.proofs import seal_proof
from comity.sealing.stages import Links, prepare_release, seal
from comity.state.onward import passed_on_of
from comity.statement.information import ItemRelease
from comity.statement.onward_proof import Carried, format_onward_proof
from comity.statement.passing import ItemThirdPartyRelease, Onward

ACT = "item.third_party_release"
DRAFTING = frozenset({Role.DRAFTER, Role.RELEASING_OFFICER})


@dataclass(frozen=True, slots=True)
class PassedOn:
    """An onward release that is said under both agreements, and what each that decided said."""

    said: Place
    release: Place
    decisions: tuple[Decision, ...]


async def draft_onward(
    context: Context, person: PersonId, draft: OnwardDraft
) -> KeptPassing | Refused:
    """Keep an onward release for a releasing officer, as it would be decided now.

    A refusal by any of the agreements, or of the person's role, is journalled. Without the role no
    agreement is asked.

    Raises:
        InputError: the marking is none at all.
        StateError: no such item or agreement.
    """

    async def attempt() -> KeptPassing | Refused:
        allowed = await _may_draft(context, person)
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, _details(draft))
        async with _turns_of(context, draft) as views:
            return await _keep(context, person, draft, views[draft.agreement])

    return await decide_again(attempt)


async def _may_draft(context: Context, person: PersonId) -> Allowed | Refused:
    by = await find_person(context, person)
    return allow_house_act("item.draft", by.roles, DRAFTING)


@asynccontextmanager
async def _turns_of(
    context: Context, draft: OnwardDraft
) -> AsyncIterator[Mapping[AgreementId, View]]:
    """Take the turns of all that has a word in it, back to where the item was released first."""
    behind = await agreements_about(context, draft.agreement, (draft.item,))
    origin = await read_view(context, draft.agreement)
    through = await arrangements_about(context, origin, draft.item, draft.to)
    async with turns(context, (*draft.agreements, *behind, *through)) as views:
        yield views


async def _keep(
    context: Context, person: PersonId, draft: OnwardDraft, view: View
) -> KeptPassing | Refused:
    version = await context.ports.store.version(PASSING)
    allowed = await _may_draft(context, person)
    may = await may_go(context, person, draft)
    if isinstance(may, Refused) or isinstance(allowed, Refused):
        refused = joined(allowed, may)
        return await keep_refusal(context, refused, person, _details(draft))
    kept = KeptPassing(version + 1, draft, may.level, person)
    details = {**_cited(may), **_details(draft), "onward": kept.number}
    basis = structs.replace(view.basis, versions=(*view.basis.versions, (PASSING, version)))
    await context.ports.store.commit(
        Change(
            allowed_by=allowed,
            basis=basis,
            documents=(passing_document(kept),),
            journal=(journal_entry(context, "item.draft", person, details=details),),
        )
    )
    return kept


async def drop_onward(context: Context, person: PersonId, number: int) -> KeptPassing | Refused:
    """Give up an onward release that is not made, as a releasing officer or whoever drafted it.

    Raises:
        StateError: there is none of that number, or it is made.
    """

    async def attempt() -> KeptPassing | Refused:
        version = await context.ports.store.version(PASSING)
        kept = await find_passing(context, number)
        if kept.release is not None:
            raise _done(kept)
        by = await find_person(context, person)
        mine = {Role.DRAFTER} if by.id == kept.drafted_by else set()
        allowed = allow_house_act("item.drop", by.roles, {Role.RELEASING_OFFICER, *mine})
        details = {**_details(kept.draft), "onward": kept.number}
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, details)
        noted = journal_entry(context, "item.drop", person, details=details)
        await context.ports.store.commit(
            Change(
                allowed_by=allowed,
                basis=Basis(versions=((PASSING, version),)),
                documents=(removed_passing(kept),),
                journal=(noted,),
            )
        )
        return kept

    return await decide_again(attempt)


async def waits_for_another(
    context: Context, person: PersonId, kept: KeptPassing
) -> Refused | None:
    """Say why this person cannot let it go alone; None: one person suffices."""
    view = await read_view(context, kept.draft.under)
    officer = await find_person(context, person)
    return house_refusal(context, view, officer, kept.drafted_by, kept.level)


async def pass_on(context: Context, person: PersonId, number: int) -> PassedOn | Refused:
    """Let a kept onward release go, as its releasing officer; once begun it is gone on with.

    1. the role, two persons, and every agreement's decision: refusals are journalled together;
    2. the proof for the third party is put together, and held to what that party will ask of it;
       key and payload are at hand;
    3. it is said under the originating agreement, to all of its parties, unless the item was
       raised or called back by then;
    4. as every agreement stands by then, nobody's turn but this one's, the release is decided again
       and entered under the other agreement, with the originators' payload, its key wrapped to the
       third party, and the proof;
    5. the originators are told where it stands there.

    Raises:
        ProofError: the third party would refuse the proof.
        StateError: there is no such onward release, the item went there already, somebody else
            goes on with it meanwhile, or not every party has acknowledged the item and the
            consents yet.
    """
    kept = await find_passing(context, number)
    if kept.release is not None:
        raise _done(kept)
    await _refuse_again(context, kept)
    house = await waits_for_another(context, person, kept)
    may = await may_go(context, person, kept.draft)
    if house is not None or isinstance(may, Refused):
        return await keep_refusal(context, joined(house, may), person, _details(kept.draft))  # 1
    proof = await _prove(context, kept.draft, may)  # 2
    key = await _take_payload(context, kept.draft)
    if kept.said is None:
        said = await _say_under_originating(context, person, kept, may)  # 3
        if isinstance(said, Refused):
            return said
        kept = replace(kept, said=said.place)
    released = await _release(context, person, kept, (key, seal_proof(key, proof)))  # 4
    if isinstance(released, Refused):
        return released
    await link_onward(context)  # 5
    return PassedOn(kept.said or released.place, released.place, may.decisions)


async def _prove(context: Context, draft: OnwardDraft, may: MayGo) -> bytes:
    """Put together what shows the third party that it may have the item."""
    places = (draft.item, *may.consents)
    folders = [await take_evidence(context, draft.agreement, place) for place in places]
    raw = format_onward_proof(folders)
    view = await read_view(context, draft.agreement)
    known = view.item(draft.item).release
    label = may.cleared.draft.label
    release = _links(draft, known).release(label, known.sealed)
    now = (await read_view(context, draft.under)).moment(context)
    carried = Carried(view.own, draft.to, now, release)
    await check_proof(context, raw, carried)
    return raw


async def _say_under_originating(
    context: Context, person: PersonId, kept: KeptPassing, may: MayGo
) -> Entered | Refused:
    draft = kept.draft

    async def prepare(view: View) -> Utterance | Unsaid:
        # Whoever has left, or the office, since this was begun, says nothing any more.
        officer = await find_person(context, person)
        allowed = allow_house_act(ACT, officer.roles, {Role.RELEASING_OFFICER})
        if isinstance(allowed, Refused):
            return Unsaid(allowed, refusal_entry(context, allowed, person, _details(draft)))
        rests_on = (
            await _as_kept(context, kept),
            (COPIES, await context.ports.store.version(COPIES)),
        )
        stopped = await refuse_since(context, view, view.item(draft.item), may)
        if stopped is not None:
            return Unsaid(stopped, refusal_entry(context, stopped, person, _details(draft)))
        place = Place(view.own, view.registers.judged_size(view.own))
        body = ItemThirdPartyRelease(draft.item, draft.to, draft.purpose, may.consents, draft.under)
        waiting = passing_document(replace(kept, said=place))
        consents = await name_entries(context, view, may.consents)
        details = {**_cited(may), **_details(draft), "consents": consents}
        act = Act(ACT, allowed, person, details, (waiting,), rests_on)
        return Utterance(draft_for(context, view, body), act)

    return await say_alone(context, draft.agreement, prepare, about=(draft.item,))


async def _take_payload(context: Context, draft: OnwardDraft) -> bytes:
    """Lay the item's sealed payload where its release will name it, and give its key.

    Raises:
        StateError: payload or key is not here.
    """
    view = await read_view(context, draft.agreement)
    item = view.item(draft.item)
    sealed = item.release.sealed
    key = await context.ports.keys.custody_item_key(view.item_ref(item.place, sealed))
    chunks = await read_sealed(context, view, item.place, item.release.parcel, sealed)
    await context.ports.blobs.write(chunks, sealed.sha256)
    return key


async def _release(
    context: Context, person: PersonId, kept: KeptPassing, secrets: tuple[bytes, bytes]
) -> Entered | Refused:
    """Enter the release under the other agreement; what stopped it since then is journalled.

    `secrets` are the item's key, and the proof sealed under it.
    """
    draft, (key, sealed_proof) = kept.draft, secrets

    async def prepare(view: View, views: Mapping[AgreementId, View]) -> Utterance | Unsaid:
        standing = await _as_kept(context, kept)
        versions = [(each, await context.ports.store.version(each)) for each in (COPIES, ERASED)]
        await _refuse_erased(context, draft)
        await _refuse_again(context, kept)
        may = await may_go(context, person, draft)
        if isinstance(may, Refused):
            return Unsaid(may, refusal_entry(context, may, person, _details(draft)))
        item = views[draft.agreement].item(draft.item)
        sealed, suite = item.release.sealed, view.agreement().sealing_suite()
        prepared = prepare_release(
            may.cleared,
            structs.replace(sealed, suite=suite.value),
            utterance=stages.Utterance(view.under(), context.ports.random.token(16).hex()),
            links=_links(draft, item.release),
        )
        refuse_too_large(view, draft.to, sealed.size)
        now = view.moment(context)
        recipient = recipient_of(view, draft.to, suite, now)
        wraps = await context.ports.keys.wrap_item_key(key, (recipient,), context=prepared.context)
        made = seal(prepared, wraps, sealed_proof)
        await context.ports.blobs.write([made.head])
        place = Place(view.own, view.registers.judged_size(view.own))
        relied = {
            **await name_assurances(context, view, may.cleared.draft, now),
            "consents": await name_entries(context, views[draft.agreement], may.consents),
        }
        relied |= {**_details(draft), **answered_by(may.decisions)}
        done = passing_document(replace(kept, release=place))
        act = Act(
            "item.release",
            allow_cleared(may.cleared),
            person,
            {**relied, "drafted_by": kept.drafted_by},
            (done,),
            (standing, *versions),
            holds_until=min(
                assured_until(view, (draft.to,), item.release.label.named_for, now), may.until
            ),
        )
        return Utterance(made.draft, act, item_key=(sealed.sha256, key))

    async def attempt() -> Outcome:
        async with _turns_of(context, draft) as views:
            asked: list[Prepare] = [lambda view: prepare(view, views)]
            return (await say_together(context, views[draft.under], asked))[0]

    outcome = await decide_again(attempt)
    if isinstance(outcome, ComityError):
        raise outcome
    return outcome


async def _as_kept(context: Context, kept: KeptPassing) -> tuple[str, int]:
    """Check that it stands as it was found, and give the version that this rests on.

    Two persons may let it go at once, or one while another gives it up: one of them comes first.
    """
    version = await context.ports.store.version(PASSING)
    if await find_passing(context, kept.number) != kept:
        raise StateError(
            "passing.moved",
            "somebody else goes on with this onward release",
            where=f"{kept.draft.agreement}/{kept.draft.item}",
            found=str(kept.number),
            hint="see how far it has come: comity third-party list",
        )
    return PASSING, version


async def _refuse_again(context: Context, kept: KeptPassing) -> None:
    """Refuse to let an item go where it went for this purpose already, unless it was refused there.

    Raises:
        StateError: it stands in the registers.
    """
    draft = kept.draft
    view, there = [await read_view(context, each) for each in (draft.agreement, draft.under)]
    told = (
        each.release
        for each in passed_on_of(view.fold.state, draft.item)
        if each.place.party == view.own and is_said_of(each.said, draft)
    )
    state = there.fold.state
    made = (
        place
        for place, _ in state.came_from.items()
        if place.party == there.own
        and (item := state.items.get(place)) is not None
        and is_release_of(item.to, item.release, draft)
    )
    for place in (*told, *made):
        if place is not None and (place, draft.to) not in state.refusals:
            await _as_kept(context, kept)  # it may be this very one, let go meanwhile
            raise StateError(
                "passing.again",
                "this item went to that party for that purpose already",
                where=f"{draft.under}/{place}",
                hint="see what became of it: comity third-party list; give this one up: "
                "comity third-party drop ONWARD",
            )


async def _refuse_erased(context: Context, draft: OnwardDraft) -> None:
    """Refuse to take a key into custody anew that was erased while this was under way."""
    if await find_erased(context, draft.agreement, draft.item) is not None:
        raise StateError(
            "passing.erased",
            "the item was erased here, and goes on to nobody",
            where=f"{draft.agreement}/{draft.item}",
            hint="give it up: comity third-party drop ONWARD",
        )


def _links(draft: OnwardDraft, came: ItemRelease) -> Links:
    """Say where it came from, with the marking that it was given with, and its private rights."""
    onward = Onward(draft.agreement, draft.item, came.label.marking)
    return Links(passed_on=onward, rights=came.rights)


def _details(draft: OnwardDraft) -> dict[str, JsonValue]:
    """Name an onward release for the journal."""
    return {
        "item": f"{draft.agreement}/{draft.item}",
        "under": draft.under,
        "to": [draft.to],
        "purpose": draft.purpose,
        "category": draft.category,
    }


def _cited(may: MayGo) -> dict[str, JsonValue]:
    """Cite the originating agreement, and beside it every agreement that let the item go."""
    return {**cited_by(may.decisions[0]), **answered_by(may.decisions)}


def _done(kept: KeptPassing) -> StateError:
    return StateError(
        "passing.released",
        "this onward release is made",
        where=f"{kept.draft.under}/{kept.release}",
        hint="see what became of it: comity third-party list",
    )
