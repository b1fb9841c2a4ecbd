# SPDX-License-Identifier: Apache-2.0
"""May an item go on to a third party? Each agreement that has a word in it decides by itself.

The originating agreement decides the onward release, a hub's arrangement that it goes through the
hub, the other agreement that we release it there; every refusal is given, with whose it is.
Source: Japan-ROK GSOMIA Art. 6(a); TISA 2014, paragraphs 3 and 4 (treaties.md T3, T4b, T5)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.errors import InputError, InvariantError
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant, date_of
from comity.decision.deciding import Decision
from comity.decision.house import join_refusals
from comity.decision.onward import name_agreement, refuse_lowered, with_answers
from comity.decision.stages import Allowed, Cleared, Refused, clear
from comity.decision.unlisted import refuse_unlisted
from comity.flows.admission import refusal_of
from comity.flows.channels import usual_channel
from comity.flows.context import Context
from comity.flows.copies import copies_of
from comity.flows.facts import (
    consented_until,
    find_person,
    person_request,
    with_assurances,
)
from comity.flows.origins import standing_level
from comity.flows.passing.arrangements import Going, ask_arrangements
from comity.flows.passing.wishes import OnwardDraft
from comity.flows.recalls import refuse_more
from comity.flows.receipts import decide_on_item
from comity.flows.turns import holding, read_about, read_view
from comity.flows.view import View
from comity.marking.labels import Draft, Labelled, label_draft
from comity.marking.levels import Ladder
from comity.state.onward import OnwardWish, consents_to
from comity.state.records import Consent, Item


@dataclass(frozen=True, slots=True)
class MayGo:
    """An onward release that every agreement lets go.

    `decisions` are theirs: the originating agreement's, the arrangement's if there is one, the
    other agreement's. `consents` are those that it rests on, and the first of them ends at `until`;
    `ladder` is of the levels there.
    """

    cleared: Cleared
    decisions: tuple[Decision, ...]
    consents: tuple[Place, ...]
    ladder: Ladder
    until: Instant

    @property
    def level(self) -> str:
        """Give the level that it has under the other agreement."""
        return self.cleared.draft.label.level


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose wish it is, and the item under the agreement that it came by."""

    context: Context
    person: PersonId
    draft: OnwardDraft
    view: View
    item: Item

    @property
    def consents(self) -> tuple[Consent, ...]:
        """Give the originators' consents that cover it now."""
        wish = OnwardWish(self.view.own, self.draft.to, self.draft.purpose)
        return consents_to(self.view.fold.state, self.item, wish, self.view.moment(self.context))


async def may_go(context: Context, person: PersonId, draft: OnwardDraft) -> MayGo | Refused:
    """Decide an onward release as it would be decided now; nothing is written.

    Raises:
        InputError: the marking is none at all.
        StateError: no such item, agreement or person, or no copy of it is left here.
    """
    async with holding(context, draft.agreement) as view:
        came = await _refuse_held(context, view, view.item(draft.item))
    view = await read_about(context, draft.agreement, (draft.item,))
    item = view.item(draft.item)
    asked = _Asked(context, person, draft, view, item)
    leave = await decide_on_item(
        context,
        draft.agreement,
        draft.item,
        person,
        action=Action.THIRD_PARTY_RELEASE.value,
        purpose=draft.purpose,
        recipient=draft.to,
    )
    through = await ask_arrangements(context, person, onward_of(draft), view)
    there = await read_view(context, draft.under)
    cleared = await clear_onward(context, there, person, draft, item)
    stops = (
        _lowered(asked, there),
        came,
        await refuse_more(context, view, Action.THIRD_PARTY_RELEASE.value, item),
    )
    stages = (leave, *through, cleared, *stops)
    refusals = [name_agreement(each) for each in stages if isinstance(each, Refused)]
    if refusals or isinstance(cleared, Refused):
        return with_answers(joined(*refusals), _answers(*stages))
    consents, levels = asked.consents, there.agreement().levels
    places, until = tuple(each.place for each in consents), consented_until(view, consents)
    return MayGo(cleared, _answers(*stages), places, levels, until)


