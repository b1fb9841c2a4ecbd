# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sys

import pytest

from comity.basis.errors import InputError
from comity.marking.hidden import is_hidden, is_plain, printable_text, refuse_hidden

HIDDEN = {
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "Arabic letter mark": "\u061c",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "escape": "\x1b",
    "null": "\x00",
    "delete": "\x7f",
    "next line": "\x85",
    "line separator": "\u2028",
    "Hangul choseong filler": "\u115f",
    "Hangul jungseong filler": "\u1160",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "combining grapheme joiner": "\u034f",
    "variation selector 16": "\ufe0f",
    "variation selector 17": "\U000e0100",
    "language tag": "\U000e0041",
    "empty Braille cell": "\u2800",
    "private use": "\ue000",
    "lone surrogate": "\ud800",
    "unassigned": "\u0378",
}


@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_hidden_character_is_refused_in_a_marking_and_shown_in_text(character: str) -> None:
    assert is_hidden(character)
    with pytest.raises(InputError) as refusal:
        refuse_hidden(f"秘{character}", "label.marking")
    assert refusal.value.code == "marking.hidden-character"
    assert refusal.value.found == f"U+{ord(character):04X} at character 2"
    assert printable_text(f"a{character}b") == f"a‹U+{ord(character):04X}›b"


@pytest.mark.parametrize("character", ["秘", "군", "I", "Ⅱ", " ", "\u3000", "\u00a0", "é", "ー"])
def test_a_visible_character_or_a_space_stays_as_it_is(character: str) -> None:
    assert not is_hidden(character)
    refuse_hidden(character)
    assert printable_text(character) == character


def test_decomposed_korean_is_visible() -> None:
    refuse_hidden("\u1100\u116e\u11ab")


def test_line_feeds_stay_only_where_lines_are_asked_for() -> None:
    assert printable_text("a\nb", lines=True) == "a\nb"
    assert printable_text("a\nb") == "a‹U+000A›b"
    assert printable_text("a\rb", lines=True) == "a‹U+000D›b"


def test_text_cannot_pretend_to_hold_an_escape() -> None:
    assert printable_text("‹U+202E›") == "‹U+2039›U+202E›"


def test_text_that_is_plain_at_once_hides_no_character_of_any_script() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    assert not [character for character in every if is_plain(character) and is_hidden(character)]


def test_text_is_plain_at_once_only_without_a_single_hidden_character() -> None:
    assert is_plain("極秘 군사II급비밀 SECRET")
    assert not is_plain("SECRET\u3164")
    assert not is_plain("\u202eSECRET")
