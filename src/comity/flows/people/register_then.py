# SPDX-License-Identifier: Apache-2.0
"""The register of a facility as it stood at an instant, read back from the journal.

Every change of a person's or a facility's record stands whole in the journal, with who made it, and
the journal is append-only and anchored at partners. What was put right later is not in it.
Source: Japan-ROK GSOMIA Art. 6(e), 10
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.basis.errors import InputError, StateError, excerpt
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.instants import (
    Date,
    Instant,
    Zone,
    date_of,
    end_of_day,
    format_date,
    format_instant,
    parse_instant_canonical,
)
from comity.basis.strict_json import JsonValue, format_json
from comity.decision.people import (
    Facility,
    Person,
    is_registered,
    officer_in_office,
    parse_facility,
    parse_person,
)
from comity.flows.context import Context
from comity.flows.documents import FACILITY, PERSON
from comity.flows.reports.journal_search import Line, journal_lines
from comity.formats.tables import format_table

_PERSON_ACTS: Final = ("person.add", "person.change")
_FACILITY_ACTS: Final = ("facility.add", "facility.change")
_COLUMNS: Final = (
    *("person", "kind", "level", "level_until", "need_to_know"),
    *("authorised_from", "authorised_to", "authorised_by", "operator", "authorised_at", "journal"),
)
_STARTS: Final = tuple(f'{{"act":"{act}"'.encode() for act in (*_PERSON_ACTS, *_FACILITY_ACTS))
_AUTHORISES: Final = (
    *("facility", "kind", "clearance", "clearance_until"),
    *("need_to_know", "registered_from", "registered_until"),
)
"""To what somebody is authorised: whoever changed one of these last authorised it so."""


@dataclass(frozen=True, slots=True)
class Authorised:
    """A person as authorised at a facility: by whom, when that was written, and in which line.

    `by` None: whoever ran the node (`operator`), while there was no registrar.
    """

    person: Person
    by: PersonId | None
    operator: str
    at: Instant
    line: str


@dataclass(frozen=True, slots=True)
class FacilityThen:
    """A facility, who answered for it (None: nobody), and who stood on its register."""

    facility: Facility
    officer: PersonId | None
    persons: tuple[Authorised, ...]


@dataclass(slots=True)
class _Then:
    """The records as the journal's lines leave them, one after the other."""

    persons: dict[str, Authorised] = field(default_factory=dict)
    facilities: dict[str, Facility] = field(default_factory=dict)


async def register_at(
    context: Context, at: Instant | None = None, *, facility: str | None = None
) -> tuple[FacilityThen, ...]:
    """Give each facility's register as it stood at an instant, by id; None: as it stands now.

    1. every change up to then, in the journal's order;
    2. what all changes lead to must be what the node decides by now: else lines are missing.

    Raises:
        InputError: the instant is still to come.
        StateError: no such facility was on the register then; or the journal is not whole.
    """
    now = context.ports.clock.now()
    moment = now if at is None else at
    if moment > now:
        raise InputError(
            "register.to-come",
            "how the register will stand nobody knows",
            expected=f"an instant up to {format_instant(now)}",
            found=format_instant(moment),
            hint="leave it out to see the register as it stands now",
        )
    then, last = _Then(), _Then()
    async for line in _changes(context):  # 1
        changed_at = parse_instant_canonical(line.value["at"])
        for each in (last, then) if changed_at <= moment else (last,):
            _apply(each, line, changed_at)
    await _check_whole(context, last)  # 2
    if facility is not None and facility not in then.facilities:
        raise StateError(
            "facility.unknown-then",
            "no such facility was on this node's register then",
            where=format_instant(moment),
            found=excerpt(facility),
            hint="list those of now: comity facility list",
        )
    chosen = sorted(then.facilities) if facility is None else [facility]
    return tuple(_facility(then, then.facilities[each], moment) for each in chosen)


