# SPDX-License-Identifier: Apache-2.0
"""The faster reader and writer of JSON: never another value, other bytes or another verdict."""

from collections.abc import Iterator
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis import strict_json
from comity.basis.errors import InputError
from comity.basis.hurried_json import HurriedJson, hurry
from comity.basis.limits import JSON_DEPTH_MAX, JSON_INTEGER_MAX
from comity.basis.strict_json import JsonValue, format_json, parse_canonical

HURRIED = HurriedJson()
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-JSON_INTEGER_MAX, JSON_INTEGER_MAX) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def hurried() -> Iterator[None]:
    """Hurry, and be as before afterwards."""
    before = strict_json._codec
    hurry()
    yield
    strict_json.use(before)


def refused(raw: bytes) -> bool:
    try:
        parse_canonical(raw, bytes_max=10_000)
    except InputError:
        return True
    return False


@given(VALUES)
def test_writes_the_same_bytes_or_passes(value: JsonValue) -> None:
    raw = format_json(value)
    assert HURRIED.write(value) in (raw, None)
    assert HURRIED.read(raw) in ((value,), None)


@given(VALUES, st.data())
def test_never_takes_what_the_strict_reader_refuses(value: JsonValue, data: st.DataObject) -> None:
    raw = bytearray(format_json(value))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b" ", b"1", b"-0", b".5", b'"', b"}", b"\\u0041", b"\xff", b","])
        )
    found = HURRIED.read(bytes(raw))
    assert found is None or found == (parse_canonical(bytes(raw), bytes_max=10_000),)


@pytest.mark.parametrize(
    "raw",
    [
        b"1.0",
        b"1e3",
        b"-0",
        b"9007199254740992",
        b"-9007199254740992",
        b"[9007199254740992]",
        b'{"a":12345678901234567890}',
        b"NaN",
        b"Infinity",
        b'"\\ud800"',
        b'"\\u0041"',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b"[1, 2]",
        b" 1",
        b"1 ",
        b"\xef\xbb\xbf1",
        b"\xff",
        b"",
        b"[" * (JSON_DEPTH_MAX + 1) + b"]" * (JSON_DEPTH_MAX + 1),
        '{"\ue000":1,"\U0001f600":2}'.encode(),
        b"1" * 10_001,
    ],
)
def test_passes_what_is_refused(raw: bytes, hurried: None) -> None:
    assert HURRIED.read(raw) is None
    assert refused(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"9007199254740991",
        b"-9007199254740991",
        b"[" * JSON_DEPTH_MAX + b"]" * JSON_DEPTH_MAX,
        '"\U0001f600"'.encode(),
        '{"\U0001f600":1,"\ue000":2}'.encode(),
        b"[" + b"[]," * 40 + b"[]]",
    ],
)
def test_what_it_is_not_sure_of_is_read_by_the_strict_reader(raw: bytes, hurried: None) -> None:
    value = parse_canonical(raw, bytes_max=10_000)
    assert format_json(value) == raw
    assert HURRIED.read(raw) in (None, (value,))


def test_what_it_is_not_sure_of_is_written_by_the_strict_writer(hurried: None) -> None:
    class Count(IntEnum):
        ONE = 1

    class Number(int):
        pass

    assert format_json({"\U0001f600": 1, "\ue000": 2}) == '{"\U0001f600":1,"\ue000":2}'.encode()
    assert format_json([Count.ONE, Number(2)]) == b"[1,2]"
    with pytest.raises(InputError, match="surrogate"):
        format_json("\ud800")


def test_reads_and_writes_what_statements_hold(hurried: None) -> None:
    raw = '{"a":[null,true,-5,"秘\\n"],"b":{}}'.encode()
    assert HURRIED.read(raw) == ({"a": [None, True, -5, "秘\n"], "b": {}},)
    assert format_json(parse_canonical(raw, bytes_max=100)) == raw
