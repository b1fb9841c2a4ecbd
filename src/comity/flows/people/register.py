# SPDX-License-Identifier: Apache-2.0
"""The register of persons and facilities of our own party: who changed what, and when.

Records are documents, journalled whole with each change; decisions name the register's version in
their basis, so that none rests on a record that has changed meanwhile.
Source: Japan-ROK GSOMIA Art. 6(e), 7, 10
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from comity.agreement.reading import read_agreement
from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import PersonId
from comity.basis.instants import DAY_MS, UTC, Instant, date_of, format_date
from comity.basis.strict_json import JsonValue, parse_json
from comity.decision.people import (
    Facility,
    Person,
    format_facility,
    format_person,
    parse_person,
)
from comity.decision.registrars import allow_register_act, is_present
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context, decide_again
from comity.flows.copies import NODE
from comity.flows.documents import AGREEMENT, FACILITY, PERSON
from comity.flows.drafts import keep_refusal
from comity.flows.facts import (
    find_facility,
    find_record,
    list_facilities,
    list_persons,
    read_bodies,
)
from comity.flows.journal import journal_entry
from comity.ports import Basis, Change, Document

_FACILITY_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class _Act:
    """A change of the register that is allowed, by whom, and what that rested on."""

    name: str
    by: PersonId | None
    basis: Basis
    allowed: Allowed


async def add_person(context: Context, person: Person, by: PersonId | None) -> Person | Refused:
    """Put a person on the register.

    Raises:
        StateError: there is such a person already, or no such facility.
    """

    async def attempt() -> Person | Refused:
        act = await _allow(context, "person.add", by, subject=person.id)
        if isinstance(act, Refused):
            return act
        if await context.ports.store.document(PERSON, person.id) is not None:
            raise StateError(
                "person.exists",
                "there is a person of this id already",
                found=person.id,
                hint="change the record: comity person change",
            )
        return await _write_person(context, act, person)

    return await decide_again(attempt)


async def change_person(
    context: Context,
    person: PersonId,
    change: Callable[[Person], Person],
    by: PersonId | None,
) -> Person | Refused:
    """Change a person's record; leaving is a change too, and no record is ever taken away.

    Raises:
        StateError: no such person, no such facility, or the facility's control officer would go.
    """

    async def attempt() -> Person | Refused:
        act = await _allow(context, "person.change", by, subject=person)
        if isinstance(act, Refused):
            return act
        changed = change(await find_record(context, person))
        await _refuse_leaving_a_facility_alone(context, changed)
        return await _write_person(context, act, changed)

    return await decide_again(attempt)


async def add_facility(
    context: Context, facility: str, firm: str | None, by: PersonId | None
) -> Facility | Refused:
    """Put a facility on the register; its control officer is named once that person is there.

    Raises:
        InputError: this is no id of one.
        StateError: there is one of this id already, or it is the node's own place.
    """
    if _FACILITY_ID.fullmatch(facility) is None:
        raise InputError(
            "facility.id",
            "not a facility's id",
            where="FACILITY",
            expected="lower-case letters, digits, dots and hyphens, as seoul-1",
            found=excerpt(facility),
        )
    if await find_facility(context, facility) is not None:
        raise StateError(
            "facility.exists",
            "there is a facility of this id already",
            found=facility,
            hint="name its control officer: comity facility change",
        )
    return await set_facility(context, Facility(facility, None, None, firm), by)


async def set_facility(
    context: Context, facility: Facility, by: PersonId | None
) -> Facility | Refused:
    """Put a facility on the register, or change who its control officer is.

    Raises:
        StateError: the id is the node's own place; or the control officer is no person of that
            facility, or has left.
    """

    async def attempt() -> Facility | Refused:
        known = await find_facility(context, facility.id) is not None
        name = "facility.change" if known else "facility.add"
        act = await _allow(context, name, by, subject=None)
        if isinstance(act, Refused):
            return act
        _refuse_reserved(facility)
        await _refuse_absent_officer(context, facility)
        await _write(context, act, Document(FACILITY, facility.id, format_facility(facility)))
        return facility

    return await decide_again(attempt)


async def known_levels(context: Context) -> tuple[str, ...]:
    """List the levels of every agreement file held, to hold a clearance against."""
    files = [read_agreement(each) for each in await read_bodies(context, AGREEMENT)]
    return tuple(dict.fromkeys(level for each in files for level in each.levels.order))


async def known_categories(context: Context) -> tuple[str, ...]:
    """List the categories of every agreement file held, to hold a need-to-know against."""
    files = [read_agreement(each) for each in await read_bodies(context, AGREEMENT)]
    return tuple(dict.fromkeys(word for each in files for word in each.scope.categories))


def sorted_words(person: Person) -> Person:
    """Bring the lists of a record into their one form: each word once, in order."""
    return replace(
        person,
        posts=tuple(sorted(set(person.posts))),
        need_to_know=tuple(sorted(set(person.need_to_know))),
        roles=tuple(sorted(set(person.roles))),
    )


async def _allow(
    context: Context, name: str, by: PersonId | None, *, subject: PersonId | None
) -> _Act | Refused:
    """Decide a change of the register; a refusal is journalled.

    1. note the versions, before anything is read that the decision rests on;
    2. decide by who acts and who else is there.
    """
    store = context.ports.store
    versions = [(each, await store.version(each)) for each in (FACILITY, PERSON)]  # 1
    acting = None if by is None else await find_record(context, by)
    persons = await list_persons(context)
    now = context.ports.clock.now()
    outcome = allow_register_act(name, acting, subject, persons=persons, at=now)  # 2
    if isinstance(outcome, Refused):
        await keep_refusal(context, outcome, by, {"subject": subject})
        return outcome
    return _Act(name, by, Basis(versions=tuple(versions)), outcome)


async def _write_person(context: Context, act: _Act, person: Person) -> Person:
    record = sorted_words(person)
    body = format_person(record)
    # What would not read back is refused here, with the reader's own words.
    parse_person(body)
    _refuse_clearance_to_come(context, record)
    if await find_facility(context, record.facility) is None:
        raise StateError(
            "facility.unknown",
            "no such facility on this node's register",
            where=f"person {record.id}",
            found=excerpt(record.facility),
            hint="put it on the register: comity facility add",
        )
    await _write(context, act, Document(PERSON, record.id, body))
    return record


def _refuse_clearance_to_come(context: Context, person: Person) -> None:
    """Refuse a clearance that is said to be granted later than today anywhere: none is held yet.

    Source: Japan-ROK GSOMIA Art. 7(3)
    """
    latest = date_of(Instant(context.ports.clock.now() + DAY_MS), UTC)
    if person.clearance_on is not None and person.clearance_on > latest:
        raise StateError(
            "person.clearance-to-come",
            "a clearance is recorded once it is granted",
            where=f"person {person.id}",
            expected=f"a day up to {format_date(latest)}",
            found=format_date(person.clearance_on),
        )


def _refuse_reserved(facility: Facility) -> None:
    """Refuse a facility that would be called what the node itself is called as a place."""
    if facility.id == NODE:
        raise StateError(
            "facility.reserved",
            "this is the place of what lies in the node itself",
            found=facility.id,
            hint="call the facility otherwise",
        )


async def _refuse_leaving_a_facility_alone(context: Context, person: Person) -> None:
    """Refuse that a control officer leaves or moves: the facility would have none and not say so.

    Source: Japan-ROK GSOMIA Art. 10
    """
    for facility in await list_facilities(context):
        goes = person.facility != facility.id or person.registered_until is not None
        if facility.control_officer == person.id and goes:
            raise StateError(
                "person.control-officer",
                "a control officer leaves or moves, and the facility would have none",
                where=f"facility {facility.id}",
                found=person.id,
                hint="name another first: comity facility change ID --control-officer PERSON",
            )


async def _refuse_absent_officer(context: Context, facility: Facility) -> None:
    """Refuse a control officer who works elsewhere, has not begun, or leaves."""
    if facility.control_officer is None:
        return
    officer = await find_record(context, facility.control_officer)
    staying = is_present(officer, context.ports.clock.now()) and officer.registered_until is None
    if officer.facility != facility.id or not staying:
        raise StateError(
            "facility.officer-elsewhere",
            "a control officer works at the facility and stays there",
            where=f"facility {facility.id}",
            expected=f"a person of {facility.id} who does not leave",
            found=f"{officer.id} of {officer.facility}",
            hint="look at the record: comity person list",
        )


async def _write(context: Context, act: _Act, document: Document) -> None:
    """Write one record, with the whole of it in the journal."""
    details = {"record": _as_json(document)}
    await context.ports.store.commit(
        Change(
            allowed_by=act.allowed,
            basis=act.basis,
            documents=(document,),
            journal=(journal_entry(context, act.name, act.by, details=details),),
        )
    )


def _as_json(document: Document) -> JsonValue:
    body = document.body or b"null"
    return parse_json(body, bytes_max=len(body), where=document.key)