def moment_of(at: Date | Instant | None, zone: Zone, now: Instant) -> Instant:
    """Give the instant that is meant: of a day its last moment, or this one while it is not over.

    None: now.
    """
    if isinstance(at, Date):
        return now if date_of(now, zone) == at else Instant(end_of_day(at, zone) - 1)
    return now if at is None else at


def register_table(rows: list[Any]) -> bytes:
    """Write registers as a table that is safe to open: a line for each person, needs in one cell.

    `rows` are those of `then_json`.
    """
    lines = [
        (row["facility"], row["control_officer"], *(_cell(each[name]) for name in _COLUMNS))
        for row in rows
        for each in row["persons"]
    ]
    return format_table(("facility", "control_officer", *_COLUMNS), lines)


def _cell(value: Any) -> str | None:
    return " ".join(value) if isinstance(value, list) else value


def then_json(found: FacilityThen) -> dict[str, JsonValue]:
    """Write a facility's register."""
    return {
        "facility": found.facility.id,
        "firm": found.facility.firm,
        "control_officer": found.officer,
        "persons": [_authorised_json(each) for each in found.persons],
    }


def _authorised_json(row: Authorised) -> dict[str, JsonValue]:
    person, until, ends = row.person, row.person.clearance_until, row.person.registered_until
    return {
        "person": person.id,
        "kind": person.kind,
        "level": person.clearance,
        "level_until": None if until is None else format_date(until),
        "need_to_know": list(person.need_to_know),
        "authorised_from": format_instant(person.registered_from),
        "authorised_to": None if ends is None else format_instant(ends),
        "authorised_by": row.by,
        "operator": row.operator,
        "authorised_at": format_instant(row.at),
        "journal": row.line,
    }


async def _changes(context: Context) -> AsyncIterator[Line]:
    async for line in journal_lines(context, _STARTS):
        if line.value["outcome"] == "done":
            yield line


def _apply(then: _Then, line: Line, at: Instant) -> None:
    """Put one change in the place of what stood before it."""
    raw = format_json(line.details["record"])
    if line.value["act"] in _FACILITY_ACTS:
        facility = parse_facility(raw)
        then.facilities[facility.id] = facility
        return
    person, by = parse_person(raw), line.value["by"]
    before = then.persons.get(person.id)
    who = None if by is None else parse_person_id(by)
    row = Authorised(person, who, line.value["operator"], at, f"{line.origin} {line.index}")
    if before is not None and _same(before.person, person):
        row = Authorised(person, before.by, before.operator, before.at, before.line)
    then.persons[person.id] = row


def _same(before: Person, after: Person) -> bool:
    """Answer whether a person is authorised to the same, wherever else the record changed."""
    return all(getattr(before, key) == getattr(after, key) for key in _AUTHORISES)


def _facility(then: _Then, facility: Facility, at: Instant) -> FacilityThen:
    rows = (each for _, each in sorted(then.persons.items()))
    here = tuple(each for each in rows if is_registered(each.person, facility, at))
    return FacilityThen(facility, officer_in_office(facility, at), here)


async def _check_whole(context: Context, last: _Then) -> None:
    """Refuse to tell of the past by a journal that does not lead to what stands now."""
    store = context.ports.store
    known: dict[str, Mapping[str, object]] = {
        PERSON: {key: row.person for key, row in last.persons.items()},
        FACILITY: last.facilities,
    }
    for kind, parse in ((PERSON, parse_person), (FACILITY, parse_facility)):
        held = {
            each.key: parse(each.body)
            for each in await store.documents(kind)
            if each.body is not None
        }
        for key in sorted(held.keys() | known[kind].keys()):
            if held.get(key) != known[kind].get(key):
                raise StateError(
                    "register.journal-differs",
                    "a record is not as the journal leaves it, so the past cannot be told",
                    found=f"{kind} {excerpt(key)}",
                    hint="check the store: comity register check",
                )
