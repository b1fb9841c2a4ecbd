# SPDX-License-Identifier: Apache-2.0
"""Kleene's tables for "and" and "or", with reasons and missing facts."""

import itertools

import pytest

from comity.decision.kleene import HOLDS, Outcome, every, fails, some, unknown

VALUES = {True: HOLDS, False: fails("no"), None: unknown("fact")}


@pytest.mark.parametrize("pair", list(itertools.product(VALUES, repeat=2)))
def test_and_is_false_before_unknown_before_true(pair: tuple[bool | None, bool | None]) -> None:
    expected = False if False in pair else None if None in pair else True
    assert every(VALUES[value] for value in pair).truth is expected


@pytest.mark.parametrize("pair", list(itertools.product(VALUES, repeat=2)))
def test_or_is_true_before_unknown_before_false(pair: tuple[bool | None, bool | None]) -> None:
    expected = True if True in pair else None if None in pair else False
    assert some(VALUES[value] for value in pair).truth is expected


def test_reasons_and_facts_are_kept_in_order_and_each_once() -> None:
    known = (HOLDS, fails("two"), fails("one"))
    joined = every([unknown("b", "a"), fails("one"), unknown("a"), *known])
    assert joined == Outcome(truth=False, missing=("b", "a"), why="one; two")


def test_where_all_fail_the_first_reason_stands_for_them() -> None:
    assert some([fails("one"), fails("two")]) == fails("one")
    assert some([fails("one"), unknown("a", "a")]) == unknown("a")
