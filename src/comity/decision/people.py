# SPDX-License-Identifier: Apache-2.0
"""The register of persons: who is cleared to what, until when, where, and in which role.

Facts about people of this node's own party; they never leave it. Whether an act is allowed is
decided elsewhere. Source: Japan-ROK GSOMIA Art. 6(e), 7, 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypedDict

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

_REFERENCE: Final = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9./_:-]{0,63}")


class Role(StrEnum):
    """What a person does at this node. No role opens content by itself."""

    DRAFTER = "drafter"
    RELEASING_OFFICER = "releasing_officer"
    READER = "reader"
    TRANSLATOR = "translator"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    LOGISTICS_OFFICER = "logistics_officer"
    FINANCE_OFFICER = "finance_officer"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of this party. `clearance` is a level of the agreements; None: not cleared.

    The clearance holds to the end of `clearance_until`; None there means without end. What it
    rests on is a body, its decision's day and number, and when it is looked at again: no reasons.
    The person stands on the facility's register from `registered_from` until just before
    `registered_until`.
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
    clearance_by: str | None = None
    clearance_on: Date | None = None
    clearance_reference: str | None = None
    clearance_review: Date | None = None

    @property
    def clearance_basis(self) -> dict[str, str]:
        """Give what the clearance rests on, as far as it is recorded, as words."""
        days = (("clearance_on", self.clearance_on), ("clearance_review", self.clearance_review))
        words = (
            ("clearance_by", self.clearance_by),
            ("clearance_reference", self.clearance_reference),
            *((key, None if day is None else format_date(day)) for key, day in days),
        )
        return {key: word for key, word in words if word is not None}


class RecordChanges(TypedDict, total=False):
    """What changes of a person's record; what is not named stays as it is."""

    facility: str
    kind: str
    posts: tuple[str, ...]
    clearance: str | None
    clearance_until: Date | None
    need_to_know: tuple[str, ...]
    roles: tuple[Role, ...]
    registered_from: Instant
    registered_until: Instant | None
    clearance_by: str | None
    clearance_on: Date | None
    clearance_reference: str | None
    clearance_review: Date | None


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


def blank_record(id: PersonId, since: Instant) -> Person:
    """Begin a person's record: an official with no facility, no roles and no clearance yet."""
    return Person(
        id=id,
        facility="",
        kind="official",
        posts=(),
        clearance=None,
        clearance_until=None,
        need_to_know=(),
        roles=(),
        registered_from=since,
        registered_until=None,
    )


def change_record(record: Person, changes: RecordChanges) -> Person:
    """Change what is named. With a clearance go its last day and all that it rested on.

    Raises:
        InputError: a clearance is given, and not its last day (None: without end).
    """
    if "clearance" in changes:
        if changes["clearance"] is not None and "clearance_until" not in changes:
            raise InputError(
                "person.no-clearance-end",
                "a clearance is given with its last day",
                where="clearance_until",
                hint="name the day, as 2017-12-31, or say that it has no end",
            )
        record = replace(
            record,
            clearance_until=None,
            clearance_by=None,
            clearance_on=None,
            clearance_reference=None,
            clearance_review=None,
        )
    return replace(record, **changes)


def officer_in_office(facility: Facility, at: Instant) -> PersonId | None:
    """Give who answers for a facility at an instant; None: nobody, or whose term has ended.

    Source: Japan-ROK GSOMIA Art. 10, 16(j)
    """
    until = facility.officer_until
    ended = until is not None and at >= end_of_day(until, UTC)
    return None if ended else facility.control_officer


def is_cleared(person: Person, at: Instant) -> bool:
    """Answer whether a person holds a clearance, of whatever level, that has not ended."""
    until = person.clearance_until
    return person.clearance is not None and (until is None or at < end_of_day(until, UTC))


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


def unregistered_why(person: Person, facility: Facility | None, at: Instant) -> str:
    """Say why a person is not on the register of a facility that has a control officer.

    Who is on it, of a firm's facility, is not counted there while a condition on firms lacks.

    Source: Japan-ROK GSOMIA Art. 6(e), 10, 16
    """
    if facility is None or facility.id != person.facility:
        return f"facility '{person.facility}' is not on this node's register"
    if facility.control_officer is None:
        return f"facility '{facility.id}' has no control officer"
    until = facility.officer_until
    if until is not None and officer_in_office(facility, at) is None:
        day = format_date(until)
        return f"the term of the control officer of facility '{facility.id}' ended with {day}"
    if not is_registered(person, facility, at):
        begun = person.registered_from <= at
        return f"the person is {'no longer' if begun else 'not yet'} on the register"
    return f"firm '{facility.firm}' lacks a condition, so that nobody there counts as registered"


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
            **person.clearance_basis,
        }
    )


def parse_person(raw: bytes) -> Person:
    """Read a person's record; lists are sorted and hold nothing twice.

    A record from before the basis of a clearance was kept has none.
    """
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
        clearance_by=fields.optional_text("clearance_by", max_chars=PERSON_WORD_CHARS_MAX),
        clearance_on=_optional_date(fields, "clearance_on"),
        clearance_reference=_optional_reference(fields),
        clearance_review=_optional_date(fields, "clearance_review"),
    )
    fields.finish()
    _check_basis(person)
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


def _optional_reference(fields: Fields) -> str | None:
    """Read a number in somebody else's file; words are refused, so that no reason is kept here."""
    text = fields.optional_text("clearance_reference", min_chars=0)
    if text is not None and _REFERENCE.fullmatch(text) is None:
        raise InputError(
            "person.reference",
            "this is no number of a decision",
            where=fields.place("clearance_reference"),
            expected="letters, digits and ./_:- with a digit, at most 64, as V/2016-0077",
            found=f"{len(text)} characters",  # what they say may be what is not to be kept
            hint="keep reasons and names in the file that it leads to",
        )
    return text


def _optional_date(fields: Fields, key: str) -> Date | None:
    text = fields.optional_text(key, max_chars=10)
    return None if text is None else parse_date(text, fields.place(key))


def _check_basis(person: Person) -> None:
    """Refuse what a clearance that is not held rests on, and days that cannot be.

    Source: Japan-ROK GSOMIA Art. 2(e), 7(3), 7(4)
    """
    basis = person.clearance_basis
    if person.clearance is None and basis:
        raise InputError(
            "person.no-clearance",
            "this says what a clearance rests on, and the person has none",
            where=f"person {person.id}",
            found=", ".join(basis),
            hint="name the level with it, or leave it out",
        )
    granted, until = person.clearance_on, person.clearance_until
    if granted is not None and until is not None and granted > until:
        raise InputError(
            "person.clearance-days",
            "the clearance would have ended before it was granted",
            where=f"person {person.id}",
            expected=f"a day up to {format_date(until)}",
            found=format_date(granted),
        )


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
