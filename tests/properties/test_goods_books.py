# SPDX-License-Identifier: Apache-2.0
"""Books of long histories are accepted by the checker that others use, and no altered one is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from comity.basis.instants import Instant
from comity.flows.support.books import beancount_of
from tests.builders.bean_check import bean_check
from tests.builders.dealings import Dealings

DAY_MS = 86_400_000
STEPS = 2_500


@cache
def dealings(seed: int) -> Dealings:
    """Give years of three parties: currencies, kinds, taxes, offsets, and what turned into cash."""
    found = Dealings(seed=seed)
    while found.said < STEPS:
        found.step()
    return found


def book(seed: int, days: int) -> str:
    found = dealings(seed)
    return beancount_of(found.teller.state, Instant(found.teller.now + days * DAY_MS))


@pytest.mark.parametrize("seed", [3, 5, 8])
@pytest.mark.parametrize("days", [0, 91, 400])
def test_bean_check_accepts_books_of_any_history(seed: int, days: int, tmp_path: Path) -> None:
    assert bean_check(book(seed, days), tmp_path) == []


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_the_histories_hold_all_that_makes_books_hard(seed: int) -> None:
    text = book(seed, 0)
    commodities = set(re.findall(r"commodity (\S+)", text))
    assert commodities == {"JPY", "KRW", "USD", "X-AMMUNITION-EA", "X-FUEL-LTR"}
    for words in ("owed in cash from here on", "offset", ": received", "equal_value", "return"):
        assert words in text
    assert dealings(seed).offsets > 2
    orders = dealings(seed).orders.values()
    assert any(line.tax and line.arrivals for order in orders for line in order.lines.values())


@pytest.mark.parametrize("nth", range(4))
def test_bean_check_refuses_a_book_with_one_figure_altered(nth: int, tmp_path: Path) -> None:
    """A posting, its other half, or a balance: whichever is altered, the book is not accepted."""
    text = book(3, 0)
    postings = list(re.finditer(r"  (?:Assets|Liabilities):\S+  (-?)(\d+)", text))
    balances = list(re.finditer(r" balance \S+  (-?)(\d+)", text))
    one = (postings[0], postings[-1], balances[0], balances[-1])[nth]
    altered = f"{text[: one.start(2)]}{int(one[2]) + 7}{text[one.end(2) :]}"
    assert bean_check(altered, tmp_path) != []
