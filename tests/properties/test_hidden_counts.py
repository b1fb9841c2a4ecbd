# SPDX-License-Identifier: Apache-2.0
"""No hidden count of a public report follows from what is shown, by all worlds that would show it.

Whoever reads a report knows the rules of hiding and which duties a release calls for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from comity.basis.strict_json import format_json
from comity.flows.reports.public_tables import SHOWN_MIN, agreement_tables, count_table
from comity.statement.information import ItemRelease

Cell = tuple[str, ...]


def assert_nothing_follows(worlds: Iterator[tuple[dict[Cell, int], bytes, set[Cell]]]) -> None:
    """Each world: its counts, what is published of it, and which of its counts that shows."""
    alike: dict[bytes, list[dict[Cell, int]]] = defaultdict(list)
    shown: dict[bytes, set[Cell]] = {}
    for counts, published, seen in worlds:
        alike[published].append(counts)
        shown[published] = seen
    for published, found in alike.items():
        for cell in found[0].keys() - shown[published]:
            values = {each[cell] for each in found}
            assert len(values) > 1 or min(values) >= SHOWN_MIN, (cell, values, published)


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_no_hidden_count_of_a_table_follows_from_its_rows_and_sum(rows: int) -> None:
    def worlds() -> Iterator[tuple[dict[Cell, int], bytes, set[Cell]]]:
        for each in product(range(1, 7), repeat=rows):
            counts: dict[Cell, int] = {(str(number),): count for number, count in enumerate(each)}
            published = format_json(count_table(("article",), counts))
            yield counts, published, {c for c, n in counts.items() if n >= SHOWN_MIN}

    assert_nothing_follows(worlds())


@pytest.mark.parametrize("given", [1, 2])
def test_none_of_items_or_of_what_they_call_for_follows_from_both_tables(given: int) -> None:
    """Each item calls for one receipt, given or late; some of each way are."""

    def worlds() -> Iterator[tuple[dict[Cell, int], bytes, set[Cell]]]:
        for *released, received in product(range(1, 7), repeat=given + 1):
            for late in product(range(sum(released) + 1), range(received + 1)):
                yield world(released, received, late)

    assert_nothing_follows(worlds())


def world(
    released: list[int], received: int, late: tuple[int, ...]
) -> tuple[dict[Cell, int], bytes, set[Cell]]:
    items: dict[Cell, int] = {("released", str(n), "S"): count for n, count in enumerate(released)}
    items["received", "0", "S"] = received
    called = (("to us", sum(released), late[0]), ("by us", received, late[1]))
    duties: dict[Cell, int] = {
        (owed, "12(a)", state): count
        for owed, number, behind in called
        for state, count in (("late", behind), ("done", number - behind))
        if count
    }
    triggers: dict[Cell, set[str]] = {row: {ItemRelease.KIND} for row in duties}
    told: Any = agreement_tables(Counter(items), Counter(), Counter(), (Counter(duties), triggers))
    seen = {c for c, n in items.items() if n >= SHOWN_MIN}
    number: dict[Cell, int] = {(owed, "12(a)"): count for owed, count, _ in called}
    return {**items, **number}, format_json(told), seen


def test_a_sum_is_shown_where_two_counts_are_hidden_and_neither_follows() -> None:
    def total(*counts: int) -> object:
        return count_table(("a",), {(str(n),): count for n, count in enumerate(counts)})["sum"]

    assert total(2, 4) == 6
    assert total(9, 1, 4) == 14
    assert total(9, 4) is None  # one alone would follow
    assert total(9, 1, 1) is None
    assert total(9, 4, 4) is None  # all at their most
    assert total(9, 1, 2) is None  # as small as a count that is hidden
    assert total() == 0
    assert total(5, 9) == 14


def test_what_calls_for_a_hidden_duty_is_told_in_one_row_without_its_state() -> None:
    _, published, _ = world([6], 6, (1, 0))
    assert b'"state":"late"' not in published
    assert b'{"article":"12(a)","count":null,"owed":"to us","state":null}' in published
    _, open_, _ = world([6], 6, (0, 0))
    assert b'"state":"done"' in open_
