# SPDX-License-Identifier: Apache-2.0
"""The facts of one request, gathered from the registers, the register of persons and the item.

What cannot be gathered stays out and is unknown to the decision. Source: AGREEMENTS section 4
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from comity.agreement.model import Agreement
from comity.basis.errors import StateError
from comity.basis.ids import Digest, PartyId, PersonId
from comity.basis.instants import INSTANT_MAX, Instant
from comity.decision.people import Facility, Person, actor_of, parse_facility, parse_person
from comity.decision.promises import SYSTEM, is_system
from comity.decision.registrars import is_present
from comity.decision.request import NO_ITEM, Actor, Assurance, Item, Request, Sharing
from comity.flows.context import Context
from comity.flows.documents import FACILITY, PERSON
from comity.flows.origins import standing_level
from comity.flows.view import View
from comity.marking.labels import Label
from comity.state import records
from comity.state.lifecycle_dates import until_passed
from comity.state.onward import consent_fact
from comity.state.protected import was_told
from comity.state.queries import (
    assured,
    consents_for,
    effective_consents,
    held_marking,
    standing_state,
)
from comity.state.queries_cases import firm_lacks
from comity.state.state import State
from comity.state.suspensions import suspended_categories
from comity.statement import passing

__all__ = [
    "assurance_fact",
    "assured_until",
    "consent_fact",
    "consented_until",
    "find_facility",
    "find_person",
    "find_record",
    "item_fact",
    "label_fact",
    "list_facilities",
    "list_persons",
    "names_assured",
    "person_request",
    "read_bodies",
    "read_person",
    "sharing_fact",
    "with_assurances",
    "with_item",
    "with_suspended",
]

_RECORDS_KEPT = 256
_PAGE = 1000
_OWN_MARKS = ("level", "originator", "receiver_mark")


# The record of whoever acts is looked up at each act, and read once.
read_person = lru_cache(maxsize=_RECORDS_KEPT)(parse_person)
_read_facility = lru_cache(maxsize=_RECORDS_KEPT)(parse_facility)


async def find_person(context: Context, person: PersonId) -> Person:
    """Return the person who acts, from our register.

    Raises:
        StateError: no such person, or one who has left or not begun.
    """
    found = await find_record(context, person)
    if not is_present(found, context.ports.clock.now()):
        raise StateError(
            "person.absent",
            "this person is not on the register at this time",
            found=person,
            hint="a registrar looks at the record: comity person list --all",
        )
    return found


async def find_record(context: Context, person: PersonId) -> Person:
    """Return a person's record, of those who left too.

    Raises:
        StateError: no such person.
    """
    raw = await context.ports.store.document(PERSON, person)
    if raw is None:
        raise StateError(
            "person.unknown",
            "no such person on this node's register",
            found=person,
            hint="list them: comity person list --node DIR",
        )
    return read_person(raw)


async def find_facility(context: Context, facility: str) -> Facility | None:
    """Return a facility, or None when there is no such one."""
    raw = await context.ports.store.document(FACILITY, facility)
    return None if raw is None else _read_facility(raw)


async def person_request(context: Context, view: View, person: Person, at: Instant) -> Request:
    """Give the facts of a request by one of our people: who, when, and how the agreement stands."""
    facility = await find_facility(context, person.facility)
    with view.fold.standing_at(at) as state:
        agreement_state = standing_state(state, at)
        consents = effective_consents(state, at)
        suspended = suspended_categories(state, state.life.agreed, (view.own,), at)
    return Request(
        at=at,
        agreement_state=agreement_state,
        actor=_actor(view, person, facility, at),
        item=NO_ITEM,
        purpose=None,
        recipient=None,
        channel=None,
        consents=tuple(consent_fact(each) for each in consents),
        assurances=(),
        second_person=None,
        suspended=suspended,
    )


def _actor(view: View, person: Person, facility: Facility | None, at: Instant) -> Actor:
    """Give the facts about a person; at a firm nobody counts as registered while a condition lacks.

    Source: Japan-ROK GSOMIA Art. 16
    """
    actor = actor_of(person, view.own, facility, at)
    agreement = view.find_agreement()
    if facility is None or facility.firm is None or agreement is None:
        return actor
    key = (view.own, facility.firm, facility.id)
    lacks = firm_lacks(view.fold.state, agreement, key, at)
    return replace(actor, registered=actor.registered is True and not lacks)


def names_assured(agreement: Agreement, named_for: Iterable[str]) -> tuple[str | None, ...]:
    """List the names that a decision looks for among assurances; None: one for any name.

    Besides those that an item is for they are those of the systems that its channel may run on.
    """
    ways = (way for clause in agreement.clauses("channel") for way in clause.texts("allowed"))
    return (None, *named_for, *(SYSTEM + way for way in ways))


def with_assurances(
    view: View,
    request: Request,
    parties: tuple[PartyId, ...],
    named_for: Iterable[str],
    at: Instant,
) -> Request:
    """Add what the recipients have assured for the persons and posts that an item is for."""
    with view.fold.standing_at(at) as state:
        given = _assured(view, state, parties, named_for, at)
    return replace(request, assurances=tuple(assurance_fact(each) for each in given))


def assured_until(
    view: View, parties: tuple[PartyId, ...], named_for: Iterable[str], at: Instant
) -> Instant:
    """Give the first instant at which an assurance that these parties gave holds no more."""
    zone = view.agreement().lifecycle.zone
    given = _assured(view, view.fold.state, parties, named_for, at)
    ends = (until_passed(each.assurance.until, zone) for each in given)
    return min((each for each in ends if each > at), default=INSTANT_MAX)


def _assured(
    view: View,
    state: State,
    parties: tuple[PartyId, ...],
    named_for: Iterable[str],
    at: Instant,
) -> list[records.Assurance]:
    names = names_assured(view.agreement(), named_for)
    return [each for party in parties for each in assured(state, party, names, at)]


def consented_until(view: View, consents: Iterable[records.Consent]) -> Instant:
    """Give the first instant at which one of these consents holds no more."""
    zone = view.agreement().lifecycle.zone
    ends = (until_passed(each.consent.until, zone) for each in consents)
    return min(ends, default=INSTANT_MAX)


def with_item(view: View, request: Request, item: records.Item, at: Instant) -> Request:
    """Add the facts of a released item as it stands now, and the consents that concern it."""
    with view.fold.standing_at(at) as state:
        consents = consents_for(state, item, at)
        fact = item_fact(view, item, at)
        originators = item.release.label.originators
        suspended = suspended_categories(state, item.version, originators, at)
    return replace(
        request,
        item=fact,
        consents=tuple(consent_fact(each) for each in consents),
        suspended=suspended,
    )


def with_suspended(
    view: View, request: Request, label: Label, at: Instant, *, version: Digest
) -> Request:
    """Add what is suspended, by this version, for what a label is on that is no item yet."""
    with view.fold.standing_at(at) as state:
        suspended = suspended_categories(state, version, label.originators, at)
    return replace(request, suspended=suspended)


def item_fact(view: View, item: records.Item, at: Instant) -> Item:
    """Give an item's facts: its level after reclassification, and what it shows here.

    Until our receipt names our own corresponding marking, a received item does not show it. What
    was told is no thing that could bear a mark: it is held as marked from the first.

    Source: Japan-ROK GSOMIA Art. 4(2), 6(d), 6(g)
    """
    label = item.release.label
    state = view.fold.state
    shows_all = item.place.party == view.own or (
        was_told(state, item, view.own) or held_marking(state, item, view.own, at) is not None
    )
    return Item(
        id=str(item.place),
        originators=tuple(label.originators),
        level=standing_level(view, item, at),
        category=label.category,
        form=label.form,
        purposes=label.purposes,
        named_for=label.named_for,
        marked=_OWN_MARKS if shows_all else _OWN_MARKS[:2],
        copies=1,
        use_until=label.use_until,
        rights=item.release.rights,
    )


def label_fact(label: Label, rights: tuple[str, ...] = ()) -> Item:
    """Give the facts of what bears a label and was not released as an item."""
    return replace(
        NO_ITEM,
        originators=tuple(label.originators),
        level=label.level,
        category=label.category,
        form=label.form,
        purposes=label.purposes,
        named_for=label.named_for,
        marked=_OWN_MARKS,
        copies=1,
        use_until=label.use_until,
        rights=rights,
    )


def sharing_fact(mark: passing.Sharing | None) -> Sharing | None:
    """Give the facts of an originator's mark that an item is to be shared."""
    return None if mark is None else Sharing(mark.under, tuple(mark.recipients))


