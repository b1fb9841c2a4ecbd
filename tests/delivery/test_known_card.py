# SPDX-License-Identifier: Apache-2.0
"""Which of our cards a partner is taken to have: its key signs what we ask of it."""

from __future__ import annotations

from comity.basis.ids import PartyId
from comity.flows.documents import BEHIND
from comity.flows.known_card import known_version
from comity.flows.recovery.restore import begin_restore
from comity.flows.rotation import rotate_keys
from tests.builders.world import JPN, KOR, World
from tests.delivery.wires import simulate, wire_up


def test_a_new_card_is_known_once_the_partner_has_taken_it(assured: World) -> None:
    wires = wire_up(assured)

    async def story() -> None:
        context = assured.jpn.context
        await wires[KOR].start()
        await rotate_keys(context)
        assert await known_version(context, KOR) == 1
        await wires[JPN].start()
        await wires.settle()
        assert await known_version(context, KOR) == 2
        await wires.stop()

    simulate(story)


def test_a_card_is_known_by_courier_once_something_after_it_is_cosigned(assured: World) -> None:
    async def before() -> None:
        await rotate_keys(assured.jpn.context)

    simulate(before)
    assured.jpn.assure()
    assured.settle()

    async def after() -> None:
        assert await known_version(assured.jpn.context, KOR) == 2

    simulate(after)


def test_without_a_register_in_common_the_card_is_the_one_given_by_hand(assured: World) -> None:
    async def story() -> None:
        assert await known_version(assured.jpn.context, PartyId("FRA")) == 1

    simulate(story)


def test_after_a_restore_the_newest_keys_sign(assured: World) -> None:
    async def story() -> None:
        context = assured.jpn.context
        await rotate_keys(context)
        await begin_restore(context, "said")
        assert await context.ports.store.documents(BEHIND)
        assert await known_version(context, KOR) == 2
        assert await known_version(context, JPN) == 2

    simulate(story)
