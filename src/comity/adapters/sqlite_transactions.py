# SPDX-License-Identifier: Apache-2.0
"""Transactions on the store's SQLite file, for the group writer: begun, applied, made durable.

A commit that the disk refuses is for good: what would be said afterwards could not be trusted.
A full disk is not: there may be room again. The write-ahead log goes into the file when it has
grown long, while nobody waits; after an erasure at once and whole, so that no copy is left in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from comity.adapters.crash import crash_point
from comity.adapters.sqlite_file import sqlite_edge
from comity.adapters.sqlite_group import GroupTables
from comity.adapters.sqlite_tables import SqliteTables
from comity.adapters.sqlite_writing import SqliteWriting, find_verdict, is_of_the_disk
from comity.adapters.store_tables import ChangingTables
from comity.basis.errors import EdgeError

T = TypeVar("T")

FREE_BYTES_MIN = 8 * 1024 * 1024
"""Below this the store takes no writes: a commit must never end on a full disk half way."""


def free_bytes(folder: Path) -> int:
    """Tell how much room an unprivileged process has there."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class SqliteTransactions:
    """Transactions on the store's file, each over a group of changes."""

    def __init__(self, file: SqliteWriting, free: Callable[[Path], int]) -> None:
        """Write by `file`, as long as there is room."""
        self._file = file
        self._free = free
        self._held = SqliteTables(file.connection)
        self._group = GroupTables(file.connection, self._held)
        self._pages = 0
        self._unerased = False
        self.full = False

    def begin(self, *, patient: bool) -> bool:
        """Begin a transaction; False when another process holds the file and we are not to wait."""
        with sqlite_edge(self._file.path):
            self.refuse_when_full()
        crash_point("store.before-begin")
        if not self._file.begin(patient=patient):
            return False
        self._forget()
        crash_point("store.after-begin")
        return True

    def apply(self, act: Callable[[ChangingTables], T]) -> T:
        """Apply one change in memory; one that fails leaves no trace."""
        try:
            with sqlite_edge(self._file.path):
                result = act(self._group)
        except Exception:
            self._group.undo_change()
            raise
        self._group.end_change()
        crash_point("store.after-change")
        return result

    def write(self) -> None:
        """Write what was applied, not yet durable."""
        with sqlite_edge(self._file.path):
            self._pages = self._group.write()
        self._unerased = self._unerased or self._group.erases
        crash_point("store.after-write")

    def commit(self) -> None:
        """Make it durable; erase for good what it erases.

        While another process reads an old state, the log keeps a copy: the next commit tries again.
        """
        crash_point("store.before-commit")
        self._file.commit(self._pages)
        self._forget()
        self.full = False
        crash_point("store.after-commit")
        if self._unerased:
            self._unerased = not self._file.truncate()
            crash_point("store.after-erase")

    def roll_back(self) -> None:
        """Take everything back since `begin`."""
        self._forget()
        self._file.roll_back()

    def untidy(self) -> bool:
        """Tell whether the write-ahead log is long."""
        return self._file.is_long()

    def tidy(self) -> None:
        """Bring a long write-ahead log into the file."""
        self._file.shorten()

    def rest(self) -> None:
        """Give back the memory of pages that were kept at hand."""
        self._file.rest()

    def lost(self, err: BaseException) -> bool:
        """Tell whether the disk or SQLite failed, and not the change."""
        return is_of_the_disk(err)

    def verdict(self, err: BaseException) -> str | None:
        """Remember what a failed write says about the disk."""
        if isinstance(err, EdgeError) and err.code == "store.disk-full" and is_of_the_disk(err):
            self.full = True
        return find_verdict(err)

    def _forget(self) -> None:
        """Keep nothing of a group in memory once it has ended."""
        self._group = GroupTables(self._file.connection, self._held)

    def refuse_when_full(self) -> None:
        """Raise EdgeError when there is too little room for any transaction."""
        free = self._free(self._file.path.parent)
        if free < FREE_BYTES_MIN:
            raise EdgeError(
                "store.disk-full",
                "no space left on disk",
                where=str(self._file.path),
                expected=f"{FREE_BYTES_MIN} bytes free",
                found=str(free),
                hint="free some space; the node goes on by itself",
            )
