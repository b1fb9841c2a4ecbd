# SPDX-License-Identifier: Apache-2.0
"""What comes up without being owed to anybody: last days of notice, ends, open questions.

A request for information and a question for consent set no time and oblige nobody.
Source: AGREEMENTS.md section 2; Japan-ROK GSOMIA Art. 21(3) (treaties.md G21.3, G-vol)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import (
    DAY_MS,
    INSTANT_MAX,
    INSTANT_MIN,
    Date,
    Instant,
    Zone,
    format_instant,
)
from comity.basis.strict_json import JsonValue
from comity.state.coming_cases import cases_coming
from comity.state.consulting import acted_unasked
from comity.state.duty_times import held
from comity.state.lifecycle import lifecycle_at
from comity.state.lifecycle_dates import day_end, day_start, until_passed
from comity.state.queries import assurances_in_force, open_asks, open_requests, zone_of
from comity.state.state import State
from comity.state.suspensions import suspension_ends, suspensions_at

NOTICE_DAYS: Final = (30, 10, 1)
"""So many days before the last day of notice one is reminded: for 90 days' notice, 120, 100 and
91 days before the end of the term."""

ASSURANCE_DAYS: Final = 60

ASK_FIRST: Final = "consultation.ask"
"""The others are to be asked about an act that the file names: before it, or else since."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that comes up for a party. `due` None: nothing names a day for it."""

    what: str
    for_party: PartyId
    article: str | None
    due: Instant | None
    remind_at: tuple[Instant, ...] = ()
    about: Place | None = None

    def has_passed(self, at: Instant) -> bool:
        """Answer whether its day is over by `at`: it is late, and stays until it is done."""
        return self.due is not None and self.due <= at


def coming_at(
    state: State, own: PartyId, at: Instant, asks: Iterable[Place] | None = None
) -> tuple[Coming, ...]:
    """List what comes up for a party, the earliest first.

    `asks` are the questions for its consent that are known to be open; None: look for them.
    """
    waiting = open_asks(state, own) if asks is None else asks
    found = (
        *_ending(state, own, at),
        *_questions(state, own, waiting),
        *_unasked(state, own),
        *_assurances(state, own, at),
        *_suspensions(state, own, at),
        *_cases(state, own, at),
    )
    return tuple(sorted(found, key=_rank))


def coming_json(coming: Coming) -> dict[str, JsonValue]:
    """Write what comes up."""
    return {
        "what": coming.what,
        "for": coming.for_party,
        "article": coming.article,
        "due": None if coming.due is None else format_instant(coming.due),
        "remind_at": [format_instant(each) for each in coming.remind_at],
        "about": None if coming.about is None else format_place(coming.about),
    }


def _ending(state: State, own: PartyId, at: Instant) -> Iterator[Coming]:
    life = lifecycle_at(state, at)
    zone = zone_of(state)
    if life.ends_at is not None:
        if at < life.ends_at:
            yield Coming("agreement.end", own, life.article, life.ends_at)
    elif life.term is not None:
        day = life.term.last_notice_day
        due = day_end(day, zone)
        if at < due:
            yield Coming("agreement.notice", own, life.article, due, _before(day, zone))


def _before(day: Date, zone: Zone) -> tuple[Instant, ...]:
    """Give when one is reminded of a last day of notice: from the first moment of each day."""
    return tuple(day_start(_earlier(day, days), zone) for days in NOTICE_DAYS)


def _earlier(day: Date, days: int) -> Date:
    return Date.fromordinal(max(1, day.toordinal() - days))


def _questions(state: State, own: PartyId, asks: Iterable[Place]) -> Iterator[Coming]:
    for request in open_requests(state, own):
        if request.request.subject is None:
            yield Coming("request.answer", own, None, None, about=request.place)
        elif not _is_owed(state, request.place):
            yield Coming("law.answer", own, None, None, about=request.place)
    for place in asks:
        if place in state.asks and not _is_owed(state, place):
            yield Coming("consent.answer", own, None, None, about=place)


def _is_owed(state: State, question: Place) -> bool:
    """Say whether the agreement makes a duty of the answer: then it is listed among those."""
    act = state.acts.get(question)
    if act is None:
        return False
    rules = state.files[act.version].duties.get(act.kind, ())
    return any(rule.when is None or held(act, rule.when) for rule in rules)


def _unasked(state: State, own: PartyId) -> Iterator[Coming]:
    """Give what we did before we asked the others, until they are asked; it blocks nothing."""
    for row in acted_unasked(state, own):
        yield Coming(ASK_FIRST, own, row.article, None, (row.at,), row.place)


def _assurances(state: State, own: PartyId, at: Instant) -> Iterator[Coming]:
    zone = zone_of(state)
    for known in assurances_in_force(state, own, at):
        until = known.assurance.until
        if until is not None:
            ends = until_passed(until, zone)
            remind = Instant(max(INSTANT_MIN, ends - ASSURANCE_DAYS * DAY_MS))
            if remind <= at:
                yield Coming("assurance.end", own, None, ends, (remind,), known.place)


def _suspensions(state: State, own: PartyId, at: Instant) -> Iterator[Coming]:
    """Give until when categories are suspended, ours and the partners'; some end by word alone."""
    for row in suspensions_at(state, at):
        ends = suspension_ends(state, row)
        due = None if ends == INSTANT_MAX else ends
        yield Coming("suspension.end", own, row.article, due, about=row.place)


def _cases(state: State, own: PartyId, at: Instant) -> Iterator[Coming]:
    for what, article, due, remind, about in cases_coming(state, own, at):
        yield Coming(what, own, article, due, (remind,), about)


def _rank(coming: Coming) -> tuple[bool, int, str, str]:
    return coming.due is None, coming.due or 0, coming.what, str(coming.about)


def live_reminders(coming: Iterable[Coming], at: Instant) -> Iterator[tuple[Coming, Instant]]:
    """Give the latest reminder of each that has come by `at`, and is not overtaken by its end.

    One that comes with the end tells that it has passed.
    """
    for each in coming:
        come = [instant for instant in each.remind_at if instant <= at]
        if come and (not each.has_passed(at) or each.has_passed(max(come))):
            yield each, max(come)
