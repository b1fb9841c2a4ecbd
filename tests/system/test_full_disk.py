# SPDX-License-Identifier: Apache-2.0
"""A disk that refuses under load, at either node: what was acknowledged stays, and it goes on.

The limit on a file's size stands in for a disk that refuses in the middle of a commit; a small disk
of its own is full as disks are.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from tests.system import small_disk_child
from tests.system.driver import Driver, people_session
from tests.system.served_pair import JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import PAIR, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
DISK_LEFT_BYTES = 250_000
ITEM_BYTES = 4_096
APART = ("unshare", "--user", "--map-root-user", "--mount")
STORY_S = 600.0
BATCHES_MAX = 60
DISK_FAILED = 5
"""The exit code of a node whose store cannot go on, as docs/operations.md says."""


def full_at(folder: Path) -> int:
    """Give the size that no file of a node may pass, a little above what there is."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return max(sizes) + DISK_LEFT_BYTES


async def fill(nodes: ServedNodes, full: PartyId, drivers: list[Driver]) -> None:
    """Enter items at both nodes until one can keep no more; then give it room, and go on."""
    for _ in range(BATCHES_MAX):
        for driver in drivers:
            if driver.is_met():
                await driver.release(driver.texts(8, size=ITEM_BYTES))
        process = nodes.served[full].process
        if process.poll() is not None or drivers[PAIR.index(full)].known.refused:
            break
    # It says so, and ends by itself with the code for that: it neither hangs nor spins nor goes on.
    assert await asyncio.to_thread(nodes.collect, full) == DISK_FAILED
    assert nodes.events(full).count("serve.cannot-go-on") == 1
    await asyncio.to_thread(nodes.start, full)
    for driver in drivers:
        assert await driver.exchange(driver.texts(1))


async def drive(nodes: ServedNodes, full: PartyId) -> list[Driver]:
    async with people_session() as session:
        drivers = [Driver(nodes, party, session) for party in PAIR]
        await fill(nodes, full, drivers)
        await until_quiet(nodes)
        return drivers


@pytest.mark.parametrize("full", PAIR)
def test_a_disk_that_refuses_loses_and_doubles_nothing(
    made: Made, tmp_path: Path, full: PartyId
) -> None:
    with copied(made, tmp_path) as nodes:
        other = KOR if full == JPN else JPN
        nodes.start(other)
        nodes.start(full, RLIMIT_FSIZE=full_at(nodes.node_folder(full)))
        drivers = asyncio.run(drive(nodes, full))
        assert nodes.stop(*PAIR) == [0, 0]
        print(full, assert_whole(nodes, *(each.known for each in drivers)))
        print([sorted(set(each.known.refused)) for each in drivers], set(nodes.events(full)))


def may_mount(folder: Path) -> bool:
    """Answer whether this system lets a process mount a disk of its own in a namespace."""
    words = (*APART, "mount", "-t", "tmpfs", "none", str(folder))
    try:
        return not subprocess.run(words, capture_output=True, check=False).returncode
    except OSError:
        return False


def test_a_full_disk_is_said_and_refused_and_read_on_until_there_is_room(tmp_path: Path) -> None:
    if not may_mount(tmp_path):
        pytest.skip("this system lets nobody mount a small disk in a namespace of their own")
    ended = subprocess.run(
        [*APART, sys.executable, small_disk_child.__file__, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=STORY_S,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    status, page = told["ready"]
    assert status == 503
    assert page["reason"] == "no space left on disk"
    assert told["read"] == 200
    assert told["refused"] == [503, "store.disk-full"]
    assert told["partner"] == 3, "whoever has room goes on"
    jpn, kor = told["events"][JPN], told["events"][KOR]
    said = [each for each in jpn if each.startswith("store.")]
    assert said == ["store.read-only", "store.writable"]
    assert not {each for each in (*jpn, *kor) if each.endswith((".fault", ".cannot-go-on"))}
    # It backs off: this is said once for the one trouble, whose tries grow ever more seldom.
    line = [each for each in kor if each.startswith("delivery.")]
    assert line == ["delivery.tries-again", "delivery.goes-on"]
    start = told["start"]
    assert start["code"] == DISK_FAILED
    assert "no space left on disk [store.disk-full]" in start["err"]
    assert "hint: free some space, then start it again" in start["err"]
    assert start["later"] == [0]
