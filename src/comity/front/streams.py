# SPDX-License-Identifier: Apache-2.0
"""Streams of events: how many there may be at once, and that whoever does not read is cut off."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from comity.basis.errors import EdgeError
from comity.basis.ids import PersonId
from comity.front.asgi import Receive, Send

EVENT_STREAM: Final = "text/event-stream"
STREAM_S_MAX: Final = 3600
STREAMS_OF_PERSON: Final = 16


class TooManyStreams(EdgeError):  # noqa: N818 (named for what is said)
    """More streams at once than are kept."""

    http_status = 429


class CutOff(EdgeError):  # noqa: N818 (named for what is done)
    """Whoever asked for events does not read them."""

    http_status = 408


class Streams:
    """The streams of this moment, all together, of each person, and of each session or token."""

    def __init__(
        self, *, most: int, most_of_one: int, most_of_person: int = STREAMS_OF_PERSON
    ) -> None:
        """Begin with none."""
        self._most = most
        self._most_of_one = most_of_one
        self._most_of_person = most_of_person
        self._of: Counter[tuple[str | None, PersonId | None]] = Counter()

    def __len__(self) -> int:
        """Count them."""
        return self._of.total() // 2

    @contextmanager
    def place(self, key: str, person: PersonId) -> Iterator[None]:
        """Hold a place for as long as a stream lasts; whoever signs in again gets no more of them.

        Raises:
            TooManyStreams: there is none left.
        """
        one, whose = (key, None), (None, person)
        is_full = self._of[one] >= self._most_of_one or self._of[whose] >= self._most_of_person
        if is_full or len(self) >= self._most:
            raise TooManyStreams(
                "api.too-many-streams",
                "too many streams of events are open at this moment",
                expected=f"at most {self._most_of_one} of one session or token, "
                f"and {self._most_of_person} of one person",
                hint="end some of them, or ask for the list of items",
            )
        self._of.update((one, whose))
        try:
            yield
        finally:
            self._of.subtract((one, whose))
            for each in (one, whose):
                if not self._of[each]:
                    del self._of[each]


@dataclass(frozen=True, slots=True)
class Line:
    """Where a stream finds its place, and how long a piece of it may lie there unread."""

    place: Callable[[], AbstractContextManager[None]]
    send_s: float


def cut_off(line: Line) -> CutOff:
    """Word that a stream's reader did not take a piece of it in time."""
    return CutOff(
        "api.cut-off",
        "events are not read, and the stream is cut off",
        expected=f"each piece within {line.send_s:g} seconds",
        hint="begin again with the id of the last event: nothing is lost",
    )


async def send_events(
    events: AsyncIterator[bytes], line: Line, receive: Receive, send: Send
) -> None:
    """Send events as they come, until they end or their reader has gone.

    Raises:
        TooManyStreams: before anything is sent, where no place is left.
        CutOff: a piece of it was not taken in time.
    """
    with line.place():
        telling = asyncio.ensure_future(_tell(events, line, send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({telling, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not telling.done():
                telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling


async def _tell(events: AsyncIterator[bytes], line: Line, send: Send) -> None:
    async def patiently(message: Any) -> None:
        try:
            async with asyncio.timeout(line.send_s):
                await send(message)
        except TimeoutError:
            raise cut_off(line) from None

    headers = [(b"content-type", EVENT_STREAM.encode()), (b"x-accel-buffering", b"no")]
    await patiently({"type": "http.response.start", "status": 200, "headers": headers})
    async for piece in events:
        await patiently({"type": "http.response.body", "body": piece, "more_body": True})
    await patiently({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
