# SPDX-License-Identifier: Apache-2.0
"""Large parcels given and taken through a line that does harm, and a proxy that repeats.

The sender's entries are acknowledged and its parcels kept away; then it sends them by hand, a piece
at a time, and asks for one of the receiver's. In the end both hold everything.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from comity.adapters.partner_https import HttpsPartners
from comity.basis.ids import Place
from comity.flows.context import Context
from comity.flows.parcels import payloads_of
from comity.flows.view import View, gather_view, statement_at
from comity.node import ask_status, open_node
from comity.ports import WireRequest
from comity.tlog.origin import origin_hash
from tests.system.driver import Driver, people_session, until
from tests.system.proxies import FAULTS, PRANKS, BytesProxy, Prank, RequestProxy
from tests.system.served_pair import AGREEMENT, AT_HAND, HOST, JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import PAIR, assert_whole, until_quiet
from tests.system.test_proxies import behind
from tests.system.test_requests import CUTS, Asker, Harm, signer_of

pytestmark = [pytest.mark.slow]
LARGE_BYTES = 100_000
PIECE_BYTES = 60_000
PATIENCE_S = 180.0
HARMS: tuple[Harm, ...] = (*FAULTS, *PRANKS)
UPLOAD, DOWNLOAD = "PUT /parcel", "GET /parcel"


@dataclass
class Sender(Asker):
    """Sends a node's parcels to its partner by hand, and asks for the partner's."""

    context: Context
    view: View

    async def parcel(self, place: Place) -> tuple[str, bytes]:
        """Give the path of a parcel, and its bytes as they lie here."""
        statement = await statement_at(self.context, self.view, place)
        path = f"/parcel/{origin_hash(self.view.heads[place.party].origin)}/{place.index}"
        parts = [
            b"".join(await self.context.ports.blobs.read(each.digest, 0))
            for each in payloads_of(statement)
        ]
        return path, b"".join(parts)

    async def give(self, harm: Harm, place: Place) -> None:
        """Send a parcel piece by piece, from wherever the partner says that it stands."""
        path, raw = await self.parcel(place)
        start: int | None = 0
        while start is not None:
            piece = raw[start : start + PIECE_BYTES]
            headers = (
                ("content-type", "application/octet-stream"),
                ("content-range", f"bytes {start}-{start + len(piece) - 1}/{len(raw)}"),
            )
            request = WireRequest("PUT", path, headers, piece)
            reply = await self.ask(harm, request, (200, 202, 409), signed=True)
            start = None if reply.status == 200 else int(reply.body)

    async def take(self, harm: Harm, place: Place) -> None:
        """Ask for a parcel, and hold it to the one that came before."""
        path, raw = await self.parcel(place)
        request = WireRequest("GET", path, (("range", f"bytes=0-{len(raw) - 1}"),))
        reply = await self.ask(harm, request, (206,), signed=True)
        assert reply.body == raw


async def keep_away(nodes: ServedNodes) -> list[Driver]:
    """Let both enter large items; Japan's parcels are turned away."""
    where = HOST, nodes.made.ports[KOR]
    async with RequestProxy(nodes.made.proxy_tls(), *where, behind(nodes, KOR)) as proxy:
        proxy.prank, proxy.only = Prank.BUSY, UPLOAD
        await asyncio.to_thread(nodes.start, *PAIR)
        async with people_session() as session:
            drivers = [Driver(nodes, party, session) for party in PAIR]
            assert await drivers[1].release_large(LARGE_BYTES)
            for _ in HARMS:
                assert await drivers[0].release_large(LARGE_BYTES)
            await until(lambda: are_left(nodes), PATIENCE_S, "only parcels are left")
    return drivers


async def are_left(nodes: ServedNodes) -> bool:
    """Answer whether all is acknowledged, and only Japan's parcels are on their way."""
    waiting: dict[str, int] = {}
    for party in PAIR:
        page = cast("dict[str, Any]", await ask_status(nodes.node_folder(party)))
        for line in page["lines"]:
            if line["acknowledged"] != line["size"]:
                return False
            waiting[line["register"]] = line["parcels_waiting"]
    return waiting == {JPN: len(HARMS), KOR: 0}


async def by_hand(nodes: ServedNodes) -> tuple[BytesProxy, RequestProxy]:
    where = HOST, nodes.made.ports[KOR]
    async with AsyncExitStack() as held:
        opening = open_node(nodes.node_folder(JPN), AT_HAND, writing=True)
        context = await held.enter_async_context(opening)
        view = await gather_view(context, AGREEMENT)
        places = [place for place, _ in view.fold.state.items.items()]
        ours = [place for place in places if place.party == JPN]
        (theirs,) = (place for place in places if place.party == KOR)
        partners = HttpsPartners(signer_of(context, nodes, JPN))
        held.push_async_callback(partners.close)
        card = nodes.made.cards[KOR]
        async with BytesProxy(*where, behind(nodes, KOR), 6, CUTS) as line:
            sender = Sender(partners, card, line.harm, context, view)
            for fault, place in zip(FAULTS, ours, strict=False):
                await sender.give(fault, place)
                await sender.take(fault, theirs)
        async with RequestProxy(nodes.made.proxy_tls(), *where, behind(nodes, KOR)) as proxy:
            sender = Sender(partners, card, proxy.harm, context, view)
            for prank, place in zip(PRANKS, ours[len(FAULTS) :], strict=True):
                await sender.give(prank, place)
                await sender.take(prank, theirs)
    return line, proxy


async def settle(nodes: ServedNodes) -> None:
    async with BytesProxy(HOST, nodes.made.ports[KOR], behind(nodes, KOR), 7):
        await asyncio.to_thread(nodes.start, JPN)
        await until_quiet(nodes)


def test_every_parcel_comes_through_once(made: Made, tmp_path: Path) -> None:
    with copied(made, tmp_path) as nodes:
        nodes.listen[KOR] = ("127.0.0.1", 0)
        drivers = asyncio.run(keep_away(nodes))
        assert nodes.stop(JPN) == [0]
        line, proxy = asyncio.run(by_hand(nodes))
        asyncio.run(settle(nodes))
        assert nodes.stop(*PAIR) == [0, 0]
        seen = assert_whole(nodes, *(each.known for each in drivers))
        assert not {"request.fault", "loop.fault", "serve.fault"} & set(nodes.events(KOR))
    print(seen, dict(line.met), dict(proxy.met))
    assert seen.items == seen.entered == len(HARMS) + 1
    assert set(line.met) >= set(FAULTS)
    assert set(proxy.met) == {f"{prank}: {kind}" for prank in PRANKS for kind in (UPLOAD, DOWNLOAD)}
