# SPDX-License-Identifier: Apache-2.0
"""The store of a served node: whoever serves is told of every commit, once it is durable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from comity.adapters.store_sqlite import SqliteStore
from comity.ports import Change, Committed


class ServedStore(SqliteStore):
    """A node's store that tells what grew."""

    def __init__(
        self, path: Path, *, on_stop: Callable[[str], None], grown: Callable[[Committed], None]
    ) -> None:
        """Open it as any other. `grown` is called in the writer's loop and must not wait."""
        super().__init__(path, on_stop=on_stop)
        self._grown = grown

    async def commit(self, change: Change) -> Committed:
        """Write `change`, then tell what it appended."""
        committed = await super().commit(change)
        if committed.positions:
            self._grown(committed)
        return committed
