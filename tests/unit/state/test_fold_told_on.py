# SPDX-License-Identifier: Apache-2.0
"""What a third party did with its copies, said on by whoever passed the item on to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from comity.agreement.acts import DestructionMeans
from comity.basis.ids import AgreementId, Place, digest_of
from comity.state.closing import Keeping, keeping_of
from comity.state.consulting import acted_unasked
from comity.state.duties import duties_at
from comity.statement.handling import ItemDestroyed, ItemReturn
from comity.statement.information import ConsentGive, ItemReceipt
from comity.statement.passing import ItemThirdPartyRelease
from tests.support_state import JPN, KOR, NOTE, USA, Teller, in_force, place, release, varied

DAY = date(2016, 11, 1)
UNDER = AgreementId("kor-usa-1987")
WENT = place("KOR/9")


@pytest.fixture
def teller() -> Teller:
    return in_force()


@pytest.fixture
def item(teller: Teller) -> Place:
    return teller.say(JPN, release())


def pass_on(teller: Teller, item: Place, purpose: str = "warning", *, linked: bool = True) -> Place:
    given = teller.say(JPN, ConsentGive(None, (item,), None, USA, purpose, None, NOTE))
    body = ItemThirdPartyRelease(item, USA, purpose, (given,), UNDER)
    first = teller.say(KOR, body)
    if linked:
        teller.say(KOR, structs.replace(body, consents=(), release=WENT, follows=first))
    return first


@pytest.fixture
def passed(teller: Teller, item: Place) -> Place:
    """Give the word by which Seoul passed Tokyo's item on to Washington."""
    return pass_on(teller, item)


def destroyed(item: Place, follows: Place | None, *copies: int, **more: Any) -> ItemDestroyed:
    usual: dict[str, Any] = {"remaining": 0, "means": DestructionMeans.SHRED, "on": DAY}
    fixed: dict[str, Any] = {"persons": 2, "parcel": None, "sealed": None, "follows": follows}
    return ItemDestroyed(item=item, copies=copies or (1,), **{**usual, **fixed, **more})


def returned(item: Place, follows: Place | None, *copies: int) -> ItemReturn:
    return ItemReturn(item, copies or (1,), 0, DAY, None, None, follows)


def ended(teller: Teller) -> list[list[str]]:
    return [row["ended"] for row in teller.exported()["passed_on"]]


def test_what_is_told_of_a_third_partys_copies_stands_with_its_release(
    teller: Teller, item: Place, passed: Place
) -> None:
    some = teller.say(KOR, destroyed(item, passed, 1, 3, remaining=1))
    rest = teller.say(KOR, returned(item, passed, 2))
    assert (teller.why(some), teller.why(rest)) == (None, None)
    assert ended(teller) == [[str(some), str(rest)]]
    (row,) = teller.exported()["destructions"]
    assert (row["follows"], row["copies"]) == (str(passed), [1, 3])


def test_the_tellers_own_copies_are_others(teller: Teller, item: Place, passed: Place) -> None:
    """Of the same numbers: neither certificate speaks of the other's."""
    teller.say(KOR, destroyed(item, passed))
    known = teller.state.items.get(item)
    assert known is not None
    assert keeping_of(teller.state, known, KOR) is Keeping.HELD
    own = teller.say(KOR, destroyed(item, None))
    assert teller.why(own) is None
    assert keeping_of(teller.state, known, KOR) is Keeping.CLOSED
    (row,) = (row for row in teller.exported()["destructions"] if "follows" not in row)
    assert row["place"] == str(own)


def test_a_copy_of_a_third_partys_ends_once_and_an_item_may_go_there_twice(
    teller: Teller, item: Place, passed: Place
) -> None:
    again = pass_on(teller, item, "study")
    teller.say(KOR, destroyed(item, passed, 1, remaining=1))
    assert teller.why(teller.say(KOR, destroyed(item, passed, 1))) == ("item.copy-gone", "13")
    teller.say(KOR, returned(item, passed, 2))
    assert teller.why(teller.say(KOR, returned(item, passed, 3))) == ("item.nothing-left", "6(h)")
    assert teller.why(teller.say(KOR, destroyed(item, again, 1))) is None


def test_only_whoever_passed_it_on_tells_and_only_of_what_went(
    teller: Teller, item: Place, passed: Place
) -> None:
    other = teller.say(JPN, release("other"))
    waiting = pass_on(teller, other, linked=False)
    nothing = ("passing.nothing-passed-on", "13")
    for by, body in (
        (JPN, destroyed(item, passed)),
        (KOR, destroyed(other, passed)),
        (KOR, destroyed(other, waiting)),
        (KOR, destroyed(item, place("KOR/99"))),
        (KOR, destroyed(item, item)),
    ):
        assert teller.why(teller.say(by, body)) == nothing


def test_by_which_means_a_third_party_may_this_agreement_does_not_say(
    teller: Teller, item: Place, passed: Place
) -> None:
    modified = DestructionMeans.EQUIPMENT_MODIFY
    one = {"means": modified, "persons": 1}
    assert teller.why(teller.say(KOR, destroyed(item, passed, **one))) is None
    assert teller.why(teller.say(KOR, destroyed(item, None, **one))) == ("item.means", "13")
    late = teller.say(KOR, destroyed(item, passed, 2, on=date(2017, 1, 1)))
    assert teller.why(late) == ("item.dated-later", "13")


def test_what_went_back_to_whoever_passed_it_on_no_originator_receipts(
    teller: Teller, item: Place, passed: Place
) -> None:
    back = teller.say(KOR, returned(item, passed))
    receipt = teller.say(JPN, ItemReceipt(back, digest_of(b"parcel"), "秘"))
    assert teller.why(receipt) == ("item.unknown", "12(a)")


def test_it_makes_and_discharges_no_duty(teller: Teller, item: Place, passed: Place) -> None:
    before = duties_at(teller.state, teller.now)
    teller.say(KOR, destroyed(item, passed))
    assert duties_at(teller.state, teller.now) == before
    assert teller.state.acts_by.get(("item.destroyed", KOR)) is None


def test_nobody_is_to_be_asked_before_a_third_partys_act_is_told() -> None:
    clause = 'between = "parties"\nmeanwhile = "protection"'
    told = in_force(agreement=varied((clause, f'{clause}\nbefore = ["destroy"]')))
    given = told.say(JPN, release())
    first = pass_on(told, given)
    told.say(KOR, destroyed(given, first))
    assert acted_unasked(told.state, KOR) == ()
    own = told.say(KOR, destroyed(given, None))
    assert [each.place for each in acted_unasked(told.state, KOR)] == [own]
