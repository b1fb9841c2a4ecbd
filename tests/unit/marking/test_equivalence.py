# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import unicodedata

import pytest

from comity.basis.errors import InputError, ProblemsError
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.marking import equivalence
from comity.marking.equivalence import (
    MarkEntry,
    MarkingTable,
    choose_marking,
    corresponding_markings,
    find_level,
    keep_marking,
    normalise_marking,
    read_marking,
    table_problems,
)
from comity.marking.levels import Ladder

JPN = PartyId("JPN")
KOR = PartyId("KOR")
DAY = Date(2016, 12, 16)


def correspond(
    table: MarkingTable, by: PartyId, given: str, to: PartyId, choice: str | None = None
) -> str:
    """Read a marking of one party, and write that of another beside it."""
    level = read_marking(table, by, given, DAY)
    return choose_marking(table, to, level, choice=choice, on=DAY)


def test_korean_level_two_needs_a_choice_between_two_japanese_markings(
    table: MarkingTable,
) -> None:
    with pytest.raises(InputError) as refusal:
        correspond(table, KOR, "군사II급비밀", JPN)
    assert refusal.value.code == "marking.choose"
    assert refusal.value.expected == "極秘, 特定秘密"


def test_korean_level_two_with_a_choice_is_marked_by_it(table: MarkingTable) -> None:
    assert correspond(table, KOR, "군사Ⅱ급 비밀", JPN, "特定秘密") == "特定秘密"


@pytest.mark.parametrize(
    ("given", "corresponding"),
    [("秘", "군사III급비밀"), ("極秘", "군사II급비밀"), ("特定秘密", "군사II급비밀")],
)
def test_a_japanese_marking_has_one_korean_marking(
    table: MarkingTable, given: str, corresponding: str
) -> None:
    assert correspond(table, JPN, given, KOR) == corresponding


@pytest.mark.parametrize(
    "written",
    [
        "군사II급비밀",
        "군사Ⅱ급비밀",
        "군사 II급 비밀",
        "군사\u3000ＩＩ급\u00a0비밀",
        " 군사II급비밀 ",
        unicodedata.normalize("NFD", "군사II급비밀"),
    ],
)
def test_spelling_variants_of_one_korean_marking_read_as_one_level(
    table: MarkingTable, written: str
) -> None:
    assert read_marking(table, KOR, written, DAY) == "SECRET"


@pytest.mark.parametrize("written", ["군사III급비밀", "군사Ⅲ급비밀", "군사 ⅠⅠⅠ급 비밀"])
def test_level_three_in_korean_never_reads_as_level_two(table: MarkingTable, written: str) -> None:
    assert read_marking(table, KOR, written, DAY) == "CONFIDENTIAL"


@pytest.mark.parametrize(
    "written", ["機密", "極", "密", "秘密", "極秘秘", "군사I급비밀", "군사II급", "II", "SECRET"]
)
def test_art_4_1_refuses_a_marking_outside_the_closed_list(
    table: MarkingTable, written: str
) -> None:
    for party in (JPN, KOR):
        assert find_level(table, party, written, DAY) is None
        with pytest.raises(InputError, match=r"marking\.unknown"):
            read_marking(table, party, written, DAY)


def test_refuses_one_party_the_marking_of_another(table: MarkingTable) -> None:
    with pytest.raises(InputError) as refusal:
        read_marking(table, KOR, "極秘", DAY)
    assert refusal.value.expected == "군사II급비밀, 군사III급비밀"


def test_refuses_a_party_that_has_no_markings(table: MarkingTable) -> None:
    usa = PartyId("USA")
    with pytest.raises(InputError) as refusal:
        read_marking(table, usa, "SECRET", DAY)
    assert refusal.value.expected == "none"
    with pytest.raises(InputError, match=r"marking\.no-equivalent"):
        choose_marking(table, usa, "SECRET", choice=None, on=DAY)


def test_a_marking_holds_from_its_first_to_its_last_day(table: MarkingTable) -> None:
    last, first = Date(2014, 12, 9), Date(2014, 12, 10)
    assert find_level(table, JPN, "防衛秘密", last) == "SECRET"
    assert find_level(table, JPN, "防衛秘密", first) is None
    assert find_level(table, JPN, "特定秘密", last) is None
    assert find_level(table, JPN, "特定秘密", first) == "SECRET"
    assert corresponding_markings(table, JPN, "SECRET", last) == ("極秘", "防衛秘密")
    assert corresponding_markings(table, JPN, "SECRET", first) == ("極秘", "特定秘密")


