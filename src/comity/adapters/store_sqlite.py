# SPDX-License-Identifier: Apache-2.0
"""The store in one SQLite file: WAL + FULL (or DELETE + EXTRA), one writer at a time.

A commit that the disk refuses stops the store: what it would say afterwards could not be trusted.
A full disk only makes it read-only, with a reason, until there is room again.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.adapters.crash import crash_point
from comity.adapters.sqlite_file import (
    JournalMode,
    connect,
    erase_for_good,
    migrate,
    sqlite_edge,
    translate,
)
from comity.adapters.sqlite_schema import APPLICATION_ID, MIGRATIONS
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.store_tables import Tables
from comity.adapters.tables_store import TablesStore
from comity.basis.errors import EdgeError
from comity.tlog.proofs import NodeReader

FREE_BYTES_MIN = 8 * 1024 * 1024
"""Below this the store takes no writes: a commit must never end on a full disk half way."""

_PROBE_BYTES = 1024 * 1024


def free_bytes(folder: Path) -> int:
    """Tell how much room an unprivileged process has there."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class SqliteStore(TablesStore):
    """A node's registers and documents in one file."""

    def __init__(
        self,
        path: Path,
        *,
        mode: JournalMode = JournalMode.WAL,
        busy_timeout_s: float = 30.0,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """Open the file, make its tables when new, and refuse what is not safe.

        Raises:
            ConfigError: weak settings, a newer schema, another program's file, or damage.
            EdgeError: the disk failed, or another process held the file for too long.
        """
        self._path = path
        self._free = free
        self._full = False
        self._stopped: str | None = None
        self._connection = connect(path, mode=mode, busy_timeout_s=busy_timeout_s)
        try:
            erase_for_good(self._connection, path)
            migrate(self._connection, path, MIGRATIONS, application_id=APPLICATION_ID)
        except BaseException:
            self._connection.close()
            raise
        self._tables = SqliteTables(self._connection)

    def close(self) -> None:
        """Close the file; nothing is waiting to be written."""
        self._connection.close()

    async def read_only(self) -> str | None:
        """Return why the store takes no writes now, or None; looks at the disk again."""
        if self._stopped is not None:
            return self._stopped
        if self._free(self._path.parent) < FREE_BYTES_MIN or (self._full and not self._probe()):
            return "no space left on disk"
        self._full = False
        return None

    def _outside(self, read_node: NodeReader) -> NodeReader:
        def read(level: int, index: int) -> bytes:
            # Not `with sqlite_edge`: a proof reads twenty nodes and is to take 0.1 ms.
            try:
                return read_node(level, index)
            except sqlite3.Error as err:
                raise translate(err, self._path) from err

        return read

    @contextmanager
    def _reading(self) -> Iterator[Tables]:
        self._refuse_when_stopped()
        with sqlite_edge(self._path):
            yield self._tables

    @contextmanager
    def _snapshot(self) -> Iterator[Tables]:
        self._refuse_when_stopped()
        with sqlite_edge(self._path):
            self._connection.execute("BEGIN")
            try:
                yield self._tables
            finally:
                self._connection.execute("ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[Tables]:
        self._refuse_when_stopped()
        if self._free(self._path.parent) < FREE_BYTES_MIN:
            raise self._disk_full()
        try:
            with sqlite_edge(self._path):
                crash_point("store.before-begin")
                self._connection.execute("BEGIN IMMEDIATE")
                yield from self._transaction()
        except EdgeError as err:
            self._learn(err)
            raise
        self._full = False

    def _transaction(self) -> Iterator[Tables]:
        try:
            crash_point("store.after-begin")
            yield self._tables
            crash_point("store.before-commit")
            self._connection.execute("COMMIT")
        except BaseException:
            # SQLite has already rolled back after some errors.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _learn(self, err: EdgeError) -> None:
        """Remember what a failed write says about the disk."""
        if err.code == "store.disk-full":
            self._full = True
        elif err.code in ("store.disk", "store.damaged") and isinstance(
            err.__cause__, sqlite3.Error | OSError
        ):
            self._stopped = f"the disk failed while writing: {err.found}"

    def _refuse_when_stopped(self) -> None:
        if self._stopped is not None:
            raise EdgeError(
                "store.stopped",
                "the store has stopped",
                where=str(self._path),
                found=self._stopped,
                hint="repair the disk, then start the node again",
            )

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

    def _disk_full(self) -> EdgeError:
        return EdgeError(
            "store.disk-full",
            "no space left on disk",
            where=str(self._path),
            expected=f"{FREE_BYTES_MIN} bytes free",
            found=f"{self._free(self._path.parent)}",
            hint="free some space; the node goes on by itself",
        )
