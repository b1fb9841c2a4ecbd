# SPDX-License-Identifier: Apache-2.0
"""One SQLite file's writing connection: beginning, committing, and leaving no copy behind.

Whoever is on the event loop does not wait for another process that holds the file; the writer's
thread does. Pages that a write-ahead log holds twice or thrice go with `truncate`.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from comity.adapters.sqlite_file import sqlite_edge
from comity.basis.errors import EdgeError

WAL_PAGES = 4_000
"""About as long as a write-ahead log grows; SQLite itself steps in at four times that."""

_FATAL = frozenset({"store.disk", "store.damaged", "disk.failed"})


class SqliteWriting:
    """A connection that writes, and the little that it remembers."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, *, wal: bool, busy_timeout_s: float
    ) -> None:
        """Write by `connection`, which nobody else writes by."""
        self.connection = connection
        self.path = path
        self.wal = wal
        self._busy_ms = round(busy_timeout_s * 1000)
        self._patience_ms: int | None = None
        self._pages = 0
        connection.execute(f"PRAGMA wal_autocheckpoint = {4 * WAL_PAGES}")

    def begin(self, *, patient: bool) -> bool:
        """Begin a transaction; False when another process holds the file and we are not to wait."""
        self._be_patient(patient=patient)
        try:
            with sqlite_edge(self.path):
                self.connection.execute("BEGIN IMMEDIATE")
        except EdgeError as err:
            if err.code == "store.busy" and not patient:
                return False
            raise
        return True

    def commit(self, pages: int) -> None:
        """Make the transaction durable, which touches about so many pages."""
        # A rollback journal waits for readers here; a write-ahead log waits for nobody.
        self._be_patient(patient=not self.wal)
        with sqlite_edge(self.path):
            self.connection.execute("COMMIT")
        self._pages += pages

    def roll_back(self) -> None:
        """Take everything back since `begin`; SQLite has done so itself after some errors."""
        if self.connection.in_transaction:
            with sqlite_edge(self.path):
                self.connection.execute("ROLLBACK")

    def is_long(self) -> bool:
        """Tell whether the write-ahead log has grown long."""
        return self.wal and self._pages > WAL_PAGES

    def shorten(self) -> None:
        """Bring the write-ahead log into the file, while nobody waits."""
        with sqlite_edge(self.path):
            self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._pages = 0

    def rest(self) -> None:
        """Give back the memory of pages that were kept at hand."""
        with sqlite_edge(self.path):
            self.connection.execute("PRAGMA shrink_memory")

    def truncate(self) -> bool:
        """Leave nothing in the write-ahead log; False while another process reads an old state."""
        if not self.wal:
            return True
        self._be_patient(patient=True)
        with sqlite_edge(self.path):
            found = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            # SQLite cuts the log and does not flush that: a power cut could bring it back.
            _flush(self.path.with_name(f"{self.path.name}-wal"))
        self._pages = 0
        return not found[0]

    def _be_patient(self, *, patient: bool) -> None:
        wanted = self._busy_ms if patient else 0
        if self._patience_ms != wanted:
            with sqlite_edge(self.path):
                self.connection.execute(f"PRAGMA busy_timeout = {wanted}")
            self._patience_ms = wanted


def is_of_the_disk(err: BaseException) -> bool:
    """Tell whether the disk or SQLite failed, and not what was to be written."""
    return isinstance(err.__cause__, sqlite3.Error | OSError)


def find_verdict(err: BaseException) -> str | None:
    """Say why nothing may be written any more, or None when one may go on."""
    if isinstance(err, EdgeError) and err.code in _FATAL and is_of_the_disk(err):
        return f"the disk failed while writing: {err.found}"
    return None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
