# SPDX-License-Identifier: Apache-2.0
"""Lives that the Japan-ROK GSOMIA did not have, replayed against AGREEMENTS.md section 2.

The real one is in `test_timeline_21_rows.py`. Worked out from the text, without the code.
"""

from datetime import date

import pytest

from comity.basis.ids import Place
from comity.statement.treaty import (
    AgreementEndNotice,
    AgreementEntryNotification,
    AgreementInitial,
    AgreementInterpretation,
    AgreementPostpone,
    AgreementSign,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
)
from tests.support_state import (
    JPN,
    KOR,
    NOTE,
    Teller,
    counter,
    draft_of_2012,
    gsomia,
    in_force,
    propose,
    release,
    varied,
)

NOON_OFFSET = "T20:00:00Z"  # the same day in every zone from -05:00 to UTC


def notice(delivered: str, effective: str | None = None) -> AgreementEndNotice:
    stated = None if effective is None else date.fromisoformat(effective)
    return AgreementEndNotice(None, date.fromisoformat(delivered), stated, NOTE)


def suspension(of: Place, delivered: str) -> AgreementSuspendEndNotice:
    return AgreementSuspendEndNotice(of, date.fromisoformat(delivered), NOTE)


def withdrawal(of: Place, delivered: str) -> AgreementWithdrawEndNotice:
    return AgreementWithdrawEndNotice((of,), date.fromisoformat(delivered), NOTE)


def ends(teller: Teller, at: str | None = None) -> tuple[str, str | None]:
    lifecycle = teller.exported(at)["lifecycle"]
    return lifecycle["state"], lifecycle["ends_at"]


def started(day: str, *changes: tuple[str, str], clock: str = "T03:00:00Z") -> Teller:
    """Tell of a text that is signed and enters into force on one day."""
    teller = Teller(varied(*changes) if changes else gsomia())
    teller.sign(at=day + clock)
    teller.enter(delivered=day)
    return teller


def test_a_postponement_moves_nothing_however_long_it_lasts() -> None:
    teller = Teller(gsomia())
    teller.say(JPN, propose(gsomia()))
    teller.say(JPN, AgreementPostpone(NOTE))
    assert teller.state_name() == "proposed"
    teller.say(JPN, AgreementInitial(NOTE))
    assert teller.state_name() == "proposed"
    teller.say(KOR, AgreementInitial(NOTE))
    teller.say(KOR, AgreementPostpone(NOTE))
    assert teller.state_name("2029-01-01") == "initialled"
    for party in (JPN, KOR):
        assert teller.state_name() == "initialled"
        teller.say(party, AgreementSign(NOTE), at="2029-01-02" if party == JPN else None)
    assert teller.state_name() == "signed"


def test_a_counter_leads_back_to_proposed_and_takes_earlier_words_with_it() -> None:
    draft = draft_of_2012()
    teller = Teller(gsomia(), [draft])
    teller.say(JPN, propose(draft), version=draft.sha256)
    teller.say(JPN, AgreementInitial(NOTE), version=draft.sha256)
    teller.say(KOR, AgreementInitial(NOTE), version=draft.sha256)
    teller.say(JPN, AgreementSign(NOTE), version=draft.sha256)
    teller.say(KOR, counter(gsomia()))
    assert teller.state_name() == "proposed"
    late = teller.say(KOR, AgreementSign(NOTE), version=draft.sha256)
    assert teller.why(late) is not None
    teller.say(JPN, AgreementSign(NOTE))
    assert teller.state_name() == "proposed"
    teller.say(KOR, AgreementSign(NOTE))
    assert teller.state_name() == "signed"
    assert teller.why(teller.say(KOR, counter(draft))) is not None
    assert teller.state_name() == "signed"


def test_two_notifications_of_one_party_are_one() -> None:
    teller = Teller(gsomia())
    teller.sign(at="2016-11-20")
    for _ in range(2):
        teller.say(JPN, AgreementEntryNotification(date(2016, 11, 20), NOTE))
    assert teller.state_name("2016-12-31") == "signed"


def test_by_the_last_signature_it_is_in_force_at_that_instant() -> None:
    teller = Teller(varied(('"later_of_notifications"', '"last_signature"')))
    teller.sign(at="2016-11-23T10:00:00Z")
    lifecycle = teller.exported()["lifecycle"]
    assert lifecycle["state"] == "in_force"
    assert lifecycle["in_force_at"] == "2016-11-23T10:02:00.000Z"
    assert lifecycle["term_ends_at"] == "2017-11-22T15:00:00.000Z"


def test_without_an_end_only_a_notice_ends_it_counted_from_its_day() -> None:
    teller = started("2016-11-23", ('runs = "1 year"\nrenews = "1 year"', 'runs = "no end"'))
    assert teller.exported("2050-01-01")["lifecycle"]["term_ends_at"] is None
    teller.say(KOR, notice("2020-03-01"), at="2020-03-01")
    assert ends(teller) == ("notice_given", "2020-05-30T15:00:00.000Z")
    assert teller.state_name("2020-05-30T14:59:59.999Z") == "notice_given"
    assert teller.state_name("2020-05-30T15:00:00.000Z") == "terminated"


def test_without_renewal_it_ends_with_its_term_and_without_anybody_s_word() -> None:
    teller = started("2016-11-23", ('renews = "1 year"\n', ""))
    assert teller.state_name("2017-11-22T14:59:59.999Z") == "in_force"
    assert teller.state_name("2017-11-22T15:00:00.000Z") == "terminated"
    assert teller.why(teller.say(JPN, release(), at="2017-12-01")) == ("lifecycle.ended", "21(3)")


