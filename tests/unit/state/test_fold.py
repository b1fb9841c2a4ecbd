# SPDX-License-Identifier: Apache-2.0
"""The engine: order, late statements, files that come later, the state of an earlier instant."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from comity.basis.errors import InvariantError
from comity.basis.ids import AgreementId, Place
from comity.basis.instants import Instant
from comity.state.fold import Fold
from comity.statement.treaty import AgreementEndNotice, AgreementSign
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    USA,
    Teller,
    draft_of_2012,
    gsomia,
    in_force,
    instant,
    propose,
    receipt,
    release,
)


def test_any_order_of_arrival_gives_the_same_bytes(teller: Teller) -> None:
    item = teller.say(JPN, release())
    teller.say(KOR, receipt(item))
    backwards = Fold(teller.agreement.id, teller.files)
    for where, statement in reversed(teller.told):
        backwards.insert(where, statement)
    at_once = Fold(teller.agreement.id, teller.files)
    at_once.extend(reversed(teller.told))
    assert teller.fold.export() == backwards.export() == at_once.export()
    assert len(backwards) == len(teller.told)


def test_a_late_statement_may_change_what_counts(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2020-01-01")
    assert teller.why(item) is None
    ended = AgreementEndNotice(None, date(2019, 8, 1), None, NOTE)
    teller.say(KOR, ended, at="2019-08-01")
    assert teller.why(item) == ("lifecycle.ended", "21(3)")
    assert teller.exported()["not_counted"] == [
        {"place": str(item), "code": "lifecycle.ended", "article": "21(3)"}
    ]


def test_a_late_release_lets_an_earlier_receipt_count(teller: Teller) -> None:
    item = next_place(teller)
    held = teller.say(KOR, receipt(item), at="2016-12-17")
    assert teller.why(held) == ("item.unknown", "12(a)")
    teller.say(JPN, release(), at="2016-12-16")
    assert teller.why(held) is None


def next_place(teller: Teller) -> Place:
    """Give the place that Japan's next statement will have."""
    return Place(JPN, teller.sizes[JPN])


def test_equal_times_are_ordered_by_party_and_index() -> None:
    told = in_force()
    moment = Instant(told.now + 5)
    later = told.say(KOR, release("k", marking="군사III급비밀", originators=(KOR,)), at=moment)
    first = told.say(JPN, release("a"), at=moment)
    second = told.say(JPN, release("b"), at=moment)
    assert [said.place for said in told.fold._said[-3:]] == [first, second, later]


def test_refuses_what_is_of_another_agreement_register_or_told_twice(teller: Teller) -> None:
    where, statement = teller.told[-1]
    before = teller.fold.export()
    for place, said, code in (
        (where, structs.replace(statement, agreement_id=AgreementId("x")), "state.other-agreement"),
        (where, structs.replace(statement, by=USA), "state.other-register"),
        (where, statement, "state.folded-twice"),
    ):
        with pytest.raises(InvariantError) as caught:
            teller.fold.insert(place, said)
        assert caught.value.code == code
    with pytest.raises(InvariantError):
        teller.fold.know(replace(gsomia(), id=AgreementId("x")))
    assert teller.fold.export() == before


def test_what_came_before_a_refused_statement_of_many_is_folded(teller: Teller) -> None:
    fold = Fold(teller.agreement.id, teller.files)
    with pytest.raises(InvariantError):
        fold.extend([*teller.told, teller.told[0]])
    assert fold.export() == teller.fold.export()
    fold.extend([])
    assert fold.export() == teller.fold.export()


def test_statements_under_an_unknown_version_do_not_count_until_its_file_is_known() -> None:
    known = Teller(gsomia())
    known.sign(at="2016-11-23")
    known.enter(delivered="2016-11-23")
    known.say(JPN, release())
    fold = Fold(gsomia().id)
    fold.extend(known.told)
    codes = {each.finding.value for each in fold.state.uncounted.values()}
    assert codes == {"agreement.unknown-version"}
    assert len(fold.state.uncounted) == len(known.told)
    fold.know(gsomia())
    assert fold.export() == known.fold.export()
    fold.know(gsomia())
    assert fold.export() == known.fold.export()


