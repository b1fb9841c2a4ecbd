# SPDX-License-Identifier: Apache-2.0
"""Terms, last days of notice and effects of notice, by the calendar and at its edges."""

import datetime
from dataclasses import replace
from datetime import date

import pytest

from comity.agreement.acts import EntryRule
from comity.agreement.model import LifecycleRules
from comity.basis.instants import (
    INSTANT_MAX,
    INSTANT_MIN,
    UTC,
    Duration,
    format_instant,
    parse_duration,
    parse_zone,
)
from comity.state.lifecycle_dates import (
    day_end,
    day_of,
    day_start,
    expiry,
    last_day_of_term,
    last_notice_day,
    notice_last_day,
    term_at,
)

SEOUL = parse_zone("+09:00")
ENTERED = date(2016, 11, 23)


def rules(
    runs: str | None = "1 year", renews: str | None = "1 year", notice: str | None = "90 days"
) -> LifecycleRules:
    entry = EntryRule.LATER_OF_NOTIFICATIONS
    return LifecycleRules("21", entry, lasts(runs), lasts(renews), lasts(notice), SEOUL)


def lasts(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)


def test_art_21_3_a_term_of_one_year_ends_on_22_november() -> None:
    assert [last_day_of_term(rules(), ENTERED, number) for number in range(4)] == [
        date(2017, 11, 22),
        date(2018, 11, 22),
        date(2019, 11, 22),
        date(2020, 11, 22),
    ]


def test_art_21_3_the_last_day_of_notice_is_24_august_in_leap_years_too() -> None:
    assert {
        last_notice_day(rules(), ENTERED, number).replace(year=2000)  # type: ignore[union-attr]
        for number in range(12)
    } == {date(2000, 8, 24)}


@pytest.mark.parametrize(
    ("given", "last_day"),
    [
        ("2019-08-23", "2019-11-22"),
        ("2019-08-24", "2019-11-22"),
        ("2019-08-25", "2020-11-22"),
        ("2020-08-24", "2020-11-22"),
        ("2016-11-23", "2017-11-22"),
        ("0001-01-01", "2017-11-22"),
    ],
)
def test_art_21_3_a_notice_in_time_ends_its_term_and_a_late_one_the_next(
    given: str, last_day: str
) -> None:
    assert notice_last_day(rules(), ENTERED, date.fromisoformat(given)) == date.fromisoformat(
        last_day
    )


def test_a_day_ends_at_midnight_in_the_zone_of_the_file() -> None:
    end = day_end(date(2019, 11, 22), SEOUL)
    assert format_instant(end) == "2019-11-22T15:00:00.000Z"
    assert day_start(date(2019, 11, 23), SEOUL) == end


@pytest.mark.parametrize(
    ("day", "term"), [("2016-11-23", 0), ("2017-11-22", 0), ("2017-11-23", 1), ("2020-02-29", 3)]
)
def test_counts_the_terms_before_a_day(day: str, term: int) -> None:
    assert term_at(rules(), ENTERED, date.fromisoformat(day)) == term


def test_terms_from_the_29th_of_february_do_not_drift() -> None:
    ends = [last_day_of_term(rules(), date(2016, 2, 29), number) for number in range(4)]
    assert ends == [date(2017, 2, 27), date(2018, 2, 27), date(2019, 2, 27), date(2020, 2, 27)]


def test_months_from_the_31st_keep_to_the_end_of_each_month() -> None:
    monthly = rules("1 month", "1 month", "10 days")
    ends = [last_day_of_term(monthly, date(2019, 1, 31), number) for number in range(3)]
    assert ends == [date(2019, 2, 27), date(2019, 3, 27), date(2019, 4, 27)]


def test_an_agreement_without_renewal_ends_with_its_only_term() -> None:
    once = rules("10 years", None, "90 days")
    assert last_day_of_term(once, ENTERED, 7) == date(2026, 11, 22)
    assert expiry(once, ENTERED) == day_end(date(2026, 11, 22), SEOUL)
    assert term_at(once, ENTERED, date(2040, 1, 1)) == 0
    assert notice_last_day(once, ENTERED, date(2026, 11, 1)) == date(2026, 11, 22)


def test_an_agreement_that_renews_itself_never_expires() -> None:
    assert expiry(rules(), ENTERED) is None


def test_an_agreement_without_an_end_counts_notice_from_the_day_it_was_given() -> None:
    endless = rules("1 year", None, "30 days")
    endless = LifecycleRules("5", endless.entry, None, None, endless.notice, SEOUL)
    assert notice_last_day(endless, ENTERED, date(2019, 8, 1)) == date(2019, 8, 31)
    assert last_day_of_term(endless, ENTERED, 0) is None
    assert last_notice_day(endless, ENTERED, 0) is None
    assert expiry(endless, ENTERED) is None


def test_without_a_time_of_notice_it_takes_effect_with_its_day_or_its_term() -> None:
    at_once = LifecycleRules("5", EntryRule.LAST_SIGNATURE, None, None, None, UTC)
    assert notice_last_day(at_once, ENTERED, date(2019, 8, 1)) == date(2019, 8, 1)
    yearly = rules(notice=None)
    assert notice_last_day(yearly, ENTERED, date(2019, 11, 22)) == date(2019, 11, 22)
    assert notice_last_day(yearly, ENTERED, date(2019, 11, 23)) == date(2020, 11, 22)


@pytest.mark.parametrize(
    ("given", "last_day"),
    [
        ("2019-03-15", "2020-03-15"),  # long before the end of the term of 2016 to 2026
        ("2025-11-22", "2026-11-22"),  # both on one day
        ("2026-05-22", "2026-11-22"),  # in time for the term, which ends earlier
        ("2026-05-23", "2027-05-23"),  # a day too late for it
        ("2024-02-29", "2025-02-28"),
    ],
)
def test_a_second_time_of_notice_ends_it_within_a_term_where_that_is_earlier(
    given: str, last_day: str
) -> None:
    both = replace(rules("10 years", "10 years", "6 months"), withdrawal=lasts("12 months"))
    assert notice_last_day(both, ENTERED, date.fromisoformat(given)) == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("notice", "last_day"), [("24 hours", "2019-11-21"), ("25 hours", "2019-11-20")]
)
def test_parts_of_a_day_count_as_whole_days(notice: str, last_day: str) -> None:
    assert last_notice_day(rules(notice=notice), ENTERED, 2) == date.fromisoformat(last_day)
    in_minutes = rules(notice=f"{int(notice.split()[0]) * 60} minutes")
    assert last_notice_day(in_minutes, ENTERED, 2) == date.fromisoformat(last_day)


def test_the_edges_of_the_calendar_raise_nothing() -> None:
    for zone in (SEOUL, UTC, parse_zone("-12:00")):
        for edge in (INSTANT_MIN, INSTANT_MAX):
            day_of(edge, zone)
        for day in (datetime.date.min, datetime.date.max):
            assert day_start(day, zone) < day_end(day, zone)


def test_a_term_beyond_the_year_9999_never_ends_and_a_notice_before_the_year_1_is_late() -> None:
    far = rules("100000 years", "1 year", "90 days")
    assert (last_day_of_term(far, ENTERED, 0) or ENTERED).year == 9999
    assert notice_last_day(far, ENTERED, date(2019, 1, 1)).year == 9999
    long_notice = rules(notice="100000 years")
    assert notice_last_day(long_notice, ENTERED, date(2019, 1, 1)).year == 9999
    last = last_day_of_term(rules(), datetime.date.max, 5)
    assert last is not None
    assert last.year == 9999
    assert notice_last_day(rules(), ENTERED, datetime.date.max).year == 9999
