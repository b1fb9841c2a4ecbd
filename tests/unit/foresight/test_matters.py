# SPDX-License-Identifier: Apache-2.0
"""What is owed and waits has words in every language."""

from __future__ import annotations

from string import Formatter

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InputError
from comity.foresight.matters import (
    HEADS,
    MATTERS,
    STATES,
    owed_matter,
    say_collectors,
    say_coming,
    say_head,
    say_matter,
    say_state,
)
from comity.foresight.words import LANGUAGES
from comity.state.duties import DutyState


def _owed() -> set[str]:
    files = (read_agreement(template(each)) for each in template_ids())
    rules = (rule for file in files for rule in file.rules.duties)
    return {rule.discharged_by for rule in rules}


def test_whatever_the_templates_oblige_to_has_words() -> None:
    assert _owed() <= MATTERS.keys()


def test_every_state_of_a_duty_has_words() -> None:
    assert STATES.keys() == {each.value for each in DutyState}


@pytest.mark.parametrize("name", [*MATTERS, *STATES])
def test_the_words_differ_between_languages(name: str) -> None:
    phrase = MATTERS.get(name) or STATES[name]
    assert len(set(phrase)) == len(LANGUAGES)


@pytest.mark.parametrize("name", HEADS)
def test_every_language_fills_the_same_places(name: str) -> None:
    places = [{field for _, field, _, _ in Formatter().parse(text)} for text in HEADS[name]]
    assert places[0] - {None} == places[1] - {None} == places[2] - {None}


def test_says_what_waits_and_which_part_of_it() -> None:
    assert say_matter("item.receipt", "ja") == "情報の受領証"
    assert say_matter("incident.findings", "en", "measures").endswith("(the measures taken)")
    assert say_state("late", "ko") == "기한 초과"
    assert say_head("by", "en", count=2, party="KOR") == "2 by KOR"


def test_what_comes_up_at_a_firm_is_not_what_is_owed_about_it() -> None:
    assert say_coming("contractor.assure", "en").startswith("a condition at a firm of ours")
    assert say_matter("contractor.assure", "en", "conditions:g").endswith(" (g)")
    assert say_coming("agreement.end", "ko") == "협정의 종료"


def test_shows_a_kind_without_words_by_its_name() -> None:
    assert say_matter("item.unheard", "ja", "some") == "item.unheard (some)"


def test_there_are_no_words_in_another_language() -> None:
    with pytest.raises(InputError, match="no page in this language"):
        say_matter("item.receipt", "fr")


def test_a_notice_of_law_that_was_asked_for_is_an_answer_and_any_other_is_itself() -> None:
    assert owed_matter("party.law_change", "request.make") == "law.answer"
    assert owed_matter("party.law_change", "agreement.table") == "party.law_change"
    assert owed_matter("item.receipt", "request.make") == "item.receipt"


def test_what_is_called_back_is_told_as_it_is_wanted() -> None:
    both = owed_matter("item.return", "item.recall", ["item.destroyed"])
    assert say_matter(both, "en") == "the return or the destruction of an item"
    assert owed_matter("item.destroyed", "item.recall", []) == "item.destroyed"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "collected by jpn-7 (J4), kor-2 (Finance)"),
        ("ja", "収納担当 jpn-7（J4）, kor-2（Finance）"),
        ("ko", "징수 담당 jpn-7(J4), kor-2(Finance)"),
    ],
)
def test_who_collects_is_named_with_the_office(language: str, said: str) -> None:
    assert say_collectors((("jpn-7", "J4"), ("kor-2", "Finance")), language) == said
