# SPDX-License-Identifier: Apache-2.0
"""What only HTTPS can get wrong: keys, addresses, redirects, replies without end, silence."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from comity.adapters.partner_https import HttpsPartners
from comity.adapters.pinned_tls import PinMismatchError, check_pin
from comity.basis.errors import ComityError, EdgeError, StateError
from comity.basis.ids import Digest
from comity.basis.limits import WIRE_READ_BYTES_MAX, WIRE_REPLY_BYTES_MAX
from comity.keys.cards import Card
from comity.ports import Partners, WireReply, WireRequest
from tests.builders.world import KOR, World
from tests.contracts.support_partners import (
    PUSH,
    HttpsWay,
    Identity,
    echo,
    make_identity,
    run,
    signer_of,
)

_CHUNK = 64 * 1024
NOBODY = "https://127.0.0.1:1/"


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("tls"), "right")


@pytest.fixture
def https(partner_world: World, identity: Identity) -> HttpsWay:
    return HttpsWay(partner_world, identity)


async def refusal(partners: Partners, card: Card, **more: Any) -> ComityError:
    with pytest.raises(ComityError) as caught:
        await partners.call(card, PUSH, **{"signed": False, "timeout_s": 60.0, **more})
    return caught.value


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Listen on loopback, talk to whoever comes, and end when every talk has ended."""
    talks: list[asyncio.Task[None]] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(OSError, EOFError):
            await talk(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        await asyncio.gather(*talks)


@dataclass
class Hearing:
    """Keeps whatever arrives, and answers nothing."""

    arrived: bytes = b""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.arrived += await reader.read(100_000)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"a push")
    writer.write(b"well, hello\r\n\r\n")


def never_ending_tls(listening: socket.socket, context: ssl.SSLContext) -> bytes:
    """Answer a request, say that the connection ends, leave it open, and wait for its end."""
    taken, _ = listening.accept()
    with context.wrap_socket(taken, server_side=True) as tls:
        tls.recv(100_000)
        tls.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi")
        with socket.socket(fileno=tls.detach()) as bare:
            bare.settimeout(120)
            left = b""
            with suppress(ConnectionResetError):
                while more := bare.recv(100_000):
                    left += more
            return left


def test_a_partner_that_never_ends_tls_keeps_no_connection_of_ours(https: HttpsWay) -> None:
    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            card = https.card(f"https://127.0.0.1:{listening.getsockname()[1]}/")
            ended = asyncio.create_task(
                asyncio.to_thread(never_ending_tls, listening, https.identity.context)
            )
            reply = await https.partners().call(card, PUSH, signed=False, timeout_s=60)
            assert reply.body == b"hi"
            await ended  # an event loop by itself waits for 30 s

    run(https, story)


def test_a_way_is_closed_when_the_connections_it_gave_up_are(https: HttpsWay) -> None:
    """The event loop of a command ends right after: what was open then would never be closed."""
    left: list[bytes] = []

    async def story(listening: socket.socket) -> None:
        card = https.card(f"https://127.0.0.1:{listening.getsockname()[1]}/")
        partners = https.partners()
        await partners.call(card, PUSH, signed=False, timeout_s=60)
        await partners.close()

    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        warnings.catch_warnings(record=True) as unclosed,
    ):
        warnings.simplefilter("always", ResourceWarning)
        gc.collect()
        unclosed.clear()
        partner = threading.Thread(
            target=lambda: left.append(never_ending_tls(listening, https.identity.context)),
            daemon=True,
        )
        partner.start()
        asyncio.run(story(listening))
        gc.collect()
        partner.join(60)
    assert [str(each.message) for each in unclosed] == []
    assert len(left) == 1


def test_refuses_another_key_before_a_byte_of_the_request_is_sent(
    https: HttpsWay, tmp_path: Path
) -> None:
    wrong = make_identity(tmp_path, "wrong")

    async def story() -> None:
        hearing = Hearing()
        async with listening(hearing.talk, wrong.context) as address:
            error = await refusal(https.partners(), https.card(address))
        assert error.code == "partners.pin"
        assert wrong.pin in error.found
        assert hearing.arrived == b""

    run(https, story)


