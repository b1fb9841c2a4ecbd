# SPDX-License-Identifier: Apache-2.0
"""What a clearance rests on, row G7.3-4: a reference and an end, and nothing of it elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from comity.basis.ids import PartyId, Place
from comity.basis.instants import parse_instant
from comity.cli.moments import expiry_words
from comity.decision.stages import Refused
from comity.flows.people import change_person
from comity.flows.receipts import Opened
from tests.builders.world import JPN, KOR, READER, REGISTRAR, World, run

pytestmark = pytest.mark.row("G7.3–4")
LAST_DAY = date(2016, 11, 30)
A_DAY_MS = 86_400_000


@pytest.fixture
def cleared(released: World, items: dict[PartyId, Place]) -> tuple[World, Place]:
    """Give a reader whose clearance ends on 30 November, and an item held there."""
    released.kor.receipt(items[JPN])
    changed = run(
        change_person(
            released.kor.context,
            READER,
            lambda record: replace(record, clearance_until=LAST_DAY),
            REGISTRAR,
        )
    )
    assert not isinstance(changed, Refused), changed
    return released, items[JPN]


def test_g7_3_4_a_clearance_opens_to_the_end_of_its_last_day_and_not_after(
    cleared: tuple[World, Place],
) -> None:
    world, item = cleared
    assert isinstance(world.kor.open(item), Opened)
    world.move(7 * A_DAY_MS)
    assert isinstance(world.kor.open(item), Opened)
    world.move(A_DAY_MS)
    refused = world.kor.open(item)
    assert isinstance(refused, Refused)
    assert {each.article for each in refused.findings} == {"7"}
    assert "clearance" in refused.findings[0].why


def test_g7_3_4_one_is_reminded_to_renew_a_clearance_before_it_ends() -> None:
    told = {
        day: expiry_words(LAST_DAY, parse_instant(f"{day}T00:00:00Z"))
        for day in ("2016-09-01", "2016-10-15", "2016-11-20", "2016-11-30", "2016-12-01")
    }
    assert list(told.values()) == [
        "",
        "ends within 60 days",
        "ends within 30 days",
        "ENDS TODAY",
        "EXPIRED",
    ]


def test_g7_3_4_nothing_of_a_persons_clearance_leaves_the_node(
    cleared: tuple[World, Place],
) -> None:
    world, item = cleared
    world.kor.open(item)
    world.settle()
    for node in world.nodes.values():
        for head in node.view().heads.values():
            raws = b"".join(run(node.ports.store.entries(head.origin, 0, 999)))
            assert str(READER).encode() not in raws
            assert LAST_DAY.isoformat().encode() not in raws
    assert KOR in world.nodes
