# SPDX-License-Identifier: Apache-2.0
"""The store of a served node: whoever serves is told what each commit was about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import AgreementId
from comity.ports import Change, Committed
from comity.tlog.origin import parse_origin

Wrote = Callable[[frozenset[AgreementId], frozenset[str]], None]


class ServedStore(SqliteStore):
    """A node's store that tells what was written."""

    def __init__(self, path: Path, *, on_stop: Callable[[str], None], wrote: Wrote) -> None:
        """Open it as any other.

        `wrote` is told the agreements whose registers were opened or grew, and the kinds of
        documents written; it is called in the writer's loop and must not wait.
        """
        super().__init__(path, on_stop=on_stop)
        self._wrote = wrote

    async def commit(self, change: Change) -> Committed:
        """Write `change`, then tell what it was about."""
        committed = await super().commit(change)
        found = {row.agreement for row in change.registers}
        found |= {parse_origin(each.origin).agreement for each in change.entries}
        kinds = frozenset(each.kind for each in change.documents)
        self._wrote(frozenset(each for each in found if each is not None), kinds)
        return committed
