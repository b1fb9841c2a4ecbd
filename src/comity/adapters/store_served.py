# SPDX-License-Identifier: Apache-2.0
"""The store of a served node: whoever serves is told what each commit was about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import AgreementId, Domain
from comity.ports import Change, Committed

Wrote = Callable[[frozenset[AgreementId], frozenset[str]], None]


class ServedStore(SqliteStore):
    """A node's store that tells what was written."""

    def __init__(
        self, path: Path, domain: Domain, *, on_stop: Callable[[str], None], wrote: Wrote
    ) -> None:
        """Open it as any other.

        `wrote` is told the agreements in which registers were opened or our own grew, and the
        kinds of documents written; it is called in the writer's loop and must not wait.
        """
        super().__init__(path, on_stop=on_stop)
        self._own = f"{domain}/register/"
        self._wrote = wrote

    async def commit(self, change: Change) -> Committed:
        """Write `change`, then tell what it was about."""
        committed = await super().commit(change)
        found = {row.agreement for row in change.registers}
        found |= {
            AgreementId(each.origin.removeprefix(self._own))
            for each in change.entries
            if each.origin.startswith(self._own)
        }
        kinds = frozenset(each.kind for each in change.documents)
        self._wrote(frozenset(each for each in found if each is not None), kinds)
        return committed
