# SPDX-License-Identifier: Apache-2.0
"""What is owed: each duty rule meets each statement that triggers it. Folded, never stored.

A duty is open, then late where a number stands, then done or done late; or its creditors waived
it, gave it more time, or somebody disputes it. Two nodes at the same register positions work out
the same duties under the same ids. Source: AGREEMENTS.md section 5
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.agreement.rules import DutyRule
from comity.basis.ids import Digest, PartyId, Place, digest_of, format_place
from comity.basis.instants import INSTANT_MAX, Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue, format_json
from comity.state.affairs import Act
from comity.state.duty_discharges import first_discharge, ways
from comity.state.duty_goods import collecting, dispute_of, end_of
from comity.state.duty_times import held, reminders_of, term_end, term_start, term_text
from comity.state.duty_triggers import Trigger, find_trigger, items_of, subjects, triggers
from comity.state.protected import find_protected
from comity.state.records_goods import LoanRow
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.order_values import Officer, format_officer

_ID_CHARS: Final = 32


class DutyState(StrEnum):
    """Where a duty stands. `late` only where the agreement gives a number."""

    OPEN = "open"
    EXTENDED = "extended"
    DISPUTED = "disputed"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"
    WAIVED = "waived"


LIVE: Final = frozenset(
    {DutyState.OPEN, DutyState.EXTENDED, DutyState.DISPUTED, DutyState.LATE},
)
"""The states of what is still owed."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. `owes` is the kind of statement that discharges it, as any of `or_by` does, `needs`
    what that must hold.

    `term_due` is by the term alone, `due` with the time that every creditor gave besides; both
    are the first instant that is too late, None where no number stands. `remind_at` is local: the
    last of its reminders that has come, `reminded` of them, or else the first of all. `collects` is
    the creditor's officer who collects what is owed for goods.
    """

    id: str
    article: str
    clause: str
    owes: str
    or_by: tuple[str, ...]
    trigger: Place
    because: str
    needs: str | None
    about: Place | None
    owed_by: PartyId
    owed_to: tuple[PartyId, ...]
    since: Instant
    term: str | None
    term_due: Instant | None
    due: Instant | None
    remind_at: Instant | None
    reminded: int
    state: DutyState
    done_at: Instant | None
    done_by: Place | None
    disputed_by: Place | None
    collects: Officer | None
    version: Digest
    binding: bool

    @property
    def live(self) -> bool:
        """Say whether it is still owed."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Claim:
    """A duty, as far as its creditors may let go of it: to whom it is owed, until when by its term.

    `done_at` is set where it is done.
    """

    article: str
    owed_to: tuple[PartyId, ...]
    term_due: Instant | None
    done_at: Instant | None


@dataclass(frozen=True, slots=True)
class _Owed:
    """What one party owes others by a rule, about an item or about nothing."""

    rule: DutyRule
    about: Place | None
    by: PartyId
    to: tuple[PartyId, ...]


def duties_at(
    state: State, at: Instant, items: Collection[Place] | None = None
) -> tuple[Duty, ...]:
    """List the duties as they stand at `at`, the earliest due first, those without a day last.

    `state` holds what was said up to then (`Fold.standing_at`). With `items`, of the duties that
    a release triggers only theirs, and those of items whose use ends: whoever knows what nobody
    has answered needs no look at everything that was ever released.
    """
    found = (
        duty for trigger in triggers(state, at, items) for duty in duties_of(state, trigger, at)
    )
    return tuple(sorted(found, key=_rank))


def urgent_at(
    state: State, at: Instant, items: Collection[Place] | None = None
) -> tuple[Duty, ...]:
    """List of `duties_at` what is still owed, and is late or has its reminder come.

    The others are passed over one by one, however many nobody has answered yet.
    """
    found = (
        _duty(state, owed, trigger, at=at, done=_done(state, owed, trigger))
        for trigger in triggers(state, at, items)
        for owed in _owed(state, trigger, moment_by=at)
    )
    urgent = (
        duty
        for duty in found
        if duty.state is DutyState.LATE
        or (duty.live and duty.remind_at is not None and duty.remind_at <= at)
    )
    return tuple(sorted(urgent, key=_rank))


def find_claim(state: State, trigger: Place, id: str, at: Instant) -> Claim | None:
    """Find what its creditors may waive or give time for: of that id, of what a statement triggers.

    Anybody may name any duty any number of times, so this costs about the same for each.
    """
    for known in find_trigger(state, trigger, at):
        for owed in _owed(state, known):
            if _id_of(owed, known) == id:
                done = _done(state, owed, known)
                done_at = None if done is None else done.at
                return Claim(
                    owed.rule.article, owed.to, _term_end(state, owed.rule, known), done_at
                )
    return None


