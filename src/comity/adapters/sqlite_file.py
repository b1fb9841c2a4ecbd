# SPDX-License-Identifier: Apache-2.0
"""Opening a SQLite file so that what is acknowledged survives a power cut, or not at all.

Only WAL with synchronous FULL, or a rollback journal with EXTRA: weaker settings lost
acknowledged commits in simulated power cuts. What was asked for is read back, never assumed.
"""

from __future__ import annotations

import os
import sqlite3
import time
from enum import StrEnum
from pathlib import Path
from typing import Final

from comity.adapters.crash import crash_point
from comity.adapters.durable_files import edge_error, sync_folder
from comity.basis.errors import ComityError, ConfigError, EdgeError, Problem

QUICK_CHECK_BYTES_MAX = 64 * 1024 * 1024
"""Above this size a file is not checked whole at every start, but by the daily scrub."""

_SYNCHRONOUS_NAMES = {0: "off", 1: "normal", 2: "full", 3: "extra"}
_OPENING_BYTES = 256 * 1024
"""A file that is opened takes less than this beside it, for its log and the log's index."""

_POLL_S = 0.01
_READER_KIB = 512
"""So much of a file is kept at hand to read: the system has it all, and what is read is recent."""
_DAMAGED = "the store's file is damaged"
_RESTORE = "restore it from a backup; partners' mirrors hold what was said since"


class JournalMode(StrEnum):
    """How SQLite makes a commit durable."""

    WAL = "wal"
    DELETE = "delete"


_SYNCHRONOUS = {JournalMode.WAL: "full", JournalMode.DELETE: "extra"}


