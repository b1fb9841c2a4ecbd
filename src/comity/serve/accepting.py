# SPDX-License-Identifier: Apache-2.0
"""Accepts the connections of one socket, each counted before a byte of TLS is read or answered.

The loop's own server would tell of a connection only when its handshake is over, and of one that
stays silent never.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from typing import Final

from comity.serve.doorway import Doorway, Visit

HANDSHAKE_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 5.0
ACCEPT_AGAIN_S: Final = 1.0

_AT_ONCE: Final = 32
_FULL: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Accepting:
    """Stands in for the loop's server: it is told to close, and waited for."""

    def __init__(
        self,
        bound: socket.socket,
        tls: ssl.SSLContext,
        *,
        doorway: Doorway,
        make: Callable[[Visit], asyncio.Protocol],
    ) -> None:
        """Use a socket that is bound; `make` makes the protocol of one connection."""
        self._bound = bound
        self._tls = tls
        self._doorway = doorway
        self._make = make
        self._loop = asyncio.get_running_loop()
        self._shaking = set[asyncio.Task[None]]()
        self._again: asyncio.TimerHandle | None = None
        self._closed = False

    def start(self, backlog: int) -> None:
        """Listen."""
        self._bound.listen(backlog)
        self._loop.add_reader(self._bound.fileno(), self._accept)

    def close(self) -> None:
        """Accept nothing more, and cut whoever is still at the door."""
        if self._closed:
            return
        self._closed = True
        if self._again is not None:
            self._again.cancel()
        self._loop.remove_reader(self._bound.fileno())
        for each in self._shaking:
            each.cancel()

    async def wait_closed(self) -> None:
        """Wait until nobody is at the door."""
        if self._shaking:
            await asyncio.wait(self._shaking)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, address = self._bound.accept()
            except OSError as err:
                if err.errno in _FULL:
                    self._rest()
                return
            visit = self._doorway.enter(address[0])
            if visit is None:
                connection.close()
                continue
            connection.setblocking(False)
            task = self._loop.create_task(self._meet(connection, visit), name="handshake")
            self._shaking.add(task)
            task.add_done_callback(self._shaking.discard)

    def _rest(self) -> None:
        """Wait until this process or machine has room again; what waits outside, waits."""
        self._loop.remove_reader(self._bound.fileno())
        self._again = self._loop.call_later(ACCEPT_AGAIN_S, self._go_on)

    def _go_on(self) -> None:
        self._again = None
        self._loop.add_reader(self._bound.fileno(), self._accept)

    async def _meet(self, connection: socket.socket, visit: Visit) -> None:
        """Agree on TLS; from then on the protocol counts the connection out."""
        met = False
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._make(visit),
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
                ssl_shutdown_timeout=CLOSE_TIMEOUT_S,
            )
            met = True
        except OSError:
            pass  # it broke off, was silent, or speaks no TLS that we do
        finally:
            if not met:
                visit.leave()
