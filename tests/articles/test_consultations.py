# SPDX-License-Identifier: Apache-2.0
"""Consultation before acting: asked, given, refused and taken back, on record; it opens nothing."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from comity.basis.ids import PartyId, Place
from comity.decision.stages import Refused
from comity.flows.cases.consultations import Standing, consult, consultations
from comity.flows.promises import consent_to, promise
from comity.flows.receipts import Opened, decide_on_item
from comity.flows.speak import Entered
from comity.statement.information import ConsentGive, ConsentRefuse, ConsentWithdraw
from tests.articles.outcomes import place_of
from tests.builders.world import GSOMIA, JPN, KOR, OFFICER, READER, Node, World, run

pytestmark = pytest.mark.row("G20")
MATTER = "rescue-of-nationals"


def asks(node: Node, **more: Any) -> Entered | Refused:
    usual: dict[str, Any] = {"about": "maritime", "person": OFFICER}
    return run(consult(node.context, GSOMIA, MATTER, **{**usual, **more}))


def standings(node: Node) -> list[tuple[str, dict[PartyId, Standing]]]:
    found = run(consultations(node.context, GSOMIA))
    return [(each.matter, {said.party: said.standing for said in each.answers}) for each in found]


def given(node: Node, ask: Place) -> ConsentGive:
    asked = node.view().fold.state.asks.get(ask)
    assert asked is not None
    said = asked.ask
    return consent_to(
        items=said.items,
        category=said.category,
        recipient=said.recipient,
        purpose=said.purpose,
        until=said.until,
        ask=ask,
    )


def test_g20_before_acting_the_other_is_asked_and_its_approval_stands_on_record(
    assured: World,
) -> None:
    world = assured
    ask = place_of(asks(world.jpn))
    world.settle(1)
    assert standings(world.kor) == [(MATTER, {KOR: Standing.WAITING})]
    yes = place_of(run(promise(world.kor.context, GSOMIA, given(world.kor, ask), OFFICER)))
    world.settle(1)
    for node in world.nodes.values():
        assert standings(node) == [(MATTER, {KOR: Standing.AGREED})]
    place_of(run(promise(world.kor.context, GSOMIA, ConsentWithdraw(yes), OFFICER)))
    world.settle(1)
    assert standings(world.jpn) == [(MATTER, {KOR: Standing.WAITING})]


def test_g20_the_other_may_refuse_and_owes_no_reason(assured: World) -> None:
    world = assured
    ask = place_of(asks(world.jpn))
    world.settle(1)
    place_of(run(promise(world.kor.context, GSOMIA, ConsentRefuse(ask), OFFICER)))
    world.settle(1)
    assert standings(world.jpn) == [(MATTER, {KOR: Standing.REFUSED})]
    assert isinstance(asks(world.jpn, person=READER), Refused)


def test_g20_an_approval_opens_nothing_and_lets_nothing_go(
    released: World, items: dict[PartyId, Place]
) -> None:
    world, item = released, items[JPN]
    world.kor.receipt(item)
    ask = place_of(asks(world.kor, about=(item,)))
    world.settle(1)
    place_of(run(promise(world.jpn.context, GSOMIA, given(world.jpn, ask), OFFICER)))
    world.settle(1)
    assert standings(world.kor) == [(MATTER, {JPN: Standing.AGREED})]
    assert isinstance(world.kor.open(item), Opened)
    assert isinstance(world.kor.open(item, purpose="study"), Refused)
    onward = run(
        decide_on_item(
            world.kor.context,
            GSOMIA,
            item,
            OFFICER,
            action="third_party_release",
            purpose="warning",
            recipient=PartyId("USA"),
        )
    )
    assert isinstance(onward, Refused)


def test_g20_leave_to_pass_on_is_no_consultation(assured: World) -> None:
    world = assured
    ask = place_of(asks(world.jpn))
    asked = world.jpn.view().fold.state.asks.get(ask)
    assert asked is not None
    onward = structs.replace(asked.ask, recipient=PartyId("USA"))
    place_of(run(promise(world.jpn.context, GSOMIA, onward, OFFICER)))
    assert len(standings(world.jpn)) == 1
