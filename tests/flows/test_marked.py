# SPDX-License-Identifier: Apache-2.0
"""Marked places are those of a set, whatever was marked and taken back before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comity.basis.ids import Place
from comity.flows.marked import Marked
from tests.builders.world import JPN, KOR

PLACES = st.builds(Place, st.sampled_from([JPN, KOR]), st.integers(0, 400))


@given(st.lists(st.tuples(PLACES, st.booleans())))
def test_marks_are_a_sorted_set_of_places(steps: list[tuple[Place, bool]]) -> None:
    marked, expected = Marked(), set[Place]()
    for place, is_marked in steps:
        marked.put(place, marked=is_marked)
        (expected.add if is_marked else expected.discard)(place)
    assert list(marked) == sorted(expected)
    assert all((place in marked) == (place in expected) for place, _ in steps)


def test_a_copy_goes_on_by_itself() -> None:
    marked = Marked()
    marked.put(Place(JPN, 9), marked=True)
    other = marked.copy()
    marked.put(Place(JPN, 9), marked=False)
    other.put(Place(KOR, 0), marked=True)
    assert list(marked) == []
    assert list(other) == [Place(JPN, 9), Place(KOR, 0)]


def test_the_oldest_of_each_party_are_given_and_whether_more_are_there() -> None:
    marked = Marked()
    for each in (Place(JPN, 9), Place(JPN, 70), Place(JPN, 3), Place(KOR, 5)):
        marked.put(each, marked=True)
    assert marked.oldest(2) == ((Place(JPN, 3), Place(JPN, 9), Place(KOR, 5)), True)
    assert marked.oldest(3) == (tuple(marked), False)
    assert Marked().oldest(1) == ((), False)
