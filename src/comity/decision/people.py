# SPDX-License-Identifier: Apache-2.0
"""The register of persons: who is cleared to what, until when, where, and in which role.

Facts about people of this node's own party; they never leave it. Whether an act is allowed is
decided elsewhere. Source: Japan-ROK GSOMIA Art. 6(e), 7, 10.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, PersonId, parse_person_id
from comity.basis.instants import (
    UTC,
    Date,
    Instant,
    end_of_day,
    format_date,
    format_instant,
    parse_date,
    parse_instant_canonical,
)
from comity.basis.limits import PERSON_RECORD_BYTES_MAX, PERSON_WORD_CHARS_MAX, PERSON_WORDS_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_canonical
from comity.decision.request import Actor


class Role(StrEnum):
    """What a person does at this node. No role opens content by itself."""

    DRAFTER = "drafter"
    RELEASING_OFFICER = "releasing_officer"
    READER = "reader"
    TRANSLATOR = "translator"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of this party. `clearance` is a level of the agreements; None: not cleared.

    The clearance holds to the end of `clearance_until`; None there means without end. The person
    stands on the facility's register from `registered_from` until just before `registered_until`.
    """

    id: PersonId
    facility: str
    kind: str
    posts: tuple[str, ...]
    clearance: str | None
    clearance_until: Date | None
    need_to_know: tuple[str, ...]
    roles: tuple[Role, ...]
    registered_from: Instant
    registered_until: Instant | None


@dataclass(frozen=True, slots=True)
class Facility:
    """A place that handles items. Without a control officer nobody there is registered.

    The officer's term holds to the end of `officer_until`, in UTC; None there means without end.
    `firm` is the contractor whose facility it is; None: it is of the party itself.
    """

    id: str
    control_officer: PersonId | None
    officer_until: Date | None = None
    firm: str | None = None


def officer_in_office(facility: Facility, at: Instant) -> PersonId | None:
    """Give who answers for a facility at an instant; None: nobody, or whose term has ended.

    Source: Japan-ROK GSOMIA Art. 10, 16(j)
    """
    until = facility.officer_until
    ended = until is not None and at >= end_of_day(until, UTC)
    return None if ended else facility.control_officer


def is_registered(person: Person, facility: Facility | None, at: Instant) -> bool:
    """Answer whether the person stands on the register of a facility with a control officer.

    Source: Japan-ROK GSOMIA Art. 6(e), 10
    """
    if facility is None or facility.id != person.facility:
        return False
    if officer_in_office(facility, at) is None:
        return False
    ended = person.registered_until is not None and at >= person.registered_until
    return person.registered_from <= at and not ended


def actor_of(person: Person, party: PartyId, facility: Facility | None, at: Instant) -> Actor:
    """Give the facts about a person that a decision asks for."""
    return Actor(
        party=party,
        id=person.id,
        kind=person.kind,
        clearance=person.clearance,
        clearance_until=person.clearance_until,
        need_to_know=person.need_to_know,
        facility=person.facility,
        registered=is_registered(person, facility, at),
    )


def format_person(person: Person) -> bytes:
    """Write a person's record; whatever the order of its lists, the record has one form."""
    until = person.clearance_until
    ended = person.registered_until
    return format_json(
        {
            "id": person.id,
            "facility": person.facility,
            "kind": person.kind,
            "posts": _in_order(person.posts),
            "clearance": person.clearance,
            "clearance_until": None if until is None else format_date(until),
            "need_to_know": _in_order(person.need_to_know),
            "roles": _in_order(role.value for role in person.roles),
            "registered_from": format_instant(person.registered_from),
            "registered_until": None if ended is None else format_instant(ended),
        }
    )


def parse_person(raw: bytes) -> Person:
    """Read a person's record; lists are sorted and hold nothing twice."""
    fields = Fields(parse_canonical(raw, bytes_max=PERSON_RECORD_BYTES_MAX), "person")
    until = fields.nullable_text("clearance_until", max_chars=10)
    ended = fields.nullable_text("registered_until", max_chars=24)
    person = Person(
        id=parse_person_id(fields.text("id"), "person.id"),
        facility=fields.text("facility", max_chars=PERSON_WORD_CHARS_MAX),
        kind=fields.text("kind", max_chars=PERSON_WORD_CHARS_MAX),
        posts=_words(fields, "posts"),
        clearance=fields.nullable_text("clearance", max_chars=PERSON_WORD_CHARS_MAX),
        clearance_until=None if until is None else parse_date(until, "person.clearance_until"),
        need_to_know=_words(fields, "need_to_know"),
        roles=tuple(parse_role(each) for each in _words(fields, "roles")),
        registered_from=parse_instant_canonical(
            fields.text("registered_from", max_chars=24), "person.registered_from"
        ),
        registered_until=None
        if ended is None
        else parse_instant_canonical(ended, "person.registered_until"),
    )
    fields.finish()
    return person


def format_facility(facility: Facility) -> bytes:
    """Write a facility's record."""
    record: dict[str, JsonValue] = {
        "id": facility.id,
        "control_officer": facility.control_officer,
    }
    if facility.officer_until is not None:
        record["officer_until"] = format_date(facility.officer_until)
    if facility.firm is not None:
        record["firm"] = facility.firm
    return format_json(record)


def parse_facility(raw: bytes) -> Facility:
    """Read a facility's record."""
    fields = Fields(parse_canonical(raw, bytes_max=PERSON_RECORD_BYTES_MAX), "facility")
    officer = fields.nullable_text("control_officer")
    until = fields.optional_text("officer_until", max_chars=10)
    facility = Facility(
        id=fields.text("id", max_chars=PERSON_WORD_CHARS_MAX),
        control_officer=None
        if officer is None
        else parse_person_id(officer, "facility.control_officer"),
        officer_until=None if until is None else parse_date(until, "facility.officer_until"),
        firm=fields.optional_text("firm", max_chars=PERSON_WORD_CHARS_MAX),
    )
    fields.finish()
    return facility


def parse_role(text: str) -> Role:
    """Read a role's name."""
    try:
        return Role(text)
    except ValueError:
        raise InputError(
            "person.role",
            "no such role",
            expected=", ".join(sorted(Role)),
            found=text[:PERSON_WORD_CHARS_MAX],
        ) from None


def _in_order(words: Iterable[str]) -> list[JsonValue]:
    return [*sorted(set(words))]


def _words(fields: Fields, key: str) -> tuple[str, ...]:
    words = fields.texts(key, max_items=PERSON_WORDS_MAX, max_chars=PERSON_WORD_CHARS_MAX)
    if words != tuple(sorted(set(words))):
        raise InputError(
            "person.list-order",
            "a list of words is not in its one form",
            where=fields.place(key),
            expected="each word once, in order",
        )
    return words
