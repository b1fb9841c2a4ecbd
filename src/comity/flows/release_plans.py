# SPDX-License-Identifier: Apache-2.0
"""What becomes of items that are alike in all but their payloads: decided once, while that holds.

A plan names all that it was made on. Where any of that is another now, or a time is passed that
something in it is compared with, the plan is made anew. Source: DESIGN 2; AGREEMENTS.md section 4
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.basis.limits import PARCEL_INLINE_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person
from comity.decision.registrars import is_present
from comity.decision.request import When
from comity.decision.stages import Cleared, Refused, allow_cleared
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, clear_while, draft_details, find_label
from comity.flows.facts import find_person
from comity.flows.journal import JournalForm, cited, refusal_entry
from comity.flows.release import house_refusal, recipient_of, refuse_too_large
from comity.flows.relied_on import name_assurances
from comity.flows.spans import Same, Span, span_around
from comity.flows.speak import Act, HoldsAt, Unsaid
from comity.flows.view import View
from comity.keys.cards import Card
from comity.keys.suites import KeyUse
from comity.ports import Recipient
from comity.sealing.stages import ReleaseSeries
from comity.state.lifecycle import Standing
from comity.state.records import Assured
from comity.state.suspensions import standing_suspensions
from comity.state.tables import Chain
from comity.statement.values import AgreementRef

_RELEASE: Final = "item.release"


class AnotherPerson(StateError):  # noqa: N818 (named for who is missing)
    """Whoever drafts this may not release it alone."""


@dataclass(frozen=True, slots=True)
class Releasing:
    """What releases of one cleared draft have in common: their words, recipients and act."""

    cleared: Cleared
    under: AgreementRef
    recipients: tuple[Recipient, ...]
    series: ReleaseSeries
    act: Act
    bytes_max: int

    def says_what(self, other: Releasing) -> bool:
        """Answer whether what was sealed for another says the same, to the same keys."""
        return other is self or (
            self.cleared.draft == other.cleared.draft
            and self.under == other.under
            and self.recipients == other.recipients
        )

    def refuse_too_large(self, view: View, size: int) -> None:
        """Refuse a payload that a recipient's card says that it does not take.

        Raises:
            StateError: the sealed payload is larger than that.
        """
        if size > self.bytes_max:
            for recipient in self.recipients:
                refuse_too_large(view, recipient.party, size)


@dataclass(frozen=True, slots=True)
class _Ground:
    """All that a plan was made on but the time: documents, agreement, assurances, cards, suspended.

    Rows of a state and cards are never changed, only replaced: the same object says the same.
    """

    versions: tuple[tuple[str, int], ...]
    standing: Standing
    assurances: tuple[tuple[PartyId, Chain[Assured] | None], ...]
    cards: tuple[tuple[PartyId, Card], ...]
    suspended: tuple[Place, ...]

    def is_there(self, view: View, at: Instant) -> bool:
        """Answer whether the view still stands on the same."""
        state = view.fold.state
        if self.versions != view.basis.versions or not self.standing.holds(state.life, at):
            return False
        for party, row in self.assurances:
            if state.assurances.get((party, None)) is not row:
                return False
        if self.suspended != standing_suspensions(state, at):
            return False
        return all(view.card(party) is card for party, card in self.cards)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of items that are alike, and how the journal names them."""

    outcome: Releasing | Refused
    details: Mapping[str, JsonValue]
    span: Span
    ground: _Ground

    def holds(self, view: View, at: Instant) -> bool:
        """Answer whether the same would be decided now."""
        return at in self.span and self.ground.is_there(view, at)


