# SPDX-License-Identifier: Apache-2.0
"""What weighs most has words in every language."""

from __future__ import annotations

from string import Formatter

import pytest

from comity.foresight.headlines import HEADLINES, say_headline


@pytest.mark.parametrize("what", HEADLINES)
def test_every_language_names_the_same_and_says_it_otherwise(what: str) -> None:
    places = [{field for _, field, _, _ in Formatter().parse(text)} for text in HEADLINES[what]]
    assert len({frozenset(each - {None}) for each in places}) == 1
    assert len(set(HEADLINES[what])) == len(places)


def test_the_kind_of_harm_is_said_in_the_same_language() -> None:
    named = {"by": "KOR", "items": "JPN/4", "agreement": "a", "place": "KOR/9", "actors": "KOR"}
    assert "紛失の可能性" in say_headline("incident", "ja", harm="possible loss", **named)
    assert "a compromise of JPN/4" in say_headline("incident", "en", harm="compromise", **named)
