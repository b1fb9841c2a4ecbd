# SPDX-License-Identifier: Apache-2.0
"""The register of persons and facilities in pages, for those who keep it, look it over or run it.

Anybody is shown the own record. Source: Japan-ROK GSOMIA Art. 6(e), 7, 10
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant
from comity.decision.house import allow_house_act
from comity.decision.last_days import passes_at, reminders_of
from comity.decision.people import (
    Facility,
    Person,
    Role,
    is_registered,
    parse_facility,
    parse_person,
    unregistered_why,
)
from comity.decision.registrars import allow_register_act, is_present
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.documents import FACILITY, PERSON
from comity.flows.facts import find_facility, find_person, list_persons

READERS: Final = frozenset({Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR})
"""Who reads the whole register."""

_STEP: Final = 200


class Lasting(StrEnum):
    """How a thing that has a last day stands."""

    NONE = "none"
    STANDS = "stands"
    ENDS_SOON = "ends_soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A record as it stands now. `uncounted` says why somebody who is here does not count as
    registered; None: the person does, or is not here.
    """

    record: Person
    is_here: bool
    clearance: Lasting
    review: Lasting
    uncounted: str | None


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility, and how the term of its control officer stands; NONE: there is no officer."""

    facility: Facility
    term: Lasting


async def page_persons(
    context: Context, reader: PersonId, after: str, *, limit: int, everybody: bool = False
) -> tuple[tuple[PersonRow, ...], str | None] | Refused:
    """List persons by id; and the last id, where there are more. Those who left only on demand."""
    refused = await refuse_reading(context, reader)
    if refused is not None:
        return refused
    now = context.ports.clock.now()
    rows: list[PersonRow] = []
    while True:
        kept = await context.ports.store.documents(PERSON, after=after, limit=_STEP)
        for each in kept:
            record = parse_person(each.body or b"")
            if not everybody and _has_left(record, now):
                continue
            if len(rows) == limit:
                return tuple(rows), rows[-1].record.id
            rows.append(await person_row(context, record))
        if len(kept) < _STEP:
            return tuple(rows), None
        after = kept[-1].key


async def page_facilities(
    context: Context, reader: PersonId, after: str, *, limit: int
) -> tuple[tuple[FacilityRow, ...], str | None] | Refused:
    """List facilities by id; and the last id, where there are more."""
    refused = await refuse_reading(context, reader)
    if refused is not None:
        return refused
    kept = await context.ports.store.documents(FACILITY, after=after, limit=limit + 1)
    now = context.ports.clock.now()
    rows = tuple(facility_row(parse_facility(each.body or b""), now) for each in kept[:limit])
    return rows, kept[limit - 1].key if len(kept) > limit else None


async def refuse_reading(context: Context, reader: PersonId) -> Refused | None:
    """Refuse whoever does not read the register, whatever would be read; None: this one does."""
    roles = (await find_person(context, reader)).roles
    allowed = allow_house_act("person.list", roles, READERS)
    return allowed if isinstance(allowed, Refused) else None


async def refuse_writing(
    context: Context, act: str, by: PersonId, subject: PersonId | None
) -> Refused | None:
    """Say why somebody may not change a record, before anybody does; None: they may.

    `subject` None: a facility's record. Nothing is kept of it.
    """
    acting, persons = await find_person(context, by), await list_persons(context)
    now = context.ports.clock.now()
    outcome = allow_register_act(act, acting, subject, persons=persons, at=now)
    return None if isinstance(outcome, Allowed) else outcome


async def person_row(context: Context, record: Person) -> PersonRow:
    """Give a record as it stands now."""
    now = context.ports.clock.now()
    place = await find_facility(context, record.facility)
    here = is_present(record, now)
    counts = is_registered(record, place, now)
    cleared = Lasting.NONE if record.clearance is None else lasting(record.clearance_until, now)
    review = (
        Lasting.NONE if record.clearance_review is None else lasting(record.clearance_review, now)
    )
    why = None if counts or not here else unregistered_why(record, place, now)
    return PersonRow(record, here, cleared, review, why)


def facility_row(facility: Facility, now: Instant) -> FacilityRow:
    """Give a facility as it stands now."""
    officer = facility.control_officer
    return FacilityRow(
        facility, Lasting.NONE if officer is None else lasting(facility.officer_until, now)
    )


def lasting(last_day: Date | None, now: Instant) -> Lasting:
    """Say how something stands that has a last day in UTC; None: it has no end."""
    if last_day is None:
        return Lasting.STANDS
    if passes_at(last_day) <= now:
        return Lasting.EXPIRED
    return Lasting.ENDS_SOON if reminders_of(last_day)[0] <= now else Lasting.STANDS


def _has_left(record: Person, now: Instant) -> bool:
    return record.registered_until is not None and record.registered_until <= now