def test_a_proposal_of_an_unknown_file_counts_once_it_is_known() -> None:
    told = Teller(draft_of_2012())
    proposed = told.say(JPN, propose(gsomia()))
    assert told.why(proposed) == ("agreement.unknown-version", None)
    told.fold.know(gsomia())
    assert told.why(proposed) is None
    assert told.state_name() == "proposed"


def test_a_file_that_nobody_spoke_under_changes_nothing(teller: Teller) -> None:
    before = teller.fold.export()
    teller.fold.know(draft_of_2012())
    assert teller.fold.export() == before


def test_stands_at_an_earlier_instant_and_comes_back(teller: Teller) -> None:
    item = teller.say(JPN, release(), at="2016-12-16")
    now = teller.fold.export()
    assert teller.exported("2016-12-15")["items"] == []
    assert [each["place"] for each in teller.exported("2016-12-16")["items"]] == [str(item)]
    assert teller.fold.export() == now
    with (
        pytest.raises(RuntimeError, match="inside"),
        teller.fold.standing_at(instant("2016-12-15")),
    ):
        raise RuntimeError("inside")
    assert teller.fold.export() == now


def test_an_instant_before_everything_shows_nothing_said(teller: Teller) -> None:
    state = teller.exported("2010-01-01")
    assert state["lifecycle"]["state"] is None
    assert state["agreement"]["versions"] == []


def test_dates_are_worked_out_at_the_instant_asked_for(teller: Teller) -> None:
    ends = [
        teller.exported(day)["lifecycle"]["term_ends_at"] for day in ("2016-12-01", "2030-01-01")
    ]
    assert ends == ["2017-11-22T15:00:00.000Z", "2030-11-22T15:00:00.000Z"]


def test_gives_the_latest_time_that_was_said(teller: Teller) -> None:
    assert teller.fold.latest_at == teller.told[-1][1].at
    assert Fold(gsomia().id).latest_at is None


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_taken_back_for_good_was_never_said(teller: Teller, count: int) -> None:
    told, fold = teller.told, Fold(teller.agreement.id, teller.files)
    fold.extend(told[: len(told) - count])
    before = fold.export()
    applied = [fold.insert(place, said)[0] for place, said in told[len(told) - count :]]
    fold.retract(applied)
    assert fold.export() == before
    fold.extend(told[len(told) - count :])
    assert fold.export() == teller.fold.export()


def test_what_follows_what_is_taken_back_is_applied_again(teller: Teller) -> None:
    told, fold = teller.told, Fold(teller.agreement.id, teller.files)
    fold.extend(told[:-2])
    first, second = told[-2:]
    taken = fold.insert(*first)
    applied = fold.insert(*second)
    assert [each.place for each in (*taken, *applied)] == [first[0], second[0]]
    fold.retract(taken)
    assert len(fold) == len(told) - 1
    assert [each.place for each in fold.insert(*first)] == [first[0], second[0]]
    assert fold.export() == teller.fold.export()


def test_nobody_but_a_party_counts(teller: Teller) -> None:
    stranger = teller.say(USA, AgreementSign(NOTE))
    assert teller.why(stranger) == ("agreement.not-a-party", "2")


def test_tells_whether_only_quiet_kinds_were_said_since(teller: Teller) -> None:
    fold, last = teller.fold, teller.told[-1][1]
    before = Instant(teller.told[0][1].at - 1)
    assert fold.latest_other_than(frozenset(), last.at) is None
    assert fold.latest_other_than(frozenset(), before) == last.at
    kinds = frozenset(type(said.body) for _, said in teller.told)
    assert fold.latest_other_than(kinds, before) is None
    others = kinds - {type(last.body)}
    assert fold.latest_other_than(others, before) == last.at
