# SPDX-License-Identifier: Apache-2.0
"""A program that drives exchanges between two served nodes, by their people's API."""

from __future__ import annotations

import asyncio
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import ClientSession, TCPConnector

from bench.served_nodes import AGREEMENT, JPN, KOR, Node
from comity.basis.ids import PartyId

CONTENT_BYTES: Final = 1024
BATCH: Final = 64
_WAIT_S: Final = 60
_ITEMS: Final = f"/api/v1/agreements/{AGREEMENT}/items"


@dataclass(frozen=True, slots=True)
class Driver:
    """One connection pool to each node."""

    nodes: Mapping[PartyId, Node]
    sessions: Mapping[PartyId, ClientSession]

    async def exchange(self, count: int) -> list[str]:
        """Release items together; return once all of them are cosigned by the recipient."""
        item = {
            "to": [KOR],
            "marking": "秘",
            "category": "missile-warning",
            "purposes": ["warning"],
            "content": b64encode(bytes(CONTENT_BYTES)).decode(),
        }
        body = {"items": [item] * count}
        replied = await self._ask(JPN, "POST", f"{_ITEMS}:batch", json=body)
        places = []
        for result in replied["results"]:
            if result["status"] != 201:
                raise RuntimeError(f"not released: {result}")
            places.append(result["answer"]["entered"]["place"])
        last = max(places, key=lambda place: int(place.rpartition("/")[2]))
        await self._wait(last, "acknowledged")
        return places

    async def keep_in_flight(self, count: int, total: int) -> None:
        """Keep `count` exchanges in flight until `total` are done."""
        size = min(BATCH, count)
        left = iter(range(total // size))

        async def go_on() -> None:
            for _ in left:
                await self.exchange(size)

        async with asyncio.TaskGroup() as group:
            for _ in range(count // size):
                group.create_task(go_on())

    async def alone(self) -> float:
        """Exchange one item; give the seconds that it took."""
        started = time.perf_counter()
        await self.exchange(1)
        return time.perf_counter() - started

    async def flushes(self) -> int:
        """Count the flushes of both nodes so far."""
        count = 0.0
        for party, node in self.nodes.items():
            async with self.sessions[party].get(f"{node.people}/metrics") as reply:
                page = await reply.text()
            for line in page.splitlines():
                if line.startswith("comity_flushes_total{"):
                    count += float(line.rpartition(" ")[2])
        return int(count)

    async def settled(self) -> None:
        """Wait until neither node does anything: no CPU for a while."""
        before = -1.0
        while (now := self.cpu_s()) - before > 0.02:
            before = now
            await asyncio.sleep(1.5)

    def cpu_s(self) -> float:
        """Give the CPU time of both nodes so far."""
        return sum(node.cpu_s() for node in self.nodes.values())

    async def _wait(self, place: str, until: str) -> None:
        party, index = place.split("/")[-2:]
        path = f"{_ITEMS}/{party}/{index}/acknowledgement?until={until}&timeout_s={_WAIT_S}"
        told = await self._ask(JPN, "GET", path)
        if not told["complete"]:
            raise RuntimeError(f"{place} was not {until} within {_WAIT_S} s")

    async def _ask(self, party: PartyId, method: str, path: str, **sent: Any) -> Any:
        async with self.sessions[party].request(
            method, f"{self.nodes[party].people}{path}", **sent
        ) as reply:
            if reply.status >= 300:
                raise RuntimeError(f"{method} {path}: {reply.status} {await reply.text()}")
            return await reply.json()


@asynccontextmanager
async def driving(nodes: Mapping[PartyId, Node]) -> AsyncIterator[Driver]:
    """Connect to both nodes; their keys are not what is measured here."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    sessions = {
        party: ClientSession(
            connector=TCPConnector(ssl=tls, limit=64),
            headers={"Authorization": f"Bearer {node.token}"},
        )
        for party, node in nodes.items()
    }
    try:
        yield Driver(nodes, sessions)
    finally:
        for session in sessions.values():
            await session.close()
