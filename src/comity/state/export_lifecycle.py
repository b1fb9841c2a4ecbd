# SPDX-License-Identifier: Apache-2.0
"""The lifecycle part of the exported state: versions, readings, notes and records.

Announced, delivered and effective dates are three fields. Source: AGREEMENTS.md section 2
"""

from __future__ import annotations

from comity.basis.ids import Digest, Place, format_place
from comity.basis.instants import Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.lifecycle import LifecycleView, ReadingView, TermView
from comity.state.records import Note, Record, Text
from comity.state.state import State
from comity.statement.treaty import AgreementSuspendEndNotice


def agreement_json(state: State) -> dict[str, JsonValue]:
    """Write the versions of the agreement, and which of them is current."""
    life = state.life
    return {
        "id": state.agreement_id,
        "current": life.agreed,
        "on_table": life.on_table,
        "parties": list(life.parties),
        "versions": [
            _text_json(state, sha256, text)
            for sha256, text in sorted(state.texts.items(), key=lambda row: row[1].place)
        ],
    }


def lifecycle_json(state: State, view: LifecycleView) -> dict[str, JsonValue]:
    """Write a lifecycle at an instant.

    A note's `effective` is the last day that its speaker stated; `ends_at` is when it ends the
    agreement by the strictest reading, null for other notes and once it is withdrawn.
    """
    suspensions: dict[Place, Note] = {}
    notes = sorted(state.notes.values(), key=lambda note: note.place)
    for note in notes:
        if isinstance(note.body, AgreementSuspendEndNotice) and note.withdrawn_by is None:
            suspensions[note.body.notice] = note
    return {
        "article": view.article,
        "state": view.agreement_state,
        "in_force_at": nullable_instant(view.in_force_at),
        "ends_at": nullable_instant(view.ends_at),
        "interpretation_disputed": view.interpretation_disputed,
        "governed_by": view.governed_by,
        "readings": [_reading_json(reading) for reading in view.readings],
        "notes": [_note_json(state, note, suspensions.get(note.place)) for note in notes],
        "records": [
            _record_json(record)
            for record in sorted(state.records.values(), key=lambda row: row.place)
        ],
        **_term_json(view.term),
    }


def nullable_instant(instant: Instant | None) -> str | None:
    """Write an instant, or null."""
    return None if instant is None else format_instant(instant)


def nullable_place(place: Place | None) -> str | None:
    """Write a control number, or null."""
    return None if place is None else format_place(place)


def places_json(places: tuple[Place, ...]) -> list[JsonValue]:
    """Write control numbers, sorted."""
    return [format_place(place) for place in sorted(places)]


def _text_json(state: State, sha256: Digest, text: Text) -> dict[str, JsonValue]:
    return {
        "sha256": sha256,
        "version": text.version,
        "place": format_place(text.place),
        "at": format_instant(text.at),
        "initialled": places_json(text.initialled),
        "signed": places_json(text.signed),
        "agreed_at": nullable_instant(text.agreed_at),
        "standing": _text_standing(state, sha256, text),
    }


def _text_standing(state: State, sha256: Digest, text: Text) -> str:
    if sha256 == state.life.agreed:
        return "current"
    if sha256 == state.life.on_table:
        return "on_table"
    return "replaced" if text.agreed_at is None else "superseded"


def _reading_json(reading: ReadingView) -> dict[str, JsonValue]:
    return {
        "party": reading.party,
        "state": reading.state.value,
        "computed": reading.computed.value,
        "in_force_at": format_instant(reading.in_force_at),
        "ends_at": nullable_instant(reading.ends_at),
        **_term_json(reading.term),
    }


def _term_json(term: TermView | None) -> dict[str, JsonValue]:
    return {
        "term_ends_at": None if term is None else format_instant(term.ends_at),
        "last_notice_day": None if term is None else format_date(term.last_notice_day),
    }


def _note_json(state: State, note: Note, suspension: Note | None) -> dict[str, JsonValue]:
    ends = (
        notice.ends_at
        for _, reading in state.life.readings
        for notice in reading.notices
        if notice.place == note.place
    )
    return {
        **_said_json(note),
        "ends_at": nullable_instant(min(ends, default=None)),
        "withdrawn_by": nullable_place(note.withdrawn_by),
        "suspended_by": None if suspension is None else format_place(suspension.place),
    }


def _record_json(record: Record) -> dict[str, JsonValue]:
    return _said_json(record)


def _said_json(row: Note | Record) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = dict(row.body.to_json())
    del said["authority"]
    said["place"] = format_place(row.place)
    said["at"] = format_instant(row.at)
    said["kind"] = row.body.KIND
    return said
