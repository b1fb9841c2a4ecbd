# SPDX-License-Identifier: Apache-2.0
"""Records of persons: every record that is written is read, and each refusal names its place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant
from comity.basis.limits import PERSON_RECORD_BYTES_MAX, PERSON_WORD_CHARS_MAX, PERSON_WORDS_MAX
from comity.decision.people import (
    Facility,
    Person,
    Role,
    blank_record,
    change_record,
    format_facility,
    format_person,
    parse_facility,
    parse_person,
)

WORDS = tuple(f"word-{number:03}" for number in range(PERSON_WORDS_MAX))
PERSON = Person(
    id=PersonId("kor-017"),
    facility="seoul-1",
    kind="official",
    posts=(),
    clearance=None,
    clearance_until=None,
    need_to_know=(),
    roles=(),
    registered_from=Instant(0),
    registered_until=None,
)


def _person(**changes: Any) -> Person:
    return replace(PERSON, **changes)


def test_a_record_begins_with_no_leave_to_anything_and_reads_only_with_a_facility() -> None:
    blank = blank_record(PersonId("kor-017"), Instant(5))
    assert (blank.clearance, blank.need_to_know, blank.roles) == (None, (), ())
    assert (blank.registered_from, blank.registered_until) == (5, None)
    with pytest.raises(InputError):
        parse_person(format_person(blank))
    assert replace(blank, facility="seoul-1", registered_from=Instant(0)) == PERSON


CLEARED = replace(
    PERSON,
    clearance="SECRET",
    clearance_until=Date(2017, 12, 31),
    clearance_by="NSS",
    clearance_on=Date(2016, 12, 1),
    clearance_reference="2016-7",
    clearance_review=Date(2017, 6, 1),
)


@pytest.mark.parametrize("until", [Date(2018, 12, 31), None])
def test_what_a_clearance_rested_on_goes_with_it(until: Date | None) -> None:
    renewed = change_record(CLEARED, {"clearance": "CONFIDENTIAL", "clearance_until": until})
    assert renewed == _person(clearance="CONFIDENTIAL", clearance_until=until)
    taken = change_record(CLEARED, {"clearance": None})
    assert taken == PERSON


def test_a_clearance_is_given_with_its_last_day_and_what_it_rests_on_may_be_named_alone() -> None:
    with pytest.raises(InputError, match=r"person\.no-clearance-end"):
        change_record(CLEARED, {"clearance": "SECRET", "clearance_by": "NSS"})
    noted = change_record(CLEARED, {"clearance_by": "Ministry", "kind": "contractor"})
    assert noted == replace(CLEARED, clearance_by="Ministry", kind="contractor")


def test_a_record_has_one_form_whatever_the_order_of_its_lists() -> None:
    mixed = replace(
        PERSON,
        posts=("b", "a", "b"),
        need_to_know=("nuclear-test", "missile-warning"),
        roles=(Role.REGISTRAR, Role.AUDITOR, Role.REGISTRAR),
    )
    read = parse_person(format_person(mixed))
    assert read.posts == ("a", "b")
    assert read.need_to_know == ("missile-warning", "nuclear-test")
    assert read.roles == (Role.AUDITOR, Role.REGISTRAR)
    assert format_person(read) == format_person(mixed)


@pytest.mark.parametrize("field", ["posts", "need_to_know"])
def test_takes_as_many_words_as_a_list_may_hold_and_not_one_more(field: str) -> None:
    full = _person(**{field: WORDS})
    assert parse_person(format_person(full)) == full
    with pytest.raises(InputError):
        parse_person(format_person(_person(**{field: (*WORDS, "word-999")})))


@pytest.mark.parametrize("field", ["facility", "kind", "clearance"])
def test_takes_words_up_to_their_length(field: str) -> None:
    longest = _person(**{field: "x" * PERSON_WORD_CHARS_MAX})
    assert parse_person(format_person(longest)) == longest
    for wrong in ("x" * (PERSON_WORD_CHARS_MAX + 1), ""):
        with pytest.raises(InputError):
            parse_person(format_person(_person(**{field: wrong})))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b'"1970-01-01T00:00:00.000Z"', b'"1970-01-01T00:00:00Z"', "person.registered_from"),
        (
            b'"registered_until":null',
            b'"registered_until":"1970-01-01"',
            "person.registered_until",
        ),
        (b'"clearance_until":null', b'"clearance_until":"1970-02-30"', "person.clearance_until"),
        (b'"kor-017"', b'"KOR 17"', "person.id"),
    ],
)
def test_names_the_place_of_what_it_refuses(old: bytes, new: bytes, where: str) -> None:
    raw = format_person(PERSON)
    assert old in raw
    with pytest.raises(InputError) as caught:
        parse_person(raw.replace(old, new))
    assert caught.value.where == where


def test_names_the_place_of_a_control_officer_that_it_refuses() -> None:
    raw = format_facility(Facility("seoul-1", PersonId("kor-001")))
    with pytest.raises(InputError) as caught:
        parse_facility(raw.replace(b"kor-001", b"Kim"))
    assert caught.value.where == "facility.control_officer"


@pytest.mark.parametrize("parse", [parse_person, parse_facility])
@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b'{"id": "seoul-1"}', b'{"a":"' + b"x" * PERSON_RECORD_BYTES_MAX + b'"}'],
    ids=["nothing", "a list", "null", "spaces", "too large"],
)
def test_refuses_what_is_no_record(parse: Callable[[bytes], object], raw: bytes) -> None:
    with pytest.raises(InputError):
        parse(raw)
