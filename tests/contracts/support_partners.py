# SPDX-License-Identifier: Apache-2.0
"""Ways to a partner's node that tests make: over memory, and over HTTPS on loopback."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from comity.adapters.partner_https import HttpsPartners
from comity.adapters.partner_signing import RequestSigner
from comity.adapters.partners_memory import MemoryNetwork
from comity.basis.ids import Digest, PartyId, digest_of
from comity.keys.cards import Card
from comity.ports import Partners, WireReply, WireRequest
from tests.builders.world import Node, World

Handler = Callable[[WireRequest], Awaitable[WireReply]]
PUSH = WireRequest("POST", "/push", (("content-type", "text/plain"),), b"a push")


@dataclass(frozen=True)
class Identity:
    """A TLS key with its certificate, and the pin that a card would name."""

    context: ssl.SSLContext
    pin: Digest


def make_identity(folder: Path, name: str) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Identity(context, digest_of(spki))


class Way(Protocol):
    """One adapter in a test: how to reach a handler through it."""

    async def to(self, handler: Handler) -> tuple[Partners, Card]:
        """Serve the handler, and give the way and the card that lead to it."""

    async def close(self) -> None:
        """End it all."""


def signer_of(node: Node) -> RequestSigner:
    ports = node.ports

    async def version(party: PartyId) -> int:
        del party
        return 1

    domain = node.context.config.domain
    return RequestSigner(ports.keys, ports.clock, ports.random, domain, version)


@dataclass
class MemoryWay:
    world: World

    async def to(self, handler: Handler) -> tuple[Partners, Card]:
        card = self.world.kor.card
        network = MemoryNetwork(answers={card.domain: handler})
        return network.partners(self.world.jpn.card.domain, signer_of(self.world.jpn).sign), card

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class HttpsWay:
    world: World
    identity: Identity
    runners: list[web.AppRunner] = field(default_factory=list)
    opened: list[HttpsPartners] = field(default_factory=list)
    connections: int = 0

    async def to(self, handler: Handler) -> tuple[Partners, Card]:
        address = await self.serve(handler, self.identity)
        return self.partners(), self.card(address)

    def card(self, *addresses: str, pins: tuple[Digest, ...] | None = None) -> Card:
        pinned = (self.identity.pin,) if pins is None else pins
        return replace(self.world.kor.card, addresses=addresses, tls_pins=pinned)

    def partners(self, **more: Any) -> HttpsPartners:
        self.opened.append(HttpsPartners(signer_of(self.world.jpn), **more))
        return self.opened[-1]

    async def serve(self, handler: Handler, identity: Identity) -> str:
        async def answer(request: web.Request) -> web.StreamResponse:
            headers = tuple((name.lower(), value) for name, value in request.headers.items())
            body = await request.read()
            reply = await handler(
                WireRequest(request.method, request.path.removeprefix("/node"), headers, body)
            )
            return web.Response(status=reply.status, headers=dict(reply.headers), body=reply.body)

        return await self.serve_app(answer, identity)

    async def serve_app(self, answer: Any, identity: Identity) -> str:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self.runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=identity.context)
        await site.start()
        port = runner.addresses[0][1]
        return f"https://127.0.0.1:{port}/node/"

    async def close(self) -> None:
        for partners in self.opened:
            await partners.close()
        for runner in self.runners:
            await runner.cleanup()


def run(way: Way, story: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        try:
            await story()
        finally:
            await way.close()

    asyncio.run(main())


async def echo(request: WireRequest) -> WireReply:
    assert isinstance(request.body, bytes)
    return WireReply(409, (("content-type", "text/x.tlog.size"),), request.body)
