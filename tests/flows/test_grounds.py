# SPDX-License-Identifier: Apache-2.0
"""Items that come together: each is let in on what stood at its own place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.flows.admission import decide_items
from comity.flows.view import statement_at
from comity.state.records import Assured, Rejection
from comity.state.tables import Chain
from comity.statement.trust import StatementReject
from tests.builders.world import JPN, KOR, World, run


@pytest.mark.parametrize(
    "change",
    [
        "assurance ended",
        pytest.param("assurance unseen", marks=pytest.mark.row("G7.5")),
        "rejected since",
        "another label",
    ],
)
def test_an_item_is_not_let_in_on_a_ground_that_only_the_one_beside_it_has(
    assured: World, change: str
) -> None:
    world = assured
    first = world.jpn.release(KOR).place
    world.move(1000)
    second = world.jpn.release(KOR).place
    world.carry(JPN, KOR)
    view = world.kor.view()
    state, item = view.fold.state, view.item(second)
    match change:
        case "assurance ended":
            given = state.assurances.get((KOR, None))
            assert given is not None
            row = given.newest.newest
            ends = structs.replace(row.assurance, until=Instant(item.at - 1))
            row = structs.replace(row, assurance=ends)
            state.assurances.put((KOR, None), Chain(Assured(row, (row,)), None))
        case "assurance unseen":
            said = run(statement_at(world.kor.context, view, second))
            view.recent.keep(second, structs.replace(said, seen=((KOR, 0),)))
        case "rejected since":
            reject = StatementReject(JPN, second.index, "time.ahead", None)
            state.rejections.put((KOR, second), Rejection(Place(KOR, 9), item.at, reject))
        case _:
            other = replace(item.release.label, category="personnel")
            state.items.put(
                second, structs.replace(item, release=structs.replace(item.release, label=other))
            )
    view.open.undecided.update((first, second))
    run(decide_items(world.kor.context, view))
    assert view.open.refused.keys() == {second}
    assert view.open.was_let_in(first)
