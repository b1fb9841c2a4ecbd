# SPDX-License-Identifier: Apache-2.0
"""Asking an agreement: parties, words in a language, clauses of a kind."""

from collections.abc import Callable

import pytest

from comity.agreement.model import Agreement, Clause, Words
from comity.basis.errors import InvariantError


def test_words_are_given_in_the_language_asked_for_else_english_else_the_first() -> None:
    words = Words((("ja", "目的"), ("en", "Purpose")))
    assert words.in_language("ja") == "目的"
    assert words.in_language("ko") == "Purpose"
    assert Words((("ja", "目的"), ("ko", "목적"))).in_language("fr") == "目的"
    assert words.languages() == ("ja", "en")


def test_a_party_is_found_by_its_id(sound: str, read: Callable[[str], Agreement]) -> None:
    agreement = read(sound)
    party = agreement.find_party("KOR")
    assert party is not None
    assert party.competent_authority == "Defence of Korea"
    assert agreement.find_party("USA") is None
    assert agreement.clauses("access") == ()


def test_a_key_that_the_vocabulary_promises_is_never_missing(
    clause: Callable[[str], Clause],
) -> None:
    assert clause("[article.access]\n").text("people") == "officials"
    with pytest.raises(InvariantError, match="promises a key"):
        clause("[article.access]\n").text("rank")
