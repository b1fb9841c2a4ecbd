# SPDX-License-Identifier: Apache-2.0
"""Which assurances a decision looks at: of those that assure the same, what no other outlasts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from comity.basis.instants import Instant
from comity.state.queries import assured
from comity.statement.information import AssuranceGive
from comity.statement.values import Until
from tests.support_state import JPN, KOR, Teller, instant

NEVER = Instant(2**50)
SOON, LATER = date(2016, 12, 31), date(2017, 12, 31)
THEN, SINCE = instant("2017-03-01"), instant("2017-06-01")


def given(until: Until = None, name: str | None = None, **changes: Any) -> AssuranceGive:
    usual = {"level": "SECRET", "need": True, "equivalent_protection": True}
    return AssuranceGive(**{**usual, **changes}, named=name, until=until)


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (SOON, LATER, [LATER]),
        (LATER, SOON, [LATER]),
        (SOON, SOON, [SOON]),
        (THEN, SINCE, [SINCE]),
        (SINCE, THEN, [SINCE]),
        (None, SOON, [None]),
        (SINCE, None, [None]),
        (None, None, [None]),
        (SOON, SINCE, [SOON, SINCE]),
        (SINCE, SOON, [SINCE, SOON]),
    ],
)
def test_of_two_that_assure_the_same_what_lasts_longer_is_left(
    teller: Teller, first: Until, second: Until, left: list[Until]
) -> None:
    """By which zone a day ends may change with a version: days and instants are not compared."""
    for until in (first, second):
        teller.say(KOR, given(until))
    found = assured(teller.state, KOR, (None,), teller.now)
    assert [each.assurance.until for each in found] == left
    assert len(teller.exported()["assurances"]) == 2


@pytest.mark.parametrize(
    "other",
    [{"level": "CONFIDENTIAL"}, {"need": False}, {"equivalent_protection": False}],
    ids=lambda each: next(iter(each)),
)
def test_what_assures_something_else_outlasts_nothing(
    teller: Teller, other: dict[str, Any]
) -> None:
    places = [teller.say(KOR, given(SOON)), teller.say(KOR, given(LATER, **other))]
    assert [each.place for each in assured(teller.state, KOR, (None,), teller.now)] == places


def test_what_is_for_one_name_is_found_by_it_and_by_none_of_another(teller: Teller) -> None:
    longest = teller.say(KOR, given(None, "desk-1"))
    other = teller.say(KOR, given(SOON, "desk-2"))

    def found(*names: str | None) -> list[object]:
        return [each.place for each in assured(teller.state, KOR, names, teller.now)]

    assert found(None) == [longest]
    assert found("desk-2") == [other]
    assert found("desk-2", None, "desk-1") == [longest, other]
    assert found("desk-3") == []
    assert assured(teller.state, JPN, (None, "desk-1"), teller.now) == ()


def test_what_is_for_a_system_is_found_by_its_name_alone_and_covers_no_other(
    teller: Teller,
) -> None:
    system = teller.say(KOR, given(None, "system:node"))
    shorter = teller.say(KOR, given(SOON, "desk-1"))

    def found(*names: str | None) -> list[object]:
        return [each.place for each in assured(teller.state, KOR, names, teller.now)]

    assert found(None) == [shorter]
    assert found("system:node") == [system]
    assert len(teller.exported()["assurances"]) == 2


def test_what_was_not_seen_or_is_dated_later_is_none_and_what_was_before_it_still_is(
    teller: Teller,
) -> None:
    early = teller.say(KOR, given(SOON))
    before = teller.now
    late = teller.say(KOR, given(LATER))

    def found(at: Instant, seen: int | None) -> list[object]:
        sizes = None if seen is None else {KOR: seen}
        return [each.place for each in assured(teller.state, KOR, (None,), at, seen=sizes)]

    assert found(NEVER, None) == [late]
    assert found(before, None) == [early]
    assert found(NEVER, late.index) == [early]
    assert found(NEVER, early.index) == found(Instant(before - 1), None) == []
