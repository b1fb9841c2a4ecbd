# SPDX-License-Identifier: Apache-2.0
"""What comes up without being owed: days of notice, ends, questions, assurances."""

from datetime import date

import pytest
from msgspec import structs

from comity.basis.instants import INSTANT_MAX, INSTANT_MIN, Instant, parse_instant
from comity.state.coming import Coming, coming_at, coming_json, live_reminders
from comity.statement.information import (
    AssuranceGive,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    RequestDecline,
    RequestMake,
    Subject,
)
from comity.statement.treaty import AgreementEndNotice
from tests.builders.dutiful import dutiful, dutiful_teller, law
from tests.support_state import JPN, KOR, NOTE, USA, Teller, in_force, instant


@pytest.fixture
def teller() -> Teller:
    return dutiful_teller()


def what(teller: Teller, at: str | None = None, party: str = "JPN") -> list[str]:
    moment = teller.now if at is None else instant(at)
    with teller.fold.standing_at(moment) as state:
        return [each.what for each in coming_at(state, {"JPN": JPN, "KOR": KOR}[party], moment)]


@pytest.mark.row("G21.3")
def test_the_last_day_of_notice_comes_up_with_its_three_reminders(teller: Teller) -> None:
    (notice,) = coming_at(teller.state, JPN, instant("2016-12-01"))
    assert coming_json(notice) == {
        "what": "agreement.notice",
        "for": "JPN",
        "article": "21",
        "due": "2017-08-24T15:00:00.000Z",
        "remind_at": [
            "2017-07-24T15:00:00.000Z",
            "2017-08-13T15:00:00.000Z",
            "2017-08-22T15:00:00.000Z",
        ],
        "about": None,
    }
    assert what(teller, "2017-08-24") == ["agreement.notice"]
    assert what(teller, "2017-08-25") == []
    assert what(teller, "2017-11-24") == ["agreement.notice"]


def test_of_the_reminders_that_have_come_the_latest_is_told_until_the_day_is_over() -> None:
    moments = tuple(Instant(each) for each in (10, 20, 30))
    coming = Coming("agreement.notice", JPN, "21", Instant(40), moments)
    told = {
        at: [when for _, when in live_reminders((coming,), Instant(at))]
        for at in (9, 10, 25, 39, 40)
    }
    assert told == {9: [], 10: [10], 25: [20], 39: [30], 40: []}
    endless = Coming("x", JPN, None, None, moments)
    assert [when for _, when in live_reminders((endless,), Instant(99))] == [30]


def test_one_that_comes_with_the_day_tells_from_then_on_that_it_has_passed() -> None:
    coming = Coming("item.review", KOR, "6(h)", Instant(40), (Instant(10), Instant(40)))
    told = {
        at: [when for _, when in live_reminders((coming,), Instant(at))] for at in (9, 39, 40, 99)
    }
    assert told == {9: [], 39: [10], 40: [40], 99: [40]}
    assert [coming.has_passed(Instant(at)) for at in (39, 40)] == [False, True]
    assert not Coming("x", KOR, None, None).has_passed(Instant(99))


def test_after_a_notice_the_end_comes_up_until_it_is_there(teller: Teller) -> None:
    teller.say(KOR, AgreementEndNotice(None, date(2017, 8, 1), None, NOTE), at="2017-08-01")
    assert what(teller) == ["agreement.end"]
    assert what(teller, "2017-11-24") == []


def test_before_any_text_is_signed_nothing_comes_up() -> None:
    assert coming_at(Teller(dutiful()).state, JPN, INSTANT_MIN) == ()


@pytest.mark.row("G-vol")
def test_questions_come_up_for_whom_they_are_put_to_and_name_no_day(teller: Teller) -> None:
    asked = teller.say(KOR, RequestMake("missile-warning", None, None), at="2016-12-16")
    ask = ConsentAsk((), "missile-warning", USA, "warning", None)
    places = [teller.say(KOR, ask) for _ in range(3)]
    coming = [each for each in coming_at(teller.state, JPN, teller.now) if each.due is None]
    assert [(each.what, each.about) for each in coming] == [
        *(("consent.answer", place) for place in places),
        ("request.answer", asked),
    ]
    assert what(teller, party="KOR") == ["agreement.notice"]
    teller.say(JPN, RequestDecline(asked))
    teller.say(JPN, ConsentRefuse(places[0]))
    given = ConsentGive(places[1], (), "missile-warning", USA, "warning", None, NOTE)
    teller.say(JPN, given)
    assert what(teller) == ["agreement.notice", "consent.answer"]
    known = coming_at(teller.state, JPN, teller.now, (places[2], asked))
    assert [each.about for each in known if each.what == "consent.answer"] == [places[2]]


@pytest.mark.row("G6c")
def test_g6c_a_question_for_another_purpose_waits_with_the_originator_until_it_is_answered(
    teller: Teller,
) -> None:
    ask = ConsentAsk((), "missile-warning", KOR, "study", None)
    asked = teller.say(KOR, ask, at="2016-12-16")
    found = [each for each in coming_at(teller.state, JPN, teller.now) if each.about == asked]
    assert [(each.what, each.due) for each in found] == [("consent.answer", None)]
    given = ConsentGive(asked, (), "missile-warning", KOR, "study", None, NOTE)
    assert teller.why(teller.say(JPN, given)) is None
    assert what(teller) == ["agreement.notice"]


@pytest.mark.row("G3")
def test_a_request_for_our_laws_comes_up_where_no_clause_makes_it_a_duty(teller: Teller) -> None:
    ask = RequestMake("missile-warning", None, None, Subject.LAW)
    teller.say(KOR, ask, at="2016-12-16")
    assert {"law.answer", "request.answer"}.isdisjoint(what(teller))
    bare = in_force(agreement=dutiful(kinds=("release",)))
    asked = bare.say(KOR, ask, at="2016-12-16")
    assert ("law.answer", asked) in [
        (each.what, each.about) for each in coming_at(bare.state, JPN, bare.now)
    ]
    bare.say(JPN, structs.replace(law("2014-12-10"), answers=asked))
    assert "law.answer" not in what(bare)


def test_an_assurance_comes_up_sixty_days_before_it_ends(teller: Teller) -> None:
    for until in (None, date(2017, 3, 31), instant("2017-04-30")):
        body = AssuranceGive("SECRET", None, need=True, equivalent_protection=True, until=until)
        teller.say(KOR, body)
    assert "assurance.end" not in what(teller, "2017-01-29", "KOR")
    ends = [
        each.due
        for each in coming_at(teller.state, KOR, instant("2017-03-02"))
        if each.what == "assurance.end"
    ]
    ended = Instant(instant("2017-04-30") + 1)  # the instant that is named is the last of it
    assert ends == [parse_instant("2017-03-31T15:00:00Z"), ended]
    assert "assurance.end" not in what(teller, "2017-03-02", "JPN")


def test_what_is_assured_until_the_last_instant_there_is_comes_up_within_the_calendar(
    teller: Teller,
) -> None:
    until = INSTANT_MAX
    teller.say(
        KOR, AssuranceGive("SECRET", None, need=True, equivalent_protection=True, until=until)
    )
    ends = [each for each in coming_at(teller.state, KOR, until) if each.what == "assurance.end"]
    assert [coming_json(each)["due"] for each in ends] == ["9999-12-31T23:59:59.999Z"]
