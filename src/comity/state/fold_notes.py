# SPDX-License-Identifier: Apache-2.0
"""The fold of written notifications: entry into force, notice, its suspension and withdrawal.

A note is an object that later ones name. What nobody delivered in writing moves nothing:
postponements, announcements and declared readings are kept as records.
Source: AGREEMENTS.md section 2; Japan-ROK GSOMIA Art. 21(1), 21(3); `spec/timeline.md` section 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from msgspec import structs

from comity.agreement.acts import AgreementState, EntryRule
from comity.agreement.model import LifecycleRules
from comity.basis.ids import PartyId
from comity.basis.instants import Date, Instant
from comity.basis.limits import NOTICES_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.lifecycle import Life
from comity.state.lifecycle_dates import day_of
from comity.state.readings import (
    Delivery,
    Heard,
    Reading,
    enter_on,
    hear_notice,
    hear_suspension,
    hear_withdrawal,
)
from comity.state.records import Note, Record, RecordBody, Said
from comity.state.state import State
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInterpretation,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)

_DECLARABLE: Final = (
    AgreementState.IN_FORCE,
    AgreementState.NOTICE_GIVEN,
    AgreementState.NOTICE_SUSPENDED,
    AgreementState.TERMINATED,
)
_Hear = Callable[[Reading, Heard, bool], Reading]


def apply_entry_notification(
    state: State, said: Said, body: AgreementEntryNotification
) -> Uncounted | None:
    """Take the word that a party's legal requirements are met; in force from the later one.

    Source: Japan-ROK GSOMIA Art. 21(1)
    """
    life = state.life
    rules, signed_at = life.rules, life.signed_at
    if rules is None or signed_at is None:
        return _finding(state, said, Finding.NOT_SIGNED)
    if said.version != life.agreed:
        return _finding(state, said, Finding.SUPERSEDED_VERSION)
    if rules.entry is not EntryRule.LATER_OF_NOTIFICATIONS or life.readings:
        return _finding(state, said, Finding.NO_NOTIFICATION)
    if any(known.place.party == said.by for known in life.notified):
        return _finding(state, said, Finding.ALREADY_SAID)
    delivery = _delivery(rules, said, body.delivered)
    if isinstance(delivery, Uncounted):
        return delivery
    life = replace(life, notified=(*life.notified, delivery))
    if {known.place.party for known in life.notified} >= set(life.parties):
        life = replace(life, readings=_enter(life, rules, signed_at))
    state.notes.put(said.place, Note(said.place, said.at, body))
    state.entry_notes.put(said.place, said.at)
    state.put_life(life)
    return None


def apply_end_notice(state: State, said: Said, body: AgreementEndNotice) -> Uncounted | None:
    """Take a notice of termination; a party has one at a time that is not suspended."""
    reading = dict(state.life.readings).get(said.by)
    own = [] if reading is None else [n for n in reading.notices if n.place.party == said.by]
    if len(own) >= NOTICES_MAX or any(notice.suspended_by is None for notice in own):
        return _finding(state, said, Finding.ALREADY_SAID)
    refused = _hear(
        state,
        said,
        body.delivered,
        lambda reading, heard, own: hear_notice(reading, heard, stated=body.effective, own=own),
    )
    if refused is None:
        state.notes.put(said.place, Note(said.place, said.at, body))
    return refused


def apply_suspension(state: State, said: Said, body: AgreementSuspendEndNotice) -> Uncounted | None:
    """Take a note that suspends the effect of the speaker's own notice.

    The treaty has no clause on it; it happened, and releases go on under it.
    Source: `spec/timeline.md` section 1, row 17
    """
    own = dict(state.life.readings).get(said.by)
    stands = own is not None and any(
        notice.place == body.notice and notice.suspended_by is None for notice in own.notices
    )
    if body.notice.party != said.by or not stands:
        return _finding(state, said, Finding.UNKNOWN_NOTE)
    refused = _hear(
        state,
        said,
        body.delivered,
        lambda reading, heard, _: hear_suspension(reading, heard, body.notice),
    )
    if refused is None:
        state.notes.put(said.place, Note(said.place, said.at, body))
    return refused


def apply_withdrawal(
    state: State, said: Said, body: AgreementWithdrawEndNotice
) -> Uncounted | None:
    """Take the withdrawal of the speaker's own notes, each of which it names.

    Source: `spec/timeline.md` section 1, row 21: both notes were withdrawn
    """
    known = [state.notes.get(place) for place in body.notices]
    notes = [note for note in known if note is not None and _withdrawable(note, said.by)]
    if len(notes) < len(known):
        return _finding(state, said, Finding.UNKNOWN_NOTE)
    refused = _hear(
        state,
        said,
        body.delivered,
        lambda reading, heard, _: hear_withdrawal(reading, heard, body.notices),
    )
    if refused is None:
        for note in notes:
            state.notes.put(note.place, structs.replace(note, withdrawn_by=said.place))
        state.notes.put(said.place, Note(said.place, said.at, body))
    return refused


def apply_interpretation(
    state: State, said: Said, body: AgreementInterpretation
) -> Uncounted | None:
    """Take a party's own reading of a note.

    It goes along with another party's reading where that one computes the same state; else it
    is shown beside the computed one until the next note, and can only hold releases back.
    """
    readings = dict(state.life.readings)
    own = readings.get(said.by)
    if own is None:
        return _finding(state, said, Finding.NOT_IN_FORCE)
    if body.about not in state.notes:
        return _finding(state, said, Finding.UNKNOWN_NOTE)
    declared = next((known for known in _DECLARABLE if known.value == body.reading), None)
    if declared is None:
        return _finding(state, said, Finding.UNKNOWN_READING)
    readings[said.by] = _declare(own, readings, declared, said.at)
    state.put_life(replace(state.life, readings=tuple(readings.items())))
    return apply_record(state, said, body)


def apply_record(state: State, said: Said, body: RecordBody) -> Uncounted | None:
    """Keep a record: it moves nothing."""
    if state.life.stage is None:
        return _finding(state, said, Finding.NOTHING_PROPOSED)
    state.records.put(said.place, Record(said.place, said.at, body))
    return None


def _declare(
    own: Reading, readings: dict[PartyId, Reading], declared: AgreementState, at: Instant
) -> Reading:
    if own.state_at(at) is declared:
        return replace(own, declared=None)
    for party in sorted(readings):
        if readings[party].state_at(at) is declared:
            return replace(readings[party], declared=None)
    return replace(own, declared=declared)


def _hear(state: State, said: Said, delivered: Date, hear: _Hear) -> Uncounted | None:
    """Let every party's reading take a note; it counts if it came in time for one of them."""
    life = state.life
    if life.rules is None or not life.readings:
        return _finding(state, said, Finding.NOT_IN_FORCE)
    if said.by not in life.parties:
        return _finding(state, said, Finding.NOT_A_PARTY)
    note = _delivery(life.rules, said, delivered)
    if isinstance(note, Uncounted):
        return note
    readings = []
    in_time = False
    for party, reading in life.readings:
        heard = Heard(life.rules, note, note.legal_date(party, life.rules.zone))
        in_time = in_time or not heard.comes_after(reading.ended_at())
        moved = hear(reading, heard, party == said.by)
        readings.append((party, replace(moved, declared=None)))
    if not in_time:
        return _finding(state, said, Finding.ENDED)
    state.put_life(replace(life, readings=tuple(readings)))
    return None


def _enter(
    life: Life, rules: LifecycleRules, signed_at: Instant
) -> tuple[tuple[PartyId, Reading], ...]:
    signed_on = day_of(signed_at, rules.zone)
    entered = (
        (party, max(signed_on, *(note.legal_date(party, rules.zone) for note in life.notified)))
        for party in life.parties
    )
    return tuple((party, enter_on(rules, day)) for party, day in entered)


def _delivery(rules: LifecycleRules, said: Said, delivered: Date) -> Delivery | Uncounted:
    if delivered > day_of(said.at, rules.zone):
        return Uncounted(Finding.DELIVERED_LATER, rules.article)
    return Delivery(said.place, delivered, said.at)


def _withdrawable(note: Note, by: PartyId) -> bool:
    kinds = AgreementEndNotice | AgreementSuspendEndNotice
    return note.place.party == by and note.withdrawn_by is None and isinstance(note.body, kinds)


def _finding(state: State, said: Said, finding: Finding) -> Uncounted:
    return Uncounted(finding, state.files[said.version].lifecycle_article)