def test_reaches_a_key_that_is_pinned_beside_the_one_to_come(
    https: HttpsWay, tmp_path: Path
) -> None:
    coming = make_identity(tmp_path, "coming")

    async def story() -> None:
        address = await https.serve(echo, https.identity)
        card = https.card(address, pins=(coming.pin, https.identity.pin))
        reply = await https.partners().call(card, PUSH, signed=False, timeout_s=60)
        assert reply.body == PUSH.body

    run(https, story)


def test_a_listener_without_tls_or_with_an_old_one_is_not_spoken_to(https: HttpsWay) -> None:
    old = https.identity.context

    async def story() -> None:
        async with listening(plain) as address:
            assert (await refusal(https.partners(), https.card(address))).code == "partners.tls"
        address = await https.serve(echo, https.identity)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            assert (await refusal(https.partners(), https.card(address))).code == "partners.tls"
        finally:
            old.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED

    run(https, story)


def test_a_certificate_that_cannot_be_read_is_another_key() -> None:
    for certificate in (None, b"", b"\x30\x03\x02\x01"):
        with pytest.raises(PinMismatchError):
            check_pin(certificate, (Digest("0" * 64),))


def test_a_card_without_address_or_pin_is_refused_at_once(https: HttpsWay) -> None:
    async def story() -> None:
        partners = https.partners()
        plain = replace(https.card(), addresses=("http://127.0.0.1:1/",))
        for card in (https.card(), https.card(NOBODY, pins=()), plain):
            error = await refusal(partners, card)
            assert isinstance(error, StateError)
            assert error.code == "partners.no-address"

    run(https, story)


def test_a_redirect_is_a_reply_and_is_not_followed(https: HttpsWay) -> None:
    followed: list[str] = []

    async def handler(request: WireRequest) -> WireReply:
        followed.append(request.path)
        return WireReply(307, (("location", "/elsewhere"),))

    async def story() -> None:
        partners, card = await https.to(handler)
        reply = await partners.call(card, PUSH, signed=False, timeout_s=60)
        assert reply.status == 307
        assert followed == ["/push"]

    run(https, story)


