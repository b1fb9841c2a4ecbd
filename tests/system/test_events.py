# SPDX-License-Identifier: Apache-2.0
"""Events of a served node: told over TLS, gone on with after a kill, and ended when it stops."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from comity.basis.ids import PartyId
from tests.system.driver import Driver, people_session
from tests.system.served_pair import AGREEMENT, JPN, KOR, Made, ServedNodes, copied

pytestmark = [pytest.mark.slow]
STOPS_WITHIN_S = 15.0


class Stream:
    """Reads events, and remembers the last id as a browser does."""

    def __init__(self) -> None:
        self.last_id = ""
        self.told: list[tuple[str, str]] = []

    async def read(self, response: aiohttp.ClientResponse, *, until: str) -> None:
        """Read on until an event of a name came."""
        async for name, place in self._events(response):
            self.told.append((name, place))
            if name == until:
                return
        pytest.fail(f"the stream ended before {until}")

    async def read_to_end(self, response: aiohttp.ClientResponse) -> None:
        self.told += [each async for each in self._events(response)]

    async def _events(self, response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str]]:
        fields: dict[str, str] = {}
        async for raw in response.content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            if raw != b"\n":
                continue
            self.last_id = fields.get("id", self.last_id)
            if "data" in fields:
                yield fields["event"], json.loads(fields["data"])["place"]
            fields = {}

    async def begin(self, response: aiohttp.ClientResponse) -> None:
        """Read the first id."""
        raw = await response.content.readuntil(b"\n\n")
        self.last_id = raw.decode().partition("\n")[0].removeprefix("id: ")


@asynccontextmanager
async def events(
    nodes: ServedNodes, party: PartyId, session: aiohttp.ClientSession, last_id: str = ""
) -> AsyncIterator[aiohttp.ClientResponse]:
    url = f"https://127.0.0.1:{nodes.served[party].people}/api/v1/agreements/{AGREEMENT}/events"
    headers = {"authorization": f"Bearer {nodes.made.tokens[party]}"}
    if last_id:
        headers["last-event-id"] = last_id
    async with session.get(url, headers=headers) as response:
        assert response.status == 200
        yield response


def test_events_go_on_after_a_kill_and_end_with_the_node(made: Made, tmp_path: Path) -> None:
    async def story(nodes: ServedNodes) -> None:
        async with people_session() as session:
            driver, stream = Driver(nodes, JPN, session), Stream()
            async with events(nodes, KOR, session) as response:
                await stream.begin(response)
                [first] = await driver.release(driver.texts(1))
                await stream.read(response, until="openable")
                nodes.kill(KOR)
            [second] = await driver.release(driver.texts(1))
            await asyncio.to_thread(nodes.start, KOR)
            async with events(nodes, KOR, session, stream.last_id) as response:
                await stream.read(response, until="openable")
                began = time.monotonic()
                stopping = asyncio.create_task(asyncio.to_thread(nodes.stop, KOR))
                await stream.read_to_end(response)
                assert await stopping == [0]
                assert time.monotonic() - began < STOPS_WITHIN_S
            places = [each.partition("/")[2] for each in (first, second)]
            assert stream.told == [(name, p) for p in places for name in ("item", "openable")]

    with copied(made, tmp_path) as nodes:
        nodes.start(JPN, KOR)
        asyncio.run(story(nodes))
