# SPDX-License-Identifier: Apache-2.0
"""A disk that refuses under load, at either node: what was acknowledged stays, and it goes on.

The limit on a file's size stands in for a disk that refuses in the middle of a commit.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from comity.basis.ids import PartyId
from tests.system.driver import Driver, people_session, until
from tests.system.served_pair import JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import PAIR, assert_whole, until_quiet

pytestmark = [pytest.mark.slow]
DISK_LEFT_BYTES = 250_000
ITEM_BYTES = 4_096
BATCHES_MAX = 60


def full_at(folder: Path) -> int:
    """Give the size that no file of a node may pass, a little above what there is."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return max(sizes) + DISK_LEFT_BYTES


def is_in_trouble(nodes: ServedNodes, party: PartyId) -> bool:
    """Answer whether a node said that it cannot keep what it is given."""
    ended = nodes.served[party].process.poll() is not None
    return ended or "serve.cannot-go-on" in nodes.events(party)


async def fill(nodes: ServedNodes, full: PartyId, drivers: list[Driver]) -> None:
    """Enter items at both nodes until one can keep no more; then give it room, and go on."""
    for _ in range(BATCHES_MAX):
        for driver in drivers:
            if driver.is_met():
                await driver.release(driver.texts(8, size=ITEM_BYTES))
        process = nodes.served[full].process
        if process.poll() is not None or drivers[PAIR.index(full)].known.refused:
            break
    await until(lambda: is_in_trouble(nodes, full), 60, "the disk refuses")
    nodes.kill(full)
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
