# SPDX-License-Identifier: Apache-2.0
"""Connections to partners' listeners: kept for a while, a few to each, each by its own pinned keys.

Names are resolved, addresses tried one after the other, and TLS agreed within one time; which of
the three failed is told. Source: DESIGN 5
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from comity.adapters.https_connection import Answer, Body, Bounds, HttpsConnection, ReplyError
from comity.adapters.pinned_tls import pinned_context
from comity.basis.ids import Digest

CONNECTIONS_PER_PARTNER: Final = 8
KEPT_ALIVE_S: Final = 60.0

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the numeric addresses of a host; raises OSError."""


class Place(NamedTuple):
    """Where a listener is, and the keys of which it must show one."""

    host: str
    port: int
    pins: tuple[Digest, ...]


class NoNameError(Exception):
    """The host's name leads nowhere."""


class NoConnectionError(Exception):
    """Nobody takes the connection, or not in time."""


class NoTlsError(Exception):
    """Whoever takes the connection does not agree on TLS as the card says."""


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """Resolve as the machine does."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(slots=True)
class _Listener:
    """The connections to one place; `idle` ones since when."""

    places: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(CONNECTIONS_PER_PARTNER)
    )
    idle: list[tuple[float, HttpsConnection]] = field(default_factory=list)
    users: int = 0

    def take(self) -> HttpsConnection | None:
        """Take the connection that was used last, if it is still open."""
        while self.idle:
            _, connection = self.idle.pop()
            if connection.is_idle:
                return connection
        return None


class HttpsPool:
    """Connections of one event loop."""

    def __init__(self, *, connect_s: float, resolve: Resolve = resolve_name) -> None:
        """Connect to nobody yet; `connect_s` is for all steps until TLS is agreed."""
        self._connect_s = connect_s
        self._resolve = resolve
        self._listeners: dict[Place, _Listener] = {}
        self._sweep: asyncio.TimerHandle | None = None

    async def ask(self, place: Place, head: bytes, body: Body, bounds: Bounds) -> Answer:
        """Ask at one place, on a connection that is kept or a new one.

        A read is asked again where a kept connection proves to be dead: it changes nothing.

        Raises:
            NoNameError, NoConnectionError, NoTlsError: nothing was sent.
            SendError, ReplyError: something may have been.
        """
        listener = self._listeners.setdefault(place, _Listener())
        listener.users += 1
        try:
            async with listener.places:
                kept = listener.take()
                if kept is not None:
                    try:
                        return await self._ask_on(listener, kept, head, body, bounds)
                    except ReplyError:
                        if kept.has_heard or not head.startswith(b"GET "):
                            raise
                fresh = await self._connect(place, min(self._connect_s, bounds.total_s))
                return await self._ask_on(listener, fresh, head, body, bounds)
        finally:
            listener.users -= 1

    def close(self) -> None:
        """Close every connection."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for listener in self._listeners.values():
            for _, connection in listener.idle:
                connection.close()
        self._listeners.clear()

    async def _ask_on(
        self,
        listener: _Listener,
        connection: HttpsConnection,
        head: bytes,
        body: Body,
        bounds: Bounds,
    ) -> Answer:
        answer = await connection.ask(head, body, bounds)
        if connection.is_idle:
            loop = asyncio.get_running_loop()
            listener.idle.append((loop.time(), connection))
            if self._sweep is None:
                self._sweep = loop.call_later(KEPT_ALIVE_S, self._sweep_idle)
        else:
            connection.close()
        return answer

    def _sweep_idle(self) -> None:
        """Close what nobody has used for long."""
        self._sweep = None
        loop = asyncio.get_running_loop()
        until, oldest = loop.time() - KEPT_ALIVE_S, loop.time()
        for place, listener in tuple(self._listeners.items()):
            for since, connection in listener.idle:
                if since <= until or not connection.is_idle:
                    connection.close()
            listener.idle = [each for each in listener.idle if each[1].is_idle]
            oldest = min((since for since, _ in listener.idle), default=oldest)
            if not listener.idle and not listener.users:
                del self._listeners[place]
        if self._listeners:
            self._sweep = loop.call_at(oldest + KEPT_ALIVE_S, self._sweep_idle)

    async def _connect(self, place: Place, limit_s: float) -> HttpsConnection:
        loop = asyncio.get_running_loop()
        until = loop.time() + limit_s
        try:
            async with asyncio.timeout_at(until):
                addresses = await self._resolve(place.host, place.port)
        except TimeoutError as err:
            raise NoConnectionError from err
        except OSError as err:
            raise NoNameError from err
        failed: Exception = NoNameError("no address")
        for left in range(len(addresses), 0, -1):
            # Each has its part of the time: one that is silent leaves some to the next.
            share_s = max(0.0, until - loop.time()) / left
            try:
                return await _meet(place, addresses[len(addresses) - left], share_s)
            except NoConnectionError as err:
                failed = err
        raise failed


async def _meet(place: Place, address: str, limit_s: float) -> HttpsConnection:
    """Connect to one address and agree on TLS; the pin is looked at before a byte is sent."""
    loop = asyncio.get_running_loop()
    context = pinned_context(place.pins)
    more: dict[str, Any] = {"ssl": context, "server_hostname": place.host}
    try:
        async with asyncio.timeout(limit_s):
            _, connection = await loop.create_connection(
                HttpsConnection, address, place.port, **more
            )
    except ssl.SSLError as err:
        raise NoTlsError from err
    except (ConnectionResetError, ConnectionAbortedError) as err:
        # Who takes the connection and ends it before the handshake is done speaks no such TLS.
        raise NoTlsError from err
    except (TimeoutError, OSError) as err:
        raise NoConnectionError from err
    return connection