@pytest.mark.parametrize(
    ("zone", "clock", "ends_at"),
    [
        ('"UTC"', "T03:00:00Z", "2017-11-23T00:00:00.000Z"),
        ('"-05:00"', NOON_OFFSET, "2017-11-23T05:00:00.000Z"),
        ('"+05:45"', "T03:00:00Z", "2017-11-22T18:15:00.000Z"),
    ],
)
def test_days_are_those_of_the_zone_of_the_file(zone: str, clock: str, ends_at: str) -> None:
    teller = started("2016-11-23", ('"+09:00"', zone), clock=clock)
    assert teller.exported()["lifecycle"]["term_ends_at"] == ends_at


@pytest.mark.parametrize(
    ("entered", "delivered", "ends_at"),
    [
        ("2018-05-31", "2019-02-28", "2019-05-30T15:00:00.000Z"),
        ("2018-05-31", "2019-03-01", "2020-05-30T15:00:00.000Z"),
        ("2019-05-31", "2020-02-29", "2020-05-30T15:00:00.000Z"),
        ("2019-05-31", "2020-03-01", "2021-05-30T15:00:00.000Z"),
    ],
)
def test_months_of_notice_are_counted_by_the_calendar(
    entered: str, delivered: str, ends_at: str
) -> None:
    teller = started(entered, ('"90 days"', '"3 months"'))
    teller.say(JPN, notice(delivered), at=delivered)
    assert ends(teller) == ("notice_given", ends_at)


def test_a_first_term_of_two_years_is_followed_by_single_ones() -> None:
    teller = started("2016-11-23", ('runs = "1 year"', 'runs = "2 years"'))
    for day, year in (("2018-11-22", 2018), ("2018-11-23", 2019), ("2019-11-30", 2020)):
        term = teller.exported(day)["lifecycle"]["term_ends_at"]
        assert term == f"{year}-11-22T15:00:00.000Z"


def test_nobody_takes_back_another_party_s_notice() -> None:
    teller = in_force()
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    for body in (suspension(given, "2019-10-01"), withdrawal(given, "2019-10-01")):
        assert teller.why(teller.say(JPN, body, at="2019-10-01")) is not None
    assert teller.state_name() == "notice_given"
    teller.say(KOR, withdrawal(given, "2019-10-02"), at="2019-10-02")
    assert ends(teller, "2019-12-01") == ("in_force", None)


def test_one_party_s_suspension_leaves_the_other_s_notice_standing() -> None:
    teller = in_force()
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    teller.say(JPN, notice("2019-08-24"), at="2019-08-24")
    teller.say(KOR, suspension(given, "2019-10-01"), at="2019-10-01")
    assert teller.state_name() == "notice_given"
    assert teller.state_name("2019-11-22T15:00:00.000Z") == "terminated"


def test_what_comes_after_the_end_brings_nothing_back() -> None:
    teller = in_force()
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    teller.say(KOR, suspension(given, "2019-11-23"), at="2019-11-22T15:00:00.000Z")
    assert teller.state_name() == "terminated"
    teller.say(KOR, withdrawal(given, "2019-11-24"), at="2019-11-24")
    assert teller.state_name() == "terminated"


def test_a_suspension_taken_back_in_time_lets_the_notice_run_out() -> None:
    teller = in_force()
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    suspended = teller.say(KOR, suspension(given, "2019-10-01"), at="2019-10-01")
    assert teller.state_name("2019-10-10") == "notice_suspended"
    teller.say(KOR, withdrawal(suspended, "2019-10-15"), at="2019-10-15")
    assert ends(teller) == ("notice_given", "2019-11-22T15:00:00.000Z")


def test_where_delivery_and_entry_differ_so_do_the_readings_and_the_stricter_governs() -> None:
    teller = in_force()
    teller.say(KOR, notice("2019-08-23"), at="2019-09-10")  # the last day was 24 August
    lifecycle = teller.exported()["lifecycle"]
    assert lifecycle["interpretation_disputed"]
    assert {reading["party"]: reading["ends_at"] for reading in lifecycle["readings"]} == {
        "JPN": "2020-11-22T15:00:00.000Z",
        "KOR": "2019-11-22T15:00:00.000Z",
    }
    assert (lifecycle["governed_by"], lifecycle["ends_at"]) == ("KOR", "2019-11-22T15:00:00.000Z")
    assert teller.why(teller.say(JPN, release(), at="2019-12-01")) == ("lifecycle.ended", "21(3)")


@pytest.mark.parametrize(
    ("korea", "japan", "state", "released"),
    [
        ("terminated", "in_force", "terminated", False),
        ("in_force", "terminated", "terminated", False),
        ("in_force", "notice_given", "notice_given", True),
        ("notice_suspended", "notice_given", "notice_given", True),
    ],
)
def test_of_two_readings_both_are_shown_and_the_stricter_governs_releases(
    korea: str, japan: str, state: str, released: bool
) -> None:
    teller = in_force()
    given = teller.say(KOR, notice("2019-08-23"), at="2019-08-23")
    teller.say(KOR, AgreementInterpretation(given, korea, NOTE), at="2019-10-15")
    teller.say(JPN, AgreementInterpretation(given, japan, NOTE))
    lifecycle = teller.exported()["lifecycle"]
    assert (lifecycle["state"], lifecycle["interpretation_disputed"]) == (state, True)
    assert [reading["state"] for reading in lifecycle["readings"]] == [japan, korea]
    assert (teller.why(teller.say(JPN, release())) is None) == released
