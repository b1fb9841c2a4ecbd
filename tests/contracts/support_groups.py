# SPDX-License-Identifier: Apache-2.0
"""Builders for the tests of group commit: hooks that hold the writer, and many callers at once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from comity.adapters.crash import set_crash_hook
from comity.adapters.store_sqlite import SqliteStore
from comity.ports import Committed, Entries
from tests.contracts.support_store import OWN, change

HOLD_S = 120.0


@contextmanager
def hooked(hook: Callable[[str], None]) -> Iterator[None]:
    set_crash_hook(hook)
    try:
        yield
    finally:
        set_crash_hook(None)


@contextmanager
def held_at(point: str) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Hold the writer at a point: `reached` says that it is there, `go` lets it go on."""
    reached, go = threading.Event(), threading.Event()

    def hold(name: str) -> None:
        if name == point:
            reached.set()
            assert go.wait(HOLD_S)

    with hooked(hold):
        try:
            yield reached, go
        finally:
            go.set()


def append(store: SqliteStore, at: int, text: str = "") -> Coroutine[Any, Any, Committed]:
    entry = (text or f"entry {at}").encode()
    return store.commit(change(entries=(Entries(OWN, at, (entry,)),), journal=(b"j",)))


async def all_of(*acts: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*acts, return_exceptions=True)


class FailingConnection:
    """A connection whose disk gives way at one statement."""

    def __init__(self, real: sqlite3.Connection, statement: str, code: int) -> None:
        self._real = real
        self._statement = statement
        self._code = code
        self.met = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def execute(self, statement: str, *arguments: object) -> object:
        if statement.startswith(self._statement):
            self.met += 1
            err = sqlite3.OperationalError("disk I/O error")
            err.sqlite_errorcode = self._code
            err.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            raise err
        return self._real.execute(statement, *arguments)  # type: ignore[arg-type] # passed on
