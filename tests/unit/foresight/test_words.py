# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
from string import Formatter

import pytest

from comity.agreement.acts import Action, Basis, Effect, EntryRule, Source
from comity.agreement.kinds import KeyType
from comity.agreement.reading import read_agreement
from comity.agreement.rules import Term
from comity.agreement.templates import template, template_ids
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.agreement.vocabulary.channel import ENCRYPTED_CHANNELS
from comity.basis.errors import InputError
from comity.basis.instants import Duration, DurationUnit
from comity.foresight import phrases, words
from comity.foresight.sentences import Deed
from comity.foresight.words import (
    LANGUAGES,
    WORDS,
    language_index,
    say,
    say_all,
    say_duration,
    say_term,
    say_value,
)

# These words are said by the choice of a sentence, not by a word of their own.
_SAID_BY_SENTENCES = {
    "agreement",
    "at_least_level",
    "at_least_item",
    "category",
    "any",
    "confirmed",
    "each_in_item_for",
    "host_authority",
    "mark",
    "nothing",
    "parties",
    "protection",
    "purpose_of_release",
    "written_consent",
}


def test_every_word_of_the_vocabulary_is_said_in_every_language() -> None:
    listed = (KeyType.WORD, KeyType.WORDS)
    words = {
        w for kind in CLAUSE_KINDS for key in kind.keys if key.type in listed for w in key.words
    }
    words -= _SAID_BY_SENTENCES
    words |= {*Action, *EntryRule, *ENCRYPTED_CHANNELS, *LANGUAGES, "at once", "promptly"}
    assert words <= WORDS.keys()


def test_every_clause_kind_has_its_sentences() -> None:
    assert phrases.SENTENCES.keys() == {kind.name for kind in CLAUSE_KINDS}
    assert all(phrases.SENTENCES.values())


def test_every_effect_of_a_kind_is_told() -> None:
    for kind in CLAUSE_KINDS:
        told = {sentence.deed for sentence in phrases.SENTENCES[kind.name]}
        assert (Deed.ENFORCE in told) is ("P" in kind.effect or kind.effect is Effect.METER)
        assert (Deed.REMIND in told) is ("D" in kind.effect)


def test_every_key_of_every_kind_is_told_unless_it_leaves_no_choice() -> None:
    for kind in CLAUSE_KINDS:
        sentences = phrases.SENTENCES[kind.name]
        told = {name for sentence in sentences for name in _placeholders(sentence.phrase[0])}
        told |= {sentence.only_if[0] for sentence in sentences if sentence.only_if}
        assert {key.name for key in kind.keys if len(key.words) != 1} <= told, kind.name


def test_sentences_name_only_keys_of_their_kind() -> None:
    for kind in CLAUSE_KINDS:
        keys = {key.name for key in kind.keys}
        for sentence in phrases.SENTENCES[kind.name]:
            assert _placeholders(sentence.phrase[0]) <= keys
            assert sentence.only_if is None or sentence.only_if[0] in keys


def test_every_phrase_exists_in_three_languages_with_the_same_places() -> None:
    sentences = itertools.chain.from_iterable(phrases.SENTENCES.values())
    every = [
        *WORDS.values(),
        *(sentence.phrase for sentence in sentences),
        *phrases.DEEDS.values(),
        *phrases.BASES.values(),
        *phrases.SOURCES.values(),
        *phrases.LIFE.values(),
        *(value for value in vars(phrases).values() if isinstance(value, tuple)),
    ]
    assert len(every) > 100
    for phrase in every:
        assert len(phrase) == len(LANGUAGES)
        assert all(text.strip() for text in phrase)
        assert len({frozenset(_placeholders(text)) for text in phrase}) == 1
    assert phrases.BASES.keys() == set(Basis)
    assert phrases.SOURCES.keys() == set(Source)
    assert phrases.DEEDS.keys() == set(Deed)


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        (1, DurationUnit.YEARS, ("1 year", "1年", "1년")),
        (90, DurationUnit.DAYS, ("90 days", "90日", "90일")),
        (2, DurationUnit.MONTHS, ("2 months", "2か月", "2개월")),
        (1, DurationUnit.WEEKS, ("1 week", "1週間", "1주")),
        (24, DurationUnit.HOURS, ("24 hours", "24時間", "24시간")),
        (5, DurationUnit.MINUTES, ("5 minutes", "5分", "5분")),
    ],
)
def test_durations_are_said_in_every_language(
    amount: int, unit: DurationUnit, said: tuple[str, ...]
) -> None:
    assert tuple(say_duration(Duration(amount, unit), index) for index in range(3)) == said


def test_a_term_is_said_as_a_time_or_as_the_treatys_word() -> None:
    days = Term("5 days", Duration(5, DurationUnit.DAYS))
    assert [say_term(days, index) for index in range(3)] == [
        "within 5 days",
        "5日以内に",
        "5일 안에",
    ]
    assert [say_term(Term("promptly", None), index) for index in range(3)] == [
        "promptly",
        "速やかに",
        "신속히",
    ]


def test_names_that_a_file_chooses_are_shown_as_they_are_and_escaped() -> None:
    assert say("pigeon", 1) == "pigeon"
    assert say("pi\u202egeon", 1) == "pi‹U+202E›geon"
    assert say_all(("node", "pigeon"), 1) == "ノード間の通信、pigeon"


def test_any_value_of_a_key_can_be_said() -> None:
    assert say_value("courier", 0) == "by courier"
    assert say_value(("open", "use"), 0) == "open, use"
    assert say_value(Duration(1, DurationUnit.DAYS), 0) == "1 day"
    assert say_value(Term("at once", None), 0) == "at once"


def test_refuses_a_language_without_a_page() -> None:
    assert [language_index(language) for language in LANGUAGES] == [0, 1, 2]
    with pytest.raises(InputError) as refusal:
        language_index("fr")
    assert refusal.value.code == "foresight.unknown-language"
    assert refusal.value.expected == "en, ja, ko"


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("6(f)", ("Art. 6(f)", "第6条(f)", "제6조(f)")),
        ("17", ("Art. 17", "第17条", "제17조")),
    ],
)
def test_an_article_is_cited_as_each_language_does(article: str, said: tuple[str, ...]) -> None:
    assert tuple(words.say_article(article, each) for each in LANGUAGES) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("30 days", ("30 days", "30日", "30일")),
        ("promptly", ("promptly", "速やかに", "신속히")),
    ],
)
def test_a_term_is_said_in_each_language(text: str, said: tuple[str, ...]) -> None:
    assert tuple(words.say_due(text, each) for each in LANGUAGES) == said


def test_a_files_own_names_stand_beside_the_words_as_they_are_typed() -> None:
    names = ("document", "weather")
    assert words.say_names(names, 0) == "document, weather"
    assert words.say_names(names, 1) == "文書（document）、weather"
    assert words.say_names(names, 2) == "문서(document), weather"


def test_every_form_and_category_of_the_shipped_files_has_a_word() -> None:
    files = [read_agreement(template(each)) for each in template_ids()]
    scopes = [file.scope for file in files]
    named = {name for each in scopes for name in (*each.forms, *each.categories, *each.activities)}
    clauses = [clause for file in files for clause in file.clauses("order")]
    rows = [
        row for clause in clauses for key in ("allowed", "excluded") for row in clause.rows(key)
    ]
    assert named | {name for row in rows for name in row.categories} <= words.NAMES.keys()
