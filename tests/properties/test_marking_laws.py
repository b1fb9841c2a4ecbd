# SPDX-License-Identifier: Apache-2.0
"""Laws of levels and markings that hold for any ladder and any table (STYLE 2.7)."""

from __future__ import annotations

import itertools
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import InputError
from comity.basis.ids import PartyId
from comity.basis.instants import Date
from comity.marking.equivalence import (
    MarkEntry,
    MarkingTable,
    choose_marking,
    keep_marking,
    normalise_marking,
    read_marking,
)
from comity.marking.hidden import is_hidden, printable_text
from comity.marking.levels import Ladder

PARTIES = (PartyId("JPN"), PartyId("KOR"), PartyId("USA"))
DAY = Date(2016, 12, 16)

ladders = st.lists(st.sampled_from(["L1", "L2", "L3", "L4", "L5"]), min_size=1, unique=True).map(
    lambda levels: Ladder(tuple(levels))
)
words = st.text("秘極特定密군사급비밀IⅡⅢ ＩVabc", min_size=1, max_size=8).filter(
    lambda word: bool(word.strip())
)


@st.composite
def tables(draw: st.DrawFn) -> MarkingTable:
    ladder = draw(ladders)
    entries = []
    for party in PARTIES:
        marks = draw(st.lists(words, max_size=6, unique_by=normalise_marking))
        entries += [MarkEntry(party, mark, draw(st.sampled_from(ladder.order))) for mark in marks]
    return MarkingTable(ladder, tuple(entries))


@given(ladders)
def test_the_order_of_levels_is_total_transitive_and_antisymmetric(ladder: Ladder) -> None:
    for a, b in itertools.product(ladder.order, repeat=2):
        assert ladder.at_least(a, b) or ladder.at_least(b, a)
        assert (ladder.at_least(a, b) and ladder.at_least(b, a)) == (a == b)
    for a, b, c in itertools.product(ladder.order, repeat=3):
        if ladder.at_least(a, b) and ladder.at_least(b, c):
            assert ladder.at_least(a, c)


@given(tables(), st.sampled_from(PARTIES), st.data())
def test_equivalence_never_lowers_a_level(
    table: MarkingTable, receiver: PartyId, data: st.DataObject
) -> None:
    for entry in table.entries:
        choice = data.draw(st.none() | words)
        try:
            level = read_marking(table, entry.party, entry.text, DAY)
            own = choose_marking(table, receiver, level, choice=choice, on=DAY)
        except InputError as err:
            assert err.code in (  # noqa: PT017 - which refusals may come is part of the law
                "marking.choose",
                "marking.no-equivalent",
                "marking.wrong-choice",
            )
            continue
        own_level = read_marking(table, receiver, own, DAY)
        assert table.ladder.at_least(own_level, entry.level)


@given(words)
def test_what_is_kept_reads_like_what_was_given(word: str) -> None:
    kept = keep_marking(word)
    assert normalise_marking(kept) == normalise_marking(word)
    assert keep_marking(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)


@given(st.text())
def test_printed_text_hides_nothing_and_can_be_read_back(text: str) -> None:
    shown = printable_text(text)
    assert not any(is_hidden(character) for character in shown)
    parts = shown.split("‹U+")
    back = parts[0]
    for part in parts[1:]:
        point, _, rest = part.partition("›")
        back += chr(int(point, 16)) + rest
    assert back == text