def test_a_choice_is_compared_like_a_marking_and_written_as_the_table_has_it(
    table: MarkingTable,
) -> None:
    assert choose_marking(table, JPN, "SECRET", choice="特定 秘密", on=DAY) == "特定秘密"
    assert choose_marking(table, KOR, "SECRET", choice="군사Ⅱ급비밀", on=DAY) == "군사II급비밀"


@pytest.mark.parametrize("choice", ["秘", "防衛秘密", "군사II급비밀", "特定"])
def test_refuses_a_choice_that_does_not_correspond(table: MarkingTable, choice: str) -> None:
    with pytest.raises(InputError) as refusal:
        choose_marking(table, JPN, "SECRET", choice=choice, on=DAY)
    assert refusal.value.code == "marking.wrong-choice"
    assert refusal.value.expected == "極秘, 特定秘密"


def test_refuses_a_hidden_character_in_a_marking_and_in_a_choice(table: MarkingTable) -> None:
    with pytest.raises(InputError, match=r"marking\.hidden-character"):
        read_marking(table, JPN, "秘\u200b", DAY)
    with pytest.raises(InputError, match=r"marking\.hidden-character"):
        choose_marking(table, JPN, "SECRET", choice="極秘\u202e", on=DAY)


@pytest.mark.parametrize("text", ["", "   ", "\u3000\u00a0"])
def test_refuses_an_empty_marking(text: str) -> None:
    with pytest.raises(InputError, match=r"marking\.empty"):
        normalise_marking(text)


def test_refuses_a_marking_beyond_its_length() -> None:
    assert normalise_marking("秘" * 64) == "秘" * 64
    with pytest.raises(InputError, match=r"marking\.too-long"):
        normalise_marking("秘" * 65)


def test_keeps_a_marking_as_given_but_composed() -> None:
    assert keep_marking(unicodedata.normalize("NFD", "군사 Ⅱ급 비밀")) == "군사 Ⅱ급 비밀"
    assert keep_marking(" 極秘\u3000") == "極秘"


def test_the_circled_form_reads_as_the_character_in_it(table: MarkingTable) -> None:
    assert correspond(table, JPN, "㊙", KOR) == "군사III급비밀"


def test_nothing_leads_from_a_receivers_marking_back_to_the_originators() -> None:
    public = {name for name in vars(equivalence) if name.endswith(("_marking", "_markings"))}
    assert public == {
        "choose_marking",
        "corresponding_markings",
        "keep_marking",
        "normalise_marking",
        "read_marking",
    }


def test_lists_every_problem_of_a_table_at_its_place(ladder: Ladder) -> None:
    entries = (
        MarkEntry(JPN, "秘", "CONFIDENTIAL"),
        MarkEntry(JPN, "秘\u3164", "CONFIDENTIAL"),
        MarkEntry(JPN, "機密", "TOP SECRET"),
        MarkEntry(JPN, "極秘", "SECRET", Date(2016, 1, 2), Date(2016, 1, 1)),
        MarkEntry(JPN, "㊙", "SECRET"),
        MarkEntry(KOR, "秘", "CONFIDENTIAL"),
    )
    places = tuple(f"line {number}" for number in range(1, 7))
    assert [(p.where, p.code) for p in table_problems(ladder, entries, places)] == [
        ("line 2", "marking.hidden-character"),
        ("line 3", "marking.unknown-level"),
        ("line 4", "marking.empty-span"),
        ("line 5", "marking.doubled"),
    ]


def test_refuses_a_table_with_a_problem(ladder: Ladder) -> None:
    with pytest.raises(ProblemsError) as refusal:
        MarkingTable(ladder, (MarkEntry(JPN, "機密", "TOP SECRET"),))
    assert [problem.code for problem in refusal.value.problems] == ["marking.unknown-level"]


@pytest.mark.parametrize(
    ("first", "second", "sound"),
    [
        ((None, Date(2014, 12, 9)), (Date(2014, 12, 10), None), True),
        ((Date(2014, 12, 10), None), (None, Date(2014, 12, 9)), True),
        ((None, Date(2014, 12, 10)), (Date(2014, 12, 10), None), False),
        ((None, None), (Date(2014, 12, 10), None), False),
        ((Date(2010, 1, 1), None), (Date(2014, 12, 10), Date(2015, 1, 1)), False),
    ],
)
def test_one_marking_may_change_its_level_only_on_separate_days(
    ladder: Ladder,
    first: tuple[Date | None, Date | None],
    second: tuple[Date | None, Date | None],
    sound: bool,
) -> None:
    entries = (
        MarkEntry(JPN, "秘", "CONFIDENTIAL", *first),
        MarkEntry(JPN, "秘", "SECRET", *second),
    )
    codes = [problem.code for problem in table_problems(ladder, entries)]
    assert codes == ([] if sound else ["marking.doubled"])
