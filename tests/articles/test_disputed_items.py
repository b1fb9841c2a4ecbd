# SPDX-License-Identifier: Apache-2.0
"""An open dispute on two nodes: what may be done with held items stays as it was, for everybody."""

from __future__ import annotations

from itertools import product

import pytest

from comity.agreement.acts import Action
from comity.basis.ids import PartyId, Place
from comity.decision.stages import Allowed
from comity.flows.affairs import open_dispute, settle_dispute
from comity.flows.drafts import KeptDraft
from comity.flows.receipts import decide_on_item
from comity.flows.speak import Entered
from tests.articles.outcomes import place_of, why
from tests.builders.world import (
    CLERK,
    GSOMIA,
    JPN,
    KOR,
    READER,
    TEXT,
    USA,
    Node,
    World,
    run,
)

pytestmark = pytest.mark.row("G20")
PEOPLE = READER, CLERK
PURPOSES = "warning", "study"


@pytest.fixture
def held(released: World, items: dict[PartyId, Place]) -> World:
    """Give two nodes that receipted each other's item."""
    for node, other in ((released.jpn, KOR), (released.kor, JPN)):
        assert isinstance(node.receipt(items[other]), Entered)
    released.settle()
    return released


def answers(node: Node, items: dict[PartyId, Place]) -> list[tuple[object, ...]]:
    """Ask of each person each act on each item, for two purposes; give each with its reasons."""
    found: list[tuple[object, ...]] = []
    for each in product(items.values(), PEOPLE, Action, PURPOSES):
        place, person, action, purpose = each
        decided = run(
            decide_on_item(
                node.context,
                GSOMIA,
                place,
                person,
                action=action.value,
                purpose=purpose,
                recipient=USA if action is Action.THIRD_PARTY_RELEASE else None,
            )
        )
        allowed = isinstance(decided, Allowed)
        reasons = decided.articles if isinstance(decided, Allowed) else decided.findings
        found.append((*each, allowed, reasons))
    return found


def is_as_before(world: World, items: dict[PartyId, Place]) -> None:
    """Read, be refused, and release anew at both nodes, as if nothing was in dispute."""
    for node, other in ((world.jpn, KOR), (world.kor, JPN)):
        assert node.read(items[other]) == TEXT
        assert why(node.open(items[other], CLERK)) == ["7(1)", "7(2)"]
        assert why(node.open(items[other], purpose="study")) == ["6(c)"]
        assert isinstance(node.draft([other]), KeptDraft)


def test_g20_a_dispute_leaves_every_answer_on_held_items_at_both_nodes_as_it_was(
    held: World, items: dict[PartyId, Place]
) -> None:
    before = {party: answers(node, items) for party, node in held.nodes.items()}
    for rows in before.values():
        assert {allowed for *_, allowed, _ in rows} == {True, False}
    about = tuple(items.values())
    opened = place_of(run(open_dispute(held.kor.context, GSOMIA, ("6(a)", "7(2)"), about=about)))
    held.settle()
    for node in held.nodes.values():
        (dispute,) = node.view().fold.state.disputes.values()
        assert (dispute.place, sorted(dispute.parties)) == (opened, [JPN, KOR])
        assert answers(node, items) == before[node.party]
    is_as_before(held, items)
    assert isinstance(run(settle_dispute(held.jpn.context, GSOMIA, opened)), Entered)
    held.settle()
    assert {party: answers(node, items) for party, node in held.nodes.items()} == before
    assert held.equal()


def test_g20_it_is_open_until_both_have_said_that_it_is_settled(
    held: World, items: dict[PartyId, Place]
) -> None:
    opened = place_of(run(open_dispute(held.kor.context, GSOMIA, ("7(2)",), about=(items[JPN],))))
    held.settle()
    for node, still in ((held.jpn, True), (held.kor, False)):
        run(settle_dispute(node.context, GSOMIA, opened))
        held.settle()
        for each in held.nodes.values():
            (row,) = each.view().fold.state.disputes.values()
            assert (row.settled_at is None) is still
