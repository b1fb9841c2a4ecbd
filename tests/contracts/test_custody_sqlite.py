# SPDX-License-Identifier: Apache-2.0
"""The custody file: one flush for many keys, and no byte of an erased one in any file after."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.crash import set_crash_hook
from comity.adapters.custody_sqlite import SqliteCustody
from comity.basis.errors import EdgeError
from tests.contracts.support_store import run

COUNT = 400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "custody.sqlite"


@pytest.fixture
def custody(path: Path) -> Iterator[SqliteCustody]:
    opened = SqliteCustody(path)
    yield opened
    opened.close()


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


def wraps(count: int, seed: int = 1) -> dict[str, bytes]:
    draws = random.Random(seed)
    return {draws.randbytes(32).hex(): draws.randbytes(60) for _ in range(count)}


def test_many_keys_take_one_flush(custody: SqliteCustody) -> None:
    rows = wraps(COUNT)
    run(custody.put(tuple(rows.items())))
    assert custody.flushes == 1
    assert {ref: run(custody.get(ref)) for ref in rows} == rows
    assert run(custody.refs()) == tuple(sorted(rows))


def test_keys_that_are_kept_at_once_share_a_flush(custody: SqliteCustody) -> None:
    async def keep_all() -> None:
        await asyncio.gather(*(custody.put((row,)) for row in wraps(64).items()))

    run(keep_all())
    assert custody.flushes == 1
    assert len(run(custody.refs())) == 64


def test_it_says_which_keys_are_held(custody: SqliteCustody) -> None:
    run(custody.put((("a", b"1"), ("b", b"2"))))
    assert run(custody.held(frozenset({"a", "c"}))) == {"a"}
    assert run(custody.held(frozenset())) == frozenset()


def test_no_erased_wrap_is_in_any_file_whatever_is_erased_in_whatever_order(
    custody: SqliteCustody, path: Path
) -> None:
    """Rows move between pages as others go; none may leave a copy behind."""
    rows = wraps(COUNT)
    for at in range(0, COUNT, 50):
        run(custody.put(tuple(rows.items())[at : at + 50]))
    refs = list(rows)
    random.Random(2).shuffle(refs)
    erased = refs[: COUNT - 20]
    for count, ref in enumerate(erased, 1):
        run(custody.erase(ref))
        assert rows[ref] not in bytes_on_disk(path)
        if count % 40 == 0:
            more = wraps(10, seed=count)
            run(custody.put(tuple(more.items())))
    found = bytes_on_disk(path)
    assert [ref for ref in erased if rows[ref] in found or ref.encode() in found] == []
    assert all(rows[ref] in found for ref in refs[COUNT - 20 :])


def test_a_replaced_wrap_is_gone_as_an_erased_one_is(custody: SqliteCustody, path: Path) -> None:
    run(custody.put((("a", b"old" * 20), ("b", b"other" * 12))))
    assert b"old" * 20 in bytes_on_disk(path)
    run(custody.put((("a", b"new" * 20), ("c", b"third" * 12))))
    assert b"old" * 20 not in bytes_on_disk(path)
    assert run(custody.get("a")) == b"new" * 20
    assert run(custody.get("c")) == b"third" * 12


def test_an_erasure_that_another_process_holds_up_is_not_called_done(path: Path) -> None:
    custody = SqliteCustody(path, busy_timeout_s=0.05)
    run(custody.put((("a", b"old" * 20),)))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM item_keys").fetchone()
    with pytest.raises(EdgeError, match=r"custody\.not-erased") as caught:
        run(custody.erase("a"))
    assert caught.value.retry
    assert run(custody.get("a")) is None
    other.close()
    run(custody.erase("a"))
    assert b"old" * 20 not in bytes_on_disk(path)
    custody.close()


@pytest.mark.parametrize("point", ["custody.before-erase", "custody.before-truncate"])
def test_a_crash_while_erasing_leaves_the_key_whole_or_gone_from_every_file(
    path: Path, point: str
) -> None:
    erase = (
        "import asyncio, sys, pathlib\n"
        "from comity.adapters.custody_sqlite import SqliteCustody\n"
        "custody = SqliteCustody(pathlib.Path(sys.argv[1]))\n"
        "asyncio.run(custody.put((('a', b'old' * 20),)))\n"
        "asyncio.run(custody.erase('a'))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", erase, str(path)],
        check=False,
        env={
            **os.environ,
            "COMITY_CRASH_AT": point,
            "COMITY_CRASH_TESTING": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    assert ended.returncode == -signal.SIGKILL
    assert b"old" * 20 in bytes_on_disk(path)
    custody = SqliteCustody(path)
    held = run(custody.get("a"))
    assert held == (b"old" * 20 if point == "custody.before-erase" else None)
    assert (b"old" * 20 in bytes_on_disk(path)) is (held is not None)
    custody.close()


def test_keys_on_a_disk_that_fails_are_refused_from_then_on(path: Path) -> None:
    heard: list[str] = []
    custody = SqliteCustody(path, on_stop=heard.append)
    run(custody.put((("a", b"1"),)))

    def fall(name: str) -> None:
        if name == "custody.before-truncate":
            raise KeyboardInterrupt

    set_crash_hook(fall)
    try:
        with pytest.raises(EdgeError, match=r"store\.stopped"):
            run(custody.erase("a"))
    finally:
        set_crash_hook(None)
    assert heard == ["the writer's thread ended: KeyboardInterrupt"]
    for attempt in (custody.get("a"), custody.refs(), custody.put((("b", b"2"),))):
        with pytest.raises(EdgeError, match=r"store\.stopped"):
            run(attempt)
    custody.close()
