# SPDX-License-Identifier: Apache-2.0
import json
from enum import StrEnum

import pytest

from comity.basis.errors import InputError
from comity.basis.strict_json import format_json, parse_canonical, parse_json

LARGEST = 2**53 - 1


def read(raw: bytes, **bounds):
    return parse_json(raw, bytes_max=bounds.pop("bytes_max", 10_000), where="statement", **bounds)


def refusal(raw: bytes, **bounds) -> InputError:
    with pytest.raises(InputError) as caught:
        read(raw, **bounds)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b" [ 1 , -2 ]\n", [1, -2]),
        (b'{"a":{"b":[]}}', {"a": {"b": []}}),
        ('"極秘 𝄞"'.encode(), "極秘 𝄞"),
        (b'"\\u6975\\ud834\\udd1e\\\\ud800"', "極𝄞\\ud800"),
        (b"9007199254740991", LARGEST),
        (b"-9007199254740991", -LARGEST),
        (b"0", 0),
        (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    ],
)
def test_reads_a_value_within_the_rules(raw, value):
    assert read(raw) == value


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        (b"\xef\xbb\xbf{}", "basis.json-byte-order-mark", "statement byte 0"),
        (b'"\xff"', "basis.not-utf8", "statement byte 1"),
        (b'"\xc0\xaf"', "basis.not-utf8", "statement byte 1"),
        (b'"\xed\xa0\x80"', "basis.not-utf8", "statement byte 1"),
        (b"", "basis.json-syntax", "statement byte 0"),
        (b"[1] x", "basis.json-syntax", "statement byte 4"),
        (b"[1][2]", "basis.json-syntax", "statement byte 3"),
        (b"[1,]", "basis.json-syntax", "statement byte 3"),
        (b"[01]", "basis.json-syntax", "statement byte 2"),
        (b"{'a':1}", "basis.json-syntax", "statement byte 1"),
        (b'"a\nb"', "basis.json-syntax", "statement byte 2"),
        (b'"\\x"', "basis.json-syntax", "statement byte 1"),
        (b'"\\u12', "basis.json-syntax", "statement byte 2"),
        (b'"open', "basis.json-syntax", "statement byte 0"),
        (b"\x00", "basis.json-syntax", "statement byte 0"),
        ('["é" 1]'.encode(), "basis.json-syntax", "statement byte 6"),
        (b'{"a":1,"a":1}', "basis.json-doubled-key", "statement byte 7"),
        (b'{"a":1,"\\u0061":2}', "basis.json-doubled-key", "statement byte 7"),
        (b'[{"a":"a"},{"b":{"a":1},"b":2}]', "basis.json-doubled-key", "statement byte 24"),
        ('{"é":1,"x":["é"],"é":2}'.encode(), "basis.json-doubled-key", "statement byte 19"),
        (b"[1.0]", "basis.json-number", "statement byte 1"),
        (b'["1e5",1e5]', "basis.json-number", "statement byte 7"),
        (b"[-0]", "basis.json-number", "statement byte 1"),
        (b"[NaN]", "basis.json-number", "statement byte 1"),
        (b"[Infinity]", "basis.json-number", "statement byte 1"),
        (b"[-Infinity]", "basis.json-number", "statement byte 1"),
        (b"[9007199254740992]", "basis.json-number", "statement byte 1"),
        (b"[-9007199254740992]", "basis.json-number", "statement byte 1"),
        (b"[10000000000000000]", "basis.json-number", "statement byte 1"),
        (b'"\\ud800"', "basis.json-lone-surrogate", "statement byte 0"),
        (b'["\\ud834\\udd1e","\\udd1e"]', "basis.json-lone-surrogate", "statement byte 16"),
        (b'{"\\ud800":1}', "basis.json-lone-surrogate", "statement byte 1"),
        (b'["\\udd1e\\ud834"]', "basis.json-lone-surrogate", "statement byte 1"),
    ],
)
def test_refuses_and_names_the_byte(raw, code, where):
    error = refusal(raw)
    assert (error.code, error.where) == (code, where)


def test_a_number_of_a_million_digits_is_refused_without_being_shown_or_converted():
    error = refusal(b"9" * 1_000_000, bytes_max=2_000_000)
    assert error.code == "basis.json-number"
    assert len(error.found) <= 80


def test_a_doubled_key_is_shown_escaped_and_cut():
    key = "\u202e" * 200
    error = refusal(f'{{"{key}":1,"{key}":2}}'.encode())
    assert len(error.found) <= 80
    assert error.found.isprintable()


def test_too_many_bytes_are_refused_before_they_are_read():
    assert refusal(b"x" * 11, bytes_max=10).code == "basis.too-large"
    assert read(b'"34567890"', bytes_max=10) == "34567890"


def test_nesting_to_the_limit_is_read_and_one_level_more_is_refused():
    assert read(b"[" * 32 + b"]" * 32)
    error = refusal(b"[" * 33 + b"]" * 33)
    assert (error.code, error.where) == ("basis.json-too-deep", "statement byte 32")


