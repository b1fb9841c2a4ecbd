# SPDX-License-Identifier: Apache-2.0
"""Whether the store takes writes: said once when it no longer does, and once when it does again."""

from __future__ import annotations

import asyncio
from typing import Final

from comity.basis.errors import ComityError
from comity.ports import Store
from comity.serve.diagnostics import Log, problem_fields

ROOM_S: Final = 1.0
"""How often it is looked; nothing is written for it but after a write that found no room."""


class Room:
    """Watches one node's store."""

    def __init__(self, store: Store, log: Log) -> None:
        """Hold it writable until it says otherwise."""
        self._store = store
        self._log = log
        self._reason: str | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(ROOM_S)

    async def look(self) -> None:
        """Look once, and say what has changed."""
        try:
            reason = await self._store.read_only()
        except ComityError as err:
            self._log.warning("store.not-seen", **problem_fields(err))
            return
        if (reason is None) is not (self._reason is None):
            self._tell(reason)
        self._reason = reason

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._log.info("store.writable")
        else:
            hint = "make room; it goes on by itself, and is read meanwhile"
            self._log.error("store.read-only", reason=reason, hint=hint)
