# SPDX-License-Identifier: Apache-2.0
"""What is measured of goods counts in full, and floor and product find the same line."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from bench.books_of_goods import (
    compare_plainly,
    filled,
    heard_otherwise,
    read_book,
    write_book,
)
from bench.stories_of_goods import LINES, tell_goods
from comity.state.fold import Fold
from comity.state.queries_goods import book_of
from comity.support.matching import differences

ORDERS = 300


@pytest.fixture(scope="module")
def fold() -> Fold:
    return filled(ORDERS, tell_goods(0))


def test_every_word_that_is_measured_counts(fold: Fold) -> None:
    assert dict(fold.state.uncounted.items()) == {}
    assert len(fold.state.orders) >= ORDERS
    assert sum(1 for _ in book_of(fold.state)) == LINES * len(fold.state.orders)


def test_most_orders_are_settled_and_some_are_not(fold: Fold) -> None:
    receipts, open_ = len(fold.state.goods_receipts), len(fold.state.unsettled)
    assert 0.02 < open_ / receipts < 0.4
    assert len(fold.state.invoices) > ORDERS // 4


def test_a_book_is_read_as_it_was_written(fold: Fold, tmp_path: Path) -> None:
    write_book(fold, tmp_path / "own")
    assert list(read_book(tmp_path / "own")) == list(book_of(fold.state))
    assert compare_plainly(tmp_path / "own", tmp_path / "own") == []


def test_one_price_that_was_heard_otherwise_is_found_by_both(fold: Fold, tmp_path: Path) -> None:
    """It is one line, and nothing else that was said counts less for it."""
    other = filled(ORDERS, heard_otherwise(tell_goods(0), ORDERS // 4))
    assert dict(other.state.uncounted.items()) == {}
    write_book(fold, tmp_path / "own")
    write_book(other, tmp_path / "theirs")
    (found,) = differences(book_of(fold.state), read_book(tmp_path / "theirs"))
    assert (found.line, found.figures) == (1, ("price",))
    ((mine, their),) = compare_plainly(tmp_path / "own", tmp_path / "theirs")
    assert mine != their


def test_what_is_told_is_the_same_for_every_node() -> None:
    one, other = (list(islice(tell_goods(0), 500)) for _ in range(2))
    assert one == other