def duties_of(state: State, trigger: Trigger, at: Instant) -> Iterator[Duty]:
    """Give what one statement triggers, by the rules of the version that it was said under."""
    for owed in _owed(state, trigger):
        yield _duty(state, owed, trigger, at=at, done=_done(state, owed, trigger))


def duty_json(duty: Duty) -> dict[str, JsonValue]:
    """Write a duty. In a pact that does not bind, what is late is a concern, never a breach."""
    is_late = duty.state in (DutyState.LATE, DutyState.DONE_LATE)
    word = "breach" if duty.binding else "concern"
    return {
        "id": duty.id,
        "article": duty.article,
        "clause": duty.clause,
        "owes": duty.owes,
        "or_by": list(duty.or_by),
        "needs": duty.needs,
        "trigger": format_place(duty.trigger),
        "because": duty.because,
        "about": None if duty.about is None else format_place(duty.about),
        "owed_by": duty.owed_by,
        "owed_to": list(duty.owed_to),
        "since": format_instant(duty.since),
        "term": duty.term,
        "due": _nullable(duty.due),
        "extended_from": _nullable(duty.term_due if duty.due != duty.term_due else None),
        "remind_at": _nullable(duty.remind_at),
        "state": duty.state.value,
        "done_at": _nullable(duty.done_at),
        "done_by": None if duty.done_by is None else format_place(duty.done_by),
        "disputed_by": None if duty.disputed_by is None else format_place(duty.disputed_by),
        "collects": None if duty.collects is None else format_officer(duty.collects),
        "may_be_called": word if is_late else None,
        "version": duty.version,
    }


def _owed(state: State, trigger: Trigger, *, moment_by: Instant | None = None) -> Iterator[_Owed]:
    """Give what a statement makes owed; with `moment_by` what may be told of by then at all."""
    terms = state.files.get(trigger.version)
    for rule in () if terms is None else terms.duties.get(trigger.because, ()):
        if rule.when is not None and not held(trigger.act, rule.when):
            continue
        if moment_by is not None and _first_moment(state, rule, trigger) > moment_by:
            continue
        for about in items_of(state, trigger, rule):
            for party in _debtors(state, rule, trigger, about):
                creditors = _creditors(state, rule, trigger, about, party)
                if creditors:
                    yield _Owed(rule, about, party, creditors)


def _first_moment(state: State, rule: DutyRule, trigger: Trigger) -> Instant:
    """Give when a duty is to be reminded of, or is late by its term; creditors but give time."""
    zone = state.files[trigger.version].agreement.lifecycle.zone
    late, reminded = _term_end(state, rule, trigger), reminders_of(trigger, rule, zone)
    return min((*reminded, INSTANT_MAX if late is None else late))


def _done(state: State, owed: _Owed, trigger: Trigger) -> Act | None:
    return first_discharge(state, owed.rule, trigger, owed.about, owed.by)


def _duty(state: State, owed: _Owed, trigger: Trigger, *, at: Instant, done: Act | None) -> Duty:
    rule, agreement = owed.rule, state.files[trigger.version].agreement
    owes, *or_by = ways(rule, trigger)
    zone = agreement.lifecycle.zone
    since, term_due = term_start(trigger, rule, zone), _term_end(state, rule, trigger)
    reminders = reminders_of(trigger, rule, zone)
    come = [each for each in reminders if each <= at]
    id = _id_of(owed, trigger)
    due = None if term_due is None else _extended(state, id, owed.to, term_due)
    disputed = _dispute_of(state, id) or dispute_of(state, trigger.act)
    return Duty(
        id=id,
        article=rule.article,
        clause=rule.clause,
        owes=owes,
        or_by=tuple(or_by),
        trigger=trigger.place,
        because=rule.trigger,
        needs=rule.needs,
        about=owed.about,
        owed_by=owed.by,
        owed_to=owed.to,
        since=since,
        term=term_text(trigger, rule, term_due, zone),
        term_due=term_due,
        due=due,
        remind_at=come[-1] if come else next(iter(reminders), None),
        reminded=len(come),
        state=_state_of(
            waived=all((id, party) in state.waivers for party in owed.to),
            done_at=None if done is None else done.at,
            due=due,
            at=at,
            flags=(disputed is not None, due != term_due),
        ),
        done_at=None if done is None else done.at,
        done_by=None if done is None else done.place,
        disputed_by=disputed,
        collects=collecting(state, trigger.act),
        version=trigger.version,
        binding=agreement.binding,
    )


def _term_end(state: State, rule: DutyRule, trigger: Trigger) -> Instant | None:
    """Give the first instant that is too late by the term alone."""
    duration = None if rule.within is None else rule.within.duration
    if duration is None:
        return None
    zone = state.files[trigger.version].agreement.lifecycle.zone
    return term_end(trigger, rule, duration, zone)


