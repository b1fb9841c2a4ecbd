# SPDX-License-Identifier: Apache-2.0
"""What was asked and given of consent that a person may know of, the newest first.

One who has no need to know of what it concerns is shown nothing of it. Consultations, which are
said by the same statements, are marked. Source: Japan-ROK GSOMIA Art. 6(a), 6(c), 7(1)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.house import keeps_registers, knows_of
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.cases.consultations import asking_article
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import view_of_lister
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.protected import find_protected
from comity.state.queries import in_effect
from comity.state.records import Ask, Consent
from comity.state.state import State
from comity.state.tables import walk

GIVEN_MAX: Final = 1024
"""Consents for its items or category among which answers to a question are looked for."""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent: who took it back, and whether it is in effect now."""

    consent: Consent
    withdrawn_by: Place | None
    in_effect: bool


@dataclass(frozen=True, slots=True)
class AskRow:
    """A question for consent, what answered it, and whether it waits for us.

    `matter` is the act of a consultation; None: consent to pass on, or to another purpose.
    `article` asks to consult before that act; None: it was asked by courtesy alone.
    """

    ask: Ask
    matter: str | None
    article: str | None
    given: tuple[ConsentRow, ...]
    refused: tuple[Place, ...]
    waits_for_us: bool


def may_know_consent(
    state: State, person: Person, items: Iterable[Place], category: str | None
) -> bool:
    """Answer whether a consent concerns only what a person needs to know of."""
    if keeps_registers(person):
        return True
    found = (find_protected(state, each) for each in items)
    concerned = {each.release.label.category for each in found if each is not None}
    if category is not None:
        concerned.add(category)
    return all(knows_of(person, each) for each in concerned)


async def search_asks(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    open_only: bool = False,
    consultations_only: bool = False,
) -> Found[AskRow] | Refused:
    """Find questions for consent; `open_only`: those alone that wait for our answer."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister
    state = view.fold.state

    async def fits(ask: Ask) -> bool:
        if consultations_only and not ask.ask.consults(ask.place.party):
            return False
        if open_only and not _waits_for_us(view, ask):
            return False
        return may_know_consent(state, by, ask.ask.items, ask.ask.category)

    going = NewestFirst(context, view, state.asks.get, fits, before)
    return await going.page(limit, lambda ask: _ask_row(context, view, ask))


async def search_consents(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
) -> Found[ConsentRow] | Refused:
    """Find consents that were given, whether or not they are in effect."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister
    state = view.fold.state

    async def fits(consent: Consent) -> bool:
        return may_know_consent(state, by, consent.consent.items, consent.consent.category)

    going = NewestFirst(context, view, state.consents.get, fits, before)
    return await going.page(limit, lambda consent: _consent_row(context, view, consent))


async def find_ask(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> AskRow | None:
    """Give one question for consent; None: there is none, or a person may not know of it."""
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    ask = view.fold.state.asks.get(place)
    if ask is None or not may_know_consent(view.fold.state, by, ask.ask.items, ask.ask.category):
        return None
    return _ask_row(context, view, ask)


async def find_consent(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> ConsentRow | None:
    """Give one consent; None: there is none, or a person may not know of it."""
    view = await read_view(context, agreement)
    by, state = await find_person(context, person), view.fold.state
    known = state.consents.get(place)
    if known is None:
        return None
    if not may_know_consent(state, by, known.consent.items, known.consent.category):
        return None
    return _consent_row(context, view, known)


def _ask_row(context: Context, view: View, ask: Ask) -> AskRow:
    state = view.fold.state
    refused = (state.ask_refusals.get((ask.place, party)) for party in ask.to)
    consults = ask.ask.consults(ask.place.party)
    return AskRow(
        ask,
        ask.ask.consulted[0] if consults else None,
        asking_article(state, ask) if consults else None,
        tuple(_consent_row(context, view, each) for each in _answers(state, ask)),
        tuple(place for place in refused if place is not None),
        _waits_for_us(view, ask),
    )


def _answers(state: State, ask: Ask) -> list[Consent]:
    """Give the newest consents that answer a question: they name what it names."""
    items, category = ask.ask.items, ask.ask.category
    chains = [state.consents_by_item.get(each) for each in items]
    if category is not None:
        chains.append(state.consents_by_category.get(category))
    concerned = islice((each for chain in chains for each in walk(chain)), GIVEN_MAX)
    found = {each.place: each for each in concerned if each.consent.ask == ask.place}
    return [found[place] for place in sorted(found)]


def _consent_row(context: Context, view: View, consent: Consent) -> ConsentRow:
    state, now = view.fold.state, view.moment(context)
    holds = bool(in_effect(state, (consent,), now, None))
    return ConsentRow(consent, state.withdrawals.get(consent.place), holds)


def _waits_for_us(view: View, ask: Ask) -> bool:
    answered = (ask.place, view.own) in view.fold.state.ask_refusals
    given = (each.place.party == view.own for each in _answers(view.fold.state, ask))
    return view.own in ask.to and not answered and not any(given)