@pytest.mark.parametrize("raw", [b"[" * 9_999, b'{"a":' * 1_999, b'[{"a":' * 1_000])
def test_nesting_without_end_is_refused_and_does_not_exhaust_the_stack(raw):
    assert refusal(raw).code == "basis.json-too-deep"


def test_many_brackets_that_do_not_nest_are_read():
    assert read(b"[" + b"[]," * 99 + b"{}]") == [[]] * 99 + [{}]
    assert read(b'["' + b"[" * 99 + b'"]') == ["[" * 99]
    assert read(b'["\\"' + b"[" * 99 + b'"]') == ['"' + "[" * 99]


def test_a_smaller_depth_may_be_asked_for():
    assert read(b"[[]]", depth_max=2) == [[]]
    assert refusal(b"[[]]", depth_max=1).code == "basis.json-too-deep"


def test_the_place_of_an_unnamed_source_is_the_byte_alone():
    with pytest.raises(InputError) as caught:
        parse_json(b"[1,]", bytes_max=10)
    assert caught.value.where == "byte 3"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"b":[true,null,-5]}',
        '"極秘"'.encode(),
        b'"\\u0000\\b\\t\\n\\u000b\\f\\r\\"\\\\"',
        '"\x7f\u2028"'.encode(),
        '{"\U0001f600":1,"\ufb33":2}'.encode(),
    ],
)
def test_reads_canonical_bytes(raw):
    value = parse_canonical(raw, bytes_max=100)
    assert format_json(value) == raw


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b'{"b":1,"a":2}', "x byte 2"),
        (b'{"a":1} ', "x byte 7"),
        (b'{"a": 1}', "x byte 5"),
        (b'"\\u0061"', "x byte 1"),
        (b'"\\u000A"', "x byte 2"),
        (b'"\\/"', "x byte 1"),
        ('{"\ufb33":1,"\U0001f600":2}'.encode(), "x byte 2"),
    ],
)
def test_refuses_bytes_that_are_not_canonical_and_names_the_first_that_differs(raw, where):
    with pytest.raises(InputError) as caught:
        parse_canonical(raw, bytes_max=100, where="x")
    assert (caught.value.code, caught.value.where) == ("basis.json-not-canonical", where)


def test_writes_keys_in_the_order_of_utf16_units():
    assert format_json({"\ufb33": 1, "\U0001f600": 2, "a": 3}) == (
        '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()
    )


def test_writes_words_of_closed_sets_as_texts():
    class Word(StrEnum):
        YES = "yes"

    assert format_json({"a": [Word.YES, None], Word.YES: 1}) == b'{"a":["yes",null],"yes":1}'


def test_writes_tuples_as_arrays():
    assert format_json({"to": ("JPN", "KOR")}) == b'{"to":["JPN","KOR"]}'  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("value", "where", "found"),
    [
        (1.0, "$", "float"),
        ({"a": [0, 1.5]}, "$.a[1]", "float"),
        ({"a": {"b": b"x"}}, "$.a.b", "bytes"),
        ([{1: 2}], "$[0]", "int"),
        ([2**53], "$[0]", "a larger one"),
        ([-(2**53)], "$[0]", "a larger one"),
        (["\ud800"], "$[0]", "half of a surrogate pair"),
        ({"\ud800": 1}, "$", "half of a surrogate pair"),
        ({"a": {1, 2}}, "$.a", "set"),
        (float("nan"), "$", "float"),
    ],
)
def test_refuses_to_write_what_the_reader_would_refuse(value, where, found):
    with pytest.raises(InputError) as caught:
        format_json(value)
    assert caught.value.code == "basis.json-unwritable"
    assert (caught.value.where, caught.value.found) == (where, found)


@pytest.mark.parametrize("text", ["x", "[[[[", "}]", '\\"[[[[', "\\\\", "秘"])
def test_many_brackets_are_no_depth(text):
    level = json.dumps({"a": [text, {"b": []}, {}]}, ensure_ascii=False)
    raw = f"[{','.join([level] * 40)}]".encode()
    assert parse_json(raw, bytes_max=100_000, depth_max=5) == [json.loads(level)] * 40
    with pytest.raises(InputError) as refused:
        parse_json(raw, bytes_max=100_000, depth_max=4)
    assert refused.value.code == "basis.json-too-deep"


@pytest.mark.parametrize("raw", [b"[}" * 40, b"[" * 3 + b"{" * 40, b'["' * 40, b"[]" * 40 + b"["])
def test_brackets_that_do_not_close_are_refused_by_the_scanner(raw):
    with pytest.raises(InputError):
        parse_json(raw, bytes_max=1_000)


def test_writes_to_the_depth_that_the_reader_reads_and_no_deeper():
    value: list = []
    for _ in range(31):
        value = [value]
    assert parse_json(format_json(value), bytes_max=100) == value
    with pytest.raises(InputError, match="at most 32 levels"):
        format_json([value])


def test_refuses_to_write_a_value_that_holds_itself():
    value: list = []
    value.append(value)
    with pytest.raises(InputError, match="levels"):
        format_json(value)
