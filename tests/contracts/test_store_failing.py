# SPDX-License-Identifier: Apache-2.0
"""A store on a disk that fails: it stops for good, says so once, and nobody is left waiting."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.adapters import sqlite_writing
from comity.adapters.sqlite_file import sqlite_edge
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import EdgeError, InvariantError
from comity.ports import Entries, HeldParcel
from tests.contracts.support_groups import FailingConnection, all_of, append, hooked
from tests.contracts.support_store import (
    JOURNAL_ROW,
    OWN,
    OWN_ROW,
    change,
    commit,
    open_own,
    run,
    some_entries,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def store(path: Path, heard: list[str]) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, on_stop=heard.append)
    commit(opened, registers=(JOURNAL_ROW,))
    yield opened
    opened.close()


def break_at(store: SqliteStore, statement: str, code: int = sqlite3.SQLITE_IOERR_FSYNC) -> Any:
    """Let the writer's disk give way at the statements that begin so."""
    file: Any = store._transactions._file
    file.connection = failing = FailingConnection(store._connection, statement, code)
    held: Any = store._transactions._held
    held._connection = failing
    return failing


@pytest.mark.parametrize(
    "statement", ["BEGIN IMMEDIATE", "COMMIT", "SELECT register", "UPDATE registers", "PRAGMA busy"]
)
def test_a_disk_that_fails_stops_the_store_for_good(
    store: SqliteStore, heard: list[str], statement: str
) -> None:
    open_own(store, 1)
    store._transactions._file._patience_ms = None
    break_at(store, statement)
    outcomes = run(all_of(append(store, 1), append(store, 2)))
    assert [each.code for each in outcomes] == ["store.disk"] * 2
    for attempt in (store.entries(OWN, 0, 9), store.register(OWN), store.check()):
        with pytest.raises(EdgeError, match=r"store\.stopped"):
            run(attempt)
    with pytest.raises(EdgeError, match=r"store\.stopped"):
        run(append(store, 1))
    reason = run(store.read_only())
    assert heard == [reason]
    assert reason is not None
    assert "sqlite_ioerr_fsync" in reason


def test_what_a_failed_commit_did_is_absent_after_a_restart(path: Path) -> None:
    store = SqliteStore(path)
    open_own(store, 1)
    break_at(store, "COMMIT")
    with pytest.raises(EdgeError):
        commit(store, entries=(Entries(OWN, 1, (b"x",)),))
    store.close()
    again = SqliteStore(path)
    assert run(again.entries(OWN, 0, 9)) == some_entries(1)
    again.close()


def test_a_group_that_cannot_even_be_taken_back_stops_the_store(
    store: SqliteStore, heard: list[str]
) -> None:
    open_own(store, 1)
    break_at(store, "ROLLBACK")

    def fall(name: str) -> None:
        if name == "store.after-write":
            raise KeyError(name)

    with hooked(fall):
        outcomes = run(all_of(append(store, 1), append(store, 2)))
    assert [type(each) for each in outcomes] == [KeyError] * 2
    assert len(heard) == 1
    assert "store.disk" in heard[0]
    with pytest.raises(EdgeError, match=r"store\.stopped"):
        run(append(store, 1))


def test_those_who_wait_for_the_next_flush_hear_that_there_is_none(store: SqliteStore) -> None:
    open_own(store, 1)
    failing = break_at(store, "COMMIT")

    async def story() -> list[Any]:
        first = asyncio.ensure_future(append(store, 1))
        while not failing.met:
            waiting = asyncio.ensure_future(append(store, 2))
            await asyncio.sleep(0)
        return await all_of(first, waiting)

    first, waiting = run(story())
    assert first.code == "store.disk"
    assert waiting.code in ("store.stopped", "store.disk")


