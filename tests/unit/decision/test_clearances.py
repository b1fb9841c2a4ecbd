# SPDX-License-Identifier: Apache-2.0
"""What a clearance rests on, as it is kept, and when one is reminded of its end and its review."""

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import PersonId
from comity.basis.instants import Date, Instant, parse_instant
from comity.decision.clearances import END, REVIEW, Renewal, renewal_json, renewals_at
from comity.decision.last_days import last_reminder_of, passes_at, reminders_of
from comity.decision.people import Person, format_person, parse_person

PERSON = Person(
    id=PersonId("kor-017"),
    facility="seoul-1",
    kind="official",
    posts=(),
    clearance="SECRET",
    clearance_until=Date(2017, 12, 31),
    need_to_know=(),
    roles=(),
    registered_from=parse_instant("2016-01-01T00:00:00Z"),
    registered_until=None,
    clearance_by="Vetting Office",
    clearance_on=Date(2013, 1, 1),
    clearance_reference="V/2013-0077",
    clearance_review=Date(2016, 6, 30),
)
BARE = replace(
    PERSON,
    clearance_by=None,
    clearance_on=None,
    clearance_reference=None,
    clearance_review=None,
)


@pytest.mark.row("G2e", "G7.3–4")
def test_g2e_what_a_clearance_rests_on_is_kept_with_it() -> None:
    assert parse_person(format_person(PERSON)) == PERSON
    assert PERSON.clearance_basis == {
        "clearance_by": "Vetting Office",
        "clearance_on": "2013-01-01",
        "clearance_reference": "V/2013-0077",
        "clearance_review": "2016-06-30",
    }


def test_a_record_from_before_says_nothing_of_it_and_reads_as_ever() -> None:
    raw = format_person(BARE)
    assert b"clearance_by" not in raw
    assert parse_person(raw) == BARE
    assert BARE.clearance_basis == {}


@pytest.mark.parametrize(
    "reference",
    ["unreliable", "debts in 2009", "7 because of his wife", "-7", "x" * 64 + "1", "", "Ⅶ"],
)
def test_a_reference_is_a_number_and_holds_no_reasons(reference: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_person(format_person(replace(PERSON, clearance_reference=reference)))
    assert refused.value.where == "person.clearance_reference"


@pytest.mark.parametrize("reference", ["7", "V/2013-0077", "a.b_c:9"])
def test_a_number_of_any_office_is_taken(reference: str) -> None:
    person = replace(PERSON, clearance_reference=reference)
    assert parse_person(format_person(person)) == person


@pytest.mark.parametrize("key", ["clearance_on", "clearance_review"])
def test_names_the_place_of_a_day_that_no_calendar_has(key: str) -> None:
    changes: dict[str, Any] = {key: Date(2013, 2, 3)}
    raw = format_person(replace(PERSON, **changes))
    with pytest.raises(InputError) as refused:
        parse_person(raw.replace(b"2013-02-03", b"2013-02-30"))
    assert refused.value.where == f"person.{key}"


@pytest.mark.parametrize(
    "key", ["clearance_by", "clearance_on", "clearance_reference", "clearance_review"]
)
def test_who_holds_no_clearance_has_nothing_that_it_rests_on(key: str) -> None:
    changes: dict[str, Any] = {key: getattr(PERSON, key)}
    held = replace(BARE, **changes)
    uncleared = replace(held, clearance=None, clearance_until=None)
    with pytest.raises(InputError) as refused:
        parse_person(format_person(uncleared))
    assert (refused.value.code, refused.value.found) == ("person.no-clearance", key)
    assert parse_person(format_person(held)) == held


def test_no_clearance_ends_before_it_is_granted() -> None:
    last = Date(2017, 12, 31)
    assert parse_person(format_person(replace(PERSON, clearance_on=last))).clearance_on == last
    without_end = replace(PERSON, clearance_until=None)
    assert parse_person(format_person(without_end)) == without_end
    with pytest.raises(InputError) as refused:
        parse_person(format_person(replace(PERSON, clearance_on=Date(2018, 1, 1))))
    assert refused.value.code == "person.clearance-days"


def at(text: str) -> Instant:
    return parse_instant(f"{text}T00:00:00Z")


@pytest.mark.row("G7.3–4")
def test_g7_3_4_a_renewal_comes_up_sixty_days_before_and_stays_until_the_record_changes() -> None:
    def up(day: str, person: Person = PERSON) -> list[tuple[str, str]]:
        return [(each.what, each.day.isoformat()) for each in renewals_at([person], at(day))]

    assert up("2016-04-30") == []
    assert up("2016-05-01") == [(REVIEW, "2016-06-30")]
    assert up("2017-10-31") == [(REVIEW, "2016-06-30")]
    assert up("2017-11-01") == [(REVIEW, "2016-06-30"), (END, "2017-12-31")]
    assert up("2030-01-01", replace(PERSON, clearance_review=None)) == [(END, "2017-12-31")]
    assert up("2017-12-01", BARE) == [(END, "2017-12-31")]
    assert up("2017-12-01", replace(BARE, clearance_until=None)) == []


def test_nobody_is_reminded_of_who_has_left_or_is_not_cleared() -> None:
    left = replace(PERSON, registered_until=at("2016-05-01"))
    uncleared = replace(BARE, clearance=None)
    assert renewals_at([left, uncleared], at("2017-12-31")) == ()
    assert renewals_at([left], Instant(at("2016-05-01") - 1)) == ()


def test_one_is_reminded_sixty_thirty_and_seven_days_before_and_when_it_has_passed() -> None:
    (found,) = renewals_at([BARE], at("2017-11-01"))
    assert list(reminders_of(found.day)) == [
        at("2017-11-01"),
        at("2017-12-01"),
        at("2017-12-24"),
        at("2018-01-01"),
    ]
    assert last_reminder_of(found.day, Instant(at("2017-12-01") - 1)) == at("2017-11-01")
    assert last_reminder_of(found.day, at("2017-12-31")) == at("2017-12-24")
    assert last_reminder_of(found.day, at("2019-01-01")) == passes_at(found.day) == at("2018-01-01")
    assert renewal_json(found, Instant(passes_at(found.day) - 1))["passed"] is False
    assert renewal_json(found, passes_at(found.day)) == {
        "what": END,
        "person": "kor-017",
        "facility": "seoul-1",
        "day": "2017-12-31",
        "passed": True,
    }


def test_a_day_at_the_beginning_of_the_calendar_is_reminded_of_too() -> None:
    first = replace(BARE, clearance_until=Date(1, 1, 1))
    (found,) = renewals_at([first], at("2016-12-16"))
    assert last_reminder_of(found.day, at("2016-12-16")) == passes_at(found.day)


def test_each_reminder_of_a_renewal_has_a_name_of_its_own() -> None:
    renewal = Renewal(END, PersonId("kor-017"), "seoul-1", Date(2017, 12, 31))
    first, *later = sorted(reminders_of(renewal.day))
    keys = [renewal.reminder_key(at) for at in (first, *later)]
    assert len(set(keys)) == len(keys)
    assert renewal.reminder_key(Instant(first + 1)) == keys[0]
    assert keys[0] == f"{END}/kor-017/2017-12-31/{first}"
    assert replace(renewal, what=REVIEW).reminder_key(first) not in keys
