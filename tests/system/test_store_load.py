# SPDX-License-Identifier: Apache-2.0
"""Group commit in real processes under load, killed anywhere: no change lost, none halved.

What the child prints is durable; what it does not print may be there, but then whole.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from comity.adapters.crash import CRASH_POINTS
from comity.adapters.custody_sqlite import SqliteCustody
from comity.adapters.store_sqlite import SqliteStore
from tests.system import load_child
from tests.system.load_child import JOURNAL, WRITERS, origin_of

pytestmark = [pytest.mark.slow]
T = TypeVar("T")
# A rebuild and the erasing of keys have no part in this load.
ABSENT = {
    *("store.after-derived", "custody.before-erase"),
    *("custody.before-truncate", "custody.after-erase"),
}
POINTS = [
    point
    for point in CRASH_POINTS
    if point.startswith(("store.", "custody.")) and point not in ABSENT
]
# Late enough to fall among concurrent changes, early enough to be met by a short run.
PASSES = {"store.after-migration": 1}
ROUNDS = 6
SMALL_FILE_BYTES = 400_000


def run(coroutine: Coroutine[object, object, T]) -> T:
    return asyncio.run(coroutine)


def start(
    folder: Path, first: int, count: int, *more: str, at: str = ""
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, load_child.__file__, str(folder), str(first), str(count), *more],
        stdout=subprocess.PIPE,
        bufsize=0,  # what readline had read ahead, communicate would not give
        env={
            **os.environ,
            "COMITY_CRASH_AT": at,
            "COMITY_CRASH_TESTING": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )


def finish(child: subprocess.Popen[bytes]) -> tuple[int, list[str]]:
    out, _ = child.communicate(timeout=300)
    # A kill may fall inside a line: what has no end was not said.
    return child.returncode, out.decode().split("\n")[:-1]


def said(lines: list[str], word: str) -> set[str]:
    return {line.partition(" ")[2] for line in lines if line.startswith(f"{word} ")}


def assert_whole(folder: Path, lines: list[str]) -> set[str]:
    """Hold everything against what was acknowledged; return the entries that are there."""
    store = SqliteStore(folder / "store.sqlite")
    assert run(store.check()).problems == ()
    found: list[str] = []
    for who in range(WRITERS):
        texts = [each.decode() for each in run(store.entries(origin_of(who), 0, 10_000))]
        found += texts
        count = int(run(store.document("count", origin_of(who))) or b"0")
        judged = run(store.judgements(origin_of(who), 0, 10_000))
        assert count == len(texts) == len(judged), "half a change"
        for index, text in enumerate(texts):
            parcel = run(store.parcel(origin_of(who), index))
            erased = index % 5 == 3 and index + 1 < len(texts)
            assert parcel == (None if erased else f"parcel {text} ".encode() * 100)
    journal = [each.decode() for each in run(store.entries(JOURNAL, 0, 100_000))]
    assert Counter(journal) == Counter(f"journal {text}" for text in found), "half a change"
    assert len(set(found)) == len(found), "a change stands twice"
    assert said(lines, "entry") <= set(found), "an acknowledged change is lost"
    store.close()
    custody = SqliteCustody(folder / "custody.sqlite")
    held = run(custody.refs())
    assert {f"key {text}" for text in said(lines, "key")} <= set(held)
    assert all(run(custody.get(ref)) == f"wrapped {ref[4:]}".encode() for ref in held)
    custody.close()
    return set(found)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_among_concurrent_changes_loses_and_halves_none(tmp_path: Path, point: str) -> None:
    draws = random.Random(point)
    passing = PASSES.get(point) or draws.randrange(2, 9 if point == "store.after-erase" else 14)
    code, lines = finish(start(tmp_path, 0, 60, at=f"{point}:{passing}"))
    assert code == -signal.SIGKILL, f"{point} was met fewer than {passing} times"
    before = assert_whole(tmp_path, lines)
    code, more = finish(start(tmp_path, 1000, 3))
    assert code == 0
    assert before < assert_whole(tmp_path, lines + more)


def test_kills_from_outside_under_load_lose_and_halve_none(tmp_path: Path) -> None:
    lines: list[str] = []
    draws = random.Random(1)
    for round_ in range(ROUNDS):
        child = start(tmp_path, 1000 * (round_ + 1), 900)
        assert child.stdout is not None
        for _ in range(draws.randrange(1, 900)):
            lines.append(child.stdout.readline().decode().rstrip("\n"))
        child.kill()
        _, rest = finish(child)
        lines += rest
        assert_whole(tmp_path, lines)


def test_changes_under_load_share_their_flushes(tmp_path: Path) -> None:
    code, lines = finish(start(tmp_path, 0, 40))
    assert code == 0
    (counts,) = said(lines, "flushes")
    store, custody = map(int, counts.split())
    assert len(said(lines, "entry")) == 40 * WRITERS
    assert store < 40 * WRITERS / 4
    assert custody < 40 * WRITERS / 4


def test_a_file_that_may_not_grow_refuses_changes_and_keeps_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    """The limit on a file's size stands in for a disk that refuses in the middle of a commit."""
    code, lines = finish(start(tmp_path, 0, 3))
    assert code == 0
    code, more = finish(start(tmp_path, 100, 400, str(SMALL_FILE_BYTES)))
    assert code == 0
    refused = said(more, "refused")
    assert refused
    assert refused <= {"store.disk", "store.disk-full", "store.stopped"}
    before = assert_whole(tmp_path, lines + more)
    code, again = finish(start(tmp_path, 10_000, 3))
    assert code == 0
    assert len(assert_whole(tmp_path, lines + more + again)) == len(before) + 3 * WRITERS
