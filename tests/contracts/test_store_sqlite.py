# SPDX-License-Identifier: Apache-2.0
"""What only the SQLite store can do wrong: weak settings, other files, full and failing disks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.crash import set_crash_hook
from comity.adapters.sqlite_file import (
    JournalMode,
    connect,
    migrate,
    verify_durable,
)
from comity.adapters.sqlite_schema import MIGRATIONS
from comity.adapters.sqlite_transactions import FREE_BYTES_MIN
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import ConfigError, EdgeError
from comity.basis.ids import AgreementId
from comity.ports import Document, Entries, HeldParcel
from tests.contracts.support_store import (
    JOURNAL_ROW,
    OWN,
    OWN_ROW,
    commit,
    note_of,
    open_own,
    run,
    some_entries,
    tree_of,
)

FIRST_HASH_ZEROED = "CAST(zeroblob(32) || substr(hashes, 33) AS BLOB)"
LAST_HASH_ZEROED = "CAST(substr(hashes, 1, length(hashes) - 32) || zeroblob(32) AS BLOB)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(path)
    yield opened
    opened.close()


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        SqliteStore(path)
    return caught.value.code


def tamper(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


# Reading


def test_what_another_connection_commits_is_read_at_once(store: SqliteStore, path: Path) -> None:
    open_own(store)
    commit(store, documents=(Document("card", "a", b"1"),))
    before, versions = run(store.registers()), run(store.versions())
    assert (before, versions) == (run(store.registers()), run(store.versions()))
    tamper(path, "UPDATE versions SET version = version + 1")
    assert dict(run(store.versions()))["card"] == dict(versions)["card"] + 1
    assert run(store.versions("b")) == ()
    tamper(path, "DELETE FROM registers")
    assert before
    assert run(store.registers()) == ()


def test_what_is_committed_here_is_read_at_once(store: SqliteStore) -> None:
    open_own(store)
    for size in range(3):
        commit(store, entries=(Entries(OWN, size, (b"e",)),))
        commit(store, documents=(Document("card", "a", b"%d" % size),))
        assert [each.size for each in run(store.registers()) if each.origin == OWN] == [size + 1]
        assert dict(run(store.versions()))["card"] == size + 1
        assert run(store.registers(AgreementId("none"))) == ()


def test_so_many_kinds_as_are_asked_for_are_not_all_kept(store: SqliteStore) -> None:
    open_own(store)
    for number in range(600):
        assert run(store.versions(f"kind-{number}")) == ()
    assert run(store.versions("kind-1")) == ()


# Opening


@pytest.mark.parametrize("mode", list(JournalMode))
def test_what_was_committed_is_there_after_opening_again(path: Path, mode: JournalMode) -> None:
    for round_ in range(3):
        store = SqliteStore(path, mode=mode)
        if not round_:
            commit(store, registers=(OWN_ROW, JOURNAL_ROW))
        new = (f"entry {round_}".encode(),)
        commit(store, entries=(Entries(OWN, round_, new),), journal=(b"j",))
        store.close()
    store = SqliteStore(path, mode=mode)
    assert run(store.entries(OWN, 0, 9)) == some_entries(3)
    assert run(store.check()).problems == ()
    store.close()


def test_a_file_may_change_from_one_durable_mode_to_the_other(path: Path) -> None:
    for mode in (JournalMode.WAL, JournalMode.DELETE, JournalMode.WAL):
        SqliteStore(path, mode=mode).close()


def test_the_file_is_its_owners_alone(store: SqliteStore, path: Path) -> None:
    open_own(store, 1)
    for each in path.parent.iterdir():
        assert each.stat().st_mode & 0o077 == 0, each


@pytest.mark.parametrize(
    ("pragmas", "mode"),
    [
        (("journal_mode = wal", "synchronous = normal"), JournalMode.WAL),
        (("journal_mode = wal", "synchronous = off"), JournalMode.WAL),
        (("journal_mode = wal", "synchronous = extra"), JournalMode.DELETE),
        (("journal_mode = delete", "synchronous = full"), JournalMode.DELETE),
        (("journal_mode = delete", "synchronous = full"), JournalMode.WAL),
        (("journal_mode = memory", "synchronous = full"), JournalMode.WAL),
        (("journal_mode = off", "synchronous = extra"), JournalMode.DELETE),
    ],
)
def test_settings_that_lose_acknowledged_commits_are_refused(
    path: Path, pragmas: tuple[str, ...], mode: JournalMode
) -> None:
    connection = sqlite3.connect(path)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    with pytest.raises(ConfigError, match=r"store\.weak-durability"):
        verify_durable(connection, mode, where="here")
    connection.close()


def test_a_newer_schema_is_refused(path: Path) -> None:
    SqliteStore(path).close()
    tamper(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    assert refusal(path) == "store.newer-schema"


def test_a_file_of_the_first_schema_is_brought_up_to_date(path: Path) -> None:
    connection = connect(path, mode=JournalMode.WAL, busy_timeout_s=1)
    migrate(connection, path, MIGRATIONS[:1], application_id=0x636F6D69)
    connection.close()
    store = SqliteStore(path)
    open_own(store, 1)
    commit(store, parcels=(HeldParcel(OWN, 0, b"parcel"),))
    assert run(store.parcel(OWN, 0)) == b"parcel"
    store.close()


def test_another_programs_file_is_refused_and_left_alone(path: Path) -> None:
    tamper(path, "CREATE TABLE theirs (x)")
    assert refusal(path) == "store.not-ours"
    SqliteStore(path.with_name("ours")).close()
    tamper(path.with_name("ours"), "PRAGMA application_id = 7")
    assert refusal(path.with_name("ours")) == "store.not-ours"
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("theirs",)]
    connection.close()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be read as one" * 100)
    assert refusal(path) == "store.damaged"


def test_a_file_with_a_damaged_page_is_refused(path: Path) -> None:
    store = SqliteStore(path)
    open_own(store, 600)
    store.close()
    raw = bytearray(path.read_bytes())
    assert len(raw) > 5 * 4096
    raw[4 * 4096 : 4 * 4096 + 64] = b"\xff" * 64
    path.write_bytes(bytes(raw))
    assert refusal(path) == "store.damaged"


def test_a_folder_that_is_not_there_is_an_edge(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        SqliteStore(tmp_path / "none" / "store.sqlite")


def test_a_migration_that_fails_leaves_the_old_version(path: Path) -> None:
    SqliteStore(path).close()
    connection = connect(path, mode=JournalMode.WAL, busy_timeout_s=1)
    newer = (*MIGRATIONS, ("CREATE TABLE later (x INTEGER) STRICT",))

    def fall(name: str) -> None:
        if name == "store.after-migration":
            raise KeyboardInterrupt

    set_crash_hook(fall)
    try:
        with pytest.raises(KeyboardInterrupt):
            migrate(connection, path, newer, application_id=0x636F6D69)
    finally:
        set_crash_hook(None)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    migrate(connection, path, newer, application_id=0x636F6D69)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    connection.close()
    assert refusal(path) == "store.newer-schema"


# Two at once


def test_a_second_writer_waits_and_then_says_that_it_is_busy(path: Path) -> None:
    first, second = SqliteStore(path), SqliteStore(path, busy_timeout_s=0.05)
    open_own(first, 1)
    first._connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(EdgeError, match=r"store\.busy") as caught:
        commit(second, entries=(Entries(OWN, 1, (b"x",)),))
    assert caught.value.retry
    assert run(second.entries(OWN, 0, 9)) == some_entries(1)
    first._connection.execute("ROLLBACK")
    commit(second, entries=(Entries(OWN, 1, (b"x",)),))
    assert run(first.entries(OWN, 1, 9)) == (b"x",)
    first.close()
    second.close()


# A full disk


def test_a_full_disk_makes_the_store_read_only_until_there_is_room(path: Path) -> None:
    free = [FREE_BYTES_MIN]
    store = SqliteStore(path, free=lambda _: free[0])
    open_own(store, 1)
    free[0] -= 1
    assert run(store.read_only()) == "no space left on disk"
    with pytest.raises(EdgeError, match=r"store\.disk-full"):
        commit(store, entries=(Entries(OWN, 1, (b"x",)),))
    assert run(store.entries(OWN, 0, 9)) == some_entries(1)
    free[0] += 1
    assert run(store.read_only()) is None
    commit(store, entries=(Entries(OWN, 1, (b"x",)),))
    store.close()


def test_a_disk_that_fills_up_during_a_commit_undoes_it_and_recovers(store: SqliteStore) -> None:
    open_own(store, 1)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    large = Entries(OWN, 1, (b"x" * 60_000,))
    with pytest.raises(EdgeError, match=r"store\.disk-full"):
        commit(store, entries=(large,))
    assert run(store.entries(OWN, 0, 9)) == some_entries(1)
    assert run(store.check()).problems == ()
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert run(store.read_only()) is None
    commit(store, entries=(large,))
    assert run(store.check()).problems == ()


def test_a_full_disk_is_probed_because_quotas_do_not_show(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(path)
    store._transactions.full = True

    def refuse(*_: object) -> None:
        raise OSError(122, "quota")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        assert run(store.read_only()) == "no space left on disk"
    assert run(store.read_only()) is None
    assert not list(path.parent.glob(".probe*"))
    store.close()


# Flipped bits


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE entries SET body = x'00' WHERE place & 1023 = 300", "store.hash-differs"),
        ("DELETE FROM entries WHERE place & 1023 = 300", "store.entry-missing"),
        ("DELETE FROM entries WHERE place & 1023 = 399", "store.entry-missing"),
        ("INSERT INTO entries SELECT max(place) + 1, x'00' FROM entries", "store.entry-beyond"),
        (
            f"UPDATE tiles SET hashes = {FIRST_HASH_ZEROED} WHERE width = 144",
            "store.hash-differs",
        ),
        (
            f"UPDATE tiles SET hashes = {LAST_HASH_ZEROED} WHERE width = 256",
            "store.hash-differs",
        ),
        ("UPDATE parcels SET place = 1000", "store.parcel-beyond"),
        ("UPDATE parcels SET place = 1 << 50", "store.parcel-beyond"),
        ("DELETE FROM tiles WHERE width = 144", "store.no-node"),
        (
            "UPDATE registers SET edge = CAST(zeroblob(32) || substr(edge, 33) AS BLOB)",
            "store.edge-differs",
        ),
        ("UPDATE checkpoints SET place = place + 1", "store.checkpoint-differs"),
        ("UPDATE checkpoints SET raw = x'00'", "keys.malformed-note"),
    ],
)
def test_the_scrub_finds_what_was_altered(path: Path, statement: str, code: str) -> None:
    store = SqliteStore(path)
    open_own(store, 400)
    commit(store, checkpoints=(note_of(OWN, 200, tree_of(some_entries(200))),))
    commit(store, parcels=(HeldParcel(OWN, 399, b"parcel"),))
    assert run(store.check()).problems == ()
    tamper(path, statement)
    problems = run(store.check()).problems
    assert problems[0].code == code
    assert OWN in problems[0].where or code in ("keys.malformed-note", "store.parcel-beyond")
    store.close()


@pytest.mark.parametrize("column", ["edge = x'00'", "holding = 'none'", "size = size + 1"])
def test_a_damaged_register_row_is_noticed_when_it_is_read(path: Path, column: str) -> None:
    store = SqliteStore(path)
    open_own(store, 3)
    tamper(path, f"UPDATE registers SET {column}")
    with pytest.raises(EdgeError, match=r"store\.damaged"):
        run(store.register(OWN))
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registers SET edge = CAST(zeroblob(32) || substr(edge, 33) AS BLOB)",
        f"UPDATE tiles SET hashes = {LAST_HASH_ZEROED}",
    ],
)
def test_nothing_is_appended_to_an_edge_that_the_tree_does_not_have(
    path: Path, statement: str
) -> None:
    store = SqliteStore(path)
    open_own(store, 4)
    tamper(path, statement)
    with pytest.raises(EdgeError, match=r"store\.damaged"):
        commit(store, entries=(Entries(OWN, 4, (b"x",)),))
    commit(store, documents=(Document("person", "a", b"1"),))
    assert run(store.entries(OWN, 4, 9)) == ()
    store.close()
