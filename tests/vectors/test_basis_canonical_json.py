# SPDX-License-Identifier: Apache-2.0
"""The examples of RFC 8785 as far as they hold no fractions, which signed objects never do.

Source: RFC 8785 3.2.2, 3.2.3
"""

from comity.basis.strict_json import format_json, parse_canonical, parse_json

SORTING = rb"""{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}"""
SORTED = (
    '{"\\r":"Carriage Return","1":"One","\x80":"Control",'
    '"ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",'
    '"😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
).encode()


def test_keys_are_sorted_as_published():
    assert format_json(parse_json(SORTING, bytes_max=1000)) == SORTED
    assert list(parse_canonical(SORTED, bytes_max=1000)) == list(parse_json(SORTED, bytes_max=1000))


def test_strings_and_literals_are_written_as_published():
    raw = rb"""{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                "literals": [null, true, false]}"""
    expected = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    assert format_json(parse_json(raw, bytes_max=1000)) == expected
    assert parse_canonical(expected, bytes_max=1000)
