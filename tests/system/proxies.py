# SPDX-License-Identifier: Apache-2.0
"""What stands between nodes and does harm: one that knows bytes only, one that knows requests.

Partners meet the proxy where the card says; the node is behind it. TLS passes through the first
as it is; the second has a key of its own, which the card pins as that of a party's proxy.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any

import aiohttp
from aiohttp import web

_CHUNK = 16_384
_CUT_REQUEST_BYTES = 12_000
_CUT_REPLY_BYTES = 4_000
_DELAY_S = 0.15
_ABORTED_S = 0.05
_REMEMBERED = 200
_HASH_DIGITS = 64
_BODY_BYTES_MAX = 64 * 1024 * 1024

Port = Callable[[], int | None]


class Fault(StrEnum):
    """What is done to a connection."""

    NONE = "none"
    REFUSE = "refuse"
    CUT_REQUEST = "cut in the request"
    CUT_REPLY = "cut in the reply"
    DELAY = "delay"
    BLACKHOLE = "blackhole"


FAULTS = (Fault.REFUSE, Fault.CUT_REQUEST, Fault.CUT_REPLY, Fault.DELAY, Fault.BLACKHOLE)


class BytesProxy:
    """Carries bytes to a node and back, or does not."""

    def __init__(
        self,
        host: str,
        port: int,
        behind: Port,
        seed: int,
        cuts: tuple[int, int] = (_CUT_REQUEST_BYTES, _CUT_REPLY_BYTES),
    ) -> None:
        """Carry nothing yet; `behind` gives the node's port while it is served.

        `cuts` are the most bytes of requests and of replies that pass before a cut.
        """
        self.cuts = cuts
        self._host, self._port = host, port
        self._behind = behind
        self._draws = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.fault = Fault.NONE
        self.met: Counter[Fault] = Counter()

    async def __aenter__(self) -> BytesProxy:
        """Begin to listen where the card says."""
        self._server = await asyncio.start_server(self._carry, self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End, and every connection with it."""
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def turn_to(self, fault: Fault, *, cut: bool = True) -> None:
        """Do this from now on; connections that are open are cut, so that it is met soon."""
        self.fault = fault
        if cut:
            self.cut()

    def harm(self, fault: Fault | Prank | None) -> None:
        """Do this from now on, or nothing more."""
        self.turn_to(Fault.NONE if fault is None else Fault(fault))

    def cut(self) -> None:
        """Cut every connection that is open."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._connect(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = self._behind()
        if self.fault is Fault.REFUSE or port is None:
            self.met[Fault.REFUSE] += 1
            return
        there, out = await asyncio.open_connection("127.0.0.1", port)
        self._writers.add(out)
        try:
            ways = (
                self._one_way(reader, out, Fault.CUT_REQUEST, self.cuts[0]),
                self._one_way(there, writer, Fault.CUT_REPLY, self.cuts[1]),
            )
            tasks = [asyncio.create_task(each) for each in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            out.transport.abort()
            self._writers.discard(out)

    async def _one_way(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cuts: Fault, most: int
    ) -> None:
        """Carry one way until either end closes, or this way is cut after a drawn size."""
        left = self._draws.randint(1, most)
        swallows = False
        while chunk := await reader.read(_CHUNK):
            if self.fault is Fault.BLACKHOLE:
                # What is swallowed once is swallowed to its end.
                self.met[Fault.BLACKHOLE] += not swallows
                swallows = True
            if swallows:
                continue
            if self.fault is Fault.DELAY:
                self.met[Fault.DELAY] += 1
                await asyncio.sleep(self._draws.random() * _DELAY_S)
            if self.fault is cuts:
                left -= len(chunk)
                if left <= 0:
                    self.met[cuts] += 1
                    writer.write(chunk[: max(0, len(chunk) + left)])
                    with suppress(OSError):
                        await writer.drain()
                    return
            writer.write(chunk)
            await writer.drain()


class Prank(StrEnum):
    """What is done to a request."""

    NONE = "none"
    TWICE = "twice at once"
    AGAIN = "again later, out of order"
    LOST = "reply lost"
    BUSY = "answered by somebody busy"


PRANKS = (Prank.TWICE, Prank.AGAIN, Prank.LOST, Prank.BUSY)


def _route(path: str) -> str:
    """Name a kind of request, whatever the register: `/push`, `/parcel`, `/…/tile`."""
    _, first, *rest = path.split("/")
    return f"/…/{rest[0]}" if rest and len(first) == _HASH_DIGITS else f"/{first}"


class RequestProxy:
    """Ends TLS with a key of its own, and passes requests on, perhaps more than once."""

    def __init__(self, tls: ssl.SSLContext, host: str, port: int, behind: Port) -> None:
        """Pass on nothing yet."""
        self._tls = tls
        self._host, self._port = host, port
        self._behind = behind
        self._draws = random.Random(port)
        self._passed: deque[tuple[str, str, list[tuple[str, str]], bytes]] = deque(
            maxlen=_REMEMBERED
        )
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self.prank = Prank.NONE
        self.only: str | None = None
        self.met: Counter[str] = Counter()
        self.replies: Counter[tuple[str, int]] = Counter()

    async def __aenter__(self) -> RequestProxy:
        """Begin to listen where the card says."""
        app = web.Application(client_max_size=_BODY_BYTES_MAX)
        app.router.add_route("*", "/{path:.*}", self._answer)
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=client, limit=0), auto_decompress=False
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, ssl_context=self._tls).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        assert self._runner is not None
        assert self._session is not None
        # Whoever is met does not say good-bye to a line that is gone: nothing is waited for.
        server = self._runner.server
        for each in server.connections if server is not None else ():
            if each.transport is not None:
                each.transport.abort()
        await self._runner.cleanup()
        await self._session.close()
        await asyncio.sleep(_ABORTED_S)

    def harm(self, prank: Fault | Prank | None) -> None:
        """Do this from now on, or nothing more."""
        self.prank = Prank.NONE if prank is None else Prank(prank)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        kept = [
            (name.lower(), value)
            for name, value in request.headers.items()
            if name.lower() not in {"host", "connection", "transfer-encoding", "content-length"}
        ]
        asked = (request.method, request.raw_path, kept, await request.read())
        self._passed.append(asked)
        kind = f"{request.method} {_route(request.path)}"
        prank = self.prank if self.only in (None, kind) else Prank.NONE
        if prank is not Prank.NONE:
            self.met[f"{prank}: {kind}"] += 1
        match prank:
            case Prank.BUSY:
                return web.Response(status=503, headers={"retry-after": "1"})
            case Prank.TWICE:
                replies = await asyncio.gather(self._pass_on(*asked), self._pass_on(*asked))
                return self._draws.choice(replies)
            case Prank.AGAIN:
                await self._pass_on(*self._draws.choice(self._passed))
        reply = await self._pass_on(*asked)
        if prank is Prank.LOST and request.transport is not None:
            request.transport.abort()
        return reply

    async def _pass_on(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> web.Response:
        port = self._behind()
        assert self._session is not None
        if port is None:
            return web.Response(status=503)
        async with self._session.request(
            method, f"https://127.0.0.1:{port}{path}", headers=headers, data=body
        ) as response:
            answered = await response.read()
            self.replies[method, response.status] += 1
            passed: dict[str, Any] = {
                name: value
                for name, value in response.headers.items()
                if name.lower() not in {"connection", "content-length", "transfer-encoding", "date"}
            }
            return web.Response(status=response.status, headers=passed, body=answered)
