# SPDX-License-Identifier: Apache-2.0
"""Group commit and its callers: those that go away, loops and threads, too many, and the end."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from comity.adapters import group_writer
from comity.adapters.sqlite_file import JournalMode
from comity.adapters.store_sqlite import SqliteStore
from comity.basis.errors import EdgeError
from comity.ports import (
    BasisMoved,
    Committed,
)
from tests.contracts.support_groups import all_of, append, held_at, hooked
from tests.contracts.support_store import (
    JOURNAL_ROW,
    MIRROR_ROW,
    OWN,
    OWN_ROW,
    change,
    run,
    some_entries,
)

HOLD_S = 120.0


@pytest.fixture(params=list(JournalMode))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "store.sqlite", mode=request.param)
    run(opened.commit(change(registers=(OWN_ROW, MIRROR_ROW, JOURNAL_ROW))))
    yield opened
    opened.close()


# Callers that go away


def test_a_change_whose_caller_is_cancelled_before_its_group_begins_is_withdrawn(
    store: SqliteStore,
) -> None:
    async def story() -> None:
        first = asyncio.ensure_future(append(store, 0))
        while not reached.is_set():
            await asyncio.sleep(0)
        second = asyncio.ensure_future(append(store, 1))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not first.done()
        go.set()
        await first

    with held_at("store.before-commit") as (reached, go):
        run(story())
    assert run(store.entries(OWN, 0, 9)) == some_entries(1)


def test_a_caller_cancelled_while_its_change_is_flushed_hears_so_once_it_is_durable(
    store: SqliteStore,
) -> None:
    async def story() -> None:
        task = asyncio.ensure_future(append(store, 0))
        while not reached.is_set():
            await asyncio.sleep(0)
        for _ in range(3):  # more than once, as impatient people do
            task.cancel()
            for _ in range(5):
                await asyncio.sleep(0)
            assert not task.done()
        go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await store.entries(OWN, 0, 9) == some_entries(1)

    with held_at("store.before-commit") as (reached, go):
        run(story())


def test_a_caller_cancelled_in_the_turn_that_it_asked_in_has_written_nothing(
    store: SqliteStore,
) -> None:
    async def story() -> None:
        task = asyncio.ensure_future(append(store, 0))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    before = store.flushes
    run(story())
    assert run(store.entries(OWN, 0, 9)) == ()
    assert store.flushes == before


def test_a_loop_that_ends_with_a_change_on_its_way_holds_nobody_up(store: SqliteStore) -> None:
    loop = asyncio.new_event_loop()
    with held_at("store.before-commit") as (reached, go):
        task = loop.create_task(append(store, 0))
        while not reached.is_set():
            loop.run_until_complete(asyncio.sleep(0))
        queued = loop.create_task(append(store, 1))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        go.set()
    for each in (task, queued):
        each._log_destroy_pending = False  # type: ignore[attr-defined] # it is abandoned on purpose
    run(append(store, 1, "entry 1"))
    assert run(store.entries(OWN, 0, 9)) == some_entries(2)
    del task, queued
    gc.collect()


def test_a_loop_that_ends_before_its_turn_does_holds_nobody_up(store: SqliteStore) -> None:
    loop = asyncio.new_event_loop()
    act = append(store, 0)
    task = loop.create_task(act)

    async def begin_and_stop() -> None:
        loop.stop()

    stopping = loop.create_task(begin_and_stop())
    loop.run_forever()
    task._log_destroy_pending = False  # type: ignore[attr-defined] # it is abandoned on purpose
    del stopping
    loop.close()
    run(append(store, 0))
    assert run(store.entries(OWN, 0, 9)) == some_entries(1)
    del task, act
    gc.collect()


# Loops and threads


@pytest.mark.parametrize(
    "new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
def test_several_loops_in_several_threads_write_to_one_store(
    store: SqliteStore, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def write(who: int) -> None:
        for number in range(25):
            while True:
                head = await store.register(OWN)
                assert head is not None
                try:
                    await append(store, head.size, f"{who} {number}")
                    break
                except BasisMoved:
                    continue

    def work(who: int) -> None:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(write(who))

    threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = run(store.entries(OWN, 0, 999))
    assert sorted(entries) == sorted(f"{w} {n}".encode() for w in range(4) for n in range(25))
    for who in range(4):
        mine = [each for each in entries if each.startswith(f"{who} ".encode())]
        assert mine == [f"{who} {number}".encode() for number in range(25)]
    assert run(store.check()).problems == ()


def test_another_process_that_holds_the_file_does_not_stop_the_loop(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def story() -> None:
        acts = [asyncio.ensure_future(append(store, index)) for index in range(5)]
        for _ in range(200):
            await asyncio.sleep(0)
        assert not any(each.done() for each in acts)
        other.execute("ROLLBACK")
        await asyncio.gather(*acts)

    run(story())
    assert run(store.entries(OWN, 0, 9)) == some_entries(5)
    other.close()
    store.close()


def test_changes_that_waited_for_another_process_and_then_do_not_fit_are_told(
    tmp_path: Path,
) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def story() -> list[Any]:
        acts = [asyncio.ensure_future(append(store, index)) for index in (3, 7)]
        for _ in range(200):
            await asyncio.sleep(0)
        other.execute("ROLLBACK")
        return await asyncio.gather(*acts, return_exceptions=True)

    before = store.flushes
    assert [type(each) for each in run(story())] == [BasisMoved, BasisMoved]
    assert store.flushes == before
    run(append(store, 0))
    other.close()
    store.close()


def test_a_process_that_holds_the_file_for_too_long_makes_the_store_busy(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite", busy_timeout_s=0.02)
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))
    other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = run(all_of(append(store, 0), append(store, 1)))
    assert [(each.code, each.retry) for each in outcomes] == [("store.busy", True)] * 2
    other.execute("ROLLBACK")
    run(append(store, 0))
    other.close()
    store.close()


# Too much, and the end


def test_more_than_may_wait_is_refused_and_may_be_tried_again(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_writer, "STORE_QUEUE_CHANGES_MAX", 3)
    outcomes = run(all_of(*(append(store, index) for index in range(5))))
    assert [getattr(each, "code", "") for each in outcomes[:3]] == [""] * 3
    for each in outcomes[3:]:
        assert isinstance(each, EdgeError)
        assert each.code == "store.overloaded"
        assert each.retry
    run(append(store, 3))


def test_a_commit_on_a_closed_store_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))
    store.close()
    with pytest.raises(EdgeError, match=r"store\.closed"):
        run(append(store, 0))


def test_closing_finishes_what_is_on_its_way_and_refuses_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = SqliteStore(path)
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))

    async def story() -> list[Any]:
        first = asyncio.ensure_future(append(store, 0))
        while not reached.is_set():
            await asyncio.sleep(0)
        second = asyncio.ensure_future(append(store, 1))
        await asyncio.sleep(0)
        threading.Timer(0.05, go.set).start()
        await asyncio.to_thread(store.close)
        return await all_of(first, second)

    with held_at("store.before-commit") as (reached, go):
        first, second = run(story())
    assert isinstance(first, Committed)
    assert second.code == "store.closed"
    again = SqliteStore(path)
    assert run(again.entries(OWN, 0, 9)) == some_entries(1)
    again.close()


@pytest.mark.parametrize("point", ["store.before-commit", "store.after-commit"])
def test_the_end_of_the_writers_thread_is_told_to_everybody(tmp_path: Path, point: str) -> None:
    heard: list[str] = []
    path = tmp_path / "store.sqlite"
    store = SqliteStore(path, on_stop=heard.append)
    run(store.commit(change(registers=(OWN_ROW, JOURNAL_ROW))))

    def fall(name: str) -> None:
        if name == point:
            raise SystemExit

    async def story() -> list[Any]:
        acts = [asyncio.ensure_future(append(store, index)) for index in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        late = asyncio.ensure_future(append(store, 3))
        return await asyncio.gather(*acts, late, return_exceptions=True)

    with hooked(fall):
        outcomes = run(story())
    assert [each.code for each in outcomes] == ["store.stopped"] * 4
    assert heard == ["the writer's thread ended: SystemExit"]
    assert run(store.read_only()) == heard[0]
    with pytest.raises(EdgeError, match=r"store\.stopped"):
        run(append(store, 0))
    with pytest.raises(EdgeError, match=r"store\.stopped"):
        run(store.register(OWN))
    store.close()
    again = SqliteStore(path)
    # The late one may have come in time for the group: told that the store has stopped, nobody
    # knows whether a change is there, and looks after the restart.
    written = run(again.entries(OWN, 0, 9))
    assert len(written) in ((3, 4) if point == "store.after-commit" else (0,))
    assert written == some_entries(len(written))
    again.close()


def test_an_error_of_the_system_at_a_commit_is_told_to_the_group_and_undone(
    store: SqliteStore,
) -> None:
    def fall(name: str) -> None:
        if name == "store.before-commit":
            raise KeyError(name)

    with hooked(fall):
        outcomes = run(all_of(append(store, 0), append(store, 1)))
    assert [type(each) for each in outcomes] == [KeyError, KeyError]
    assert run(store.entries(OWN, 0, 9)) == ()
    run(append(store, 0))
    assert run(store.check()).problems == ()
