# SPDX-License-Identifier: Apache-2.0
"""Assurances, consents and reclassification: what one party promises or grants the others.

Source: Japan-ROK GSOMIA Art. 6(a), 6(c), 6(g), 7(5); AGREEMENTS 3
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from comity.agreement.acts import Action
from comity.agreement.tables import nearest_hint
from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant, date_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import KEEPING_OFFICES, allow_house_act, join_refusals
from comity.decision.onward import refuse_below, refuse_own_word
from comity.decision.promises import is_system
from comity.decision.registrars import is_present
from comity.decision.stages import Refused, allow, of_file
from comity.decision.unlisted import refuse_unlisted
from comity.flows.context import Context, decide_again
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person, list_persons, person_request, with_item
from comity.flows.origins import level_above, origin_of
from comity.flows.speak import Act, Entered, draft_for, speak
from comity.flows.treaty.acts import NO_NOTE_YET
from comity.flows.treaty.offices import ask_office
from comity.flows.turns import read_view, turn, turn_about
from comity.flows.view import View
from comity.marking.equivalence import read_marking
from comity.state.records import Item
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    ItemReclassify,
    ItemRefusal,
)
from comity.statement.kinds import Body

_NAMED_MAX: Final = 10
"""How many names an error lists."""


async def promise(
    context: Context,
    agreement: AgreementId,
    body: AssuranceGive | ConsentAsk | ConsentGive | ConsentRefuse | ConsentWithdraw,
    person: PersonId,
    *,
    to: tuple[PartyId, ...] | None = None,
) -> Entered | Refused:
    """Enter an assurance, or a statement about consent, as a releasing officer or registrar.

    A consent that is given carries the note of the competent authority besides.

    Raises:
        StateError: an assurance is for a name that nobody here bears or holds as a post.
    """
    return await speak_in_role(context, agreement, body, person, to=to)


async def speak_in_role(
    context: Context,
    agreement: AgreementId,
    body: Body,
    person: PersonId,
    *,
    to: tuple[PartyId, ...] | None = None,
) -> Entered | Refused:
    """Enter a statement as a person whose office speaks for the party."""

    async def attempt() -> Entered | Refused:
        async with turn(context, agreement) as view:
            office = await ask_office(context, body.KIND, person, agreement)
            if isinstance(office, Refused):
                return office
            if isinstance(body, AssuranceGive) and body.named is not None:
                await _refuse_unknown_name(context, body.named)
            draft = draft_for(context, view, body, to=to)
            return await speak(context, view, draft, office.act(body.KIND))

    return await decide_again(attempt)


async def _refuse_unknown_name(context: Context, name: str) -> None:
    """Refuse to assure for a name that is nobody's here: a slip would cover nobody, in silence.

    Systems for channels (`system:node`) are on no register. Source: Japan-ROK GSOMIA Art. 7(5)
    """
    if is_system(name):
        return
    now = context.ports.clock.now()
    present = [each for each in await list_persons(context) if is_present(each, now)]
    posts = tuple(sorted({post for each in present for post in each.posts}))
    known = (*posts, *(each.id for each in present))
    if name in known:
        return
    nearest = nearest_hint(name, known)
    listed = "see who is here: comity person list; a post is put down by comity person change"
    raise StateError(
        "assurance.unknown-name",
        "nobody on this node's register has this id or holds this post now",
        where="for",
        expected=_list_some(posts or known),
        found=excerpt(name),
        hint=f"{nearest} {listed}" if nearest else listed,
    )


def _list_some(known: tuple[str, ...]) -> str:
    rest = len(known) - _NAMED_MAX
    named = ", ".join(known[:_NAMED_MAX])
    return f"{named}, and {rest} more" if rest > 0 else named


async def refuse_item(
    context: Context,
    agreement: AgreementId,
    item: Place,
    person: PersonId,
    *,
    code: str,
    articles: tuple[str, ...] = (),
) -> Entered | Refused:
    """Say that an item that was released to us is not taken, and why.

    Raises:
        StateError: there is no such item, or it was not released to us.
        InputError: the code, or an article, would not read.
    """
    own, known = context.config.party, (await read_view(context, agreement)).item(item)
    if own not in known.to:
        raise StateError(
            "item.not-to-us",
            "only an item that was released to us is refused",
            where=f"{agreement}/{item}",
            expected=own,
            found=", ".join(known.to),
        )
    body = ItemRefusal(item, code, articles)
    return await speak_in_role(context, agreement, body, person)


def consent_to(
    *,
    items: tuple[Place, ...],
    category: str | None,
    recipient: PartyId,
    purpose: str,
    until: Date | Instant | None,
    ask: Place | None = None,
) -> ConsentGive:
    """Word a consent that is still to be signed by the competent authority.

    Raises:
        InputError: it names neither items nor a category, or both.
    """
    if bool(items) == (category is not None):
        raise InputError(
            "consent.items-or-category",
            "a consent is for items or for a category",
            hint="name items with --item, or one category with --category",
        )
    return ConsentGive(ask, items, category, recipient, purpose, until, NO_NOTE_YET)


async def reclassify(
    context: Context,
    agreement: AgreementId,
    item: Place,
    marking: str,
    person: PersonId,
    *,
    effective: Instant | None = None,
) -> Entered | Refused:
    """Give an item of ours another level, by one of our own markings; every holder follows.

    It is decided by the version that the item came under; all that was made from it follows. Of an
    item that we passed on its originators' word is said again, and no other.

    Raises:
        InputError: the marking is none at all.
        StateError: there is no such item.

    Source: Japan-ROK GSOMIA Art. 6(g)
    """

    async def attempt() -> Entered | Refused:
        async with turn_about(context, agreement, (item,)) as view:
            now, known = view.moment(context), view.protected(item)
            file, officer = view.agreement(), await find_person(context, person)
            details: dict[str, JsonValue] = {"item": f"{agreement}/{item}"}
            try:
                on = date_of(now, file.lifecycle.zone)
                level = read_marking(file.table, view.own, marking, on)
            except InputError as err:
                refused = refuse_unlisted(Action.RECLASSIFY.value, file, err)
                return await keep_refusal(context, refused, person, details)
            asked = with_item(view, await person_request(context, view, officer, now), known, now)
            asked = replace(asked, action=Action.RECLASSIFY.value)
            decided = allow(view.file(known.version), asked)
            house = allow_house_act(ItemReclassify.KIND, officer.roles, KEEPING_OFFICES)
            details["level"] = level
            begins = now if effective is None else effective
            other = _refuse_other(view, known, level, max(now, begins))
            outcome = join_refusals(house, decided, other) or decided
            if isinstance(outcome, Refused):
                return await keep_refusal(context, outcome, person, details)
            body = ItemReclassify(item, level, marking, begins)
            act = Act(body.KIND, outcome, person, details)
            return await speak(context, view, draft_for(context, view, body), act)

    return await decide_again(attempt)


async def was_so_already(context: Context, said: Entered) -> bool:
    """Answer whether a change of level that was said gives what we had said of the item before."""
    body = said.statement.body
    if not isinstance(body, ItemReclassify):
        return False
    view = await read_view(context, said.statement.agreement_id)
    label = view.protected(body.item).release.label
    chain = view.fold.state.changes.get((body.item, view.own))
    while chain is not None and chain.newest.place != said.place:
        chain = chain.before
    if chain is None or chain.before is None:
        return (label.marking, label.level) == (body.marking, body.level)
    last = chain.before.newest.change
    begun = last.effective <= said.statement.at
    return begun and (last.marking, last.level) == (body.marking, body.level)


def _refuse_other(view: View, item: Item, level: str, at: Instant) -> Refused | None:
    """Refuse a level that the originators of what was passed on to here do not give it.

    Whoever passed it on says their word again, and none of its own; nor is anything below what it
    was made from. Source: Japan-ROK GSOMIA Art. 4(3), 6(a), 6(g)
    """
    file = view.file(item.version)
    article = view.fold.state.files[item.version].article("reclassification")
    origin = origin_of(view, item, at)
    if origin is not None:
        word = refuse_own_word(ItemReclassify.KIND, article, level, origin.level)
        return of_file(file, word)
    held = level_above(view, item, at, level)
    return of_file(file, refuse_below(ItemReclassify.KIND, article, level, held, file.levels))
