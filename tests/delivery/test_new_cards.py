# SPDX-License-Identifier: Apache-2.0
"""Both sides made new cards while they were apart: each has to learn the other's, one by one."""

from __future__ import annotations

import pytest

from comity.flows.rotation import rotate_keys
from tests.builders.world import JPN, KOR, World
from tests.delivery.wires import Wires, say, simulate, wire_up

SOON_S = 20.0


async def renew_apart(wires: Wires, cards: int) -> None:
    """Let both say something, change their keys, and say something by the new ones."""
    for party in (JPN, KOR):
        for _ in range(cards):
            await say(wires[party].node)
            await rotate_keys(wires[party].node.context)
            await say(wires[party].node, 2)


@pytest.mark.parametrize("cards", [1, 6])
def test_cards_that_both_made_meanwhile_are_learned_without_waiting_for_each(
    assured: World, cards: int
) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        await renew_apart(wires, cards)
        await wires.start()
        assert await wires.settle() < SOON_S
        for one, other in ((JPN, KOR), (KOR, JPN)):
            line = wires[one].line(other)
            assert line.acknowledged == line.size
            assert line.problem is None

    simulate(story)
    assert assured.equal()
