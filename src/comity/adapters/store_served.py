# SPDX-License-Identifier: Apache-2.0
"""The store of a served node: whoever serves is told what each commit was about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from comity.adapters.store_sqlite import SqliteStore
from comity.basis.ids import AgreementId, Domain
from comity.decision.stages import Allowed
from comity.ports import Basis, Change, Committed, Document, Judgement, RegisterHead

_KEPT_MAX: Final = 256

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
        self._by_origin: dict[str, RegisterHead | None] = {}

    async def commit(self, change: Change) -> Committed:
        """Write `change`, then tell what it was about."""
        try:
            committed = await super().commit(change)
        finally:
            self._forget_what_moved(change)
        found = {row.agreement for row in change.registers}
        found |= {
            AgreementId(each.origin.removeprefix(self._own))
            for each in change.entries
            if each.origin.startswith(self._own)
        }
        kinds = frozenset(each.kind for each in change.documents)
        self._wrote(frozenset(each for each in found if each is not None), kinds)
        return committed

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Put these in place of everything derived."""
        try:
            await super().replace_derived(allowed_by, judgements, documents, basis=basis)
        finally:
            self._versions.clear()

    async def register(self, origin: str) -> RegisterHead | None:
        """Return where a register stands; read again once it has grown."""
        if origin not in self._by_origin:
            if len(self._by_origin) >= _KEPT_MAX:
                self._by_origin.clear()
            self._by_origin[origin] = await super().register(origin)
        return self._by_origin[origin]

    def _forget_what_changed(self) -> None:
        """Look for nobody else's commits: whoever serves holds the node, and writes alone.

        A read between a commit and its telling shows what was before; whatever is decided on that
        finds its basis moved.
        """
        if len(self._heads) + len(self._versions) > _KEPT_MAX:
            self._heads.clear()
            self._versions.clear()

    def _forget_what_moved(self, change: Change) -> None:
        if change.documents:
            self._versions.clear()
        if change.registers or change.entries or change.journal:
            self._by_origin.clear()
        if change.registers or change.entries:
            self._heads.clear()
