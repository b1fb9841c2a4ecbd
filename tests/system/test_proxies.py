# SPDX-License-Identifier: Apache-2.0
"""A line that drops, cuts, delays and swallows, and a proxy that doubles, repeats and forgets.

Whatever is done meanwhile, once it stops everything arrives, once.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from tests.system.driver import Driver, people_session, until
from tests.system.proxies import (
    FAULTS,
    PRANKS,
    BytesProxy,
    Fault,
    Port,
    Prank,
    RequestProxy,
)
from tests.system.served_pair import HOST, Made, ServedNodes, copied
from tests.system.settled import PAIR, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
LARGE_BYTES = 300_000
SMALL = 8
MET_S = 180.0


def behind(nodes: ServedNodes, party: PartyId) -> Port:
    """Give the way to a node's own port, while it is served."""

    def port() -> int | None:
        served = nodes.served.get(party)
        return served.partners if served is not None and served.told else None

    return port


async def load(drivers: list[Driver]) -> None:
    """Release small items in several requests, and a large one, at both nodes."""
    for driver in drivers:
        for text in driver.texts(SMALL, size=200):
            await driver.release([text])
        await driver.release_large(LARGE_BYTES)


async def through_bytes(nodes: ServedNodes, seed: int) -> tuple[list[Driver], list[BytesProxy]]:
    async with AsyncExitStack() as held:
        proxies = [
            await held.enter_async_context(
                BytesProxy(HOST, nodes.made.ports[each], behind(nodes, each), at)
            )
            for at, each in enumerate(PAIR, seed)
        ]
        await asyncio.to_thread(nodes.start, *PAIR)
        session = await held.enter_async_context(people_session())
        drivers = [Driver(nodes, party, session) for party in PAIR]
        for fault in FAULTS:
            for each in proxies:
                each.turn_to(fault)
            await load(drivers)
            for each in proxies:
                await until(lambda each=each, fault=fault: each.met[fault], MET_S, fault)
                each.turn_to(Fault.NONE, cut=False)
            await until_quiet(nodes)
        return drivers, proxies


def test_whatever_a_line_does_everything_arrives_once(made: Made, tmp_path: Path) -> None:
    with copied(made, tmp_path, behind=True) as nodes:
        drivers, proxies = asyncio.run(through_bytes(nodes, seed=1))
        assert nodes.stop(*PAIR) == [0, 0]
        seen = assert_whole(nodes, *(each.known for each in drivers))
    print(seen, [dict(each.met) for each in proxies])
    assert seen.items == seen.entered == len(PAIR) * len(FAULTS) * (SMALL + 1)


async def through_requests(nodes: ServedNodes) -> tuple[list[Driver], list[RequestProxy]]:
    async with AsyncExitStack() as held:
        tls = nodes.made.proxy_tls()
        proxies = [
            await held.enter_async_context(
                RequestProxy(tls, HOST, nodes.made.ports[each], behind(nodes, each))
            )
            for each in PAIR
        ]
        await asyncio.to_thread(nodes.start, *PAIR)
        session = await held.enter_async_context(people_session())
        drivers = [Driver(nodes, party, session) for party in PAIR]
        for prank in PRANKS:
            for each in proxies:
                each.prank = prank
            await load(drivers)
            for each in proxies:
                met = f"{prank}: POST /push"
                await until(lambda each=each, met=met: each.met[met], MET_S, met)
                each.prank = Prank.NONE
            await until_quiet(nodes)
        return drivers, proxies


def test_requests_that_come_twice_or_again_or_lose_their_reply_count_once(
    made: Made, tmp_path: Path
) -> None:
    with copied(made, tmp_path, behind=True) as nodes:
        drivers, proxies = asyncio.run(through_requests(nodes))
        assert nodes.stop(*PAIR) == [0, 0]
        seen = assert_whole(nodes, *(each.known for each in drivers))
        for party in PAIR:
            assert not {"request.fault", "loop.fault", "serve.fault"} & set(nodes.events(party))
    print(seen, [(dict(each.met), dict(each.replies)) for each in proxies])
    assert seen.items == seen.entered == len(PAIR) * len(PRANKS) * (SMALL + 1)
    for each in proxies:
        assert not any(status >= 500 for _, status in each.replies)
