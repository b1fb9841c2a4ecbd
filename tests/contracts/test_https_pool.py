# SPDX-License-Identifier: Apache-2.0
"""Kept connections to a listener that says whatever it likes: what is a reply, and what is none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import uvloop

from comity.adapters import https_pool
from comity.adapters.https_connection import Answer, Body, Bounds, ReplyError, SendError
from comity.adapters.https_pool import (
    CONNECTIONS_PER_PARTNER,
    HttpsPool,
    NoConnectionError,
    NoNameError,
    Place,
)
from comity.basis.limits import HTTP_HEAD_BYTES_MAX
from tests.contracts.support_partners import Identity, make_identity

HOST = "127.0.0.1"
GET = b"GET /tile HTTP/1.1\r\nhost: a\r\n\r\n"
POST = b"POST /push HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKind: x\r\n\r\nhi"
ANSWER = Answer(200, (("content-length", "2"), ("kind", "x")), b"hi")
BOUNDS = Bounds(1_000, 20.0, 20.0)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("tls"), "right")


@dataclass
class Listening:
    """A listener whose connections are talked to one way; it counts them."""

    talk: Talk
    identity: Identity
    connections: int = 0
    pools: list[HttpsPool] = field(default_factory=list)
    port: int = 0
    resolve: https_pool.Resolve = https_pool.resolve_name
    connect_s: float = 20.0

    async def ask(self, head: bytes = GET, body: Body = b"", bounds: Bounds = BOUNDS) -> Answer:
        if not self.pools:
            self.pools.append(HttpsPool(connect_s=self.connect_s, resolve=self.resolve))
        place = Place(HOST, self.port, (self.identity.pin,))
        return await self.pools[0].ask(place, head, body, bounds)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            with suppress(OSError, EOFError, ssl.SSLError):
                await self.talk(reader, writer)
            writer.close()

        server = await asyncio.start_server(take, HOST, 0, ssl=self.identity.context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            for pool in self.pools:
                pool.close()
            server.close()


def run(listening: Listening, story: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with listening.open():
            await story()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as nodes are served
        runner.run(main())


def saying(*replies: bytes, ends: bool = False) -> Talk:
    """Answer each request by the next reply; then end the connection, or stay silent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for each in replies:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(each)
            await writer.drain()
        if not ends:
            await reader.read()

    return talk


@pytest.mark.parametrize(
    ("reply", "ends", "expected"),
    [
        (OK, False, ANSWER),
        (b"HTTP/1.1 103 Soon\r\nkind: y\r\n\r\n" + OK, False, ANSWER),
        (b"HTTP/1.1 204 No\r\n\r\n", False, Answer(204, (), b"")),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", True, Answer(200, (), b"to the end")),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
            False,
            Answer(200, (("transfer-encoding", "chunked"),), b"abc"),
        ),
    ],
    ids=["with its length", "after a notice", "without a body", "to the end", "in chunks"],
)
def test_a_reply_is_read_to_its_end(
    identity: Identity, reply: bytes, expected: Answer, *, ends: bool
) -> None:
    listening = Listening(saying(reply, ends=ends), identity)

    async def story() -> None:
        assert await listening.ask() == expected

    run(listening, story)


