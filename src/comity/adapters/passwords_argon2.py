# SPDX-License-Identifier: Apache-2.0
"""Passwords under Argon2id (RFC 9106), away from the event loop, a few at a time.

Each hash takes the memory that its cost says, so the number of hands is what bounds the memory;
whoever comes when the queue is full is sent away at once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import Type

from comity.adapters.key_envelope import KdfCost
from comity.basis.errors import EdgeError

COST_SIGN_IN: Final = KdfCost(memory_kib=46 * 1024, passes=1, lanes=1)
"""OWASP's strongest in memory; a registrar's codes and the delays do the rest."""
HANDS: Final = 2
WAITING_MAX: Final = 32

_T = TypeVar("_T")


class Argon2Passwords:
    """Hashes and verifies in threads of its own; `close` when the node stops."""

    def __init__(self, cost: KdfCost = COST_SIGN_IN, *, waiting_max: int = WAITING_MAX) -> None:
        """Begin with nobody waiting."""
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            type=Type.ID,
        )
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="passwords")
        self._room = waiting_max + HANDS
        # Made before anybody asks, so that the first unknown name takes no longer than the rest.
        self._nobodys = self._hands.submit(self._hasher.hash, secrets.token_hex(32))

    async def hash(self, password: str) -> str:
        """Give what is kept in a password's place."""
        return await self._do(lambda: self._hasher.hash(password))

    async def verify(self, password: str, known: str | None) -> bool:
        """Answer whether it is that password; nobody's takes as long and is none."""
        found = await self._do(lambda: self._matches(password, known))
        return found and known is not None

    def close(self) -> None:
        """Let the threads end; whoever waits still gets an answer."""
        self._hands.shutdown(wait=True)

    def _matches(self, password: str, known: str | None) -> bool:
        try:
            return self._hasher.verify(self._nobodys.result() if known is None else known, password)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as err:
            raise EdgeError(
                "passwords.unreadable",
                "what is kept in the password's place does not read",
                found=type(err).__name__,
                hint="let a registrar set it anew: comity person password",
            ) from None

    async def _do(self, work: Callable[[], _T]) -> _T:
        if not self._room:
            raise EdgeError(
                "passwords.busy",
                "too many people are signing in at this moment",
                found=f"{WAITING_MAX} are waiting",
                hint="try again in a few seconds",
            )
        self._room -= 1
        running = asyncio.get_running_loop().run_in_executor(self._hands, work)
        running.add_done_callback(self._make_room)
        # Whoever goes away meanwhile leaves the thread at work, and keeps its room till the end.
        return await asyncio.shield(running)

    def _make_room(self, done: asyncio.Future[_T]) -> None:
        del done
        self._room += 1
