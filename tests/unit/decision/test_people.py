# SPDX-License-Identifier: Apache-2.0
"""The register of persons: one form for each record, and who counts as registered when."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PartyId, PersonId
from comity.basis.instants import Date, Instant, parse_instant
from comity.decision.people import (
    Facility,
    Person,
    Role,
    actor_of,
    format_facility,
    format_person,
    is_cleared,
    is_registered,
    officer_in_office,
    parse_facility,
    parse_person,
    parse_role,
)

FROM, UNTIL = parse_instant("2016-12-01T00:00:00Z"), parse_instant("2017-01-01T00:00:00Z")
SEOUL = Facility("seoul-1", PersonId("kor-001"))
OFFICER = Person(
    id=PersonId("kor-017"),
    facility="seoul-1",
    kind="official",
    posts=("duty-officer",),
    clearance="SECRET",
    clearance_until=Date(2017, 12, 31),
    need_to_know=("missile-warning",),
    roles=(Role.READER, Role.REGISTRAR),
    registered_from=FROM,
    registered_until=UNTIL,
)


@pytest.mark.parametrize(
    "person",
    [
        OFFICER,
        replace(OFFICER, clearance=None, clearance_until=None, registered_until=None, posts=()),
    ],
)
def test_a_person_is_read_back_as_written(person: Person) -> None:
    assert parse_person(format_person(person)) == person


@pytest.mark.parametrize(
    "facility",
    [
        SEOUL,
        Facility("seoul-2", None),
        replace(SEOUL, officer_until=Date(2016, 12, 31)),
        replace(SEOUL, firm="firm-7"),
    ],
)
def test_a_facility_is_read_back_as_written(facility: Facility) -> None:
    assert parse_facility(format_facility(facility)) == facility


@pytest.mark.parametrize(
    ("at", "registered"),
    [(FROM - 1, False), (FROM, True), (UNTIL - 1, True), (UNTIL, False)],
)
def test_art_6_e_a_person_counts_from_the_first_instant_to_just_before_the_last(
    at: int, registered: bool
) -> None:
    assert is_registered(OFFICER, SEOUL, Instant(at)) is registered
    assert is_registered(replace(OFFICER, registered_until=None), SEOUL, UNTIL) is True


@pytest.mark.parametrize(
    ("changes", "cleared"),
    [
        ({"clearance": None, "clearance_until": None}, False),
        ({"clearance": "SECRET", "clearance_until": None}, True),
        ({"clearance": "SECRET", "clearance_until": Date(1970, 1, 1)}, False),
        ({"clearance": "SECRET", "clearance_until": Date(9999, 1, 1)}, True),
    ],
)
def test_a_clearance_is_one_that_is_held_and_has_not_ended(
    changes: dict[str, Any], cleared: bool
) -> None:
    assert is_cleared(replace(OFFICER, **changes), FROM) is cleared


@pytest.mark.row("G10", "G6e")
@pytest.mark.parametrize(
    "facility", [None, Facility("seoul-1", None), Facility("busan-1", PersonId("kor-002"))]
)
def test_art_10_nobody_is_registered_without_a_control_officer(facility: Facility | None) -> None:
    assert is_registered(OFFICER, facility, FROM) is False


def test_the_facts_of_an_actor_are_those_of_the_register() -> None:
    actor = actor_of(OFFICER, PartyId("KOR"), SEOUL, FROM)
    assert (actor.party, actor.id, actor.kind) == ("KOR", "kor-017", "official")
    assert (actor.clearance, actor.clearance_until) == ("SECRET", Date(2017, 12, 31))
    assert actor.need_to_know == ("missile-warning",)
    assert (actor.facility, actor.registered) == ("seoul-1", True)


def test_a_role_is_read_by_its_name() -> None:
    assert [parse_role(role.value) for role in Role] == list(Role)
    with pytest.raises(InputError) as refusal:
        parse_role("minister")
    assert refusal.value.code == "person.role"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"posts":["duty-officer"]', b'"posts":["b","a"]'),
        (b'"posts":["duty-officer"]', b'"posts":["a","a"]'),
        (b'"roles":["reader","registrar"]', b'"roles":["minister"]'),
        (b'"2017-12-31"', b'"2017-31-12"'),
        (b'"facility":"seoul-1",', b""),
        (b'"facility":"seoul-1",', b'"facility":"seoul-1","height":1,'),
    ],
)
def test_refuses_a_record_that_is_not_in_its_one_form(old: bytes, new: bytes) -> None:
    raw = format_person(OFFICER)
    assert old in raw
    with pytest.raises(InputError):
        parse_person(raw.replace(old, new))


@pytest.mark.parametrize("parse", [parse_person, parse_facility])
def test_refuses_a_record_with_unknown_fields(parse: Callable[[bytes], object]) -> None:
    with pytest.raises(InputError):
        parse(b'{"id":"x"}')


def test_an_officers_term_holds_to_the_end_of_its_last_day() -> None:
    facility = replace(SEOUL, officer_until=Date(2016, 12, 15))
    last = Instant(parse_instant("2016-12-16T00:00:00Z") - 1)
    assert officer_in_office(facility, last) == "kor-001"
    assert is_registered(OFFICER, facility, last)
    assert officer_in_office(facility, Instant(last + 1)) is None
    assert not is_registered(OFFICER, facility, Instant(last + 1))
    assert officer_in_office(SEOUL, last) == "kor-001"
    assert officer_in_office(Facility("seoul-2", None), last) is None
