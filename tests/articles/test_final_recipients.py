# SPDX-License-Identifier: Apache-2.0
"""Whose receipt closes what was sent: the recipient's, by its registrar, and nobody else's.

A statement names no person (DESIGN 4), so within a party its own house says who signs for it.
"""

from __future__ import annotations

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, Place
from comity.decision.stages import Refused
from comity.flows.duties.listing import list_duties
from comity.flows.receipts import receipt_item
from comity.flows.speak import Entered
from comity.statement.information import AssuranceGive
from tests.articles.outcomes import why
from tests.builders.world import (
    A_YEAR,
    CLERK,
    DRAFTER,
    GSOMIA,
    JPN,
    KOR,
    OFFICER,
    READER,
    REGISTRAR,
    World,
    run,
)


def stands(world: World, item: Place) -> set[tuple[PartyId, str]]:
    """Give who owes the receipt, and how that stands, as both nodes have it."""
    found = [run(list_duties(world[party].context, GSOMIA)).duties for party in (JPN, KOR)]
    told = [
        {(e.owed_by, e.state.value) for e in each if (e.article, e.about) == ("12(a)", item)}
        for each in found
    ]
    assert told[0] == told[1]
    return told[0]


@pytest.mark.row("G12a")
def test_g12a_what_is_for_a_named_person_is_receipted_by_its_registry_and_by_nobody_else(
    assured: World,
) -> None:
    world = assured
    world.kor.promise(AssuranceGive("SECRET", READER, True, True, A_YEAR))
    world.settle()
    item = world.jpn.release(KOR, named_for=(READER,)).place
    world.settle()
    assert stands(world, item) == {(KOR, "open")}
    for person in (READER, DRAFTER, OFFICER, CLERK):
        refused = run(receipt_item(world.kor.context, GSOMIA, item, person))
        assert isinstance(refused, Refused)
        assert why(refused) == ["house"]
        assert world.kor.acts()[-1] == ("item.receipt", "refused")
    with pytest.raises(StateError) as caught:
        run(receipt_item(world.jpn.context, GSOMIA, item, REGISTRAR))
    assert caught.value.code == "item.not-for-us"
    world.settle()
    assert stands(world, item) == {(KOR, "open")}
    assert isinstance(world.kor.receipt(item), Entered)
    world.settle()
    assert stands(world, item) == {(KOR, "done")}
    assert world.equal()
