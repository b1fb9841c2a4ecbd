# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest

from comity.basis.errors import InputError
from comity.basis.instants import (
    INSTANT_MAX,
    INSTANT_MIN,
    UTC,
    Duration,
    DurationUnit,
    Instant,
    Zone,
    add_duration,
    add_to_date,
    date_of,
    end_of_day,
    format_date,
    format_duration,
    format_instant,
    format_zone,
    parse_date,
    parse_day_or_instant,
    parse_duration,
    parse_instant,
    parse_instant_canonical,
    parse_zone,
    start_of_day,
    subtract_duration,
    subtract_from_date,
)

SEOUL = parse_zone("+09:00")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2016-12-16T03:00:00Z", 1481857200000),
        ("0001-01-01T00:00:00.000Z", INSTANT_MIN),
        ("9999-12-31T23:59:59.999Z", INSTANT_MAX),
        ("2016-02-29T23:59:59.999Z", 1456790399999),
    ],
)
def test_reads_an_instant_as_milliseconds_since_1970(text, instant):
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016-12-16",
        "2016-12-16 03:00:00Z",
        "2016-12-16t03:00:00z",
        "2016-12-16T03:00:00",
        "2016-12-16T03:00:00+00:00",
        "2016-12-16T12:00:00+09:00",
        "2016-12-16T03:00:00.1Z",
        "2016-12-16T03:00:00.1234Z",
        "2016-12-16T03:00Z",
        "2016-12-16T24:00:00Z",
        "2016-12-16T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2015-02-29T00:00:00Z",
        "2016-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2016-12-16T03:00:00Z\n",
        "２０16-12-16T03:00:00Z",
    ],
)
def test_refuses_any_other_form_of_instant(text):
    with pytest.raises(InputError) as caught:
        parse_instant(text, "statement.at")
    assert (caught.value.code, caught.value.where) == ("basis.instant", "statement.at")


def test_writes_an_instant_always_with_milliseconds():
    assert format_instant(Instant(1481857200000)) == "2016-12-16T03:00:00.000Z"
    assert format_instant(Instant(-1)) == "1969-12-31T23:59:59.999Z"
    assert format_instant(INSTANT_MIN) == "0001-01-01T00:00:00.000Z"
    assert format_instant(INSTANT_MAX) == "9999-12-31T23:59:59.999Z"


@pytest.mark.parametrize("instant", [INSTANT_MIN - 1, INSTANT_MAX + 1])
def test_refuses_to_write_an_instant_outside_the_years_0001_to_9999(instant):
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        format_instant(instant)


def test_the_canonical_form_is_the_written_one():
    assert parse_instant_canonical("2016-12-16T03:00:00.000Z") == 1481857200000
    with pytest.raises(InputError, match=r"basis\.instant"):
        parse_instant_canonical("2016-12-16T03:00:00Z")
    with pytest.raises(InputError, match=r"basis\.instant"):
        parse_instant_canonical("2016-12-16T03:00:00.00ZZ")


def test_a_date_comes_back_as_it_went():
    assert format_date(parse_date("2016-11-23")) == "2016-11-23"


@pytest.mark.parametrize(
    "text",
    ["", "2016-1-1", "20161123", "2016-W47-3", "2015-02-29", "2016-11-23T00:00:00Z", "0000-01-01"],
)
def test_refuses_what_is_not_a_date(text):
    with pytest.raises(InputError) as caught:
        parse_date(text, "until")
    assert (caught.value.code, caught.value.where) == ("basis.date", "until")


@pytest.mark.parametrize(
    ("text", "minutes", "written"),
    [
        ("UTC", 0, "UTC"),
        ("Z", 0, "UTC"),
        ("+00:00", 0, "UTC"),
        ("+09:00", 540, "+09:00"),
        ("-05:30", -330, "-05:30"),
        ("+14:00", 840, "+14:00"),
    ],
)
def test_reads_and_writes_a_fixed_offset(text, minutes, written):
    zone = parse_zone(text)
    assert zone == Zone(minutes)
    assert format_zone(zone) == str(zone) == written


@pytest.mark.parametrize(
    "text", ["", "utc", "9", "+9:00", "+0900", "-00:00", "+14:01", "+15:00", "+09:60", "Asia/Seoul"]
)
def test_refuses_a_zone_that_is_not_a_fixed_offset(text):
    with pytest.raises(InputError) as caught:
        parse_zone(text, "lifecycle.zone")
    assert (caught.value.code, caught.value.where) == ("basis.zone", "lifecycle.zone")


def test_the_date_depends_on_the_zone():
    instant = parse_instant("2016-11-22T15:00:00Z")
    assert date_of(instant, UTC) == datetime.date(2016, 11, 22)
    assert date_of(instant, SEOUL) == datetime.date(2016, 11, 23)
    assert date_of(Instant(instant - 1), SEOUL) == datetime.date(2016, 11, 22)


