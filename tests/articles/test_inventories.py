# SPDX-License-Identifier: Apache-2.0
"""Inventories, row G6f: every copy has number, holder and place; a missing one opens a case."""

from __future__ import annotations

import pytest

from comity.basis.errors import StateError
from comity.decision.stages import Refused
from comity.flows.copies import NODE, Ending
from comity.flows.keeping.counting import Counted, count, expected_copies
from comity.flows.keeping.handing import CopyAt, take_over
from comity.state.export import state_json
from tests.articles.keeping_worlds import SECOND, _held, copies, copy, held, items_of, made
from tests.builders.world import GSOMIA, READER, REGISTRAR, Node, World, run

__all__ = ["_held", "held"]
pytestmark = pytest.mark.row("G6f")


def counted(node: Node, *found: object, **more: object) -> Counted:
    outcome = run(count(node.context, GSOMIA, REGISTRAR, found, **more))  # type: ignore[arg-type]
    assert isinstance(outcome, Counted), outcome
    return outcome


@pytest.mark.row("G6f")
def test_g6f_every_copy_has_a_number_a_holder_and_a_place(held: World) -> None:
    first, second = items_of(held)
    made(copy(held.kor, first))
    rows = run(expected_copies(held.kor.context, GSOMIA, REGISTRAR))
    assert not isinstance(rows, Refused)
    assert [
        (row.item, row.copy.number, row.copy.hand.holder, row.copy.hand.facility) for row in rows
    ] == [(first, 1, None, NODE), (first, 2, READER, "hq"), (second, 1, None, NODE)]
    assert isinstance(run(expected_copies(held.kor.context, GSOMIA, READER)), Refused)


@pytest.mark.row("G6f")
def test_g6f_an_inventory_that_misses_a_copy_opens_a_case(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    result = counted(held.kor)
    held.settle()
    assert [(row.item, row.copy.number) for row in result.missing] == [(item, 2)]
    state = held.jpn.view().fold.state
    (incident,) = state.incidents.values()
    assert [(each.item, each.copies) for each in incident.report.affected] == [(item, (2,))]
    (row,) = state.inventories.values()
    assert (row.result.items, row.result.copies) == (2, 3)
    assert (row.result.missing, row.result.incident) == ((item,), incident.place)
    lost = copies(held.kor, item).copy(2).ended
    assert lost is not None
    assert (lost.how, lost.said) == (Ending.MISSING, incident.place)
    assert held.equal()
    assert state_json(state, None, ("inventories",))["inventories"]


@pytest.mark.row("G6f")
def test_g6f_an_inventory_that_finds_everything_opens_none(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    result = counted(held.kor, (item, 2))
    assert (result.missing, result.incident) == ((), None)
    assert held.kor.said("incident.report") == []
    (told,) = held.kor.said("inventory.result")
    assert (told["missing"], told["incident"]) == ([], None)


@pytest.mark.row("G6f")
def test_g6f_partners_are_told_no_more_than_the_file_asks(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    partly = counted(held.kor, (item, 2), facility="hq")
    assert [row.copy.number for row in partly.rows] == [2]
    assert held.kor.said("inventory.result") == []
    assert ("inventory.count", "done") in held.kor.acts()


@pytest.mark.row("G6f")
def test_g6f_a_payload_that_the_node_lost_is_missing(held: World) -> None:
    item, _ = items_of(held)
    held.kor.lose_key(item)
    result = counted(held.kor)
    assert [(row.item, row.copy.number) for row in result.missing] == [(item, 1)]
    assert result.incident is not None


@pytest.mark.row("G6f")
def test_g6f_what_was_missing_and_is_found_again_has_a_gap_in_its_chain(held: World) -> None:
    item, _ = items_of(held)
    made(copy(held.kor, item))
    counted(held.kor)
    which = CopyAt(GSOMIA, item, 2)
    with pytest.raises(StateError) as caught:
        run(take_over(held.kor.context, which, SECOND, purpose="warning"))
    assert caught.value.code == "copy.ended"
    run(take_over(held.kor.context, which, SECOND, purpose="warning", gap="behind the safe"))
    found = copies(held.kor, item).copy(2)
    assert found.is_here
    assert (found.hand.holder, found.hand.gap) == (SECOND, "behind the safe")


@pytest.mark.row("G6f")
def test_g6f_a_registrar_counts_and_nothing_is_found_that_is_not_on_the_register(
    held: World,
) -> None:
    item, _ = items_of(held)
    assert isinstance(run(count(held.kor.context, GSOMIA, READER, ())), Refused)
    with pytest.raises(StateError) as caught:
        counted(held.kor, (item, 7))
    assert caught.value.code == "inventory.not-expected"
