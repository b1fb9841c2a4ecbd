# SPDX-License-Identifier: Apache-2.0
"""Lists have words in every language, for every value that stands in them."""

from __future__ import annotations

from string import Formatter

import pytest

from comity.foresight.listings import LABELS, LISTINGS, say_label, say_listing
from comity.foresight.words import LANGUAGES, Phrase
from comity.statement.cases import Certainty, Harm, Outcome, VisitKind

WORDS = {**{f"label {name}": each for name, each in LABELS.items()}, **LISTINGS}
HARMS = [f"{certainty.value} {harm.value}" for certainty in Certainty for harm in Harm]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_every_language_names_the_same_and_none_is_left_in_english(words: Phrase) -> None:
    english, *others = words
    fields = [{field for _, field, _, _ in Formatter().parse(text)} - {None} for text in words]
    assert fields[0] == fields[1] == fields[2]
    assert english not in others or not any(letter.isalpha() for letter in _around(english))


def _around(text: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_harm_result_and_purpose_of_a_case_can_be_said(language: str) -> None:
    closed = [*HARMS, *(each.value for each in Outcome), *(each.value for each in VisitKind)]
    assert all(say_listing(each, language) for each in closed)


def test_a_word_is_filled_in_the_language_that_is_asked_for() -> None:
    assert say_listing("waits for", "ko", host="JPN") == "JPN 측 결정 대기"
    assert say_label("copy", "ja", number=2) == "複製 2"
