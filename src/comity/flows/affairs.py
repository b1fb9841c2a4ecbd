# SPDX-License-Identifier: Apache-2.0
"""Saying what binds a state about authorities, laws, disputes and duties: by the authority's key.

Each text goes sealed beside its statement. Source: Japan-ROK GSOMIA Art. 2(d), 3, 20; AGREEMENTS 5
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import structs

from comity.basis.errors import InputError, StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import UTC, Date, Instant, date_of
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.duties.listing import find_one
from comity.flows.enclosures import Text, enclose, seal_text
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import pinned_agreements, the_card
from comity.flows.speak import Entered, speak
from comity.flows.treaty.acts import NO_NOTE_YET, declare_by
from comity.flows.treaty.offices import Office, ask_office
from comity.flows.turns import read_view, turn
from comity.flows.view import View
from comity.keys.cards import authority_keys
from comity.statement.affairs import (
    DisputeOpen,
    DisputeSettle,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.information import Subject


@dataclass(frozen=True, slots=True)
class Change:
    """A change of law, table or rule: which, what it touches, by which articles, from when.

    `effective` None: today, by the agreement's own zone.
    """

    law: str
    effect: str
    articles: tuple[str, ...]
    effective: Date | None = None
    answers: Place | None = None


async def notify_authority(
    context: Context,
    agreement: AgreementId,
    name: str,
    person: PersonId | None = None,
    *,
    valid_from: Instant | None = None,
    delivered: Date | None = None,
    keys: tuple[str, ...] | None = None,
) -> Entered | Refused:
    """Notify a competent authority, by the keys that our card names for it unless others are told.

    Source: Japan-ROK GSOMIA Art. 2(d)
    """
    office = await ask_office(context, PartyAuthority.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    body = await _authority(context, agreement, name)
    told = structs.replace(
        body,
        keys=keys or body.keys,
        valid_from=body.valid_from if valid_from is None else valid_from,
        delivered=body.delivered if delivered is None else delivered,
    )
    return await declare_by(context, agreement, told, office)


async def _authority(context: Context, agreement: AgreementId, name: str) -> PartyAuthority:
    """Word the notification of an authority that acts from now on, by the keys of our card."""
    card = await the_card(context, context.config.party)
    view = await read_view(context, agreement)
    now = context.ports.clock.now()
    keys = tuple(f"{key.name}+{key.key_id.hex()}" for key in authority_keys(card))
    return PartyAuthority(name, keys, now, _today(view, now), NO_NOTE_YET)


async def change_authority(
    context: Context, name: str, person: PersonId | None = None
) -> tuple[Entered, ...] | Refused:
    """Let another authority act for us: new keys by a new card, then its notification everywhere.

    Until it is notified nothing counts that it signs. Safe to run again after a crash.

    Source: Japan-ROK GSOMIA Art. 2(d)
    """
    office = await ask_office(context, PartyAuthority.KIND, person)
    if isinstance(office, Refused):
        return office
    _, entered = await rotate_keys(context, person, new_authority=True)
    notified = [
        await declare_by(context, agreement, await _authority(context, agreement, name), office)
        for agreement in await pinned_agreements(context)
        if (await read_view(context, agreement)).fold.state.life.agreed is not None
    ]
    return (*entered, *notified)


async def tell_law_change(
    context: Context,
    agreement: AgreementId,
    change: Change,
    person: PersonId | None = None,
    text: Text | None = None,
) -> Entered | Refused:
    """Tell the partners of a change of our law, table or rule, its text sealed to them.

    Raises:
        StateError: what it answers asks for no laws of ours.

    Source: Japan-ROK GSOMIA Art. 3
    """
    office = await ask_office(context, PartyLawChange.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    view = await read_view(context, agreement)
    _check_articles(view, change.articles)
    if change.answers is not None:
        _check_asks_law(view, change.answers)
    body = PartyLawChange(
        change.law,
        change.effect,
        change.articles,
        change.effective or _today(view, context.ports.clock.now()),
        change.answers,
        None,
        None,
        NO_NOTE_YET,
    )
    return await _say(context, agreement, body, office, text)


async def open_dispute(
    context: Context,
    agreement: AgreementId,
    articles: tuple[str, ...],
    person: PersonId | None = None,
    *,
    about: tuple[Place, ...] = (),
    duties: tuple[str, ...] = (),
    text: Text | None = None,
) -> Entered | Refused:
    """Open a dispute about articles, statements and duties; nothing else changes.

    Source: Japan-ROK GSOMIA Art. 20
    """
    office = await ask_office(context, DisputeOpen.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    _check_articles(await read_view(context, agreement), articles)
    ids = tuple([(await find_one(context, agreement, id)).id for id in duties])
    places = tuple(sorted(set(about)))
    body = DisputeOpen(articles, places, ids, None, None, NO_NOTE_YET)
    return await _say(context, agreement, body, office, text)


async def settle_dispute(
    context: Context,
    agreement: AgreementId,
    dispute: Place,
    person: PersonId | None = None,
    text: Text | None = None,
) -> Entered | Refused:
    """Say that a dispute is settled for us; it is when all who are in it have said so."""
    office = await ask_office(context, DisputeSettle.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    body = DisputeSettle(dispute, None, None, NO_NOTE_YET)
    return await _say(context, agreement, body, office, text)


async def waive_duty(
    context: Context, agreement: AgreementId, id: str, person: PersonId | None = None
) -> Entered | Refused:
    """Waive what is owed to us."""
    office = await ask_office(context, DutyWaive.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    duty = await find_one(context, agreement, id)
    body = DutyWaive(duty.trigger, duty.id, NO_NOTE_YET)
    return await declare_by(context, agreement, body, office)


async def extend_duty(
    context: Context,
    agreement: AgreementId,
    id: str,
    until: Instant,
    person: PersonId | None = None,
) -> Entered | Refused:
    """Give more time for what is owed to us."""
    office = await ask_office(context, DutyExtend.KIND, person, agreement)
    if isinstance(office, Refused):
        return office
    duty = await find_one(context, agreement, id)
    body = DutyExtend(duty.trigger, duty.id, until, NO_NOTE_YET)
    return await declare_by(context, agreement, body, office)


def _check_asks_law(view: View, place: Place) -> None:
    """Refuse a notice of law as the answer to what asks for none: a question stays open.

    Source: Japan-ROK GSOMIA Art. 3
    """
    known = view.fold.state.requests.get(place)
    if known is None or known.request.subject is not Subject.LAW or view.own not in known.to:
        raise StateError(
            "affairs.no-law-asked",
            "what is answered asks for no laws of ours",
            where=f"{view.agreement_id}/{place}",
            hint="list them: comity request list",
        )


def _check_articles(view: View, articles: tuple[str, ...]) -> None:
    """Refuse citations of articles that no version has; of one that is there, any paragraph."""
    files = [terms.agreement for terms in view.fold.state.files.values()]
    known = {article.number for file in files for article in file.articles}
    numbers = {each.partition("(")[0] for each in known}
    for each in articles:
        if known and each not in known and each.partition("(")[0] not in numbers:
            raise InputError(
                "affairs.unknown-article",
                "the agreement has no such article",
                where=view.agreement_id,
                expected=f"one of {', '.join(sorted(known, key=_by_number))}",
                found=each,
                hint="list them: comity agreement show",
            )


def _by_number(citation: str) -> tuple[bool, int, str]:
    digits = citation.partition("(")[0]
    is_number = digits.isdecimal()
    return not is_number, int(digits) if is_number else 0, citation


async def _say(
    context: Context,
    agreement: AgreementId,
    body: PartyLawChange | DisputeOpen | DisputeSettle,
    office: Office,
    text: Text | None,
) -> Entered:
    stored = await seal_text(context, agreement, text)

    async def attempt() -> Entered:
        async with turn(context, agreement) as view:
            act = office.act(body.KIND)
            draft = await enclose(context, view, act, body, stored)
            return await speak(context, view, draft, act)

    return await decide_again(attempt)


def _today(view: View, now: Instant) -> Date:
    rules = view.fold.state.life.rules
    return date_of(now, UTC if rules is None else rules.zone)