def test_a_day_runs_from_its_first_millisecond_to_the_first_of_the_next():
    day = parse_date("2016-11-23")
    assert format_instant(start_of_day(day, SEOUL)) == "2016-11-22T15:00:00.000Z"
    assert format_instant(end_of_day(day, SEOUL)) == "2016-11-23T15:00:00.000Z"
    assert format_instant(end_of_day(day, UTC)) == "2016-11-24T00:00:00.000Z"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30 days", Duration(30, DurationUnit.DAYS)),
        ("1 day", Duration(1, DurationUnit.DAYS)),
        ("24 hours", Duration(24, DurationUnit.HOURS)),
        ("12 months", Duration(12, DurationUnit.MONTHS)),
        ("1 year", Duration(1, DurationUnit.YEARS)),
        ("2 weeks", Duration(2, DurationUnit.WEEKS)),
        ("100000 minutes", Duration(100_000, DurationUnit.MINUTES)),
    ],
)
def test_a_duration_comes_back_as_it_went(text, duration):
    assert parse_duration(text) == duration
    assert format_duration(duration) == str(duration) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "days",
        "0 days",
        "-1 days",
        "1 days",
        "2 day",
        "01 days",
        "1.5 days",
        "30 Days",
        "30  days",
        "100001 days",
        "3 moons",
        "at once",
        "30 days\n",
        "٣ days",
        "1 ",
    ],
)
def test_refuses_what_is_not_a_duration(text):
    with pytest.raises(InputError) as caught:
        parse_duration(text, "clause.within")
    assert (caught.value.code, caught.value.where) == ("basis.duration", "clause.within")


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2016-01-31T12:00:00.000Z", "1 month", "2016-02-29T12:00:00.000Z"),
        ("2015-01-31T12:00:00.000Z", "1 month", "2015-02-28T12:00:00.000Z"),
        ("2016-02-29T00:00:00.000Z", "1 year", "2017-02-28T00:00:00.000Z"),
        ("2016-11-23T00:00:00.000Z", "12 months", "2017-11-23T00:00:00.000Z"),
        ("2016-12-31T23:59:59.999Z", "1 day", "2017-01-01T23:59:59.999Z"),
        ("2016-12-31T23:59:59.999Z", "2 weeks", "2017-01-14T23:59:59.999Z"),
        ("2016-12-31T23:59:59.999Z", "24 hours", "2017-01-01T23:59:59.999Z"),
        ("2016-12-31T23:59:59.999Z", "1 minute", "2017-01-01T00:00:59.999Z"),
    ],
)
def test_adds_by_the_calendar_and_clamps_to_the_end_of_the_month(start, text, end):
    assert format_instant(add_duration(parse_instant(start), parse_duration(text), UTC)) == end


def test_a_month_is_counted_in_the_zone_that_the_agreement_names():
    # 1 March in Seoul is still 28 February in UTC.
    instant = parse_instant("2015-02-28T15:00:00Z")
    month = parse_duration("1 month")
    assert format_instant(add_duration(instant, month, SEOUL)) == "2015-03-31T15:00:00.000Z"
    assert format_instant(add_duration(instant, month, UTC)) == "2015-03-28T15:00:00.000Z"


def test_subtracts_by_the_calendar():
    instant = parse_instant("2016-03-31T12:00:00Z")
    back = subtract_duration(instant, parse_duration("1 month"), UTC)
    assert format_instant(back) == "2016-02-29T12:00:00.000Z"
    assert format_instant(subtract_duration(instant, parse_duration("36 hours"), UTC)) == (
        "2016-03-30T00:00:00.000Z"
    )


def test_the_last_day_of_90_days_notice_before_22_november_is_24_august():
    assert subtract_from_date(parse_date("2019-11-22"), parse_duration("90 days")) == parse_date(
        "2019-08-24"
    )


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2016-11-23", "1 year", "2017-11-23"),
        ("2016-02-29", "1 year", "2017-02-28"),
        ("2016-10-31", "1 month", "2016-11-30"),
        ("2016-12-31", "2 weeks", "2017-01-14"),
    ],
)
def test_a_date_moves_by_whole_days_months_and_years(start, text, end):
    assert add_to_date(parse_date(start), parse_duration(text)) == parse_date(end)


@pytest.mark.parametrize("text", ["24 hours", "5 minutes"])
def test_a_date_does_not_move_by_hours(text):
    with pytest.raises(InputError, match=r"basis\.duration-unit"):
        add_to_date(parse_date("2016-11-23"), parse_duration(text))


@pytest.mark.parametrize("text", ["100000 years", "100000 months", "1 day", "1 hour", "1 minute"])
def test_refuses_to_leave_the_calendar(text):
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        add_duration(INSTANT_MAX, parse_duration(text), UTC)
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        subtract_duration(INSTANT_MIN, parse_duration(text), UTC)


def test_refuses_a_date_or_a_day_outside_the_calendar():
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        date_of(INSTANT_MAX, SEOUL)
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        start_of_day(datetime.date.min, SEOUL)
    with pytest.raises(InputError, match=r"basis\.instant-range"):
        end_of_day(datetime.date.max, UTC)


def test_a_day_or_an_instant_is_read_by_its_length():
    assert parse_day_or_instant("2016-11-23") == parse_date("2016-11-23")
    instant = "2016-11-23T00:00:00Z"
    assert parse_day_or_instant(instant) == parse_instant(instant)
    for text in ("", "2016-11-2", "2016-11-31", "2016-11-23T"):
        with pytest.raises(InputError):
            parse_day_or_instant(text, "until")
