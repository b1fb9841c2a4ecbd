# SPDX-License-Identifier: Apache-2.0
"""The wire as it is served: uvicorn over TLS on loopback, the node's own client beyond it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from comity.adapters.partner_https import HttpsPartners
from comity.config import Endpoint
from comity.keys.cards import Card
from comity.ports import WireReply, WireRequest
from comity.serve.doorway import Bounds, Doorway
from comity.serve.listener import Door, Listener, bind
from comity.tlog.add_checkpoint import format_add_checkpoint
from comity.wire.asgi import PartnersApp
from comity.wire.limits import WireLimits
from comity.wire.router import PartnerWire
from tests.builders.pushes import push_request
from tests.builders.senders import Sender
from tests.builders.signed_requests import Partner
from tests.builders.uploads import checkpoint_body, fill, held, push_between, upload_body
from tests.builders.world import World
from tests.contracts.support_partners import make_identity, signer_of

QUICK = WireLimits(idle_s=0.2, grace_s=5.0)


@dataclass
class Line:
    """JPN served, and KOR's way to it."""

    listener: Listener
    partners: HttpsPartners
    card: Card

    async def ask(self, request: WireRequest, *, signed: bool = False) -> WireReply:
        return await self.partners.call(self.card, request, signed=signed, timeout_s=120)

    async def raw(self, sent: bytes) -> bytes:
        """Send bytes over TLS, and give what comes back until the end."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        port = self.listener.endpoint.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(sent)
        await writer.drain()
        try:
            return await reader.read()
        finally:
            writer.close()


@asynccontextmanager
async def served(world: World, folder: Path, wire: PartnerWire) -> AsyncIterator[Line]:
    identity = make_identity(folder, "jpn")
    doorway = Doorway(Bounds(67, 50))
    door = Door("partners", PartnersApp(wire, limits=QUICK), identity.context, doorway)
    listener = Listener(door, bind(Endpoint("127.0.0.1", 0), "partners"), stop_s=5)
    await listener.start()
    address = f"https://127.0.0.1:{listener.endpoint.port}"
    card = replace(world.jpn.card, addresses=(address,), tls_pins=(identity.pin,))
    partners = HttpsPartners(signer_of(world.kor))
    try:
        yield Line(listener, partners, card)
    finally:
        await partners.close()
        await listener.stop()


def over(
    world: World,
    folder: Path,
    story: Callable[[Line], Awaitable[None]],
    wire: PartnerWire | None = None,
) -> None:
    async def main() -> None:
        async with asyncio.timeout(120):
            async with served(world, folder, wire or PartnerWire(world.jpn.context)) as line:
                await story(line)

    asyncio.run(main())


def test_a_push_and_an_upload_over_tls(in_force: World, tmp_path: Path) -> None:
    start = held(in_force)
    end = fill(in_force.kor, 500)
    pushed = push_request(push_between(in_force.kor, start, start + 10))
    added = format_add_checkpoint(checkpoint_body(in_force.kor, start + 10, end))
    body = upload_body(in_force.kor, start + 10, end)

    async def story(line: Line) -> None:
        assert (await line.ask(pushed)).status == 200
        assert (await line.ask(WireRequest("POST", "/add-checkpoint", (), added))).status == 200
        reply = await line.ask(WireRequest("POST", "/add-entries", (), body))
        assert reply.status == 200
        assert reply.header("accept-encoding") == "gzip"

    over(in_force, tmp_path, story)
    assert held(in_force) == end


def test_reads_and_parcels_over_tls_under_the_online_key(assured: World, tmp_path: Path) -> None:
    sender = Sender(assured, bytes(3_000_000))
    checkpoint = sender.path(assured.kor, "checkpoint")
    size = len(sender.raw)

    async def pieces(start: int, end: int) -> AsyncIterator[bytes]:
        for at in range(start, end, 65_536):
            yield sender.raw[at : min(end, at + 65_536)]

    async def story(line: Line) -> None:
        assert (await line.ask(WireRequest("GET", checkpoint))).status == 404
        assert (await line.ask(WireRequest("GET", checkpoint), signed=True)).status == 200
        for start, end in ((0, 1_000_000), (1_000_000, size)):
            head = (
                ("content-range", f"bytes {start}-{end - 1}/{size}"),
                ("content-length", str(end - start)),
            )
            put = WireRequest("PUT", sender.url, head, pieces(start, end))
            assert (await line.ask(put, signed=True)).status == (200 if end == size else 202)

    over(assured, tmp_path, story, sender.wire)


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ("content-length: 99999999", b"x", b"413"),
        ("transfer-encoding: chunked", b"1\r\nx\r\n", b"408"),
        ("content-length: 10", b"x", b"408"),
        ("content-length: 1\r\nx: 1\r\nx: 2", b"x", b"400"),
    ],
)
def test_what_is_too_large_too_slow_or_doubled_is_answered_and_closed(
    in_force: World, tmp_path: Path, head: str, body: bytes, status: bytes
) -> None:
    async def story(line: Line) -> None:
        sent = f"POST /push HTTP/1.1\r\nhost: x\r\n{head}\r\nconnection: close\r\n\r\n".encode()
        answer = await line.raw(sent + body)
        assert answer.startswith(b"HTTP/1.1 " + status), answer
        assert b"connection: close" in answer.lower()

    over(in_force, tmp_path, story)


def test_one_connection_serves_many_requests(in_force: World, tmp_path: Path) -> None:
    partner = Partner(in_force.kor, in_force.jpn)
    path = partner.path(in_force.kor, "checkpoint")

    async def story(line: Line) -> None:
        for _ in range(5):
            assert (await line.ask(WireRequest("GET", path), signed=True)).status == 200
            assert (await line.ask(WireRequest("GET", "/nothing"))).status == 404

    over(in_force, tmp_path, story)
