# SPDX-License-Identifier: Apache-2.0
"""Group commit: many callers, one flush; nobody is left waiting, each hears of its own change."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters import group_writer
from comity.adapters.sqlite_file import JournalMode
from comity.adapters.sqlite_writing import SqliteWriting
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import EdgeError, InvariantError, StateError
from comity.ports import (
    Basis,
    BasisMoved,
    Committed,
    Document,
    Entries,
    HeldParcel,
    Holding,
    Judgement,
    RegisterRow,
)
from tests.contracts.support_groups import all_of, append, held_at
from tests.contracts.support_store import (
    ALLOWED,
    GSOMIA,
    JOURNAL,
    JOURNAL_ROW,
    JPN,
    MIRROR,
    MIRROR_ROW,
    OTHER,
    OWN,
    OWN_ROW,
    change,
    note_of,
    run,
    some_entries,
    tree_of,
)

HOLD_S = 120.0


@pytest.fixture(params=list(JournalMode))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite", mode=request.param)
    run(opened.commit(change(registers=(OWN_ROW, MIRROR_ROW, JOURNAL_ROW))))
    yield opened
    opened.close()


# One flush


def test_changes_of_one_turn_take_one_flush_in_the_order_given(store: SqliteStore) -> None:
    before = store.flushes, store.changes
    outcomes = run(all_of(*(append(store, index) for index in range(64))))
    assert [each.positions[0].start for each in outcomes] == list(range(64))
    assert [each.positions[1].start for each in outcomes] == list(range(64))
    assert (store.flushes - before[0], store.changes - before[1]) == (1, 64)
    assert run(store.entries(OWN, 0, 99)) == some_entries(64)
    assert run(store.check()).problems == ()


def test_changes_that_come_while_the_disk_flushes_wait_for_the_next_flush(
    store: SqliteStore,
) -> None:
    async def story() -> None:
        first = asyncio.ensure_future(append(store, 0))
        while not reached.is_set():
            await asyncio.sleep(0)
        rest = [asyncio.ensure_future(append(store, index)) for index in range(1, 9)]
        for _ in range(50):
            await asyncio.sleep(0)
        assert not any(each.done() for each in (first, *rest))
        go.set()
        await asyncio.gather(first, *rest)

    before = store.flushes
    with held_at("store.before-commit") as (reached, go):
        run(story())
    assert store.flushes == before + 2
    assert run(store.entries(OWN, 0, 99)) == some_entries(9)


def test_a_read_sees_what_a_commit_that_returned_has_written(store: SqliteStore) -> None:
    async def story() -> None:
        for index in range(20):
            await append(store, index)
            head = await store.register(OWN)
            assert head is not None
            assert head.size == index + 1

    run(story())


def test_a_group_is_bounded_and_the_rest_follows(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "STORE_GROUP_CHANGES_MAX", 4)
    before = store.flushes
    run(all_of(*(append(store, index) for index in range(10))))
    assert store.flushes == before + 3
    assert run(store.entries(OWN, 0, 99)) == some_entries(10)


def test_changes_are_written_while_a_check_reads_everything_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))

    async def story() -> None:
        await append(store, 0)
        checking = asyncio.ensure_future(store.check())
        for index in range(1, 40):
            await append(store, index)
        report = await checking
        assert report.problems == ()
        assert 2 <= report.entries <= 80

    run(story())
    store.close()


# One that fails


def test_a_change_that_does_not_fit_fails_alone(store: SqliteStore) -> None:
    """Each failing change has written something of its own by then, and leaves none of it."""
    moved = change(basis=Basis(((OWN, 7),)), documents=(Document("person", "a", b"no"),))
    late = change(
        entries=(Entries(OWN, 1, (b"no", b"no")), Entries(MIRROR, 5, (b"no",))), journal=(b"no",)
    )
    broken = change(
        entries=(Entries(MIRROR, 0, (b"no",)),),
        parcels=(HeldParcel(MIRROR, 0, b"no"),),
        checkpoints=(note_of(MIRROR, 1, tree_of((b"no",))),),
        judgements=(Judgement(MIRROR, 0, admitted=True), Judgement(MIRROR, 1, admitted=True)),
        documents=(Document("person", "b", b"no"),),
    )
    unknown = change(registers=(), entries=(Entries("nowhere", 0, (b"no",)),))
    good = change(
        entries=(Entries(OWN, 1, (b"entry 1",)),), documents=(Document("person", "a", b"yes"),)
    )
    before = store.flushes
    outcomes = run(
        all_of(
            append(store, 0),
            *(store.commit(each) for each in (moved, late, broken, unknown, good)),
            append(store, 2),
        )
    )
    expected = [Committed, BasisMoved, BasisMoved, InvariantError, StateError, Committed, Committed]
    assert [type(each) for each in outcomes] == expected
    assert store.flushes == before + 1
    assert run(store.entries(OWN, 0, 9)) == some_entries(3)
    assert run(store.entries(MIRROR, 0, 9)) == ()
    assert run(store.entries(JOURNAL, 0, 9)) == (b"j", b"j")
    assert run(store.parcel(MIRROR, 0)) is None
    assert run(store.checkpoint(MIRROR)) is None
    assert run(store.judgements(MIRROR, 0, 9)) == ()
    assert run(store.documents("person")) == (Document("person", "a", b"yes"),)
    assert run(store.versions()) == (("person", 1),)
    assert run(store.check()).problems == ()


def test_a_group_of_changes_that_all_fail_takes_no_flush(store: SqliteStore) -> None:
    before = store.flushes
    outcomes = run(all_of(append(store, 1), append(store, 2)))
    assert [type(each) for each in outcomes] == [BasisMoved, BasisMoved]
    assert store.flushes == before
    run(append(store, 0))


def test_a_change_sees_the_changes_before_it_in_the_group(store: SqliteStore) -> None:
    root = tree_of(some_entries(2))
    outcomes = run(
        all_of(
            append(store, 0),
            store.commit(change(documents=(Document("person", "a", b"1"),))),
            append(store, 1),
            store.commit(change(checkpoints=(note_of(OWN, 2, root),))),
            append(store, 2),
            store.commit(change(checkpoints=(note_of(OWN, 1, tree_of(some_entries(1))),))),
            store.commit(
                change(
                    basis=Basis(((OWN, 3),), (("person", 1),)),
                    checkpoints=(note_of(OWN, 2, root),),
                    parcels=(HeldParcel(OWN, 2, b"p"),),
                    judgements=(Judgement(OWN, 0, admitted=True),),
                    documents=(Document("person", "a", b"2"),),
                )
            ),
            store.commit(change(judgements=(Judgement(OWN, 0, admitted=True),))),
            store.commit(change(parcels=(HeldParcel(OWN, 2, b"other"),))),
            store.commit(change(checkpoints=(note_of(OWN, 2, bytes(32)),))),
        )
    )
    assert [type(each).__name__ for each in outcomes] == [
        *["Committed"] * 7,
        *["InvariantError"] * 3,
    ]
    assert run(store.document("person", "a")) == b"2"
    assert run(store.version("person")) == 2
    assert run(store.check()).problems == ()


def test_a_register_opened_in_a_group_is_there_for_the_next_change_unless_it_failed(
    store: SqliteStore,
) -> None:
    row = RegisterRow(OTHER, Holding.OWN, JPN, GSOMIA)
    second = RegisterRow(JOURNAL + "/1", Holding.JOURNAL, JPN, None)
    failing = change(registers=(row, second), entries=(Entries(OTHER, 1, (b"no",)),))
    outcomes = run(
        all_of(
            store.commit(failing),
            store.commit(change(registers=(row,), entries=(Entries(OTHER, 0, (b"a",)),))),
            store.commit(change(registers=(second,), journal=(b"k",))),
            store.commit(change(entries=(Entries(OTHER, 1, (b"b",)),), journal=(b"l",))),
        )
    )
    assert [type(each).__name__ for each in outcomes] == ["BasisMoved", *["Committed"] * 3]
    assert run(store.entries(OTHER, 0, 9)) == (b"a", b"b")
    assert run(store.entries(JOURNAL + "/1", 0, 9)) == (b"k", b"l")
    assert run(store.check()).problems == ()


def test_a_rebuild_is_alone_in_its_group(store: SqliteStore) -> None:
    before = store.flushes
    derived = (Document("derived.x", "a", b"1"),)
    outcomes = run(
        all_of(
            append(store, 0),
            store.replace_derived(ALLOWED, (), derived, basis=Basis(((OWN, 1),))),
            append(store, 1),
            append(store, 2),
        )
    )
    assert [isinstance(each, Exception) for each in outcomes] == [False] * 4
    assert store.flushes == before + 3
    assert run(store.documents("derived.x")) == derived


# Rest


@pytest.mark.parametrize("fails", [False, True], ids=["rests", "cannot rest"])
def test_what_is_kept_at_hand_is_let_go_after_a_while_and_writing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    rested = threading.Event()
    rest = SqliteWriting.rest

    def told(writing: SqliteWriting) -> None:
        rested.set()
        if fails:
            raise EdgeError("store.disk", "the store's disk failed")
        rest(writing)

    monkeypatch.setattr(group_writer, "REST_S", 0.01)
    monkeypatch.setattr(SqliteWriting, "rest", told)
    store = SqliteStore(tmp_path / "store.sqlite")
    run(store.commit(change(registers=(OWN_ROW, MIRROR_ROW, JOURNAL_ROW))))
    assert rested.wait(HOLD_S)
    run(append(store, 0))
    assert run(store.entries(OWN, 0, 9)) == some_entries(1)
    store.close()
