# SPDX-License-Identifier: Apache-2.0
"""The store in one SQLite file: WAL + FULL (or DELETE + EXTRA), one writer, group commit.

A commit that the disk refuses stops the store: what it would say afterwards could not be trusted.
A full disk only makes it read-only, with a reason, until there is room again. Reads go by a
connection of their own and see every commit that has returned.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from comity.adapters.group_writer import GroupWriter, stopped
from comity.adapters.sqlite_file import (
    JournalMode,
    connect,
    connect_reader,
    erase_for_good,
    migrate,
    sqlite_edge,
    translate,
)
from comity.adapters.sqlite_schema import APPLICATION_ID, MIGRATIONS
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.sqlite_transactions import FREE_BYTES_MIN, SqliteTransactions, free_bytes
from comity.adapters.sqlite_writing import SqliteWriting
from comity.adapters.store_scrub import scrub
from comity.adapters.store_tables import Tables, apply_change, apply_rebuild
from comity.adapters.tables_store import ReadingStore, demand_decision
from comity.basis.ids import AgreementId
from comity.decision.stages import Allowed
from comity.ports import (
    Basis,
    Change,
    CheckReport,
    Committed,
    Document,
    Judgement,
    RegisterHead,
)
from comity.tlog.proofs import NodeReader

_PROBE_BYTES = 1024 * 1024
_KEPT_MAX = 256


class _Reading:
    """One short read after the other, by the connection that reads."""

    __slots__ = ("_edge", "_refuse", "_tables")

    def __init__(self, tables: Tables, path: Path, refuse: Callable[[], None]) -> None:
        """Read these tables, unless refused."""
        self._tables = tables
        self._edge = sqlite_edge(path)
        self._refuse = refuse

    def __enter__(self) -> Tables:
        self._refuse()
        return self._tables

    def __exit__(self, kind: object, err: BaseException | None, trace: object) -> None:
        self._edge.__exit__(kind, err, trace)


class SqliteStore(ReadingStore):
    """A node's registers and documents in one file."""

    def __init__(
        self,
        path: Path,
        *,
        mode: JournalMode = JournalMode.WAL,
        busy_timeout_s: float = 30.0,
        free: Callable[[Path], int] = free_bytes,
        on_stop: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open the file, make its tables when new, and refuse what is not safe.

        `on_stop` is called once, from any thread, with the reason why nothing can be written any
        more: whoever serves ends the process there.

        Raises:
            ConfigError: weak settings, a newer schema, another program's file, or damage.
            EdgeError: the disk failed, or another process held the file for too long.
        """
        self._path = path
        self._free = free
        self._busy_timeout_s = busy_timeout_s
        self._connection = connect(path, mode=mode, busy_timeout_s=busy_timeout_s)
        try:
            erase_for_good(self._connection, path)
            migrate(self._connection, path, MIGRATIONS, application_id=APPLICATION_ID)
            self._reader = connect_reader(path, busy_timeout_s=busy_timeout_s)
        except BaseException:
            self._connection.close()
            raise
        self._read = _Reading(SqliteTables(self._reader), path, self._refuse_when_stopped)
        self._read_at = -1
        self._heads: dict[AgreementId | None, tuple[RegisterHead, ...]] = {}
        self._versions: dict[str, tuple[tuple[str, int], ...]] = {}
        wal = mode is JournalMode.WAL
        writing = SqliteWriting(self._connection, path, wal=wal, busy_timeout_s=busy_timeout_s)
        self._transactions = SqliteTransactions(writing, free)
        self._writer = GroupWriter(self._transactions, on_stop)

    @property
    def changes(self) -> int:
        """Count the changes that were made durable since the file was opened."""
        return self._writer.changes

    @property
    def flushes(self) -> int:
        """Count the transactions that made them so: one flush each."""
        return self._writer.flushes

    def close(self) -> None:
        """Finish what is on its way to the disk, and close the file."""
        self._writer.close()
        self._reader.close()
        self._connection.close()

    async def registers(self, agreement: AgreementId | None = None) -> tuple[RegisterHead, ...]:
        """List the registers (of one agreement); read again once anything was committed."""
        self._forget_what_changed()
        found = self._heads.get(agreement)
        if found is None:
            found = self._heads[agreement] = await super().registers(agreement)
        return found

    async def versions(self, prefix: str = "") -> tuple[tuple[str, int], ...]:
        """List kinds and their versions; read again once anything was committed."""
        self._forget_what_changed()
        found = self._versions.get(prefix)
        if found is None:
            found = self._versions[prefix] = await super().versions(prefix)
        return found

    def _forget_what_changed(self) -> None:
        """Forget what was read, unless SQLite says that nobody has committed anything since.

        What is read right after may be newer than that, and is then read once more.
        """
        with self._reading():
            (now,) = self._reader.execute("PRAGMA data_version").fetchone()
        if now != self._read_at or len(self._heads) + len(self._versions) > _KEPT_MAX:
            self._read_at = now
            self._heads.clear()
            self._versions.clear()

    async def commit(self, change: Change) -> Committed:
        """Write `change` whole or not at all, with others in one flush; durable on return."""
        demand_decision(change.allowed_by)
        return await self._writer.write(partial(apply_change, change=change))

    async def replace_derived(
        self,
        allowed_by: Allowed,
        judgements: tuple[Judgement, ...],
        documents: tuple[Document, ...],
        *,
        basis: Basis,
    ) -> None:
        """Put these in place of every judgement and every derived document, in one commit."""
        demand_decision(allowed_by)
        rebuild = partial(apply_rebuild, judgements=judgements, documents=documents, basis=basis)
        await self._writer.write(rebuild, alone=True)

    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None; looks at the disk again."""
        if self._writer.stopped is not None:
            return self._writer.stopped
        full = self._transactions.full
        if self._free(self._path.parent) < FREE_BYTES_MIN or (full and not self._probe()):
            return "no space left on disk"
        self._transactions.full = False
        return None

    async def check(self) -> CheckReport:
        """Read back and re-hash every entry, on a thread of its own: it takes as long as it takes.

        It reads one state throughout; erasures wait for it, other commits do not.
        """
        return await asyncio.to_thread(self._scrub)

    def _scrub(self) -> CheckReport:
        with self._snapshot() as tables:
            return scrub(tables)

    def _outside(self, read_node: NodeReader) -> NodeReader:
        def read(level: int, index: int) -> bytes:
            # Not `with sqlite_edge`: a proof reads twenty nodes and is to take 0.1 ms.
            try:
                return read_node(level, index)
            except sqlite3.Error as err:
                raise translate(err, self._path) from err

        return read

    def _reading(self) -> AbstractContextManager[Tables]:
        return self._read

    @contextmanager
    def _snapshot(self) -> Iterator[Tables]:
        """Read one state by a connection of its own, so that other reads go on seeing commits."""
        self._refuse_when_stopped()
        with sqlite_edge(self._path):
            connection = connect_reader(self._path, busy_timeout_s=self._busy_timeout_s)
            try:
                connection.execute("BEGIN")
                yield SqliteTables(connection)
            finally:
                connection.close()

    def _refuse_when_stopped(self) -> None:
        if self._writer.stopped is not None:
            raise stopped(self._writer.stopped, str(self._path))

    def _probe(self) -> bool:
        """Try whether the disk takes bytes again: quotas do not show in its free space."""
        path = self._path.with_name(f".probe.{secrets.token_hex(8)}.tmp")
        try:
            with path.open("wb") as file:
                file.write(bytes(_PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        finally:
            path.unlink(missing_ok=True)
        return True
