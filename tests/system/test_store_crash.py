# SPDX-License-Identifier: Apache-2.0
"""Real processes killed at every named crash point: what was acknowledged is there, once.

The child in `crash_child.py` prints what is durable; the parent kills it and looks.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from comity.adapters.blobs_files import FileBlobs
from comity.adapters.crash import CRASH_POINTS
from comity.basis.ids import digest_of
from comity.tlog.checkpoints import Checkpoint
from tests.system import crash_child

pytestmark = pytest.mark.slow
T = TypeVar("T")
ROUNDS = 3
# The courier's points are met by its own flows, and killed at in their scenarios.
POINTS = [point for point in CRASH_POINTS if not point.startswith("courier.")]
PASSES = {
    "store.after-migration": 1,
    # Each round commits an entry, an erasure and a rebuild: the fourth is the second entry's.
    "store.before-begin": 4,
    "store.after-begin": 4,
    "store.after-change": 4,
    "store.after-write": 4,
    "store.before-commit": 4,
    "store.after-commit": 4,
}


def run(coroutine: Coroutine[object, object, T]) -> T:
    return asyncio.run(coroutine)


def start(folder: Path, first: int, count: int, at: str = "") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(Path(crash_child.__file__)), str(folder), str(first), str(count)],
        stdout=subprocess.PIPE,
        bufsize=0,  # what readline had read ahead, communicate would not give
        env={
            **os.environ,
            "COMITY_CRASH_AT": at,
            "COMITY_CRASH_TESTING": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )


def finish(child: subprocess.Popen[bytes]) -> tuple[int, list[tuple[str, str]]]:
    out, _ = child.communicate(timeout=300)
    lines = [line.partition(" ") for line in out.decode().splitlines()]
    return child.returncode, [(word, rest) for word, _, rest in lines]


def said(lines: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for each, rest in lines if each == word]


def assert_whole(folder: Path, lines: list[tuple[str, str]]) -> None:
    """Open everything again and hold it against what was acknowledged."""
    store = crash_child.open_store(folder)
    entries = run(store.entries(crash_child.OWN, 0, 10_000))
    texts = [each.decode() for each in entries]
    assert len(set(texts)) == len(texts), "an entry stands twice"
    assert set(said(lines, "entry")) <= set(texts), "an acknowledged entry is lost"
    assert len(texts) <= len(said(lines, "entry")) + 1
    journal = run(store.entries(crash_child.JOURNAL, 0, 10_000))
    assert journal == tuple(f"journal {text}".encode() for text in texts), "half a commit"
    assert int(run(store.document("count", "entries")) or b"0") == len(texts), "half a commit"
    parcels = [run(store.parcel(crash_child.OWN, index)) for index in range(len(texts))]
    assert parcels[1:] == [f"parcel {text}".encode() for text in texts[1:]], "half a commit"
    if said(lines, "erased"):
        assert parcels[0] is None, "an erased parcel is back"
    assert run(store.check()).problems == ()
    store.close()

    blobs = FileBlobs(folder / "blobs")
    held = run(blobs.digests())
    assert set(said(lines, "blob")) <= set(held), "an acknowledged blob is lost"
    for digest in held:
        assert digest_of(b"".join(run(blobs.read(digest)))) == digest, "half a blob"
    assert not (folder / "blobs" / "incoming").exists() or not list(
        (folder / "blobs" / "incoming").iterdir()
    )

    keys = crash_child.open_keys(folder)
    sets = run(keys.key_sets())
    assert {int(each) for each in said(lines, "keys")} <= set(sets), "acknowledged keys are lost"
    for version in sets:
        run(keys.sign_checkpoint(Checkpoint("jpn.example/journal", 1, bytes(32)), version))
    assert set(said(lines, "kept")) <= set(run(keys.custody_items()))
    for ref in said(lines, "kept"):
        assert run(keys.custody_item_key(ref)) == int(ref.split()[1]).to_bytes(32)
    keys.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_crash_point_loses_and_halves_nothing(tmp_path: Path, point: str) -> None:
    code, lines = finish(start(tmp_path, 1, ROUNDS, f"{point}:{PASSES.get(point, 2)}"))
    assert code == -signal.SIGKILL, f"{point} was never met"
    assert "3" not in said(lines, "round")
    assert_whole(tmp_path, lines)
    # A restart needs no hand, and goes on where it stood.
    code, more = finish(start(tmp_path, 10, 1))
    assert code == 0
    assert_whole(tmp_path, lines + more)


def test_a_kill_from_outside_at_any_moment_loses_and_halves_nothing(tmp_path: Path) -> None:
    everything: list[tuple[str, str]] = []
    for round_ in range(4):
        child = start(tmp_path, 100 * (round_ + 1), 90)
        assert child.stdout is not None
        for _ in range(5 + 7 * round_):
            word, _, rest = child.stdout.readline().decode().rstrip("\n").partition(" ")
            everything.append((word, rest))
        child.kill()
        _, lines = finish(child)
        everything += lines
        assert_whole_since(tmp_path, everything)


def assert_whole_since(folder: Path, lines: list[tuple[str, str]]) -> None:
    """Each kill may leave one entry that was committed and not yet said: say it now."""
    store = crash_child.open_store(folder)
    texts = [each.decode() for each in run(store.entries(crash_child.OWN, 0, 10_000))]
    store.close()
    unsaid = [("entry", text) for text in texts if ("entry", text) not in lines]
    assert len(unsaid) <= 1
    lines += unsaid
    assert_whole(folder, lines)


def test_two_processes_at_once_on_one_node_both_finish_and_break_nothing(tmp_path: Path) -> None:
    children = [start(tmp_path, first, 8) for first in (100, 200)]
    outcomes = [finish(child) for child in children]
    assert [code for code, _ in outcomes] == [0, 0]
    lines = [line for _, each in outcomes for line in each]
    assert len(said(lines, "entry")) == 16
    assert_whole(tmp_path, lines)


def test_two_processes_that_begin_a_node_at_once_make_one_store(tmp_path: Path) -> None:
    children = [start(tmp_path, 100 * (each + 1), 1) for each in range(4)]
    outcomes = [finish(child) for child in children]
    assert [code for code, _ in outcomes] == [0] * 4
    assert_whole(tmp_path, [line for _, each in outcomes for line in each])
