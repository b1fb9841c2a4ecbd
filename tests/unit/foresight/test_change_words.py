# SPDX-License-Identifier: Apache-2.0
"""Changes in words: every fact and word of a world has a name in each language."""

from __future__ import annotations

import dataclasses

import pytest

from comity.agreement.acts import Basis
from comity.agreement.reading import read_agreement
from comity.agreement.vocabulary import CLAUSE_KINDS
from comity.foresight import change_words
from comity.foresight.change_words import (
    FACTS,
    cite,
    group_outcomes,
    say_clause,
    say_fact,
    say_outcomes,
)
from comity.foresight.clause_changes import Change, ClauseChange, changed_clauses
from comity.foresight.comparing import changed_outcomes
from comity.foresight.situations import world_of
from comity.foresight.words import LANGUAGES
from comity.foresight.worlds import OF_CATEGORY, OF_ITEM
from tests.builders.versions import RAW, changed

OFFICIALS = 'people = "officials"\nclearance'


def test_every_fact_of_a_world_has_a_name_in_every_language(every_clause, circle):
    for world in (world_of(every_clause), world_of(circle)):
        assert {each.name for each in world.variables} == FACTS.keys()
        for variable in world.variables:
            for index, language in enumerate(LANGUAGES):
                said = [say_fact(variable.name, word, index) for word in variable.words]
                assert len(set(said)) == len(said), (variable.name, language, said)


def test_every_phrase_has_the_same_places_in_every_language():
    from string import Formatter

    tables = [value for value in vars(change_words).values() if isinstance(value, dict)]
    phrases = [each for table in tables for each in table.values() if isinstance(each, tuple)]
    assert len(phrases) > 50
    for phrase in phrases:
        assert len(phrase) == 3
        assert all(phrase)
        assert len({frozenset(n for _, n, _, _ in Formatter().parse(t) if n) for t in phrase}) == 1


def test_every_closed_word_of_a_key_is_said_in_every_language():
    """The suites are called alike in all of them."""
    closed = [
        (kind.name, key.name, word)
        for kind in CLAUSE_KINDS
        for key in kind.keys
        for word in key.words
    ]
    closed += [("release", "basis", each.value) for each in Basis]
    assert len(closed) > 100
    for kind, key, word in closed:
        change = ClauseChange(kind, "1", Change.ADDED, ((key, None, word),))
        en, ja, ko = (list(say_clause(change, index))[1] for index in range(3))
        assert "_" not in en.removeprefix(f"  {key}"), (kind, key, word)
        assert word == "mlkem1024" or not (ja.isascii() or ko.isascii()), (kind, key, word)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (0, "  clearance: at least the level → not asked for"),
        (1, "  clearance: 区分以上 → 求めない"),
        (2, "  clearance: 등급 이상 → 요구하지 않음"),
    ],
)
def test_a_clearance_that_is_no_more_asked_for_is_not_said_to_be_of_any_party(gsomia, index, said):
    new = changed((f'{OFFICIALS} = "at_least_level"', f'{OFFICIALS} = "any"'))
    [change] = changed_clauses(gsomia, new)
    assert list(say_clause(change, index))[1] == said


@pytest.mark.parametrize(
    ("index", "first", "example"),
    [
        (0, "now allowed: open, reproduce, ", "for example JPN, a contractor's person"),
        (1, "人の種類が契約業者の者のとき、", "例：JPNの契約業者の者"),
        (2, "새로 허용되는 행위: 열람, 복제", "예: JPN 소속 계약업체 인력"),
    ],
)
def test_acts_that_change_alike_are_said_in_one_sentence(gsomia, index, first, example):
    both = OFFICIALS.replace("officials", "officials_and_contractors")
    changes = changed_outcomes(gsomia, changed((OFFICIALS, both)))
    [group] = group_outcomes(changes)
    lines = say_outcomes(group, index)
    assert lines[0].startswith(first)
    assert lines[-1].startswith(example)
    assert cite("7(1)", index) in lines[0]


def test_an_act_that_nothing_permits_any_more_is_said_without_a_case(gsomia):
    start, end = (
        RAW.index(f"[article.{name}]") for name in ("third_party_rule", "purpose_limitation")
    )
    changes = changed_outcomes(gsomia, read_agreement((RAW[:start] + RAW[end:]).encode()))
    [group] = [g for g in group_outcomes(changes) if g[0].action == "third_party_release"]
    first = say_outcomes(group, 0)[0]
    assert first.startswith("now refused: release to a third party")
    assert "where" not in first


def test_many_cases_are_counted_and_what_is_not_whole_is_said(gsomia):
    new = changed(('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"'))
    [change, *_] = changed_outcomes(gsomia, new)
    many = dataclasses.replace(
        change,
        scope=("item.level", "recipient"),
        rows=tuple((f"L{i}", f"R{i}") for i in range(9)),
        whole=False,
    )
    lines = say_outcomes((many,), 0)
    assert lines[4:6] == ("and 5 more cases", "only the first cases were tried")


def test_a_changed_clause_is_said_key_by_key(gsomia):
    new = changed(('within = "5 days"', 'within = "3 days"'))
    [change] = changed_clauses(gsomia, new)
    assert list(say_clause(change, 0)) == [
        "Art. 12(a) receipt: changed",
        "  within: within 5 days → within 3 days",
    ]


def test_clauses_that_come_and_go_are_said(gsomia):
    start, end = (
        RAW.index(f"[article.{name}]") for name in ("third_party_rule", "purpose_limitation")
    )
    without = read_agreement((RAW[:start] + RAW[end:]).encode())
    [gone], [came] = changed_clauses(gsomia, without), changed_clauses(without, gsomia)
    assert next(iter(say_clause(gone, 0))) == "Art. 6(a) third_party_rule: removed"
    assert "  needs: " in "\n".join(say_clause(gone, 1))
    assert next(iter(say_clause(came, 2))) == "제6조(a) third_party_rule: 신설"
    assert list(say_clause(came, 0))[1:]


def test_a_key_that_is_left_out_is_said_to_be_none(gsomia):
    new = changed(('from = "originator"', 'from = "originator"\nfrom_level = "SECRET"'))
    [change] = changed_clauses(gsomia, new)
    assert "  from_level: none → SECRET" in list(say_clause(change, 0))


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (0, ["the item by its number", "its category alone"]),
        (1, ["情報の番号", "種別だけ"]),
        (2, ["정보의 번호", "종류만"]),
    ],
)
def test_a_consent_for_a_category_is_told_from_one_for_the_item(index, words):
    assert [say_fact("consent.of", word, index) for word in (OF_ITEM, OF_CATEGORY)] == words
