# SPDX-License-Identifier: Apache-2.0
"""Two nodes, one of them on a small disk that is really full, then has room again, then is full.

It runs where it may mount: in user and mount namespaces of its own, which end with it.
Run: unshare --user --map-root-user --mount python small_disk_child.py FOLDER; it prints as JSON
what it met, and holds the nodes against each other in the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from tests.system.driver import Driver, people_session, until
from tests.system.served_pair import JPN, KOR, ServedNodes, copied, make_nodes
from tests.system.settled import PAIR, assert_whole, until_quiet

DISK = "96m"
PATIENCE_S = 180.0
PIECE = bytes(1 << 20)
Told = dict[str, Any]


class SmallDisk:
    """A disk of a few MiB under a node's folder."""

    def __init__(self, folder: Path) -> None:
        """Put the folder's content onto a small disk, at the same place."""
        self._filler = folder / "filler"
        aside = folder.with_suffix(".aside")
        folder.rename(aside)
        folder.mkdir(mode=0o700)
        words = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "none", str(folder)]
        subprocess.run(words, check=True)
        shutil.copytree(aside, folder, dirs_exist_ok=True)

    def fill(self) -> None:
        """Leave not a byte."""
        descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for piece in (PIECE, PIECE[:4096], b"\0"):
                with suppress(OSError):
                    while True:
                        os.write(descriptor, piece)
        finally:
            os.close(descriptor)

    def make_room(self) -> None:
        self._filler.unlink()


async def ready(nodes: ServedNodes, session: aiohttp.ClientSession) -> tuple[int, Told]:
    """Ask whether Japan's node is ready."""
    url = f"https://127.0.0.1:{nodes.served[JPN].people}/readyz"
    async with session.get(url) as response:
        return response.status, await response.json()


async def read(nodes: ServedNodes, session: aiohttp.ClientSession, place: str) -> int:
    """Read what was released before."""
    agreement, party, index = place.split("/")
    url = f"https://127.0.0.1:{nodes.served[JPN].people}/api/v1/agreements/{agreement}/items"
    headers = {"authorization": f"Bearer {nodes.made.tokens[JPN]}"}
    async with session.get(f"{url}/{party}/{index}", headers=headers) as response:
        return response.status


async def refused(driver: Driver) -> tuple[int, str]:
    """Try to release something; give the status and the code of the answer."""
    answer = await driver._ask("POST", "items:batch", {"items": [driver._item("no room")]})
    [result] = answer.get("results", [{"status": 0, "answer": answer}])
    return result["status"], result["answer"]["error"]["code"]


async def live(nodes: ServedNodes, disk: SmallDisk, session: aiohttp.ClientSession) -> Told:
    """Let the disk fill up under load; then refuse and read; then go on.

    1. both exchange, and go on releasing while the disk fills up;
    2. the node says that it is read-only, and answers so; its partner waits;
    3. there is room: it says so, what waited comes, and both exchange again.
    """
    drivers = [Driver(nodes, party, session) for party in PAIR]
    jpn, kor = drivers
    for each in drivers:
        assert await each.exchange(each.texts(4))  # 1
    known = next(iter(jpn.known.entered.values()))
    filling = asyncio.create_task(asyncio.to_thread(disk.fill))
    while not filling.done():
        await asyncio.gather(*(each.release(each.texts(4, size=2_000)) for each in drivers))
    await filling
    await until(lambda: "store.read-only" in nodes.events(JPN), PATIENCE_S, "it says so")  # 2
    waiting = await kor.release(kor.texts(3))
    said = lambda: "delivery.tries-again" in nodes.events(KOR)  # noqa: E731
    await until(said, PATIENCE_S, "its partner tries again, ever more seldom")
    told: Told = {
        "ready": await ready(nodes, session),
        "read": await read(nodes, session, known),
        "refused": await refused(jpn),
        "partner": len(waiting),
    }
    disk.make_room()  # 3
    await until(lambda: "store.writable" in nodes.events(JPN), PATIENCE_S, "it says so again")

    async def is_ready() -> bool:
        return (await ready(nodes, session))[0] == 200

    await until(is_ready, PATIENCE_S, "it is ready")
    for each in drivers:
        assert await each.exchange(each.texts(2))
    await until_quiet(nodes)
    whole = [each.known for each in drivers]
    assert nodes.stop(*PAIR) == [0, 0]
    told["whole"] = (await asyncio.to_thread(assert_whole, nodes, *whole)).items
    return told


async def restarted(nodes: ServedNodes, disk: SmallDisk) -> Told:
    """Start on a full disk, and then with room."""
    disk.fill()
    folder = nodes.node_folder(JPN)
    command = [sys.executable, "-m", "comity", "serve", "--json", "--node"]
    process = await asyncio.create_subprocess_exec(
        *(*command, str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    _, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    disk.make_room()
    await asyncio.to_thread(nodes.start, JPN)
    return {"code": process.returncode, "err": err.decode(), "later": nodes.stop(JPN)}


async def story(folder: Path) -> Told:
    for name in ("made", "nodes"):
        (folder / name).mkdir()
    made = await make_nodes(folder / "made")
    with copied(made, folder / "nodes") as nodes:
        disk = SmallDisk(nodes.node_folder(JPN))
        # One after the other: a partner that is not served yet is a trouble too, of another kind.
        for party in PAIR:
            await asyncio.to_thread(nodes.start, party)
        async with people_session() as session:
            told = await live(nodes, disk, session)
        told["events"] = {party: nodes.events(party) for party in PAIR}
        told["start"] = await restarted(nodes, disk)
        return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(story(Path(sys.argv[1])))))
