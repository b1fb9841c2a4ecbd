# SPDX-License-Identifier: Apache-2.0
"""Passwords of our own people: turned into something that gives them away to nobody."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Slow on purpose, and bounded: what is too much at once is refused, not queued for ever."""

    async def hash(self, password: str) -> str:
        """Give what is kept in a password's place: its salt, its cost and its hash.

        Raises:
            EdgeError: too many wait already.
        """

    async def verify(self, password: str, known: str | None) -> bool:
        """Answer whether it is the password that `known` was made of; None is nobody's.

        Every answer takes as long as the hash of a password kept by this adapter.

        Raises:
            EdgeError: too many wait already, or what is kept does not read.
        """
