# SPDX-License-Identifier: Apache-2.0
"""The same delivery over real TLS on loopback, with the keys that cards pin."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from comity.adapters.partner_https import HttpsPartners
from comity.basis.ids import Digest, PartyId
from comity.flows.delivery import Delivery
from comity.flows.serving.taking import follow_up
from comity.keys.cards import Card
from comity.ports import Partners, WireReply, WireRequest
from comity.wire.router import PartnerWire
from tests.builders.world import JPN, KOR, MARKING, Node, World
from tests.contracts.support_partners import Identity, make_identity, signer_of
from tests.delivery.wires import say, size_of

LARGE = (b"\x5a" * 1_000_000,) * 10


@dataclass
class Addressed:
    """Knows where each party listens, as its card will say."""

    inner: Partners
    book: dict[PartyId, tuple[str, Digest]]

    async def call(
        self, card: Card, request: WireRequest, *, signed: bool, timeout_s: float
    ) -> WireReply:
        address, pin = self.book[card.party]
        named = replace(card, addresses=(address,), tls_pins=(pin,))
        return await self.inner.call(named, request, signed=signed, timeout_s=timeout_s)


@dataclass
class Pair:
    """Two nodes, each with a listener of its own."""

    world: World
    identities: dict[PartyId, Identity]
    book: dict[PartyId, tuple[str, Digest]] = field(default_factory=dict)
    opened: list[HttpsPartners] = field(default_factory=list)
    runners: list[web.AppRunner] = field(default_factory=list)
    deliveries: dict[PartyId, Delivery] = field(default_factory=dict)
    shown: dict[PartyId, Identity] = field(default_factory=dict)
    arrived: dict[PartyId, list[str]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        for party, node in self.world.nodes.items():
            partners = HttpsPartners(signer_of(node))
            self.opened.append(partners)
            ports = replace(node.ports, partners=Addressed(partners, self.book))
            context = replace(node.context, live={}, ports=ports)
            self.world.nodes[party] = replace(node, context=context)
        for party, node in self.world.nodes.items():
            await self._listen(party, node)
        for party, node in self.world.nodes.items():
            self.deliveries[party] = Delivery(node.context)
            await self.deliveries[party].start()

    async def stop(self) -> None:
        for delivery in self.deliveries.values():
            await delivery.stop()
        await asyncio.gather(*self._tasks)
        for partners in self.opened:
            await partners.close()
        for runner in self.runners:
            await runner.cleanup()

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(120):
            while not await holds():
                await asyncio.sleep(0.01)

    async def _listen(self, party: PartyId, node: Node) -> None:
        self.arrived[party] = []
        wire = PartnerWire(node.context, lambda agreement, _: self._follow(party, agreement))

        async def answer(request: web.Request) -> web.StreamResponse:
            self.arrived[party].append(f"{request.method} {request.path}")
            headers = tuple((name.lower(), value) for name, value in request.headers.items())
            body = request.content.iter_any()
            reply = await wire.answer(WireRequest(request.method, request.path, headers, body))
            return web.Response(status=reply.status, headers=dict(reply.headers), body=reply.body)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.runners.append(runner)
        await runner.setup()
        shown = self.shown.get(party, self.identities[party])
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=shown.context).start()
        address = f"https://127.0.0.1:{runner.addresses[0][1]}"
        self.book[party] = (address, self.identities[party].pin)

    def _follow(self, party: PartyId, agreement: str) -> None:
        async def follow() -> None:
            node = self.world[party]
            await follow_up(node.context, node.agreement)
            self.deliveries[party].kick(node.agreement)

        task = asyncio.get_running_loop().create_task(follow())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@pytest.fixture
def pair(assured: World, tmp_path: Path) -> Pair:
    return Pair(assured, {party: make_identity(tmp_path, party) for party in (JPN, KOR)})


def run(pair: Pair, story: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await pair.start()
        try:
            await story()
        finally:
            await pair.stop()

    asyncio.run(main())


def test_statements_and_parcels_arrive_over_tls(pair: Pair) -> None:
    small = pair.world.jpn.release(KOR).place
    large = pair.world.jpn.release(KOR, content=LARGE).place

    async def story() -> None:
        await say(pair.world.kor)
        pair.deliveries[KOR].kick(pair.world.kor.agreement)

        async def has_all() -> bool:
            lines = [each for one in pair.deliveries.values() for each in one.status()]
            pieces = sum(path.startswith("PUT /parcel/") for path in pair.arrived[KOR])
            arrived = pieces == 3 and not any(each.parcels_waiting for each in lines)
            cosigned = all(0 < each.acknowledged == each.size for each in lines)
            return (arrived and cosigned) and await size_of(pair.world.jpn, KOR) == await size_of(
                pair.world.kor, KOR
            )

        await pair.until(has_all)

    run(pair, story)
    for place in (small, large):
        pair.world.kor.receipt(place, MARKING[KOR])
        assert pair.world.kor.read(place)


def test_nothing_is_said_to_a_listener_with_another_key(pair: Pair, tmp_path: Path) -> None:
    pair.shown[KOR] = make_identity(tmp_path, "thief")
    pair.world.jpn.release(KOR)

    async def story() -> None:
        async def is_refused() -> bool:
            (line,) = pair.deliveries[JPN].status()
            return line.problem is not None and line.problem.code == "partners.pin"

        await pair.until(is_refused)
        assert pair.arrived[KOR] == []

    run(pair, story)
