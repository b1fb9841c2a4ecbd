# SPDX-License-Identifier: Apache-2.0
"""Transactions on the store's SQLite file, for the group writer: begun, applied, made durable.

A commit that the disk refuses is for good: what would be said afterwards could not be trusted.
A full disk is not: there may be room again. The write-ahead log goes into the file when it has
grown long, while nobody waits; after an erasure at once and whole, so that no copy is left in it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from comity.adapters.crash import crash_point
from comity.adapters.sqlite_file import JournalMode, sqlite_edge
from comity.adapters.sqlite_group import GroupTables
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.store_tables import ChangingTables
from comity.basis.errors import EdgeError

T = TypeVar("T")

FREE_BYTES_MIN = 8 * 1024 * 1024
"""Below this the store takes no writes: a commit must never end on a full disk half way."""

WAL_PAGES = 4_000
"""About as long as the write-ahead log grows; SQLite itself steps in at four times that."""


def free_bytes(folder: Path) -> int:
    """Tell how much room an unprivileged process has there."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class SqliteTransactions:
    """Transactions on one connection, each over a group of changes."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        *,
        mode: JournalMode,
        busy_timeout_s: float,
        free: Callable[[Path], int],
    ) -> None:
        """Write by `connection`, which nobody else writes by."""
        self._connection = connection
        self._path = path
        self._wal = mode is JournalMode.WAL
        self._busy_ms = round(busy_timeout_s * 1000)
        self._free = free
        self._held = SqliteTables(connection)
        self._group = GroupTables(connection, self._held)
        self._patience_ms: int | None = None
        self._wal_pages = 0
        self._unerased = False
        self.full = False
        connection.execute(f"PRAGMA wal_autocheckpoint = {4 * WAL_PAGES}")

    def begin(self, *, patient: bool) -> bool:
        """Begin a transaction; False when another process holds the file and we are not to wait."""
        self.refuse_when_full()
        self._be_patient(patient=patient)
        crash_point("store.before-begin")
        try:
            with sqlite_edge(self._path):
                self._connection.execute("BEGIN IMMEDIATE")
        except EdgeError as err:
            if err.code == "store.busy" and not patient:
                return False
            raise
        self._group = GroupTables(self._connection, self._held)
        crash_point("store.after-begin")
        return True

    def apply(self, act: Callable[[ChangingTables], T]) -> T:
        """Apply one change in memory; one that fails leaves no trace."""
        try:
            with sqlite_edge(self._path):
                result = act(self._group)
        except Exception:
            self._group.undo_change()
            raise
        self._group.end_change()
        crash_point("store.after-change")
        return result

    def write(self) -> None:
        """Write what was applied, not yet durable."""
        with sqlite_edge(self._path):
            self._wal_pages += self._group.write()
        self._unerased = self._unerased or self._group.erases
        crash_point("store.after-write")

    def commit(self) -> None:
        """Make it durable."""
        crash_point("store.before-commit")
        # A rollback journal waits for readers here; a write-ahead log waits for nobody.
        self._be_patient(patient=not self._wal)
        with sqlite_edge(self._path):
            self._connection.execute("COMMIT")
        self.full = False
        crash_point("store.after-commit")
        if self._unerased:
            self._erase()

    def roll_back(self) -> None:
        """Take everything back since `begin`; SQLite has done so itself after some errors."""
        if self._connection.in_transaction:
            with sqlite_edge(self._path):
                self._connection.execute("ROLLBACK")

    def tidy(self) -> None:
        """Bring a long write-ahead log into the file."""
        if self._wal and self._wal_pages > WAL_PAGES:
            with sqlite_edge(self._path):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._wal_pages = 0

    def lost(self, err: BaseException) -> bool:
        """Tell whether the disk or SQLite failed, and not the change."""
        return isinstance(err.__cause__, sqlite3.Error | OSError)

    def verdict(self, err: BaseException) -> str | None:
        """Remember what a failed write says about the disk."""
        if isinstance(err, EdgeError) and self.lost(err):
            if err.code == "store.disk-full":
                self.full = True
            elif err.code in ("store.disk", "store.damaged"):
                return f"the disk failed while writing: {err.found}"
        return None

    def refuse_when_full(self) -> None:
        """Raise EdgeError when there is too little room for any transaction."""
        free = self._free(self._path.parent)
        if free < FREE_BYTES_MIN:
            raise EdgeError(
                "store.disk-full",
                "no space left on disk",
                where=str(self._path),
                expected=f"{FREE_BYTES_MIN} bytes free",
                found=str(free),
                hint="free some space; the node goes on by itself",
            )

    def _erase(self) -> None:
        """Leave no copy of what was erased in the write-ahead log.

        While another process reads an old state this cannot be done; the next commit tries again.
        """
        if self._wal:
            self._be_patient(patient=True)
            with sqlite_edge(self._path):
                (busy, _, _) = self._connection.execute(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchone()
            self._wal_pages = 0
            self._unerased = bool(busy)
        else:
            self._unerased = False
        crash_point("store.after-erase")

    def _be_patient(self, *, patient: bool) -> None:
        wanted = self._busy_ms if patient else 0
        if self._patience_ms != wanted:
            self._connection.execute(f"PRAGMA busy_timeout = {wanted}")
            self._patience_ms = wanted
