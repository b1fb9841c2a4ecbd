# SPDX-License-Identifier: Apache-2.0
"""Pages of a register are the same from a served node as from a command that judges it alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from comity.cli.main import run
from comity.node import ask_entries
from tests.system.driver import Driver, people_session
from tests.system.served_pair import AGREEMENT, JPN, KOR, Made, ServedNodes, copied
from tests.system.settled import until_quiet

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("served-pair")]


def page(nodes: ServedNodes, capfd: pytest.CaptureFixture[str], *more: str) -> str:
    capfd.readouterr()
    command = ("register", "show", "--party", "JPN", "--node", str(nodes.node_folder(KOR)), *more)
    assert run(command) == 0
    return capfd.readouterr().out


async def exchange(nodes: ServedNodes) -> None:
    async with people_session() as session:
        driver = Driver(nodes, JPN, session)
        assert await driver.exchange(driver.texts(5))
    await until_quiet(nodes)


def test_a_page_is_the_same_whether_the_node_is_served(
    made: Made, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with copied(made, tmp_path) as nodes:
        nodes.start(JPN, KOR)
        asyncio.run(exchange(nodes))
        words = [(), ("--start", "2", "--limit", "3"), ("--json",), ("--start", "500")]
        served = [page(nodes, capfd, *each) for each in words]
        folder = nodes.node_folder(KOR)
        asked = asyncio.run(ask_entries(folder, AGREEMENT, JPN, 2, 3))
        assert isinstance(asked, dict)
        assert len(json.loads(served[2])["entries"]) == asked["judged_size"]
        assert nodes.stop(JPN, KOR) == [0, 0]
        assert asyncio.run(ask_entries(folder, AGREEMENT, JPN, 2, 3)) is None
        assert [page(nodes, capfd, *each) for each in words] == served
