# SPDX-License-Identifier: Apache-2.0
"""The store of a command while the node is served: it reads the file itself, the node writes.

What the node has committed is read at once: both look at the same file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.adapters.node_socket_client import NodeLink
from comity.adapters.node_socket_frames import ReadOnly, ReplaceDerived, commit_of
from comity.adapters.sqlite_file import connect_reader, sqlite_edge, translate
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.store_tables import Tables
from comity.adapters.tables_store import ReadingStore, demand_decision
from comity.decision.stages import Allowed
from comity.ports import Basis, Change, Committed, Document, Judgement
from comity.tlog.proofs import NodeReader

BUSY_TIMEOUT_S = 30.0


class RemoteStore(ReadingStore):
    """A served node's registers and documents."""

    def __init__(self, path: Path, link: NodeLink) -> None:
        """Open the file to read only.

        Raises:
            EdgeError: the disk failed.
        """
        self._path = path
        self._link = link
        self._reader = connect_reader(path, busy_timeout_s=BUSY_TIMEOUT_S)
        self._tables = SqliteTables(self._reader)

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    async def commit(self, change: Change) -> Committed:
        """Let the node write `change`, whole or not at all; durable on return."""
        demand_decision(change.allowed_by)
        committed: Committed = await self._link.ask(commit_of(change))
        return committed

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Let the node put these in place of everything derived, in one commit."""
        demand_decision(allowed_by)
        await self._link.ask(ReplaceDerived(allowed_by.act, judgements, documents, basis))

    async def read_only(self) -> str | None:
        """Ask the node why its store takes no writes now."""
        reason: str | None = await self._link.ask(ReadOnly())
        return reason

    @contextmanager
    def _reading(self) -> Iterator[Tables]:
        with sqlite_edge(self._path):
            yield self._tables

    @contextmanager
    def _snapshot(self) -> Iterator[Tables]:
        with sqlite_edge(self._path):
            self._reader.execute("BEGIN")
            try:
                yield self._tables
            finally:
                self._reader.execute("ROLLBACK")

    def _outside(self, read_node: NodeReader) -> NodeReader:
        def read(level: int, index: int) -> bytes:
            try:
                return read_node(level, index)
            except sqlite3.Error as err:
                raise translate(err, self._path) from err

        return read
