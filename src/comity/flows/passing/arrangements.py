# SPDX-License-Identifier: Apache-2.0
"""Which arrangements of a hub have a word where an item goes on to a third party, and what it is.

Not the officer says which: the originator's mark on the item does, or on what it was made from.
Source: TISA 2014, paragraphs 3 and 4 (treaties.md T4, T4b, T5)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision import request as facts
from comity.decision.onward import refuse_unheld
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.channels import usual_channel
from comity.flows.context import Context
from comity.flows.facts import (
    consent_fact,
    find_person,
    item_fact,
    person_request,
    sharing_fact,
    with_assurances,
)
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.derivation import ancestors_of
from comity.state.onward import OnwardWish, consents_to
from comity.state.records import Consent, Item
from comity.statement.passing import Sharing


@dataclass(frozen=True, slots=True)
class Going:
    """Which item would go on to whom, what for, and by which way; None: the usual one.

    `arrangement` is what an officer named besides.
    """

    item: Place
    to: PartyId
    purpose: str | None
    channel: str | None
    arrangement: AgreementId | None


def marks_for(view: View, item: Item, to: PartyId) -> tuple[Sharing, ...]:
    """List the marks to be shared with a recipient: an item's own, and of all it was made from."""
    state = view.fold.state
    sources = (state.items.get(place) for place in sorted(ancestors_of(state, item.release)))
    every = (item, *(each for each in sources if each is not None))
    marks = (each.release.sharing for each in every)
    found = (mark for mark in marks if mark is not None and to in mark.recipients)
    return tuple(dict.fromkeys(found))


async def arrangements_about(
    context: Context, view: View, item: Place, to: PartyId
) -> tuple[AgreementId, ...]:
    """List the arrangements pinned here that the marks of an item for a recipient name."""
    known = view.fold.state.items.get(item)
    named = set() if known is None else {each.under for each in marks_for(view, known, to)}
    return tuple(sorted(named.intersection(await pinned_agreements(context)))) if named else ()


async def ask_arrangements(
    context: Context, person: PersonId, going: Going, view: View
) -> tuple[Allowed | Refused, ...]:
    """Decide by each arrangement that the item is marked for, and by the one that was named.

    One that it is marked for and that is not signed here refuses: what it asks is not known.

    Raises:
        StateError: no such item, or the one that was named is not signed here.
    """
    item = view.item(going.item)
    pinned = await pinned_agreements(context)
    found: list[Allowed | Refused] = []
    marks = marks_for(view, item, going.to)
    for mark in marks:
        there = await read_view(context, mark.under) if mark.under in pinned else None
        if there is None or there.find_agreement() is None:
            found.append(refuse_unheld(view.file(item.version), mark.under, going.to))
        else:
            found.append(await _through_hub(context, person, going, (view, item, there), mark))
    named = going.arrangement
    if named is not None and named not in {each.under for each in marks}:
        there = await read_view(context, named)
        asked = view, item, there
        found.append(await _through_hub(context, person, going, asked, item.release.sharing))
    return tuple(found)


async def _through_hub(
    context: Context,
    person: PersonId,
    going: Going,
    asked: tuple[View, Item, View],
    mark: Sharing | None,
) -> Allowed | Refused:
    """Decide by an arrangement that the hub passes an item on; consents are the originators'.

    `asked` is the view in which the item stands, the item, and the arrangement's view. What we
    ourselves answer for we let go by this very act. Source: TISA 2014, paragraph 4
    """
    beneath, item, view = asked
    # A consent under one agreement may be dated after all that was said under the other.
    now = max(view.moment(context), beneath.moment(context))
    by = await find_person(context, person)
    request = await person_request(context, view, by, now)
    request = with_assurances(view, request, (going.to,), item.release.label.named_for, now)
    fact = item_fact(beneath, item, now)
    known = () if fact.originators is facts.MISSING else fact.originators
    ours = facts.Consent(view.own, (str(item.place),), None, going.to, going.purpose, now, None)
    about = fact.category if mark is None or mark.under != view.agreement_id else mark.category
    given = _approvals(context, beneath, item, going)
    wanted = replace(
        request,
        action=Action.RELEASE.value,
        item=replace(fact, originators=tuple(sorted({*known, view.own})), category=about),
        purpose=going.purpose,
        recipient=going.to,
        channel=going.channel or usual_channel(view.agreement()),
        consents=(*(consent_fact(each) for each in given), ours),
        sharing=sharing_fact(mark),
    )
    return allow(view.agreement(), wanted)


def _approvals(context: Context, view: View, item: Item, going: Going) -> tuple[Consent, ...]:
    """List the originators' consents in effect; of what we made ourselves those that name it.

    It has its number by now: the leave for a whole category that an arrangement takes of what a
    hub makes and releases under it is for what has none yet. Source: TISA 2014, paragraph 4
    """
    if going.purpose is None:
        return ()
    wish = OnwardWish(view.own, going.to, going.purpose)
    found = consents_to(view.fold.state, item, wish, view.moment(context))
    if item.place.party != view.own:
        return found
    return tuple(each for each in found if item.place in each.consent.items)