def test_a_long_log_goes_into_the_file_while_nobody_waits(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_own(store)
    monkeypatch.setattr(sqlite_writing, "WAL_PAGES", 64)
    for index in range(60):
        run(append(store, index, "x" * 8_000))
    log = path.with_name(f"{path.name}-wal").stat().st_size
    assert log < 60 * 8_000 < path.stat().st_size + log
    assert run(store.check()).problems == ()


def test_a_log_that_cannot_be_brought_in_stops_the_store_after_the_commit(
    store: SqliteStore, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_own(store, 1)
    monkeypatch.setattr(sqlite_writing, "WAL_PAGES", 0)
    break_at(store, "PRAGMA wal_checkpoint")
    assert run(append(store, 1)).positions[0].start == 1
    with pytest.raises(EdgeError, match=r"store\.stopped"):
        run(append(store, 2))
    store.close()  # it says why from its thread, after whoever waits has heard
    assert len(heard) == 1


def test_an_erasure_whose_log_cannot_be_flushed_stops_the_store(
    store: SqliteStore, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_own(store, 1)
    commit(store, parcels=(HeldParcel(OWN, 0, b"parcel"),))

    def refuse(*_: object) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(EdgeError, match=r"disk\.failed"):
            commit(store, parcels=(HeldParcel(OWN, 0, None),))
    assert len(heard) == 1


def test_no_byte_of_an_erased_parcel_is_in_any_file(store: SqliteStore, path: Path) -> None:
    size = 40
    open_own(store, size)
    raw = {index: bytes([index + 1, 255 - index]) * (17 + index * 700) for index in range(size)}
    for index, parcel in raw.items():
        commit(store, parcels=(HeldParcel(OWN, index, parcel),))
    for index in range(0, size, 2):
        commit(store, parcels=(HeldParcel(OWN, index, None),))
        found = b"".join(each.read_bytes() for each in path.parent.iterdir())
        assert raw[index][:34] not in found
    assert run(store.check()).problems == ()


def test_an_erasure_that_a_reader_holds_up_is_made_good_by_the_next_commit(path: Path) -> None:
    store = SqliteStore(path, busy_timeout_s=0.05)
    open_own(store, 2)
    parcel = b"parcel of one item" * 20
    commit(store, parcels=(HeldParcel(OWN, 0, parcel),))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM entries").fetchone()
    commit(store, parcels=(HeldParcel(OWN, 0, None),))
    assert run(store.parcel(OWN, 0)) is None
    other.close()
    commit(store, entries=(Entries(OWN, 2, (b"x",)),))
    assert parcel not in b"".join(each.read_bytes() for each in path.parent.iterdir())
    store.close()


def test_a_disk_whose_room_cannot_be_told_is_an_edge(path: Path) -> None:
    calls: list[Path] = []

    def free(folder: Path) -> int:
        calls.append(folder)
        if len(calls) == 2:
            raise OSError(5, "input/output error")
        return 2**40

    store = SqliteStore(path, free=free)
    run(store.commit(change(registers=(OWN_ROW,))))
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        run(store.commit(change(registers=())))
    store.close()


def test_a_place_that_the_group_does_not_know_is_a_bug(store: SqliteStore) -> None:
    with pytest.raises(InvariantError, match=r"store\.not-open"):
        store._transactions._group.is_sound("nowhere")


@pytest.mark.parametrize(
    ("free", "code", "hint"),
    [
        (0, "store.disk-full", "free some space, then start it again"),
        (1 << 30, "store.disk", ""),
    ],
)
def test_a_file_that_cannot_grow_as_it_is_opened_is_a_full_disk_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: str, hint: str
) -> None:
    monkeypatch.setattr("comity.adapters.sqlite_file._free_bytes", lambda _: free)
    refused = sqlite3.OperationalError("disk I/O error")
    refused.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    refused.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    for opening, expected in ((True, code), (False, "store.disk")):
        with (
            pytest.raises(EdgeError) as caught,
            sqlite_edge(tmp_path / "store.sqlite", opening=opening),
        ):
            raise refused
        assert caught.value.code == expected
        assert caught.value.found == "sqlite_ioerr_shmsize"
        assert caught.value.hint == (hint if opening else "")
