# SPDX-License-Identifier: Apache-2.0
"""How long a decision stays the same: until a time is passed that rules compare with."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from comity.basis.instants import MINUTE_MS, Instant
from comity.decision.request import MISSING, Assurance
from comity.decision.stages import Cleared, Refused, clear
from comity.flows import drafts
from comity.flows.drafts import ItemDraft, preview_release
from comity.flows.spans import Same, Span, compared_in, span_around
from comity.flows.turns import turn
from comity.statement.information import AssuranceGive
from tests.builders.world import GSOMIA, JPN, KOR, MARKING, OFFICER, World, run

ITEM = ItemDraft(GSOMIA, (KOR,), MARKING[JPN], "missile-warning", "document", ("warning",))
AT = Instant(10 * MINUTE_MS + 500)


@pytest.mark.parametrize(
    ("compared", "first", "until"),
    [
        ((), 0, MINUTE_MS),
        ((None, MISSING, datetime.date(2016, 1, 1)), 0, MINUTE_MS),
        ((Instant(AT + 7),), 0, 500 + 7),
        ((AT,), 500, 501),
        ((Instant(AT - 1),), 500, MINUTE_MS),
        ((Instant(AT - 7), Instant(AT + 7)), 500 - 6, 500 + 7),
        ((Instant(0), Instant(AT + 10 * MINUTE_MS)), 0, MINUTE_MS),
    ],
)
def test_a_span_ends_where_a_comparison_turns(
    compared: tuple[Any, ...], first: int, until: int
) -> None:
    minute = 10 * MINUTE_MS
    span = span_around(AT, compared)
    assert span == Span(Instant(minute + first), Instant(minute + until))
    assert AT in span
    assert span.until not in span


def test_assurances_are_compared_by_both_their_times() -> None:
    given = Assurance(given_at=Instant(1), until=Instant(2))
    assert list(compared_in([given])) == [1, 2]


def test_a_row_is_the_same_as_itself_alone() -> None:
    row, equal = [1], [1]
    assert Same(row) == Same(row)
    assert hash(Same(row)) == hash(Same(row))
    assert Same(row) != Same(equal)
    assert Same(row) != row


def test_what_was_cleared_is_not_decided_again_on_the_same_ground(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, count, decide = assured.jpn, 0, clear

    def counted(*arguments: Any) -> Cleared | Refused:
        nonlocal count
        count += 1
        return decide(*arguments)

    monkeypatch.setattr(drafts, "clear", counted)

    def look() -> Cleared | Refused:
        return run(preview_release(node.context, OFFICER, ITEM))[2]

    assert isinstance(look(), Cleared)
    assert isinstance(look(), Cleared)
    assert count == 1
    assured.move(MINUTE_MS)
    look()
    assert count == 2
    assured.kor.promise(AssuranceGive("SECRET", None, True, True, None))
    assured.settle()
    look()
    assert count == 3
    other = replace(ITEM, category="weather", purposes=("study",))
    for _ in range(2):
        assert isinstance(run(preview_release(node.context, OFFICER, other))[2], Refused)
    assert count == 5


def test_releases_that_are_alike_are_let_in_alike(assured: World) -> None:
    for _ in range(3):
        assured.jpn.release(KOR)
    assured.settle()

    async def look() -> tuple[int, int]:
        async with turn(assured.kor.context, GSOMIA) as view:
            places = [
                each.place
                for each in view.fold.state.items.values()
                if view.open.was_let_in(each.place)
            ]
            return len(places), len(view.open.refused)

    assert run(look()) == (3, 0)
