# SPDX-License-Identifier: Apache-2.0
"""Each partner has a lane of its own: one that asks without end does not slow another."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from comity.basis.ids import PartyId
from comity.tlog.push import format_push
from comity.wire.limits import Addresses, Bucket, Lanes, TooMuch, WireLimits
from comity.wire.router import PartnerWire
from tests.builders.pushes import push_from, push_request
from tests.builders.signed_requests import Partner
from tests.builders.world import JPN, KOR, World, run
from tests.wire.test_push import announce

TIGHT = WireLimits(partner_running=2, partner_waiting=3, partner_rate=1_000, partner_burst=1_000)


def test_so_many_work_so_many_wait_and_the_rest_come_later() -> None:
    async def story() -> tuple[int, int, int]:
        lanes, goes_on = Lanes(TIGHT), asyncio.Event()
        working = refused = 0

        async def ask() -> None:
            nonlocal working, refused
            try:
                async with lanes.enter(KOR):
                    working += 1
                    await goes_on.wait()
            except TooMuch:
                refused += 1

        asked = [asyncio.create_task(ask()) for _ in range(9)]
        await asyncio.sleep(0)
        at_first = working
        goes_on.set()
        await asyncio.gather(*asked)
        return at_first, working, refused

    assert run(story()) == (2, 5, 4)


def test_another_partner_does_not_wait() -> None:
    async def story() -> bool:
        lanes, goes_on = Lanes(TIGHT), asyncio.Event()

        async def ask(party: PartyId) -> bool:
            async with lanes.enter(party):
                await goes_on.wait()
                return True

        flood = [asyncio.create_task(ask(KOR)) for _ in range(5)]
        await asyncio.sleep(0)
        async with lanes.enter(JPN):
            passed = not any(each.done() for each in flood)
        goes_on.set()
        await asyncio.gather(*flood)
        return passed

    assert run(story())


def test_one_that_gives_up_waiting_leaves_its_place() -> None:
    async def story() -> None:
        lanes = Lanes(replace(TIGHT, partner_running=1, partner_waiting=1))
        async with lanes.enter(KOR):
            waits = asyncio.create_task(_enter(lanes))
            await asyncio.sleep(0)
            waits.cancel()
            await asyncio.gather(waits, return_exceptions=True)
            again = asyncio.create_task(_enter(lanes))
            await asyncio.sleep(0)
            assert not again.done()
        await again

    run(story())


async def _enter(lanes: Lanes) -> None:
    async with lanes.enter(KOR):
        pass


def test_a_rate_is_told_with_the_time_to_wait() -> None:
    bucket = Bucket(rate=2.0, burst=3.0, left=3.0, at=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(100.5) == 0.0
    assert bucket.take(100.75) == 0.25
    assert [bucket.take(200.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert bucket.take(50.0) == 0.5  # a clock that goes back gives nothing

    async def story() -> list[int]:
        lanes = Lanes(replace(TIGHT, partner_rate=0.1, partner_burst=1))
        waits: list[int] = []
        for _ in range(2):
            try:
                await _enter(lanes)
            except TooMuch as err:
                waits.append(err.retry_s)
        return waits

    assert run(story()) == [10]


def test_addresses_with_something_open_are_not_forgotten() -> None:
    addresses = Addresses(replace(TIGHT, addresses=2))
    held = addresses.enter("held", 0.0)
    for number in range(10):
        addresses.leave(addresses.enter(str(number), 0.0))
    assert len(addresses) <= 3
    addresses.leave(held)
    again = addresses.enter("held", 0.0)
    assert again is held


def test_the_answer_to_too_much_says_when_to_come_again(in_force: World) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    slow = replace(TIGHT, partner_rate=0.25, partner_burst=1)
    partner.wire = PartnerWire(in_force.jpn.context, limits=slow)
    assert partner.ask("POST", "/echo").status == 200
    late = partner.ask("POST", "/echo")
    assert (late.status, late.header("retry-after")) == (429, "4")


@pytest.mark.parametrize("count", [50])
def test_pushes_of_one_register_at_once_all_get_their_answer(in_force: World, count: int) -> None:
    announce(in_force.kor)
    raw = format_push(push_from(in_force.kor, in_force.jpn.sizes()[KOR]))
    wire = PartnerWire(in_force.jpn.context)

    async def story() -> list[int]:
        asked = (wire.answer(push_request(raw)) for _ in range(count))
        return [each.status for each in await asyncio.gather(*asked)]

    assert sorted(run(story())) == [200, *[409] * (count - 1)]