def connect(path: Path, *, mode: JournalMode, busy_timeout_s: float) -> sqlite3.Connection:
    """Open a file, readable by its owner alone, with durable settings that were read back.

    Raises:
        ConfigError: the settings do not hold here, or the file is not sound.
        EdgeError: the disk failed, or another process holds the file.
    """
    with sqlite_edge(path, opening=True):
        _create_private(path)
        # Serialized by SQLite; that one thread at a time uses it is for its user to see to.
        connection = sqlite3.connect(
            path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            _set_durable(connection, mode, deadline=time.monotonic() + busy_timeout_s)
            verify_durable(connection, mode, where=str(path))
            verify_sound(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def connect_reader(path: Path, *, busy_timeout_s: float) -> sqlite3.Connection:
    """Open a file that `connect` has opened, to read only.

    Raises:
        EdgeError: the disk failed, or another process holds the file.
    """
    with sqlite_edge(path):
        connection = sqlite3.connect(
            path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{_READER_KIB}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        return connection


def verify_durable(connection: sqlite3.Connection, mode: JournalMode, *, where: str) -> None:
    """Read the settings back: a file system or a build may have refused them in silence.

    Raises:
        ConfigError: weaker than asked for.
    """
    journal = str(_pragma(connection, "journal_mode"))
    level = _SYNCHRONOUS_NAMES.get(int(str(_pragma(connection, "synchronous"))), "unknown")
    if (journal, level) != (mode.value, _SYNCHRONOUS[mode]):
        raise config_error(
            "store.weak-durability",
            "SQLite does not hold to the durable settings here",
            where=where,
            expected=f"{mode.value} + {_SYNCHRONOUS[mode]}",
            found=f"{journal} + {level}",
            hint="put the node on a local file system",
        )


def verify_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Let SQLite check the file's structure, unless it is too large to do so at every start."""
    if path.stat().st_size > QUICK_CHECK_BYTES_MAX:
        return
    found = str(_pragma(connection, "quick_check(1)"))
    if found != "ok":
        raise _damaged(path, found)


def erase_for_good(connection: sqlite3.Connection, path: Path) -> None:
    """Have deleted rows overwritten in the file.

    Raises:
        ConfigError: this SQLite would leave them readable.
    """
    with sqlite_edge(path, opening=True):
        found = _pragma(connection, "secure_delete = ON")
    if found != 1:
        raise config_error(
            "store.no-secure-delete",
            "SQLite would leave erased rows in the file",
            where=str(path),
            expected="secure_delete = 1",
            found=f"secure_delete = {found}",
        )


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: tuple[tuple[str, ...], ...],
    *,
    application_id: int,
) -> None:
    """Bring the tables to the newest version, in one transaction.

    Raises:
        ConfigError: the file is of a newer comity, or of something else.
    """
    with sqlite_edge(path, opening=True):
        if _pragma(connection, "user_version") == len(migrations):
            _verify_ours(connection, path, application_id)
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = _version(connection, path, len(migrations), application_id)
            for step in migrations[version:]:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {application_id}")
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
            crash_point("store.after-migration")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        sync_folder(path.parent)


class SqliteEdge:
    """Turns SQLite's and the system's errors into ours, around a block.

    A class and no generator: one surrounds each of the hundred statements of an exchange.
    """

    __slots__ = ("_opening", "_path")

    def __init__(self, path: Path, *, opening: bool = False) -> None:
        """Name the file in what is told."""
        self._path = path
        self._opening = opening

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, err: BaseException | None, trace: object) -> None:
        """Raise ours from theirs; damage found at the start is final.

        Where nothing fits any more, SQLite says at the start only that some file cannot grow.
        """
        if err is None:
            return
        if isinstance(err, OSError):
            raise edge_error(err, str(self._path)) from err
        if isinstance(err, sqlite3.Error):
            raise self._told(err) from err

    def _told(self, err: sqlite3.Error) -> ComityError:
        path, error = self._path, translate(err, self._path)
        if self._opening and error.code == "store.damaged":
            return _damaged(path, error.found)
        if (
            self._opening
            and error.code == "store.disk"
            and _free_bytes(path.parent) < _OPENING_BYTES
        ):
            return EdgeError(
                "store.disk-full", "no space left on disk", where=str(path), found=error.found,
                hint="free some space, then start it again",
            )  # fmt: skip
        return error


sqlite_edge: Final = SqliteEdge


def translate(err: sqlite3.Error, path: Path) -> EdgeError:
    """Say what SQLite's error means."""
    code = getattr(err, "sqlite_errorcode", 0) & 0xFF
    name = str(getattr(err, "sqlite_errorname", type(err).__name__)).lower()
    if code == sqlite3.SQLITE_FULL:
        return EdgeError(
            "store.disk-full", "no space left on disk", where=str(path),
            hint="free some space; the node goes on by itself",
        )  # fmt: skip
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return EdgeError(
            "store.busy", "another process holds the store", where=str(path),
            hint="try again when it has ended",
        )  # fmt: skip
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return EdgeError("store.damaged", _DAMAGED, where=str(path), found=name, hint=_RESTORE)
    return EdgeError("store.disk", "the store's disk failed", where=str(path), found=name)


def config_error(
    code: str, what: str, *, where: str, expected: str = "", found: str = "", hint: str = ""
) -> ConfigError:
    """Say the one thing that keeps the node from starting."""
    return ConfigError(code, what, (Problem(code, where, what, expected, found, hint),))


def _damaged(path: Path, found: str) -> ConfigError:
    return config_error(
        "store.damaged",
        _DAMAGED,
        where=str(path),
        found=found,
        hint=_RESTORE,
    )


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _create_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def _set_durable(connection: sqlite3.Connection, mode: JournalMode, *, deadline: float) -> None:
    while True:
        # SQLite does not wait by itself when two processes change the journal mode at once.
        try:
            if _pragma(connection, "journal_mode") != mode.value:
                _pragma(connection, f"journal_mode = {mode.value}")
            break
        except sqlite3.OperationalError as err:
            if err.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)
    connection.execute(f"PRAGMA synchronous = {_SYNCHRONOUS[mode]}")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")


def _version(connection: sqlite3.Connection, path: Path, newest: int, application_id: int) -> int:
    """Read the version again under the lock: another process may have migrated meanwhile."""
    version = int(str(_pragma(connection, "user_version")))
    if version > newest:
        raise config_error(
            "store.newer-schema",
            "the store was written by a newer comity",
            where=str(path),
            expected=f"schema {newest} or older",
            found=f"schema {version}",
            hint="install that version, or a newer one",
        )
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if version or tables:
        _verify_ours(connection, path, application_id)
    return version


def _verify_ours(connection: sqlite3.Connection, path: Path, application_id: int) -> None:
    found = _pragma(connection, "application_id")
    if found != application_id:
        raise config_error(
            "store.not-ours",
            "the file belongs to another program",
            where=str(path),
            expected=f"{application_id:#x}",
            found=f"{found:#x}",
        )


def _pragma(connection: sqlite3.Connection, text: str) -> object:
    row = connection.execute(f"PRAGMA {text}").fetchone()
    return row[0] if row else None
