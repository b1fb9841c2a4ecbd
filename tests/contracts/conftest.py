# SPDX-License-Identifier: Apache-2.0
"""One fixture per port: each test runs against every adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.sqlite_file import JournalMode
from comity.adapters.store_memory import MemoryStore
from comity.adapters.store_sqlite import SqliteStore
from comity.ports import (
    Store,
)


@pytest.fixture(params=["sqlite-wal", "sqlite-delete", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    mode = JournalMode(request.param.removeprefix("sqlite-"))
    opened = SqliteStore(tmp_path / "store.sqlite", mode=mode)
    yield opened
    opened.close()
