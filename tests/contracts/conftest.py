# SPDX-License-Identifier: Apache-2.0
"""One fixture per port: each test runs against every adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.blobs_memory import MemoryBlobs
from comity.adapters.sqlite_file import JournalMode
from comity.adapters.store_memory import MemoryStore
from comity.adapters.store_sqlite import SqliteStore
from comity.adapters.stored_keys import StoredKeys
from comity.ports import Blobs, Store
from tests.builders.world import World, make_world
from tests.contracts.support_keys import make_keys


@pytest.fixture(params=["sqlite-wal", "sqlite-delete", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    mode = JournalMode(request.param.removeprefix("sqlite-"))
    opened = SqliteStore(tmp_path / "store.sqlite", mode=mode)
    yield opened
    opened.close()


@pytest.fixture(params=["files", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return MemoryBlobs() if request.param == "memory" else FileBlobs(tmp_path / "blobs")


@pytest.fixture(params=["files", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoredKeys]:
    opened = make_keys(request.param, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def partner_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world(tmp_path_factory.mktemp("partners")) as world:
        yield world
