# SPDX-License-Identifier: Apache-2.0
"""What is owed or comes up under an agreement, as far as its state knows today.

Receipts for items by the term of their article; consents asked of us and requests to us that nobody
has answered (they set no term, and oblige nobody); the last day of notice and the end of the
agreement; our assurances that end soon. Visits, incidents and orders are not known to it yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.agreement.rules import DutyRule
from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import (
    DAY_MS,
    UTC,
    Date,
    Instant,
    add_duration,
    end_of_day,
    format_instant,
)
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_sight
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.lifecycle import lifecycle_at
from comity.state.queries import assurances_in_force, open_requests
from comity.state.records import Item

WARN_DAYS: Final = 60
_RELEASE: Final = "item.release"


@dataclass(frozen=True, slots=True)
class Duty:
    """What is owed. `term` is the article's own word; `due` None where nothing names a day."""

    duty: str
    agreement: AgreementId
    owed_by: PartyId
    owed_to: tuple[PartyId, ...]
    due: Instant | None = None
    term: str | None = None
    article: str | None = None
    about: Place | None = None


async def list_duties(
    context: Context, agreement: AgreementId, person: PersonId
) -> tuple[Duty, ...]:
    """List what is owed or comes up and a person may know of, the earliest first."""
    view = await read_view(context, agreement)
    by, now = await find_person(context, person), view.moment(context)
    found = (
        *_receipts(view, by),
        *_questions(view, by),
        *_lifecycle(view, now),
        *_assurances(view, now),
    )
    return tuple(sorted(found, key=lambda each: (each.due is None, each.due or 0, each.duty)))


def duty_json(duty: Duty, now: Instant) -> dict[str, JsonValue]:
    """Give a duty as an object."""
    return {
        "duty": duty.duty,
        "agreement": duty.agreement,
        "owed_by": duty.owed_by,
        "owed_to": [*duty.owed_to],
        "due": None if duty.due is None else format_instant(duty.due),
        "term": duty.term,
        "overdue": duty.due is not None and duty.due <= now,
        "article": duty.article,
        "about": None if duty.about is None else str(duty.about),
    }


def _receipts(view: View, person: Person) -> Iterator[Duty]:
    """Give the receipts that are owed, ours and those to us, by the version of each release."""
    state = view.fold.state
    for place in tuple(view.open.unanswered):
        item = state.items.get(place)
        if item is None or not may_know(person, item):
            continue
        owing = [
            party
            for party in item.to
            if (place, party) not in state.receipts and (place, party) not in state.refusals
        ]
        rules = [each for each in view.file(item.version).rules.duties if each.trigger == _RELEASE]
        for party in owing:
            yield from (_receipt(view, item, rule, party) for rule in rules)


def _receipt(view: View, item: Item, rule: DutyRule, party: PartyId) -> Duty:
    term = rule.within
    due = None
    if term is not None and term.duration is not None:
        due = add_duration(item.at, term.duration, view.file(item.version).lifecycle.zone)
    return Duty(
        duty=rule.discharged_by,
        agreement=view.agreement_id,
        owed_by=party,
        owed_to=tuple(item.release.label.originators),
        due=due,
        term=None if term is None else term.text,
        article=rule.article,
        about=item.place,
    )


def _questions(view: View, person: Person) -> Iterator[Duty]:
    state, own = view.fold.state, view.own
    for request in open_requests(state, own):
        if not isinstance(allow_sight(person, request.request.category), Refused):
            asker = (request.place.party,)
            yield Duty("request.answer", view.agreement_id, own, asker, about=request.place)
    for place in tuple(view.open.asks):
        if place in state.asks:
            yield Duty("consent.answer", view.agreement_id, own, (place.party,), about=place)


def _lifecycle(view: View, now: Instant) -> Iterator[Duty]:
    life = lifecycle_at(view.fold.state, now)
    rules = view.fold.state.life.rules
    zone = UTC if rules is None else rules.zone
    if life.ends_at is not None and now < life.ends_at:
        yield _ours(view, "agreement.end", life.ends_at, life.article)
    elif life.term is not None:
        last = end_of_day(life.term.last_notice_day, zone)
        if now < last:
            yield _ours(view, "agreement.last-day-of-notice", last, life.article)


def _assurances(view: View, now: Instant) -> Iterator[Duty]:
    with view.fold.standing_at(now) as state:
        given = assurances_in_force(state, view.own, now)
        rules = state.life.rules
    zone = UTC if rules is None else rules.zone
    for each in given:
        until = each.assurance.until
        if until is not None:
            ends = end_of_day(until, zone) if isinstance(until, Date) else until
            if ends - now <= WARN_DAYS * DAY_MS:
                yield _ours(view, "assurance.end", ends, None, each.place)


def _ours(
    view: View, duty: str, due: Instant, article: str | None, about: Place | None = None
) -> Duty:
    return Duty(duty, view.agreement_id, view.own, view.partners, due, article=article, about=about)
