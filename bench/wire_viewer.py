# SPDX-License-Identifier: Apache-2.0
"""A viewer's program: it listens to one node's events, so that it asks only for what has come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout


@dataclass(frozen=True, slots=True)
class Shown:
    """What a viewer read, and when (as `time.perf_counter` tells it)."""

    content: bytes
    at: float


Show = Callable[[str], Coroutine[Any, Any, Shown]]


class Viewer:
    """What one stream of events has told, and the alerts that were read as they came."""

    def __init__(self, show: Show) -> None:
        """Begin with nothing told; `show` reads the alert of a place."""
        self._show = show
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._openable: set[str] = set()
        self._alerts: dict[str, asyncio.Task[Shown]] = {}
        self._read: set[str] = set()

    async def openable(self, place: str) -> None:
        """Wait until the content of an item is here and its key in custody."""
        if place not in self._openable:
            waiting = self._waiting[place] = asyncio.get_running_loop().create_future()
            await waiting
        self._openable.discard(place)

    async def alert(self, place: str) -> Shown:
        """Give what was read of one alert, and when; others may have come before it."""
        await self.openable(place)
        return await self._alerts.pop(place)

    def hear(self, event: dict[str, Any]) -> None:
        """Take one event."""
        if event["event"] != "openable":
            return
        place = event["place"]
        if event["alert"]:
            if place in self._read:  # told again
                return
            self._read.add(place)
            self._alerts[place] = asyncio.create_task(self._show(place))
        waiting = self._waiting.pop(place, None)
        if waiting is None:
            self._openable.add(place)
        elif not waiting.done():
            waiting.set_result(None)


@asynccontextmanager
async def viewing(session: ClientSession, url: str, show: Show) -> AsyncIterator[Viewer]:
    """Listen to a node's events of one agreement, from now on, and show each alert."""
    viewer, begun = Viewer(show), asyncio.Event()

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