class Alike:
    """Items that one person wants released, alike in all but their payloads."""

    def __init__(self, context: Context, person: PersonId, item: ItemDraft) -> None:
        """Begin with nothing decided."""
        self._context = context
        self._person = person
        self._item = item
        self._plan: Plan | None = None
        self._key = ("release", person, item, context.operator, *map(Same, _parts(context)))

    async def plan(self, view: View) -> Plan:
        """Give what becomes of such items now.

        Raises:
            AnotherPerson: a second person must release them, or they are not this person's to.
            InputError: the marking is none at all, or a word would not read.
            StateError: no such person, no agreement is signed, or a recipient has no key.
        """
        return await self.plan_at(view, view.moment(self._context), {})

    async def plan_at(self, view: View, at: Instant, known: dict[object, HoldsAt]) -> Plan:
        """Give the same for many at one moment: what they rest on is looked at once.

        Raises:
            InputError, StateError: as `plan`.
        """
        plan = self.planned(view, at, known)
        if plan is None:
            plan = self._plan = await self._decide(view, at)
            view.memo.keep(self._key, plan)
        return plan

    def planned(self, view: View, at: Instant, known: dict[object, HoldsAt]) -> Plan | None:
        """Give what becomes of such items at `at`, if that is decided and holds.

        `known` is what was found to hold at that very moment.
        """
        plan = self._plan
        if plan is None or not _holds(plan, view, at, known):
            found = view.memo.get(self._key)
            plan = found if isinstance(found, Plan) else None
            if plan is None or not _holds(plan, view, at, known):
                return None
            self._plan = plan
        return plan

    def unsaid(self, refused: Refused, plan: Plan) -> Unsaid:
        """Give what is journalled where such an item is refused."""
        return Unsaid(refused, refusal_entry(self._context, refused, self._person, plan.details))

    async def _decide(self, view: View, at: Instant) -> Plan:
        context, item = self._context, self._item
        ground = _ground_of(view, item.to, at)
        officer = await _find_officer(context, view, self._person)
        labelled = find_label(view, item, at)
        if isinstance(labelled, Refused):
            details = {**draft_details(item), "drafted_by": self._person}
            return Plan(labelled, details, Span(at, Instant(at + 1)), ground)
        outcome, span = await clear_while(context, view, officer, labelled, item)
        level = labelled.label.level
        if house_refusal(context, view, officer, self._person, level) is not None:
            raise AnotherPerson(
                "item.another-person",
                "another person must release this",
                where=view.agreement_id,
                hint="draft it, and let a releasing officer approve: comity item approve",
            )
        details = {**draft_details(item), "level": level, "drafted_by": self._person}
        if isinstance(outcome, Refused):
            return Plan(outcome, details, span, ground)
        details |= cited(allow_cleared(outcome))
        details |= await name_assurances(context, view, outcome.draft, at)
        span &= span_around(at, _key_times(ground.cards))
        return Plan(self._releasing(view, outcome, details, at=at), details, span, ground)

    def _releasing(
        self, view: View, cleared: Cleared, details: Mapping[str, JsonValue], *, at: Instant
    ) -> Releasing:
        item, suite, under = self._item, view.suite(), view.under()
        form = JournalForm(self._context, _RELEASE, self._person, details)
        return Releasing(
            cleared,
            under,
            tuple(recipient_of(view, party, suite, at) for party in cleared.draft.to),
            ReleaseSeries(cleared, under, suite.value, item.links),
            Act(_RELEASE, allow_cleared(cleared), self._person, details, form=form),
            min(_bytes_max(view, party) for party in cleared.draft.to),
        )


def _holds(plan: Plan, view: View, at: Instant, known: dict[object, HoldsAt]) -> bool:
    """Answer whether a plan holds; what it was made on is looked at once for all that share it."""
    ground = id(plan.ground)
    if at not in plan.span or not (ground in known or plan.ground.is_there(view, at)):
        return False
    known[ground] = plan
    return True


def _parts(context: Context) -> tuple[object, object]:
    """Give what of a node plans rest on that is never another while it runs."""
    return context.config, context.ports


def _ground_of(view: View, to: tuple[PartyId, ...], at: Instant) -> _Ground:
    """Give what holds now; plans to the same parties share it, so it is looked at once for all."""
    key, state = ("ground", to), view.fold.state
    known = view.memo.get(key)
    if isinstance(known, _Ground) and known.is_there(view, at):
        return known
    ground = _Ground(
        view.basis.versions,
        state.standing(at),
        tuple((party, state.assurances.get((party, None))) for party in to),
        tuple((party, view.card(party)) for party in to if party in view.heads),
        standing_suspensions(state, at),
    )
    view.memo.keep(key, ground)
    return ground


def _bytes_max(view: View, party: PartyId) -> int:
    """Give how large a payload a party's card says that it takes; it may say nothing."""
    return dict(view.card(party).limits).get("parcel_bytes_max", PARCEL_INLINE_BYTES_MAX)


def _key_times(cards: tuple[tuple[PartyId, Card], ...]) -> Iterator[When]:
    """List the times at which recipients' sealing keys begin or end to be valid."""
    for _, card in cards:
        for key in card.keys_for(KeyUse.SEALING):
            yield key.valid_from
            yield key.valid_until


async def _find_officer(context: Context, view: View, person: PersonId) -> Person:
    """Give the person who acts, looked up once while the register of persons does not change."""
    key = ("person", person, view.basis.versions)
    known = view.memo.get(key)
    if isinstance(known, Person) and is_present(known, context.ports.clock.now()):
        return known
    found = await find_person(context, person)
    view.memo.keep(key, found)
    return found