@pytest.mark.parametrize(
    ("reply", "ends", "found"),
    [
        (b"", True, "nothing"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi", True, "nothing"),
        (b"HTTP/1.1 101 Other\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", False, "Upgrade"),
        (b"hello", False, "ParserError"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * HTTP_HEAD_BYTES_MAX, False, "without end"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n", False, "more than 1000 bytes"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1001), False, "more than 1000 bytes"),
    ],
    ids=["none", "cut off", "another language", "no http", "endless head", "declared", "too long"],
)
def test_what_is_no_whole_reply_is_none(
    identity: Identity, reply: bytes, found: str, *, ends: bool
) -> None:
    listening = Listening(saying(reply, ends=ends), identity)

    async def story() -> None:
        with pytest.raises(ReplyError, match=found):
            await listening.ask(POST, b"body")

    run(listening, story)


@pytest.mark.parametrize("bounds", [Bounds(9, 0.05, 20.0), Bounds(9, 20.0, 0.05)])
def test_silence_ends_and_so_does_all_the_time_there_is(identity: Identity, bounds: Bounds) -> None:
    listening = Listening(saying(b"HTTP/1.1 200 OK\r\n"), identity)

    async def story() -> None:
        with pytest.raises(ReplyError, match="TimeoutError"):
            await listening.ask(bounds=bounds)

    run(listening, story)


def test_a_connection_is_kept_unless_its_listener_ends_it(identity: Identity) -> None:
    last = OK.replace(b"Kind: x", b"Connection: close")
    listening = Listening(saying(OK, OK, last), identity)

    async def story() -> None:
        for _ in range(3):
            await listening.ask()
        assert listening.connections == 1
        await listening.ask()
        assert listening.connections == 2

    run(listening, story)


def test_a_read_is_asked_again_where_a_kept_connection_is_dead_and_nothing_else_is(
    identity: Identity,
) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")  # and goes away instead of an answer

    listening = Listening(once, identity)

    async def story() -> None:
        await listening.ask()
        assert await listening.ask() == ANSWER
        assert listening.connections == 2
        with pytest.raises(ReplyError):
            await listening.ask(POST, b"body")
        assert listening.connections == 2

    run(listening, story)


def test_what_nobody_asked_for_ends_a_connection(identity: Identity) -> None:
    listening = Listening(saying(OK + OK), identity)

    async def story() -> None:
        await listening.ask()
        await listening.ask()
        assert listening.connections == 2

    run(listening, story)


def test_no_more_connections_are_open_at_once_than_to_one_partner(identity: Identity) -> None:
    may_answer = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            await may_answer.wait()
            writer.write(OK)

    listening = Listening(late, identity)

    async def story() -> None:
        asked = [asyncio.ensure_future(listening.ask()) for _ in range(2 * CONNECTIONS_PER_PARTNER)]
        while listening.connections < CONNECTIONS_PER_PARTNER:
            await asyncio.sleep(0.001)
        may_answer.set()
        assert await asyncio.gather(*asked) == [ANSWER] * len(asked)
        assert listening.connections == CONNECTIONS_PER_PARTNER

    run(listening, story)


def test_what_is_kept_for_long_is_closed(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(https_pool, "KEPT_ALIVE_S", 0.01)
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(OK)(reader, writer)
        ended.set()

    listening = Listening(talk, identity)

    async def story() -> None:
        await listening.ask()
        await asyncio.wait_for(ended.wait(), 20)
        await listening.ask()
        assert listening.connections == 2

    run(listening, story)


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield bytes(64 * 1024)


def put(size: int) -> bytes:
    return b"PUT /parcel HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % size


def test_a_streamed_body_is_sent_whole_and_its_connection_kept(identity: Identity) -> None:
    count, read = 64, list[int]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            read.append(len(await reader.readexactly(count * 64 * 1024)))
            writer.write(OK)

    listening = Listening(talk, identity)

    async def story() -> None:
        for _ in range(2):
            assert await listening.ask(put(count * 64 * 1024), pieces(count)) == ANSWER
        assert (len(read), listening.connections) == (2, 1)

    run(listening, story)


def test_an_answer_before_a_bodys_end_counts_and_the_rest_stays_here(identity: Identity) -> None:
    listening = Listening(saying(OK), identity)
    drawn = list[int]()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            drawn.append(1)
            yield bytes(64 * 1024)
            await asyncio.sleep(0)

    async def story() -> None:
        assert await listening.ask(put(2**40), endless()) == ANSWER
        count = len(drawn)
        await asyncio.sleep(0)
        assert len(drawn) == count
        await listening.ask()
        assert listening.connections == 2

    run(listening, story)


def test_a_body_that_fails_here_fails_as_it_failed(identity: Identity) -> None:
    listening = Listening(saying(OK), identity)

    async def broken() -> AsyncIterator[bytes]:
        yield b"begun"
        raise LookupError("the disk")

    async def story() -> None:
        with pytest.raises(LookupError):
            await listening.ask(put(100), broken())
        assert await listening.ask() == ANSWER
        assert listening.connections == 2

    run(listening, story)


def test_a_listener_that_goes_away_during_a_body_is_not_reached(identity: Identity) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    listening = Listening(leave, identity)

    async def story() -> None:
        with pytest.raises((ReplyError, SendError)):
            await listening.ask(put(2**30), pieces(2**14))

    run(listening, story)


def test_addresses_of_a_name_are_tried_one_after_the_other(identity: Identity) -> None:
    async def two(host: str, port: int) -> Sequence[str]:
        return "127.0.0.2", HOST  # nobody listens on the first

    listening = Listening(saying(OK), identity, resolve=two)

    async def story() -> None:
        assert await listening.ask() == ANSWER

    run(listening, story)


def test_which_step_failed_is_told(identity: Identity) -> None:
    async def none(host: str, port: int) -> Sequence[str]:
        return ()

    async def late(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(3600)
        return (HOST,)

    async def wrong(host: str, port: int) -> Sequence[str]:
        return ("127.0.0.2",)

    async def story(listening: Listening, expected: type[Exception]) -> None:
        with pytest.raises(expected):
            await listening.ask()

    for resolve, expected, connect_s in (
        (none, NoNameError, 20.0),
        (late, NoConnectionError, 0.05),
        (wrong, NoConnectionError, 20.0),
    ):
        listening = Listening(saying(OK), identity, resolve=resolve, connect_s=connect_s)
        run(listening, lambda: story(listening, expected))  # noqa: B023 (run at once)
