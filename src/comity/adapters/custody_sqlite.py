# SPDX-License-Identifier: Apache-2.0
"""The custody file: re-wrapped item keys in a SQLite file of their own, beside the key files.

Rollback journal with synchronous EXTRA, and secure_delete: a deleted row is overwritten in the
file, and the journal that held it is gone with the commit. WAL would keep old pages. The file is
no part of the database's backup; its own backup is replaced, never kept in generations.
"""

from __future__ import annotations

from pathlib import Path

from comity.adapters.crash import crash_point
from comity.adapters.sqlite_file import (
    JournalMode,
    connect,
    erase_for_good,
    migrate,
    sqlite_edge,
)

APPLICATION_ID = 0x636F6D63
_MIGRATIONS = (
    (
        "CREATE TABLE item_keys (item_key INTEGER PRIMARY KEY, item_ref TEXT NOT NULL UNIQUE,"
        " wrapped BLOB NOT NULL) STRICT",
    ),
)


class SqliteCustody:
    """Re-wrapped item keys in one file."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 30.0) -> None:
        """Open the file, make its table when new, and refuse what is not safe.

        Raises:
            ConfigError: deleted rows would stay readable, or another problem of the file.
        """
        self._path = path
        self._connection = connect(path, mode=JournalMode.DELETE, busy_timeout_s=busy_timeout_s)
        try:
            erase_for_good(self._connection, path)
            migrate(self._connection, path, _MIGRATIONS, application_id=APPLICATION_ID)
        except BaseException:
            self._connection.close()
            raise

    def put(self, item_ref: str, wrapped: bytes) -> None:
        """Keep, in place of what was there."""
        crash_point("custody.before-write")
        with sqlite_edge(self._path):
            self._connection.execute(
                "INSERT INTO item_keys (item_ref, wrapped) VALUES (?, ?)"
                " ON CONFLICT (item_ref) DO UPDATE SET wrapped = excluded.wrapped",
                (item_ref, wrapped),
            )
        crash_point("custody.after-write")

    def get(self, item_ref: str) -> bytes | None:
        """Return what is kept, or None."""
        with sqlite_edge(self._path):
            row = self._connection.execute(
                "SELECT wrapped FROM item_keys WHERE item_ref = ?", (item_ref,)
            ).fetchone()
        return bytes(row[0]) if row else None

    def erase(self, item_ref: str) -> None:
        """Overwrite and remove."""
        crash_point("custody.before-erase")
        with sqlite_edge(self._path):
            self._connection.execute("DELETE FROM item_keys WHERE item_ref = ?", (item_ref,))
        crash_point("custody.after-erase")

    def refs(self) -> tuple[str, ...]:
        """List what is kept, sorted."""
        with sqlite_edge(self._path):
            rows = self._connection.execute("SELECT item_ref FROM item_keys ORDER BY item_ref")
            return tuple(str(ref) for (ref,) in rows)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
