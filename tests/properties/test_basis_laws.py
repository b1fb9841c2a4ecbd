# SPDX-License-Identifier: Apache-2.0
"""Laws of the ground floor: what is written is read back, and nothing else is accepted."""

import contextlib
import datetime
import json

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.errors import ComityError, InputError, excerpt
from comity.basis.ids import (
    PartyId,
    Place,
    format_place,
    parse_domain,
    parse_place,
)
from comity.basis.instants import (
    INSTANT_MAX,
    INSTANT_MIN,
    Duration,
    DurationUnit,
    Instant,
    Zone,
    add_duration,
    add_to_date,
    date_of,
    end_of_day,
    format_duration,
    format_instant,
    format_zone,
    parse_duration,
    parse_instant,
    parse_instant_canonical,
    parse_zone,
    start_of_day,
    subtract_duration,
)
from comity.basis.json_forms import Hole, JsonForm
from comity.basis.strict_json import format_json, parse_canonical, parse_json

LARGEST = 2**53 - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
MOMENTS = st.integers(INSTANT_MIN // 2, INSTANT_MAX // 2).map(Instant)
ZONES = st.integers(-840, 840).map(Zone)
DURATIONS = st.builds(Duration, st.integers(1, 2000), st.sampled_from(DurationUnit))
JSONISH = st.text('[]{}":,.0123456789eE+-truefalsn \\u\t\n\ud7ff\U0001f600', max_size=30)


@given(VALUES, st.lists(st.text("0123456789abcdefT:.-Z", max_size=8), max_size=3), st.integers())
def test_a_form_that_is_filled_is_what_the_writer_writes(value, texts, number):
    number %= LARGEST
    names = [f"k{at}" for at in range(len(texts))]
    shape = {"v": value, "w": {name: Hole(name) for name in names}, "x": [Hole("n", bare=True)]}
    form = JsonForm(shape, *names, "n")
    whole = {"v": value, "w": dict(zip(names, texts, strict=True)), "x": [number]}
    assert form.fill(*texts, number) == format_json(whole)


@given(VALUES)
def test_json_comes_back_as_it_went(value):
    raw = format_json(value)
    assert parse_json(raw, bytes_max=100_000) == value
    assert parse_canonical(raw, bytes_max=100_000) == value
    assert raw == rfc8785.dumps(value)


@given(VALUES)
def test_the_canonical_form_of_any_spelling_is_one(value):
    loose = json.dumps(value, indent=1).encode()
    read = parse_json(loose, bytes_max=100_000)
    assert read == value
    assert format_json(read) == format_json(value)
    with contextlib.suppress(InputError):
        assert parse_canonical(loose, bytes_max=100_000) == value
        assert loose == format_json(value)


@given(JSONISH.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30))
@example(b'"\xed\xa0\x80"')
@example(b"-")
@example(b"-Infinity")
def test_whatever_is_read_is_written_and_read_again_and_the_rest_is_refused(raw):
    try:
        value = parse_json(raw, bytes_max=1000)
    except InputError:
        return
    assert value == json.loads(raw)
    assert parse_canonical(format_json(value), bytes_max=1000) == value


@given(JSONISH.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_canonical_bytes_are_exactly_those_that_are_written(raw):
    with contextlib.suppress(InputError):
        assert format_json(parse_canonical(raw, bytes_max=1000)) == raw


@given(st.binary(max_size=100))
def test_base64_comes_back_as_it_went(raw):
    assert decode_base64(encode_base64(raw), bytes_max=100) == raw


@given(st.text("AZaz09+/=- \n", max_size=12))
def test_base64_has_one_spelling(text):
    with contextlib.suppress(InputError):
        assert encode_base64(decode_base64(text, bytes_max=100)) == text


@given(st.integers(INSTANT_MIN, INSTANT_MAX).map(Instant))
def test_an_instant_comes_back_as_it_went_and_sorts_as_its_text(instant):
    text = format_instant(instant)
    assert parse_instant(text) == parse_instant_canonical(text) == instant
    if instant < INSTANT_MAX:
        assert text < format_instant(Instant(instant + 1))


@given(st.datetimes())
def test_an_instant_is_what_the_standard_library_says(moment):
    aware = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=datetime.UTC)
    text = aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    assert parse_instant(text) == (aware - epoch) // datetime.timedelta(milliseconds=1)


@given(ZONES)
def test_a_zone_comes_back_as_it_went(zone):
    assert parse_zone(format_zone(zone)) == zone


@given(DURATIONS)
def test_a_duration_comes_back_as_it_went(duration):
    assert parse_duration(format_duration(duration)) == duration


@given(MOMENTS, ZONES)
def test_every_instant_lies_in_its_own_day_of_24_hours(instant, zone):
    date = date_of(instant, zone)
    assert start_of_day(date, zone) <= instant < end_of_day(date, zone)
    assert end_of_day(date, zone) - start_of_day(date, zone) == 86_400_000


@given(MOMENTS, DURATIONS, ZONES)
def test_adding_goes_forward_and_subtracting_never_ends_later_than_it_began(
    instant, duration, zone
):
    later = add_duration(instant, duration, zone)
    assert later > instant
    back = subtract_duration(later, duration, zone)
    # Clamping to the end of a month loses at most three days.
    assert instant - 3 * 86_400_000 <= back <= instant


@given(MOMENTS, MOMENTS, DURATIONS, ZONES)
def test_adding_keeps_the_order_of_days(first, second, duration, zone):
    earlier, later = sorted((first, second))
    assert date_of(add_duration(earlier, duration, zone), zone) <= date_of(
        add_duration(later, duration, zone), zone
    )


@given(MOMENTS, DURATIONS, ZONES)
def test_dates_and_instants_move_alike(instant, duration, zone):
    if duration.unit in (DurationUnit.MINUTES, DurationUnit.HOURS):
        return
    moved = date_of(add_duration(instant, duration, zone), zone)
    assert moved == add_to_date(date_of(instant, zone), duration)


@given(st.from_regex(r"[A-Z][A-Z0-9-]{0,31}", fullmatch=True), st.integers(0, LARGEST))
def test_a_place_comes_back_as_it_went(party, index):
    place = Place(PartyId(party), index)
    assert parse_place(format_place(place)) == place


@given(st.text("aA0-.xné", max_size=20))
def test_a_domain_is_accepted_only_in_its_one_spelling(text):
    with contextlib.suppress(InputError):
        assert parse_domain(text) == text == text.lower()


@given(st.text(max_size=200))
def test_an_excerpt_is_short_and_printable_and_so_is_every_error(text):
    assert len(excerpt(text)) <= 80
    assert excerpt(text).isprintable()
    assert str(ComityError("a.b", text, where=text, found=text)).isprintable()
