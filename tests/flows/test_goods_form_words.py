# SPDX-License-Identifier: Apache-2.0
"""Both forms of an order in three languages: the words differ, and every figure is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from comity.basis.errors import InputError
from comity.basis.ids import Place
from comity.flows.support.form_words import FormWords
from comity.flows.support.forms import ELEMENTS, FORMS, print_form
from comity.flows.support.settlements import bill
from comity.foresight.words import LANGUAGES
from comity.statement.orders import Method, Nature
from comity.support.life import Life
from tests.builders.goods import ACSA, FINANCE, Trade, make_goods, officer
from tests.builders.world import run

_FACTS = re.compile(r"[A-Z]{2,}[/-][0-9]+|[0-9]+(?:[.-][0-9]+)*")


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trade, Place]]:
    with make_goods(tmp_path_factory.mktemp("forms")) as world:
        trade = Trade(world)
        order = trade.received()
        run(bill(trade.gives.context, ACSA, order, "I-1", officer(FINANCE, "Finance")))
        trade.settle(trade.gives, order, reason="consumed")
        world.settle(1)
        yield trade, order


@pytest.mark.parametrize("shape", FORMS)
def test_a_form_tells_the_same_figures_in_every_language(
    billed: tuple[Trade, Place], shape: str
) -> None:
    trade, order = billed
    texts = {
        each: run(print_form(trade.asks.context, ACSA, order, shape, each)).text
        for each in LANGUAGES
    }
    told = {each: sorted(_FACTS.findall(text)) for each, text in texts.items()}
    assert told["ja"] == told["ko"] == told["en"]
    assert len(set(texts.values())) == len(LANGUAGES)
    for language, text in texts.items():
        assert FormWords(language).element(11) in text
        assert "1900000" in text


def test_every_word_of_a_form_is_known_in_every_language() -> None:
    assert list(ELEMENTS) == list(range(1, 26))
    codes = [each.value for each in (*Method, *Nature)]
    lives = [f"life {each}" for each in Life]
    for words in map(FormWords, LANGUAGES):
        assert len({words.element(number) for number in ELEMENTS}) == len(ELEMENTS)
        for keys in (codes, lives):
            said = [words.say(each) for each in keys]
            assert len(set(said)) == len(said)
            assert words.language == "en" or not any(each.isascii() for each in said)


def test_a_language_without_words_is_refused_and_a_code_without_one_is_said(
    billed: tuple[Trade, Place],
) -> None:
    trade, order = billed
    with pytest.raises(InputError):
        run(print_form(trade.asks.context, ACSA, order, "acsa", "fr"))
    assert FormWords("ja").say("–") == "–"
