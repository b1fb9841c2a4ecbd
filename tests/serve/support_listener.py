# SPDX-License-Identifier: Apache-2.0
"""A listener with an app, and bare connections to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from comity.config import Endpoint
from comity.serve.doorway import Bounds, Doorway
from comity.serve.listener import Door, Listener, bind

ANYWHERE = Endpoint("127.0.0.1", 0)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def hello(scope: dict[str, Any], receive: Any, send: Any) -> None:
    del receive
    body = scope["path"].encode()
    head = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def listening(
    app: Any, tls: ssl.SSLContext, *, doorway: Doorway | None = None, stop_s: int = 60
) -> AsyncIterator[Listener]:
    door = Door("partners", app, tls, doorway or Doorway(Bounds(12, 9)))
    listener = Listener(door, bind(ANYWHERE, "partners"), stop_s=stop_s)
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


async def connect(listener: Listener, tls: ssl.SSLContext) -> Ends:
    return await asyncio.open_connection("127.0.0.1", listener.endpoint.port, ssl=tls)


async def close(*ends: Ends) -> None:
    for _, writer in ends:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def read_to_end(ends: Ends) -> bytes:
    """Read until the other end closes, or cuts."""
    with suppress(OSError):
        return await ends[0].read()
    return b""


def run(act: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(act(), 30))  # type: ignore[arg-type]