def assurance_fact(given: records.Assurance) -> Assurance:
    """Give an assurance's facts. That of a system assures nobody's need of what is sent.

    Source: Japan-ROK GSOMIA Art. 7(5), 12(c)
    """
    assurance = given.assurance
    return Assurance(
        by=given.place.party,
        level=assurance.level,
        named_for=assurance.named,
        need=assurance.need and not is_system(assurance.named),
        equivalent_protection=assurance.equivalent_protection,
        given_at=given.at,
        until=assurance.until,
    )


async def list_persons(context: Context) -> tuple[Person, ...]:
    """List the whole register, by id, those who left included."""
    return tuple(parse_person(each) for each in await read_bodies(context, PERSON))


async def list_facilities(context: Context) -> tuple[Facility, ...]:
    """List the facilities, by id."""
    return tuple(parse_facility(each) for each in await read_bodies(context, FACILITY))


async def read_bodies(context: Context, kind: str) -> tuple[bytes, ...]:
    """Read all documents of a kind, page by page."""
    bodies: list[bytes] = []
    after = ""
    while True:
        page = await context.ports.store.documents(kind, after=after, limit=_PAGE)
        bodies += [each.body for each in page if each.body is not None]
        if len(page) < _PAGE:
            return tuple(bodies)
        after = page[-1].key
