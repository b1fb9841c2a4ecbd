# SPDX-License-Identifier: Apache-2.0
"""Blobs as files, small durable files, clocks, random bytes, the node's lock, crash points."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity.adapters import crash
from comity.adapters.blobs_files import FileBlobs
from comity.adapters.clock_story import StoryClock
from comity.adapters.clock_system import SystemClock
from comity.adapters.crash import crash_point, permit_crashes
from comity.adapters.durable_files import edge_error, write_durably
from comity.adapters.lock_file import node_lock
from comity.adapters.random_system import SystemRandom
from comity.basis.errors import ConfigError, EdgeError, InvariantError, StateError
from comity.basis.ids import digest_of
from comity.basis.instants import parse_instant
from comity.ports import Clock, Random
from tests.contracts.support_store import run

# Blobs as files


def test_what_a_crash_left_unfinished_is_swept_and_never_read(tmp_path: Path) -> None:
    FileBlobs(tmp_path)
    (tmp_path / "incoming" / "left").write_bytes(b"half")
    blobs = FileBlobs(tmp_path)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert run(blobs.digests()) == ()


def test_what_another_process_is_writing_is_not_swept(tmp_path: Path) -> None:
    writer = run(FileBlobs(tmp_path).begin())
    run(writer.write(b"slow"))
    FileBlobs(tmp_path)
    assert run(writer.finish()).digest == digest_of(b"slow")


def test_storing_again_repairs_a_file_that_rotted(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    digest = run(blobs.write([b"good"])).digest
    place = tmp_path / digest[:2] / digest
    place.write_bytes(b"evil")
    run(blobs.write([b"good"]))
    assert place.read_bytes() == b"good"


def test_blobs_and_their_folders_are_the_owners_alone(tmp_path: Path) -> None:
    digest = run(FileBlobs(tmp_path / "blobs").write([b"x"])).digest
    place = tmp_path / "blobs" / digest[:2] / digest
    assert place.stat().st_mode & 0o777 == 0o600
    for folder in (place.parent, place.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_other_files_in_the_folder_are_no_blobs(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "README").touch()
    assert run(blobs.digests()) == ()


def test_a_blob_deleted_before_its_first_chunk_is_not_held(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    digest = run(blobs.write([b"x"])).digest
    chunks = run(blobs.read(digest))
    run(blobs.delete(digest))
    with pytest.raises(StateError, match=r"blobs\.not-held"):
        next(chunks)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_refuses_a_blob_is_an_edge_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    blobs = FileBlobs(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(f"os.{call}", refuse)
        with pytest.raises(EdgeError, match=r"disk\.full"):
            run(blobs.write([b"x"]))
    assert list((tmp_path / "incoming").iterdir()) == []
    assert run(blobs.digests()) == ()


def test_a_folder_that_cannot_be_made_is_an_edge(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        FileBlobs(tmp_path / "file")


# Small files


def test_a_durable_file_is_whole_and_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_durably(path, b"one")
    write_durably(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk.full"),
        (errno.EDQUOT, "disk.full"),
        (errno.EIO, "disk.failed"),
        (errno.EROFS, "disk.failed"),
        (None, "disk.failed"),
    ],
)
def test_the_systems_errors_become_edges_with_a_place(number: int | None, code: str) -> None:
    err = OSError(number, "x") if number else OSError("x")
    edge = edge_error(err, "/node/keys")
    assert (edge.code, edge.where, edge.retry) == (code, "/node/keys", True)


# Clocks and random bytes


def test_the_systems_clock_counts_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1_481_857_200_999_999_999)
    clock: Clock = SystemClock()
    assert clock.now() == 1_481_857_200_999
    assert clock.name == "system"


def test_the_storys_clock_stands_where_it_was_set(tmp_path: Path) -> None:
    clock = StoryClock(tmp_path)
    for text in ("2013-04-10T00:00:00Z", "2016-02-07T00:31:00.250Z"):
        clock.set(parse_instant(text))
        assert StoryClock(tmp_path).now() == parse_instant(text)
    as_port: Clock = clock
    assert as_port.name == "story"
    assert (tmp_path / "exercise-clock").read_text() == "2016-02-07T00:31:00.250Z\n"


@pytest.mark.parametrize("raw", [None, b"", b"noon", b"\xff", b"2016-02-07T00:31:00+09:00"])
def test_a_story_without_an_instant_has_no_time(tmp_path: Path, raw: bytes | None) -> None:
    if raw is not None:
        (tmp_path / "exercise-clock").write_bytes(raw)
    with pytest.raises(ConfigError, match=r"clock\.unusable"):
        StoryClock(tmp_path).now()


def test_a_clock_file_that_cannot_be_read_or_written_is_an_edge(tmp_path: Path) -> None:
    (tmp_path / "exercise-clock").mkdir()
    clock = StoryClock(tmp_path)
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        clock.now()
    with pytest.raises(EdgeError, match=r"disk\.failed"):
        clock.set(parse_instant("2016-02-07T00:31:00Z"))


def test_random_bytes_are_as_many_as_asked_and_differ() -> None:
    random: Random = SystemRandom()
    drawn = {random.token(16) for _ in range(16)}
    assert len(drawn) == 16
    assert {len(each) for each in drawn} == {16}


# The node's lock

HOLDER = """
import sys, time
from pathlib import Path
from comity.adapters.lock_file import node_lock
with node_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_waits_for_the_nodes_lock_and_gets_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        began = time.monotonic()
        with (
            pytest.raises(EdgeError, match=r"lock\.busy") as caught,
            node_lock(tmp_path, wait_s=0.1),
        ):
            pytest.fail("two processes hold one lock")
        assert 0.1 <= time.monotonic() - began < 5
        assert caught.value.retry
        holder.kill()
        with node_lock(tmp_path, wait_s=10):
            pass


def test_the_lock_is_free_after_use_and_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), node_lock(tmp_path):
        raise KeyboardInterrupt
    with node_lock(tmp_path, wait_s=0):
        pass


def test_a_lock_in_a_folder_that_is_not_there_is_an_edge(tmp_path: Path) -> None:
    with pytest.raises(EdgeError, match=r"disk\.failed"), node_lock(tmp_path / "none"):
        pytest.fail("held a lock that cannot be")


# Crash points


def test_an_unlisted_crash_point_is_a_bug() -> None:
    with pytest.raises(InvariantError, match=r"crash\.unknown-point"):
        crash_point("store" + ".nowhere")


@pytest.mark.parametrize(
    ("at", "testing", "exercise", "passes"),
    [
        ("file.after-sync", "1", False, 1),
        ("file.after-sync:3", "1", False, 3),
        ("file.after-sync:x", "1", False, 1),
        ("file.after-sync", "", True, 1),
        ("file.after-sync", "", False, None),
        ("file.after-sync", "0", False, None),
        ("file.after-rename", "1", False, None),
        ("", "1", True, None),
    ],
)
def test_a_process_kills_itself_only_where_it_was_told_and_may(
    monkeypatch: pytest.MonkeyPatch, at: str, testing: str, exercise: bool, passes: int | None
) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setenv("COMITY_CRASH_AT", at)
    monkeypatch.setenv("COMITY_CRASH_TESTING", testing)
    monkeypatch.setattr(crash, "_trap", crash._Trap())
    monkeypatch.setattr("os.kill", lambda pid, number: killed.append((pid, number)))
    permit_crashes(exercise=exercise)
    for count in range(1, 4):
        crash_point("file.after-sync")
        assert bool(killed) == (passes is not None and count >= passes)
    assert all(each == (os.getpid(), 9) for each in killed)
