# SPDX-License-Identifier: Apache-2.0
"""One listener: a socket of its own, TLS of its own, an app of its own, and an orderly end."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import uvicorn

from comity.basis.errors import EdgeError, InvariantError
from comity.config import Endpoint
from comity.serve.accepting import Accepting
from comity.serve.bounded_http import BoundedHttp
from comity.serve.doorway import Doorway, Visit

BACKLOG: Final = 512
KEEP_ALIVE_S: Final = 75


@dataclass(frozen=True, slots=True)
class Door:
    """What a listener is made of. `app` is an ASGI app; `lifespan` says that it has one."""

    name: str
    app: Any
    tls: ssl.SSLContext
    doorway: Doorway
    lifespan: bool = False


class Listener:
    """Accepts connections from `start` to `stop`."""

    def __init__(self, door: Door, bound: socket.socket, *, stop_s: int) -> None:
        """Use a socket that is bound and does not listen yet."""
        self.name = door.name
        self.endpoint = endpoint_of(bound)
        self._bound = bound
        config = uvicorn.Config(
            door.app,
            http=BoundedHttp,
            interface="asgi3",
            ws="none",
            lifespan="on" if door.lifespan else "off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=stop_s,
        )
        self._server = _Server(config, door)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; returns when connections are accepted.

        Raises:
            EdgeError: the app did not start.
        """
        serving = self._server.serve(sockets=[self._bound])
        self._task = asyncio.get_running_loop().create_task(serving, name=f"listener {self.name}")
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0)
        if self._task.done():
            raise self._broken(self._task)

    async def failure(self) -> None:
        """Return when the listener was stopped; raise when it ended by itself."""
        if self._task is not None:
            await asyncio.shield(self._task)
            if not self._server.should_exit:
                raise self._broken(self._task)

    async def stop(self) -> None:
        """Accept nothing more; finish what runs, as long as there is time."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait((self._task,))
        self._bound.close()

    def _broken(self, task: asyncio.Task[None]) -> EdgeError:
        err = None if task.cancelled() else task.exception()
        return EdgeError(
            "serve.listener-ended",
            "a listener ended by itself",
            where=self.name,
            found="" if err is None else type(err).__name__,
        )


def bind(endpoint: Endpoint, name: str) -> socket.socket:
    """Bind a listener's socket.

    Raises:
        EdgeError: the address is not ours, or somebody listens there already.
    """
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((endpoint.host, endpoint.port))
        bound.setblocking(False)
    except OSError as err:
        bound.close()
        raise EdgeError(
            "serve.cannot-listen",
            "the node cannot listen there",
            where=str(endpoint),
            found=(err.strerror or type(err).__name__).lower(),
            hint=f"change {name}_listen under [serve] in the configuration, or stop what listens",
        ) from err
    return bound


def endpoint_of(bound: socket.socket) -> Endpoint:
    """Say where a socket is bound; the port is the one that the system chose."""
    host, port, *_ = bound.getsockname()
    return Endpoint(host, port)


class _Server(uvicorn.Server):
    """The library's server without its signals and its exits, and with an entrance of our own."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise InvariantError("serve.app-refused", "an app did not start")
        config, door = self.config, self._door

        def make(visit: Visit) -> asyncio.Protocol:
            return BoundedHttp(
                visit, config=config, server_state=self.server_state, app_state=self.lifespan.state
            )

        accepting = [
            Accepting(each, door.tls, doorway=door.doorway, make=make) for each in sockets or ()
        ]
        for each in accepting:
            each.start(config.backlog)
        self.servers = accepting  # type: ignore[assignment]  # they close as the loop's do
        self.started = True