@pytest.mark.parametrize("declared", [True, False])
def test_a_reply_that_is_too_long_is_not_read_to_its_end(
    https: HttpsWay, *, declared: bool
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if declared:
            response.content_length = WIRE_READ_BYTES_MAX * 64
        await response.prepare(request)
        with suppress(OSError, aiohttp.ClientError):
            for _ in range(2 * WIRE_REPLY_BYTES_MAX // _CHUNK):
                await response.write(bytes(_CHUNK))
        return response

    async def story() -> None:
        address = await https.serve_app(answer, https.identity)
        error = await refusal(https.partners(), https.card(address))
        assert error.code == "partners.read"
        assert str(WIRE_REPLY_BYTES_MAX) in error.found

    run(https, story)


def test_a_read_may_be_longer_than_a_reply_to_a_push(https: HttpsWay) -> None:
    async def handler(request: WireRequest) -> WireReply:
        return WireReply(200, (), bytes(WIRE_REPLY_BYTES_MAX + 1))

    async def story() -> None:
        partners, card = await https.to(handler)
        tile = WireRequest("GET", "/ab/tile/0/000")
        reply = await partners.call(card, tile, signed=True, timeout_s=60)
        assert len(reply.body) == WIRE_REPLY_BYTES_MAX + 1
        assert (await refusal(partners, card)).code == "partners.read"

    run(https, story)


def test_a_reply_that_stalls_is_left_although_there_is_time(https: HttpsWay) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"begun")
        await asyncio.sleep(3600)
        return response

    async def story() -> None:
        address = await https.serve_app(answer, https.identity)
        partners = https.partners(silence_timeout_s=0.05)
        error = await refusal(partners, https.card(address), timeout_s=600.0)
        assert error.code == "partners.read"

    run(https, story)


def test_a_listener_that_does_not_shake_hands_is_left_in_time(https: HttpsWay) -> None:
    async def story() -> None:
        async with listening(silent) as address:
            partners = https.partners(connect_timeout_s=0.05)
            error = await refusal(partners, https.card(address), timeout_s=600.0)
        assert error.code == "partners.connect"

    run(https, story)


def test_a_connection_that_ends_without_a_reply_is_a_failed_read(https: HttpsWay) -> None:
    async def story() -> None:
        hearing = Hearing()
        async with listening(hearing.talk, https.identity.context) as address:
            error = await refusal(https.partners(), https.card(address))
        assert error.code == "partners.read"
        assert b"a push" in hearing.arrived

    run(https, story)


def test_what_is_no_http_is_a_failed_read(https: HttpsWay) -> None:
    async def story() -> None:
        async with listening(babble, https.identity.context) as address:
            error = await refusal(https.partners(), https.card(address))
        assert error.code == "partners.read"
        assert "hello" not in str(error)

    run(https, story)


def test_addresses_are_tried_in_order_and_the_good_one_is_kept(https: HttpsWay) -> None:
    async def story() -> None:
        met: list[str] = []

        async def handler(request: WireRequest) -> WireReply:
            met.append(request.path)
            return WireReply(200)

        first = await https.serve(handler, https.identity)
        partners, card = https.partners(), https.card(NOBODY, first)
        await partners.call(card, PUSH, signed=False, timeout_s=60)
        assert partners.preferred(card) == first
        await partners.call(card, PUSH, signed=False, timeout_s=60)
        assert met == ["/push", "/push"]
        # The good one goes away: the others are tried again, and it is not kept for ever.
        await https.runners[0].cleanup()
        assert (await refusal(partners, card)).code == "partners.connect"
        assert partners.preferred(card) is None

    run(https, story)


def test_a_request_that_may_have_been_taken_is_not_sent_to_another_address(
    https: HttpsWay,
) -> None:
    async def story() -> None:
        reached: list[str] = []

        async def handler(request: WireRequest) -> WireReply:
            reached.append(request.path)
            return WireReply(200)

        second = await https.serve(handler, https.identity)
        async with listening(Hearing().talk, https.identity.context) as address:
            await refusal(https.partners(), https.card(address, second))
        assert reached == []

    run(https, story)


def test_connections_are_kept_and_no_cookie_or_proxy_is_taken(
    https: HttpsWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    ports: set[int] = set()
    names: set[str] = set()

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        names.update(name.lower() for name in request.headers)
        response = web.Response()
        response.set_cookie("seen", "1")
        return response

    async def story() -> None:
        address = await https.serve_app(answer, https.identity)
        partners, card = https.partners(), https.card(address)
        for _ in range(3):
            await partners.call(card, PUSH, signed=False, timeout_s=60)

    run(https, story)
    assert len(ports) == 1
    assert names == {"host", "content-length", "content-type"}


def test_a_streamed_body_is_never_sent_as_if_its_rest_were_all(https: HttpsWay) -> None:
    """The library sends a PUT again by itself when a kept connection turns out to be dead."""
    bodies: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 10

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        bodies.append(body)
        if len(bodies) == 2:
            assert request.transport is not None
            request.transport.abort()
        return web.Response()

    async def story() -> None:
        address = await https.serve_app(answer, https.identity)
        partners, card = https.partners(), https.card(address)
        for number in range(2):
            request = WireRequest("PUT", "/parcel/ab/1", (("content-length", "10"),), chunks())
            if number:
                with pytest.raises(EdgeError) as caught:
                    await partners.call(card, request, signed=False, timeout_s=60)
                assert caught.value.code in {"partners.send", "partners.read"}
            else:
                await partners.call(card, request, signed=False, timeout_s=60)

    run(https, story)
    assert bodies == [b"x" * 10] * 2


def test_a_name_that_leads_nowhere_is_said_so(https: HttpsWay) -> None:
    class Nowhere(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: Any = None
        ) -> list[ResolveResult]:
            raise OSError(None, "no such name")

        async def close(self) -> None:
            """Nothing is open."""

    async def story() -> None:
        partners = HttpsPartners(signer_of(https.world.jpn), resolver=Nowhere())
        https.opened.append(partners)
        error = await refusal(partners, https.card("https://node.mnd.kor.example/"))
        assert error.code == "partners.resolve"
        assert KOR in error.where

    run(https, story)


def test_a_closed_way_opens_again_when_it_is_used(https: HttpsWay) -> None:
    async def story() -> None:
        partners, card = await https.to(echo)
        assert isinstance(partners, HttpsPartners)
        await partners.close()
        await partners.call(card, PUSH, signed=False, timeout_s=60)
        await partners.close()
        await partners.close()

    run(https, story)