def _state_of(
    *,
    waived: bool,
    done_at: Instant | None,
    due: Instant | None,
    at: Instant,
    flags: tuple[bool, bool],
) -> DutyState:
    disputed, extended = flags
    if done_at is not None:
        return DutyState.DONE if due is None or done_at < due else DutyState.DONE_LATE
    if waived:
        return DutyState.WAIVED
    if disputed:
        return DutyState.DISPUTED
    if due is not None and at >= due:
        return DutyState.LATE
    return DutyState.EXTENDED if extended else DutyState.OPEN


def _id_of(owed: _Owed, trigger: Trigger) -> str:
    rule = owed.rule
    named: list[JsonValue] = [
        format_place(trigger.place),
        rule.article,
        rule.clause,
        rule.trigger,
        rule.discharged_by,
        rule.needs,
        None if owed.about is None else format_place(owed.about),
        owed.by,
    ]
    if isinstance(trigger.act.body, LoanRow):  # one receipt may hold loans for several days
        named.append(format_date(trigger.act.body.return_by))
    if rule.number > 1:  # the first of them has the id that it would have alone
        named.append(rule.number)
    return digest_of(format_json(named))[:_ID_CHARS]


def _extended(state: State, id: str, creditors: tuple[PartyId, ...], term_due: Instant) -> Instant:
    """Give until when all creditors let it wait: nobody gives time for another."""
    return min(extended_by(state, id, party, term_due) for party in creditors)


def extended_by(state: State, id: str, party: PartyId, term_due: Instant) -> Instant:
    """Give until when one creditor lets it wait: what it said last gives the most time."""
    said = state.extensions.get((id, party))
    return term_due if said is None else max(term_due, said.newest.extension.until)


def _dispute_of(state: State, id: str) -> Place | None:
    """Find the first dispute about a duty that is not settled."""
    named = state.disputed_duties.get(id)
    open_ = (place for place in walk(named) if _is_open(state, place))
    return next(open_, None)


def _is_open(state: State, dispute: Place) -> bool:
    known = state.disputes.get(dispute)
    return known is not None and known.settled_at is None


def _debtors(
    state: State, rule: DutyRule, trigger: Trigger, about: Place | None
) -> tuple[PartyId, ...]:
    """Give who owes it; what discharges itself is owed by whoever says it, if it is meant."""
    meant = _parties(state, rule.who, trigger, about)
    speaker = trigger.act.place.party
    return tuple(each for each in meant if rule.how != "itself" or each == speaker)


def _parties(state: State, who: str, trigger: Trigger, about: Place | None) -> tuple[PartyId, ...]:
    """Give the parties that a word of the vocabulary means, sorted."""
    terms = state.files[trigger.version]
    named: Collection[PartyId]
    item = None if about is None else find_protected(state, about)
    items = subjects(state, trigger.act) if item is None else (item,)
    match who:
        case "each_party":
            named = terms.parties
        case "each_holder":
            named = tuple(party for party in terms.parties if party in state.first_given)
        case "holder" | "host":
            named = (_named(trigger.act, terms.parties),)
        case "receiver" if items:
            named = {party for each in items for party in each.to}
        case "debtor" | "creditor":
            end = end_of(state, trigger.act, who)
            named = () if end is None else (end,)
        case "originator" if items:
            named = {party for each in items for party in each.release.label.originators}
        case "receiver" | "originator" | "addressee":
            named = trigger.act.to
        case _:  # whoever said it: `speaker`, `changer`, `reporter`
            named = (trigger.act.place.party,)
    return tuple(sorted(terms.parties & set(named)))


def _named(act: Act, parties: Collection[PartyId]) -> PartyId:
    """Give the party that a statement names as the holder or the host, else its speaker.

    Where it names a third party that was given the item, its speaker answers for it.
    """
    named = held(act, "held_by") or held(act, "host")
    return PartyId(named) if isinstance(named, str) and named in parties else act.place.party


def _creditors(
    state: State, rule: DutyRule, trigger: Trigger, about: Place | None, debtor: PartyId
) -> tuple[PartyId, ...]:
    """Give to whom it is owed, the debtor never: with nobody else there is no duty."""
    if rule.to == "other_parties":
        return tuple(sorted(state.files[trigger.version].parties - {debtor}))
    owed_to = _parties(state, rule.to, trigger, about)
    return tuple(party for party in owed_to if party != debtor)


def _rank(duty: Duty) -> tuple[bool, int, Place, str]:
    return duty.due is None, duty.due or 0, duty.trigger, duty.id


def _nullable(instant: Instant | None) -> str | None:
    return None if instant is None else format_instant(instant)
