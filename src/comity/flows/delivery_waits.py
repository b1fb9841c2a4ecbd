# SPDX-License-Identifier: Apache-2.0
"""When a line may try again: at once, after a back-off with full jitter, or when it is told to.

Time is the event loop's, and nothing is known here of what is sent. With full jitter nodes do not
return all at the same moment. Source: DESIGN 5
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

BACKOFF_FIRST_S: Final = 0.2
BACKOFF_MAX_S: Final = 300.0
STOPPED_S: Final = 900.0
KICKED_S: Final = 5.0
"""A new act brings the next try forward, but not nearer than this to the last one."""

NOTICED_S: Final = 0.5
"""So long after a try that failed a partner that is heard of is tried again at the soonest.

Two nodes that refuse each other would else answer each try with one of their own.
"""

_DOUBLINGS_MAX: Final = 16
_DRAWN_BYTES: Final = 4


class Waits:
    """Says when the next try is due. `token` gives random bytes."""

    __slots__ = (
        "_ended",
        "_floor",
        "_kicked",
        "_noticed",
        "_retry_at",
        "_started",
        "_token",
        "_wake",
        "failures",
    )

    def __init__(self, token: Callable[[int], bytes]) -> None:
        """Begin with nothing due."""
        self._token = token
        self._wake = asyncio.Event()
        self._ended = False
        self._kicked = False
        self._noticed = False
        self._retry_at: float | None = None
        self._floor = 0.0
        self._started = 0.0
        self.failures = 0

    def kick(self) -> None:
        """Note that there is something to send."""
        self._kicked = True
        self._wake.set()

    def notice(self) -> None:
        """Note that the partner was heard of: what failed is worth trying again now."""
        if self.failures:
            self._noticed = True
            self._wake.set()

    def end(self) -> None:
        """Say that there will be no further try."""
        self._ended = True
        self._wake.set()

    @property
    def ended(self) -> bool:
        """Answer whether there will be no further try."""
        return self._ended

    async def until_due(self) -> bool:
        """Wait until a try is due, and note that it begins; False when there is to be none."""
        while not self._ended:
            due, now = self.due_at(), loop_now()
            if due is not None and due <= now:
                self.begin(now)
                return True
            self._wake.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._wake.wait()
            except TimeoutError:
                continue
        return False

    def begin(self, now: float) -> None:
        """Note that a try begins, for everything that was noted so far."""
        self._kicked = self._noticed = False
        self._retry_at, self._started = None, now

    def succeed(self) -> None:
        """Note that the partner answered as it should."""
        self.failures = 0
        self._floor = 0.0

    def fail(self, before: int = 0) -> None:
        """Back off: a random part of a span that doubles with each failure.

        `before`: how often it failed already, where a try that went well between counts for none.
        """
        self.failures = max(self.failures, before) + 1
        span = BACKOFF_FIRST_S * 2 ** min(self.failures - 1, _DOUBLINGS_MAX)
        self._retry_at = loop_now() + min(span, BACKOFF_MAX_S) * self._draw()

    def defer(self, seconds: float) -> None:
        """Wait as long as the partner asks, and a little more; nothing brings that forward."""
        self.failures += 1
        wait = min(max(seconds, BACKOFF_FIRST_S), BACKOFF_MAX_S)
        self._floor = self._retry_at = loop_now() + wait * (1 + self._draw() / 4)

    def stop(self) -> None:
        """Try again only when kicked, when the partner is heard of, or after a long while."""
        self.failures += 1
        self._retry_at = loop_now() + STOPPED_S * (1 + self._draw()) / 2

    def ask_again(self, seconds: float) -> None:
        """Look again after a while, although nothing failed."""
        self._retry_at = loop_now() + seconds * (1 + self._draw()) / 2

    def ask_at(self, when: float) -> None:
        """Look again at a second of the event loop, although nothing failed."""
        self._retry_at = when

    def due_at(self) -> float | None:
        """Give the second at which to try; None: not before something happens."""
        times: list[float] = []
        if self._retry_at is not None:
            times.append(self._retry_at)
        if self._kicked:
            times.append(self._started + KICKED_S if self.failures else 0.0)
        if self._noticed:
            times.append(self._started + NOTICED_S)
        return max(min(times), self._floor) if times else None

    def _draw(self) -> float:
        return int.from_bytes(self._token(_DRAWN_BYTES), "big") / 256**_DRAWN_BYTES


def loop_now() -> float:
    """Give the event loop's second, which only its timers know."""
    return asyncio.get_running_loop().time()
