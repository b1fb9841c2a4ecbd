# SPDX-License-Identifier: Apache-2.0
"""A thread that signs while the event loop does other work: the library gives up the interpreter's
lock for as long. An ML-DSA signature takes about as long as all that a node does for one commit.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from comity.keys.signing import PrivateKey, sign

Pair = tuple[PrivateKey, PrivateKey]
Messages = tuple[bytes, bytes]


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
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="signing")

    async def sign_both(self, pair: Pair, messages: Messages) -> Messages:
        """Sign beside the loop; whoever is cancelled gets nothing, and nothing is kept."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _both, pair, messages)

    def close(self) -> None:
        """End the thread once it has signed what was asked."""
        self._thread.shutdown()


def _both(pair: Pair, messages: Messages) -> Messages:
    return sign(pair[0], messages[0]), sign(pair[1], messages[1])
