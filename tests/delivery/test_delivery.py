# SPDX-License-Identifier: Apache-2.0
"""Delivery over a network in memory: what is entered is cosigned, and its parcels follow."""

from tests.builders.world import KOR, MARKING, TEXT, World
from tests.delivery.wires import simulate, wire_up


def test_what_was_entered_is_cosigned_and_its_parcel_arrives(assured: World) -> None:
    place = assured.jpn.release(KOR).place
    wires = wire_up(assured)

    async def story() -> float:
        await wires.start()
        took = await wires.settle()
        await wires.stop()
        return took

    assert simulate(story) < 1
    assert assured.equal()
    assured.kor.receipt(place, MARKING[KOR])
    assert assured.kor.read(place) == TEXT