async def decide_act(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    action: str,
    purpose: str | None = None,
    recipient: PartyId | None = None,
    channel: str | None = None,
) -> Allowed | Refused:
    """Decide any act on an item, and of its release to a third party what its mark asks besides.

    Nothing is written. Under which agreement it would go on is not asked, so neither is what that
    one says. Source: Japan-ROK GSOMIA Art. 6(a); TISA 2014, paragraph 4
    """
    leave = await decide_on_item(
        context,
        agreement,
        place,
        person,
        action=action,
        purpose=purpose,
        recipient=recipient,
        channel=channel,
    )
    if action != Action.THIRD_PARTY_RELEASE.value or recipient is None:
        return leave
    view = await read_about(context, agreement, (place,))
    wish = Going(place, recipient, purpose, channel, None)
    through = await ask_arrangements(context, person, wish, view)
    refusals = [each for each in (leave, *through) if isinstance(each, Refused)]
    if not refusals or not through:
        return leave
    return joined(*map(name_agreement, refusals))


def onward_of(draft: OnwardDraft) -> Going:
    """Give of an onward release what arrangements ask about."""
    return Going(draft.item, draft.to, draft.purpose, draft.channel, draft.arrangement)


def _answers(*stages: Allowed | Cleared | Refused | None) -> tuple[Decision, ...]:
    """Give what each agreement that was asked answered; what the house alone says is none."""
    found: list[Decision | None] = []
    for each in stages:
        if each is not None:
            found += each.decisions if isinstance(each, Cleared) else (each.decision,)
    return tuple(each for each in found if each is not None)


async def refuse_since(context: Context, view: View, item: Item, may: MayGo) -> Refused | None:
    """Refuse what was raised, refused or called back since, where the item came from.

    Whether its consents stand is asked where it is said: it would not count.

    Raises:
        StateError: no copy of it is left here.
    """
    level = standing_level(view, item, view.moment(context))
    return join_refusals(
        refuse_lowered(Action.RELEASE.value, level, may.level, may.ladder),
        await _refuse_held(context, view, item),
        await refuse_more(context, view, Action.THIRD_PARTY_RELEASE.value, item),
    )


def joined(*stages: object) -> Refused:
    """Put the findings of stages together of which one at least refuses."""
    refused = join_refusals(*stages)
    if refused is None:
        raise InvariantError("flows.not-refused", "nothing of this is refused")
    return refused


async def _refuse_held(context: Context, view: View, item: Item) -> Refused | None:
    """Refuse to pass on what the agreement did not let in here, or what we rejected.

    Raises:
        StateError: no copy of it is left here.
    """
    (await copies_of(context, view, item)).check_open()
    return None if item.place.party == view.own else await refusal_of(context, view, item)


async def clear_onward(
    context: Context, view: View, person: PersonId, draft: OnwardDraft, item: Item
) -> Cleared | Refused:
    """Decide the release under the other agreement, as its view stands.

    Raises:
        InputError: the marking is none at all.
    """
    now, agreement = view.moment(context), view.agreement()
    labelled = _label(view, draft, item, now)
    if isinstance(labelled, Refused):
        return labelled
    by = await find_person(context, person)
    request = await person_request(context, view, by, now)
    channel = draft.channel or usual_channel(agreement)
    about = replace(request.item, rights=item.release.rights)
    request = replace(request, item=about, channel=channel, consents=(), sharing=None)
    named = labelled.label.named_for
    return clear(labelled, agreement, with_assurances(view, request, (draft.to,), named, now))


def _label(view: View, draft: OnwardDraft, item: Item, now: Instant) -> Labelled | Refused:
    """Label the item under the other agreement; its originators' names are kept.

    So are the persons and posts that it is for, if any: it opens for nobody else there either. A
    marking that is on no list there is refused.

    Raises:
        InputError: the marking is none at all.

    Source: Japan-ROK GSOMIA Art. 4(1), 4(3)
    """
    label = item.release.label
    wanted = Draft(
        by=view.own,
        to=(draft.to,),
        marking=draft.marking,
        category=draft.category,
        form=draft.form,
        purposes=(draft.purpose,),
        originators=(*label.originators, view.own),
        use_until=label.use_until,
        named_for=label.named_for,
    )
    agreement = view.agreement()
    try:
        return label_draft(wanted, agreement.table, date_of(now, agreement.lifecycle.zone))
    except InputError as err:
        return refuse_unlisted(Action.RELEASE.value, agreement, err)


def _lowered(asked: _Asked, there: View) -> Refused | None:
    """Refuse a lower level than the item's, or one that cannot be held against it.

    Source: Japan-ROK GSOMIA Art. 4(3), 6(g)
    """
    item, view = asked.item, asked.view
    level = standing_level(view, item, view.moment(asked.context))
    given = _label(there, asked.draft, item, there.moment(asked.context))
    if isinstance(given, Refused):
        return None  # it has none, and is refused for that
    return refuse_lowered(Action.RELEASE.value, level, given.label.level, there.agreement().levels)
