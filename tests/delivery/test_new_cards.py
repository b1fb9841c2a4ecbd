# SPDX-License-Identifier: Apache-2.0
"""Both sides made new cards while they were apart: each has to learn the other's, one by one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from comity.adapters.partners_memory import SMOOTH, Course, Fault
from comity.basis.ids import Domain
from comity.flows.documents import PARTNER_LOST
from comity.flows.known_card import known_version
from comity.flows.rotation import rotate_keys
from comity.flows.set_up import the_card
from comity.ports import WireRequest
from comity.tlog.push import parse_push
from tests.builders.world import DOMAINS, GSOMIA, JPN, KOR, USA, World
from tests.delivery.wires import Wires, say, simulate, size_of, wire_up

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


def test_a_card_that_is_the_last_thing_said_is_known_to_have_come(assured: World) -> None:
    """Its push is answered by keys of a card that is on its way: no receipt says that it came."""
    wires = wire_up(assured)

    async def story() -> None:
        for party in (JPN, KOR):
            await say(wires[party].node)
            await rotate_keys(wires[party].node.context)
        await wires.start()
        await wires.settle()
        for one, other in ((JPN, KOR), (KOR, JPN)):
            assert await known_version(wires[one].node.context, other) == 2

    simulate(story)


class Holding:
    """Keeps a register from being brought to KOR while it is named."""

    register: str | None = None

    def decide(self, sender: Domain, to: Domain, request: WireRequest) -> Course:
        is_kept = (
            to == DOMAINS[KOR]
            and isinstance(request.body, bytes)
            and parse_push(request.body).origin == self.register
        )
        return Course(Fault.DROP) if is_kept else SMOOTH


@pytest.mark.usefixtures("hub")
def test_a_hub_is_known_by_a_card_that_waits_for_what_the_hub_brings(three: World) -> None:
    """Its card has seen what another party said, which nobody but the hub takes on, signed."""
    held_up = Holding()
    wires = wire_up(three, decide=held_up.decide)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        held_up.register = f"{DOMAINS[JPN]}/register/{GSOMIA}"
        await say(three.jpn)
        wires[JPN].kick()
        await asyncio.sleep(1)
        assert await size_of(three[USA], JPN) == await size_of(three.jpn, JPN)
        await rotate_keys(three[USA].context)
        wires[USA].kick()
        await asyncio.sleep(30)
        assert await known_version(three[USA].context, KOR) == 2
        assert (await the_card(three.kor.context, USA)).version == 1
        held_up.register = None
        assert await wires.settle() < 600
        assert (await the_card(three.kor.context, USA)).version == 2

    simulate(story)
    assert three.equal()


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("goes_on", [False, True], ids=["cards-last", "said-something-after"])
def test_a_hub_is_known_again_by_a_partner_that_was_restored_to_before_two_of_its_cards(
    three: World, tmp_path: Path, *, goes_on: bool
) -> None:
    """The first waits for what the hub brings; by the keys of the second it is not known yet.

    Each of the hub's lines stops for want of the other, and goes on when the other does.
    """
    older = three.copy(tmp_path / "older")
    wires = wire_up(three)

    async def before() -> None:
        await wires.start()
        await say(three.jpn)
        wires[JPN].kick()
        await wires.settle()
        for _ in range(2):
            await rotate_keys(wires[USA].node.context)
            wires[USA].kick()
            await wires.settle()
        if goes_on:
            await say(wires[USA].node)
            wires[USA].kick()
            await wires.settle()
        await wires.stop()

    simulate(before)
    three.nodes[KOR] = older.kor
    again = wire_up(three)

    async def after() -> None:
        await again.start()
        await asyncio.sleep(SOON_S)
        assert again.is_settled(), again.explain()
        assert (await the_card(three.kor.context, USA)).version == 3
        origin = f"{DOMAINS[USA]}/register/{GSOMIA}"
        assert (
            await three[USA].context.ports.store.document(PARTNER_LOST, f"{KOR}/{origin}") is None
        )

    simulate(after)
    assert three.equal()
