# SPDX-License-Identifier: Apache-2.0
"""What was given to a firm, how it stands, and what its people may do with what it was given.

A firm is a word of the party that answers for it. Nothing is opened in its facility while one
condition of the agreement's list lacks, there or at a firm above it.
Source: Japan-ROK GSOMIA Art. 16
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.basis.ids import AgreementId, PartyId, Place
from comity.basis.instants import Instant
from comity.decision.facilities import (
    allow_at_firm,
    refuse_firm,
    refuse_not_given,
    say_unregistered,
)
from comity.decision.house import join_refusals
from comity.decision.people import Person, is_registered
from comity.decision.request import Firm, FirmCondition, Request
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.context import Context
from comity.flows.documents import CONTRACTOR_ITEM
from comity.flows.facts import find_facility
from comity.flows.view import View
from comity.state.queries import zone_of
from comity.state.queries_cases import (
    contractor_article,
    contractor_letters,
    firm_chain,
    holds,
)
from comity.state.records import Item
from comity.state.records_cases import FirmKey
from comity.state.state import State

_BY_A_PERSON: Final = frozenset(
    {Action.OPEN, Action.USE, Action.REPRODUCE, Action.DERIVE, Action.TRANSLATE}
)
"""What somebody does with an item where it is; the other acts are the party's."""


@dataclass(frozen=True, slots=True)
class Given:
    """An item that was given to a firm at one of its facilities, by which articles."""

    agreement: AgreementId
    item: Place
    firm: str
    facility: str
    articles: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name what is kept of it."""
        place = self.item
        named = f"{self.agreement}/{place.party}/{place.index:012d}"
        return f"{named}/{self.firm}\n{self.facility}"


def read_given(key: str) -> Given:
    """Read what is kept of an item that was given to a firm, from its name."""
    agreement, party, index, rest = key.split("/", 3)
    firm, _, facility = rest.partition("\n")
    return Given(AgreementId(agreement), Place(PartyId(party), int(index)), firm, facility)


async def allow_by_person(
    context: Context, view: View, item: Item, person: Person, asked: Request
) -> Allowed | Refused:
    """Decide what one of our people asks about an item; at a firm the conditions on firms too.

    A person of a firm's facility is refused what the firm was not given, or might not be given
    now: the conditions are asked again, as everything stands, and what lacks is named, so that
    nobody is said to be off the register for it.

    Source: Japan-ROK GSOMIA Art. 7, 16
    """
    file, now = view.file(item.version), view.moment(context)
    facility = await find_facility(context, person.facility)
    if facility is None or facility.firm is None or asked.action not in _BY_A_PERSON:
        return say_unregistered(allow(file, asked), person, facility, now)
    registered = is_registered(person, facility, now)
    actor = replace(asked.actor, registered=registered)
    decided = allow_at_firm(file, replace(asked, actor=actor))
    decided = say_unregistered(decided, person, facility, now)
    firm = await _refuse_at_firm(context, view, item, (facility.firm, facility.id), asked)
    return join_refusals(decided, firm) or decided


async def allow_here(
    context: Context, file: Agreement, person: Person, asked: Request, at: Instant
) -> Allowed | Refused:
    """Decide what one of our people asks about what is no item yet, or was told to us.

    Where nobody counts as registered it says why.
    """
    facility = await find_facility(context, person.facility)
    return say_unregistered(allow(file, asked), person, facility, at)


async def _refuse_at_firm(
    context: Context, view: View, item: Item, at: tuple[str, str], asked: Request
) -> Refused | None:
    file, now = view.file(item.version), view.moment(context)
    key = (view.own, *at)
    firms = firm_facts(view.fold.state, key, contractor_letters(file), now)
    given = Given(view.agreement_id, item.place, *at)
    kept = await context.ports.store.document(CONTRACTOR_ITEM, given.key)
    act, cited = str(asked.action), contractor_article(file)
    return join_refusals(
        refuse_firm(file, replace(asked, firms=firms)),
        None if kept is not None else refuse_not_given(file, act, cited, at[0]),
    )


def firm_facts(
    state: State, key: FirmKey, letters: tuple[str, ...], at: Instant
) -> tuple[Firm, ...]:
    """Give the facts of a firm's facility, and of every firm above it."""
    return tuple(_firm_fact(state, each, at) for each in firm_chain(state, key, letters, at))


def _firm_fact(state: State, key: FirmKey, at: Instant) -> Firm:
    known = state.firms.get(key)
    if known is None:
        return Firm(key[1], None, None, ())
    cleared = known.cleared
    clearance = None if cleared is None or not cleared.assure.met else cleared.assure.clearance
    until = None if cleared is None else cleared.until
    met = tuple(
        FirmCondition(each.letter, each.at, each.until)
        for each in known.conditions
        if holds(each, at, zone_of(state))
    )
    return Firm(key[1], clearance, until, met)
