# SPDX-License-Identifier: Apache-2.0
"""The custody file: re-wrapped item keys in a SQLite file of their own, beside the key files.

Keeping many keys takes one flush of the write-ahead log. Erasing overwrites the row and cuts the
log to nothing, again when a crash left one (docs/decisions/0006). The file is no part of the
database's backup; its own backup is replaced, never kept in generations. Source: DESIGN section 6
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from comity.adapters.crash import crash_point
from comity.adapters.group_writer import GroupWriter, stopped
from comity.adapters.sqlite_file import (
    JournalMode,
    connect,
    connect_reader,
    erase_for_good,
    migrate,
    sqlite_edge,
)
from comity.adapters.sqlite_writing import SqliteWriting, find_verdict, is_of_the_disk
from comity.basis.errors import EdgeError

APPLICATION_ID = 0x636F6D63
_MIGRATIONS = (
    (
        "CREATE TABLE item_keys (item_key INTEGER PRIMARY KEY, item_ref TEXT NOT NULL UNIQUE,"
        " wrapped BLOB NOT NULL) STRICT",
    ),
)
_PAGES_A_KEY = 2
T = TypeVar("T")


class _Rows:
    """What may be done inside a transaction on the custody file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.touched = 0
        self.erases = False

    def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        self.touched += len(rows)
        added = self._connection.executemany(
            "INSERT INTO item_keys (item_ref, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING", rows
        )
        if added.rowcount != len(rows):
            self.erases = True
            self._connection.executemany(
                "UPDATE item_keys SET wrapped = ?2 WHERE item_ref = ?1", rows
            )

    def erase(self, item_ref: str) -> None:
        self.erases = True
        self._connection.execute("DELETE FROM item_keys WHERE item_ref = ?", (item_ref,))


class _Transactions:
    """Transactions on the custody file, for the group writer."""

    def __init__(self, file: SqliteWriting) -> None:
        self._file = file
        self._rows = _Rows(file.connection)
        self._unerased = False

    def begin(self, *, patient: bool) -> bool:
        self._rows = _Rows(self._file.connection)
        return self._file.begin(patient=patient)

    def apply(self, act: Callable[[_Rows], T]) -> T:
        with sqlite_edge(self._file.path):
            return act(self._rows)

    def write(self) -> None:
        """Everything is written already."""

    def commit(self) -> None:
        self._file.commit(_PAGES_A_KEY * self._rows.touched)
        self._unerased = self._unerased or self._rows.erases
        if self._unerased:
            crash_point("custody.before-truncate")
            if not self._file.truncate():
                raise EdgeError(
                    "custody.not-erased",
                    "another process reads the custody file, so a copy of the key is still there",
                    where=str(self._file.path),
                    hint="erase it again when that process has ended",
                )
            self._unerased = False

    def roll_back(self) -> None:
        self._file.roll_back()

    def untidy(self) -> bool:
        return self._file.is_long()

    def tidy(self) -> None:
        self._file.shorten()

    def rest(self) -> None:
        self._file.rest()

    def verdict(self, err: BaseException) -> str | None:
        return find_verdict(err)

    def lost(self, err: BaseException) -> bool:
        return is_of_the_disk(err)


class SqliteCustody:
    """Re-wrapped item keys in one file."""

    def __init__(
        self,
        path: Path,
        *,
        busy_timeout_s: float = 30.0,
        on_stop: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open the file, make its table when new, and refuse what is not safe.

        `on_stop` is called once, from any thread, with the reason why no key can be kept any more.

        Raises:
            ConfigError: deleted rows would stay readable, or another problem of the file.
            EdgeError: the disk failed, or another process held the file for too long.
        """
        self._path = path
        log_left = path.with_name(f"{path.name}-wal").exists()
        self._connection = connect(path, mode=JournalMode.WAL, busy_timeout_s=busy_timeout_s)
        try:
            erase_for_good(self._connection, path)
            migrate(self._connection, path, _MIGRATIONS, application_id=APPLICATION_ID)
            self._reader = connect_reader(path, busy_timeout_s=busy_timeout_s)
        except BaseException:
            self._connection.close()
            raise
        file = SqliteWriting(self._connection, path, wal=True, busy_timeout_s=busy_timeout_s)
        if log_left:
            # What was erased just before a crash may still stand in it. While another process
            # reads, that process has opened the file, and has done this.
            file.truncate()
        self._writer = GroupWriter(_Transactions(file), on_stop)

    @property
    def flushes(self) -> int:
        """Count the transactions since the file was opened: one flush each, an erasure four."""
        return self._writer.flushes

    async def put(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        """Keep, in place of what was there, in one flush; durable when this returns."""
        crash_point("custody.before-write")
        await self._writer.write(partial(_Rows.put, rows=rows))
        crash_point("custody.after-write")

    async def get(self, item_ref: str) -> bytes | None:
        """Return what is kept, or None."""
        with self._reading() as reader:
            row = reader.execute(
                "SELECT wrapped FROM item_keys WHERE item_ref = ?", (item_ref,)
            ).fetchone()
        return bytes(row[0]) if row else None

    async def held(self, item_refs: frozenset[str]) -> frozenset[str]:
        """Return those of `item_refs` that are kept."""
        with self._reading() as reader:
            return frozenset(
                item_ref
                for item_ref in item_refs
                if reader.execute(
                    "SELECT 1 FROM item_keys WHERE item_ref = ?", (item_ref,)
                ).fetchone()
            )

    async def erase(self, item_ref: str) -> None:
        """Overwrite and remove; no copy is left in any file when this returns.

        Raises:
            EdgeError: another process reads the file; erase again.
        """
        crash_point("custody.before-erase")
        await self._writer.write(partial(_Rows.erase, item_ref=item_ref))
        crash_point("custody.after-erase")

    async def refs(self) -> tuple[str, ...]:
        """List what is kept, sorted."""
        with self._reading() as reader:
            rows = reader.execute("SELECT item_ref FROM item_keys ORDER BY item_ref")
            return tuple(str(ref) for (ref,) in rows)

    def close(self) -> None:
        """Finish what is on its way to the disk, and release the file."""
        self._writer.close()
        self._reader.close()
        self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._writer.stopped is not None:
            raise stopped(self._writer.stopped, str(self._path))
        with sqlite_edge(self._path):
            yield self._reader
