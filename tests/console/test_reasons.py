# SPDX-License-Identifier: Apache-2.0
"""What rooms beneath say in English is read in the language of the page, or shown as it is."""

import ast

import pytest

from comity.console.reasons import TEXT_CHARS_MAX, Reader, reader
from scripts import beneath

SAID = {
    "level %(level)s is not below %(known)s": "%(known)s > %(level)s",
    "%(name)s does not meet: %(lacking)s": "%(name)s×%(lacking)s",
    "firm %(id)s": "社 %(id)s",
    "a firm": "社",
    "two persons%(since)s": "二人%(since)s",
    " from %(level)s on": "（%(level)s）",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a firm", "社"),
        ("level 'S' is not below 'TS'", "'TS' > 'S'"),
        ("a firm does not meet: (a), (b)", "社×(a), (b)"),
        ("firm 'KHI' does not meet: (a)", "社 'KHI'×(a)"),
        ("two persons", "二人"),
        ("two persons from 'S' on", "二人（'S'）"),
        ("a firm; level 'S' is not below 'TS'", "社; 'TS' > 'S'"),
        ("level 'a; b' is not below 'TS'", "'TS' > 'a; b'"),
        ("level '%(known)s' is not below '%s'", "'%s' > '%(known)s'"),
    ],
)
def test_a_text_is_found_by_its_template_and_said_with_its_values(text, told):
    assert Reader(SAID).read(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody wrote this",
        "level 'S' is not below",
        "a firm; nobody wrote this",
        "level " + "x" * TEXT_CHARS_MAX + " is not below 'S'",
    ],
)
def test_what_no_catalogue_knows_is_not_read(text):
    assert Reader(SAID).read(text) is None


def test_many_beginnings_of_a_template_cost_no_more_than_their_length():
    reading = Reader({" a ".join(f"%({name})s" for name in "bcdefghij") + " end": "x"})
    assert reading.read(" a " * 600 + "no") is None


@pytest.mark.parametrize("code", ["en", "ja", "ko"])
def test_every_reason_and_every_error_is_read_with_whatever_values(code):
    reading = reader(code)
    unread = []
    for text in (*beneath.reasons(), *beneath.errors()):
        values = [f"<{each}>" for each in beneath.HOLE.findall(text)]
        given = iter(values)
        shown = beneath.HOLE.sub(lambda _hole, given=given: next(given), text)
        told = reading.read(shown)
        if told is None or any(each not in told for each in values):
            unread.append((shown, told))
    assert unread == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("fails(f'level {quoted(level)} is not known')", ["level %(level)s is not known"]),
        ("x = 'no such act' if a else 'not yet there'", ["no such act", "not yet there"]),
        (
            "WORDS = 'it is gone'\nwhy = f'{WORDS} by {day}'",
            ["it is gone", "it is gone by %(day)s"],
        ),
        ("why = f'{a} and {a} as {b.since}'", ["%(a)s and %(a_b)s as %(since)s"]),
        ("why = f'{row.lines[0]} and {1 + 2} are {each()} here'", None),
        ("'a docstring'", []),
    ],
)
def test_texts_are_collected_with_their_values_as_holes(source, texts):
    tree = ast.parse(source)
    found = sorted(set(beneath.prose(tree, beneath.constants(tree))))
    assert found == sorted(
        ["%(lines)s and %(value)s are %(each)s here"] if texts is None else texts
    )


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (
            "raise InputError('a.b', 'no such act', hint=f'see {act}')",
            ["no such act", "see %(act)s"],
        ),
        (
            "NEXT = 'list the acts'\nraise StateError('a.b', 'gone', hint=NEXT)",
            ["gone", "list the acts"],
        ),
        ("CODE = 'a.b'\nreturn absent(CODE, found=f'{len(x)} acts')", ["%(x)s acts"]),
        ("raise InvariantError('a.b', 'this never happens')", []),
        ("return absent('no code', 'not an error of ours')", []),
    ],
)
def test_what_errors_say_is_collected_where_a_code_stands_first(source, texts):
    assert [*beneath.told(ast.parse(source))] == texts
