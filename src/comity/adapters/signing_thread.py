# SPDX-License-Identifier: Apache-2.0
"""A thread that signs while the event loop does other work: the library gives up the interpreter's
lock for as long. An ML-DSA signature takes about as long as all that a node does for one commit.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Final, Protocol

from comity.keys.signing import PrivateKey, sign

Pair = tuple[PrivateKey, PrivateKey]
Messages = tuple[bytes, bytes]

_STOP_S: Final = 5.0


class Hand(Protocol):
    """Makes both signatures of a checkpoint."""

    async def sign_both(self, pair: Pair, messages: Messages) -> Messages:
        """Sign the first message by the first key, the second by the second."""


class HandAtOnce:
    """Signs where it is asked: for a command, that has nothing else to do meanwhile."""

    async def sign_both(self, pair: Pair, messages: Messages) -> Messages:
        """Sign at once."""
        return _both(pair, messages)


class SigningThread:
    """Signs on one thread, in the order in which it is asked."""

    def __init__(self) -> None:
        """Begin no thread before it is needed."""
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def sign_both(self, pair: Pair, messages: Messages) -> Messages:
        """Sign beside the loop; whoever is cancelled gets nothing, and nothing is kept."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="signing", daemon=True)
            self._thread.start()
        asked = _Asked(pair, messages)
        self._asked.put(asked)
        return await asked.signed

    def close(self) -> None:
        """End the thread once it has signed what was asked."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join(_STOP_S)
            self._thread = None

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            asked.answer()
            del asked  # nothing is kept in memory until the next one comes


class _Asked:
    """What is to be signed, and who waits for it."""

    __slots__ = ("_loop", "_messages", "_pair", "signed")

    def __init__(self, pair: Pair, messages: Messages) -> None:
        self._loop = asyncio.get_running_loop()
        self._pair = pair
        self._messages = messages
        self.signed: asyncio.Future[Messages] = self._loop.create_future()

    def answer(self) -> None:
        """Sign, on the thread, and tell the loop, which may have ended meanwhile."""
        found: Messages | Exception
        try:
            found = _both(self._pair, self._messages)
        except Exception as err:
            found = err
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell, found)

    def _tell(self, found: Messages | Exception) -> None:
        if self.signed.done():
            return
        if isinstance(found, Exception):
            self.signed.set_exception(found)
        else:
            self.signed.set_result(found)


def _both(pair: Pair, messages: Messages) -> Messages:
    return sign(pair[0], messages[0]), sign(pair[1], messages[1])
