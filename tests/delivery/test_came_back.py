# SPDX-License-Identifier: Apache-2.0
"""A partner that was put back gets the parcels again that it, or who is behind it, still lacks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import PartyId, Place
from comity.flows.checkpoints import is_restoring
from comity.flows.documents import PARCELS_AGAIN, PARCELS_DELIVERED
from comity.flows.recovery.restore import begin_restore, restore
from comity.flows.set_up import the_card
from comity.ports import WireRequest
from comity.tlog.origin import origin_hash
from tests.builders.restores import LATER_MS, put_back
from tests.builders.world import JPN, KOR, MARKING, USA, Node, World, run
from tests.delivery.wires import Wires, simulate, wire_up


def without_parcel(node: Node, origin: str, place: Place) -> None:
    """Make a copy of a store one from between an entry and its parcel."""
    store: Any = node.ports.store
    del store._tables._registers[origin].parcels[place.index]


def carried(three: World, tmp_path: Path) -> tuple[Place, str]:
    """Let USA carry a parcel from JPN while KOR is away, and lose it again."""
    place = three.jpn.release(KOR).place
    origin = three.jpn.view().heads[JPN].origin
    wires = wire_up(three)

    async def before() -> None:
        await wires[USA].start()
        await wires[JPN].start()
        await asyncio.sleep(30)
        assert wires[JPN].line(USA).parcels_waiting == 0
        assert await three[USA].ports.store.parcel(origin, place.index) is not None
        await wires.stop()

    simulate(before)
    backup = three.copy(tmp_path / "backup")
    without_parcel(backup[USA], origin, place)
    put_back(three, backup, USA)
    three.move(LATER_MS)
    return place, origin


async def restored(wires: Wires) -> None:
    context = wires[USA].node.context
    await begin_restore(context, "said")
    for _ in range(60):
        await restore(context)
        for each in wires.served.values():
            each.kick()
        await asyncio.sleep(1)
    assert not await is_restoring(context)


@pytest.mark.usefixtures("any_hub")
def test_what_a_hub_lost_on_the_way_comes_to_its_recipient_all_the_same(
    three: World, tmp_path: Path
) -> None:
    place, origin = carried(three, tmp_path)
    wires = wire_up(three)

    async def after() -> None:
        await wires.start()
        await restored(wires)
        assert await three.kor.ports.store.parcel(origin, place.index) is not None
        await wires.stop()

    simulate(after)
    for node in three.nodes.values():
        assert run(node.ports.store.documents(PARCELS_AGAIN)) == ()
    three.kor.receipt(place, MARKING[KOR])
    assert three.kor.read(place)


@pytest.mark.usefixtures("any_hub")
def test_a_sender_that_falls_meanwhile_remembers_to_send_again(
    three: World, tmp_path: Path
) -> None:
    place, origin = carried(three, tmp_path)
    wires = wire_up(three)

    async def asked() -> None:
        wires[JPN].listen()
        await begin_restore(wires[USA].node.context, "said")
        await restore(wires[USA].node.context)

    simulate(asked)
    assert len(run(three.jpn.ports.store.documents(PARCELS_AGAIN))) == 1
    jpn = three.jpn
    three.nodes[JPN] = replace(jpn, context=replace(jpn.context, live={}))
    again = wire_up(three)

    async def after() -> None:
        await again.start()
        await restored(again)
        assert await three.kor.ports.store.parcel(origin, place.index) is not None
        await again.stop()

    simulate(after)


def test_a_recipient_gets_what_came_after_its_backup_again_by_the_wire_alone(
    three: World, tmp_path: Path
) -> None:
    place = three.jpn.release(KOR).place
    origin = three.jpn.view().heads[JPN].origin
    wires = wire_up(three)
    wires[KOR].answers_itself = False

    async def before() -> None:
        await wires[KOR].start()
        await wires[JPN].start()
        await asyncio.sleep(30)
        assert await three.kor.ports.store.parcel(origin, place.index) is not None
        await wires.stop()

    simulate(before)
    backup = three.copy(tmp_path / "backup")
    without_parcel(backup[KOR], origin, place)
    put_back(three, backup, KOR)
    three.move(LATER_MS)
    again = wire_up(three)

    async def after() -> None:
        await again.start()
        context = again[KOR].node.context
        await begin_restore(context, "said")
        for _ in range(60):
            await restore(context)
            for each in again.served.values():
                each.kick()
            await asyncio.sleep(1)
        assert not await is_restoring(context)
        assert await three.kor.ports.store.parcel(origin, place.index) is not None
        await again.stop()

    simulate(after)


async def status_of_reading(wires: Wires, register: PartyId) -> int:
    """Let USA read a register at JPN."""
    node = wires[USA].node
    heads = await node.ports.store.registers(node.agreement)
    (origin,) = (each.origin for each in heads if each.party == register)
    request = WireRequest("GET", f"/{origin_hash(origin)}/checkpoint")
    card = await the_card(node.context, JPN)
    reply = await node.ports.partners.call(card, request, signed=True, timeout_s=10.0)
    return reply.status


def test_whoever_reads_another_partys_register_gets_nothing_again(three: World) -> None:
    wires = wire_up(three)

    async def story() -> None:
        await wires.start()
        await wires.settle()
        before = await three.jpn.ports.store.documents(PARCELS_DELIVERED)
        for partner in (KOR, JPN):
            assert await status_of_reading(wires, partner) == 200
        assert await three.jpn.ports.store.documents(PARCELS_AGAIN) == ()
        assert await three.jpn.ports.store.documents(PARCELS_DELIVERED) == before

    simulate(story)
