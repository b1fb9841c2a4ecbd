# SPDX-License-Identifier: Apache-2.0
"""How a suspension is ended, and ended sooner: by whom, by which word, and for who had seen it."""

from __future__ import annotations

from datetime import date

import pytest

from comity.basis.instants import Date
from comity.state.fold import Fold
from tests.support_state import JPN, KOR, Teller, in_force, release
from tests.unit.state.test_suspensions import DAY, resume, stands, suspend, suspendable


@pytest.fixture
def teller() -> Teller:
    return in_force(agreement=suspendable())


def heard_backwards(teller: Teller) -> bytes:
    """Export what a node holds that hears all of it in the wrong order."""
    other = Fold(teller.agreement.id, teller.files)
    for place, statement in reversed(teller.told):
        other.insert(place, statement)
    return other.export()


def test_an_end_dated_far_ahead_by_mistake_is_brought_forward(teller: Teller) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    assert teller.why(teller.say(KOR, resume(said, date(2071, 3, 5)))) is None
    assert stands(teller, "2071-03-04")
    assert teller.why(teller.say(KOR, resume(said, date(2017, 3, 5)), at="2017-03-02")) is None
    assert stands(teller, "2017-03-04T14:59:59.999Z")
    assert not stands(teller, "2017-03-04T15:00:00Z")
    (row,) = teller.exported()["suspensions"]
    assert (row["resumes"], row["resumed_by"]) == ("2017-03-04T15:00:00.000Z", "KOR/4")
    assert teller.why(teller.say(JPN, release(), at="2017-03-06")) is None
    assert teller.why(teller.say(KOR, suspend())) is None
    assert heard_backwards(teller) == teller.fold.export()


def test_a_beginning_dated_far_ahead_by_mistake_is_taken_back(teller: Teller) -> None:
    said = teller.say(KOR, suspend(date(2071, 3, 5)), at=DAY)
    assert teller.why(teller.say(KOR, suspend())) == ("suspension.already-suspended", "22")
    assert teller.why(teller.say(KOR, resume(said))) is None
    assert not stands(teller, "2071-03-06")
    assert teller.why(teller.say(KOR, suspend())) is None
    assert stands(teller, "2017-03-02")


@pytest.mark.parametrize("day", [date(2017, 3, 5), date(2017, 3, 6)], ids=str)
def test_an_end_that_was_said_is_never_put_off(teller: Teller, day: Date) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    teller.say(KOR, resume(said, date(2017, 3, 5)))
    later = teller.say(KOR, resume(said, day))
    assert teller.why(later) == ("suspension.resumed-no-sooner", "22")
    assert not stands(teller, "2017-03-05T15:00:00Z")
    past = teller.say(KOR, resume(said, date(2017, 2, 28)))
    assert teller.why(past) == ("suspension.dated-earlier", "22")


def test_once_an_end_has_begun_nothing_ends_it_again(teller: Teller) -> None:
    said = teller.say(KOR, suspend(), at=DAY)
    teller.say(KOR, resume(said, date(2017, 3, 5)))
    over = teller.say(KOR, resume(said), at="2017-03-04T15:00:00Z")
    assert teller.why(over) == ("suspension.not-suspended", "22")


def test_of_two_ends_a_speaker_is_held_to_the_one_that_it_had_seen(teller: Teller) -> None:
    """The second word is late, by courier: who has only the first goes by the first."""
    said = teller.say(KOR, suspend(), at=DAY)
    teller.say(KOR, resume(said, date(2017, 3, 9)))
    first = teller.sizes[KOR]
    teller.say(KOR, resume(said, date(2017, 3, 5)))
    behind = teller.say(JPN, release(), at="2017-03-06", seen={KOR: first})
    assert teller.why(behind) == ("suspension.category-suspended", "22")
    assert teller.why(teller.say(JPN, release("b"), at="2017-03-07")) is None
    unaware = teller.say(JPN, release("c"), at="2017-03-10", seen={KOR: teller.sizes[KOR]})
    assert teller.why(unaware) is None
    assert heard_backwards(teller) == teller.fold.export()


def test_each_party_brings_forward_its_own_end_alone(teller: Teller) -> None:
    mine = teller.say(KOR, suspend(), at=DAY)
    theirs = teller.say(JPN, suspend())
    for party, place in ((KOR, mine), (JPN, theirs)):
        teller.say(party, resume(place, date(2017, 3, 9)))
    assert teller.why(teller.say(KOR, resume(theirs))) == ("suspension.not-suspended", "22")
    assert teller.why(teller.say(KOR, resume(mine))) is None
    assert teller.why(
        teller.say(KOR, release("a", originators=(KOR,), marking="군사III급비밀"))
    ) == (
        "suspension.category-suspended",
        "22",
    )
    assert teller.why(teller.say(JPN, resume(theirs, date(2017, 3, 4)))) is None
    assert teller.why(teller.say(JPN, release("b"), at="2017-03-04")) is None
    assert heard_backwards(teller) == teller.fold.export()
