# SPDX-License-Identifier: Apache-2.0
"""A viewer's program: it listens to one node's events, so that it asks only for what has come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import ClientSession, ClientTimeout


class Viewer:
    """What one stream of events has told."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._openable: set[str] = set()
        self._next: asyncio.Future[str] | None = None

    async def openable(self, place: str) -> None:
        """Wait until the content of an item is here and its key in custody."""
        if place not in self._openable:
            waiting = self._waiting[place] = asyncio.get_running_loop().create_future()
            await waiting
        self._openable.discard(place)

    def next_alert(self) -> asyncio.Future[str]:
        """Give the place of whatever alert comes next and can be opened."""
        self._next = asyncio.get_running_loop().create_future()
        return self._next

    def hear(self, event: dict[str, Any]) -> None:
        """Take one event."""
        if event["event"] != "openable":
            return
        place = event["place"]
        if event["alert"]:
            if self._next is not None and not self._next.done():
                self._next.set_result(place)
            return
        waiting = self._waiting.pop(place, None)
        if waiting is None:
            self._openable.add(place)
        elif not waiting.done():
            waiting.set_result(None)


@asynccontextmanager
async def viewing(session: ClientSession, url: str) -> AsyncIterator[Viewer]:
    """Listen to a node's events of one agreement, from now on."""
    viewer, begun = Viewer(), asyncio.Event()

    async def listen() -> None:
        async with session.get(url, timeout=ClientTimeout(total=None)) as reply:
            reply.raise_for_status()
            async for line in reply.content:
                begun.set()
                if line.startswith(b"data: "):
                    viewer.hear(json.loads(line[6:]))

    listening = asyncio.create_task(listen())
    try:
        beginning = asyncio.create_task(begun.wait())
        await asyncio.wait((listening, beginning), return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            beginning.cancel()
            listening.result()
        yield viewer
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
