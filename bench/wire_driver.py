# SPDX-License-Identifier: Apache-2.0
"""A program that drives exchanges between two served nodes, by their people's API."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, TCPConnector

from bench.served_nodes import AGREEMENT, JPN, KOR, Node
from bench.wire_items import Watch, WatchItem
from bench.wire_viewer import Shown, Viewer, viewing
from comity.basis.ids import PartyId

BATCH: Final = 64
_WAIT_S: Final = 60
_EACH: Final = 16
_AGREEMENT: Final = f"/api/v1/agreements/{AGREEMENT}"
_ITEMS: Final = f"{_AGREEMENT}/items"
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Driver:
    """One connection pool to each node."""

    nodes: Mapping[PartyId, Node]
    sessions: Mapping[PartyId, ClientSession]
    watch: Watch = field(default_factory=Watch)
    idle: list[str] = field(default_factory=list)
    """Tokens of programs that release one item each, by the times each may be used at once."""

    async def exchange(self, count: int) -> list[str]:
        """Release items together; return once all of them are cosigned by the recipient."""
        return await self._release(self.watch.items(count), wait=True)

    async def exchange_single(self, count: int) -> None:
        """Release one item by the endpoint for one; return once the recipient has cosigned it."""
        (item,) = self.watch.items(count)
        described = b64encode(json.dumps(item.kind.wish()).encode()).decode()
        token = self.idle.pop()
        by = {"Authorization": f"Bearer {token}"}
        headers = {"Comity-Item": described, "Content-Type": "application/octet-stream", **by}
        told = await self._ask(JPN, "POST", _ITEMS, data=item.content, headers=headers)
        _, _, place = told["entered"]["place"].partition("/")
        await self._wait(place, "acknowledged", headers=by)
        self.idle.append(token)

    async def exchange_with_receipts(self, viewer: Viewer, count: int) -> None:
        """Release items together; return once the recipient's receipts for them are back."""
        places = await self._release(self.watch.items(count))
        for place in places:
            await viewer.openable(place)
        wanted = {"receipts": [{"item": place} for place in places]}
        replied = await self._ask(KOR, "POST", f"{_AGREEMENT}/receipts:batch", json=wanted)
        _entered(replied)
        await self._wait(places[-1], "answered")

    async def keep_in_flight(
        self,
        count: int,
        total: int,
        act: Callable[[int], Awaitable[object]] | None = None,
        *,
        together: int = BATCH,
    ) -> None:
        """Keep `count` exchanges (or of what `act` does) in flight until `total` are done."""
        size = min(together, count)
        left = iter(range(total // size))
        once = self.exchange if act is None else act

        async def go_on() -> None:
            for _ in left:
                await once(size)

        async with asyncio.TaskGroup() as group:
            for _ in range(count // size):
                group.create_task(go_on())

    async def alert(self, viewer: Viewer) -> float:
        """Release one alert; give the seconds until a viewer at the recipient has read it."""
        item = self.watch.alert()
        started = time.perf_counter()
        (place,) = await self._release([item])
        shown = await viewer.alert(place)
        if shown.content != item.content:
            raise RuntimeError(f"{place} is not what was released")
        return shown.at - started

    async def alone(self) -> float:
        """Exchange one item; give the seconds that it took."""
        started = time.perf_counter()
        await self.exchange(1)
        return time.perf_counter() - started

    async def nothing(self) -> float:
        """Ask whether the first node lives; give the seconds, which are the driver's own part."""
        started = time.perf_counter()
        async with self.sessions[JPN].get(f"{self.nodes[JPN].people}/healthz") as reply:
            await reply.read()
        return time.perf_counter() - started

    async def flushes(self) -> int:
        """Count the flushes of both nodes so far, at one moment as nearly as two can be asked."""
        pages = await asyncio.gather(*(self._metrics(party) for party in self.nodes))
        lines = [line for page in pages for line in page.splitlines()]
        told = [line for line in lines if line.startswith("comity_flushes_total{")]
        return int(sum(float(line.rpartition(" ")[2]) for line in told))

    async def _metrics(self, party: PartyId) -> str:
        async with self.sessions[party].get(f"{self.nodes[party].people}/metrics") as reply:
            return await reply.text()

    def viewing(self) -> AbstractAsyncContextManager[Viewer]:
        """Listen to what comes to the recipient; alerts are read as they come."""
        url = f"{self.nodes[KOR].people}{_AGREEMENT}/events"
        return viewing(self.sessions[KOR], url, self._show)

    async def _show(self, place: str) -> Shown:
        """Read an alert: a viewer acknowledges it first, without which nobody opens anything."""
        path = f"{_ITEMS}/{place}"
        await self._ask(KOR, "POST", f"{path}/receipt", json={})
        content = await self._read(KOR, f"{path}/open", json={"purpose": "warning"})
        return Shown(content, time.perf_counter())

    async def ready(self) -> None:
        """Wait until both nodes have judged their registers, however long that takes."""
        patient = ClientTimeout(total=None)
        for party in self.nodes:
            while True:
                try:
                    await self._ask(party, "GET", f"{_ITEMS}?limit=1", timeout=patient)
                    break
                except ClientConnectionError:  # so busy that it did not even shake hands
                    await asyncio.sleep(1.0)

    async def settled(self) -> None:
        """Wait until neither node does anything: no CPU for a while."""
        before = -1.0
        while (now := self.cpu_s()) - before > 0.02:
            before = now
            await asyncio.sleep(1.5)

    def cpu_s(self) -> float:
        """Give the CPU time of both nodes so far."""
        return sum(node.cpu_s() for node in self.nodes.values())

    async def _release(self, items: Sequence[WatchItem], *, wait: bool = False) -> list[str]:
        """Release items together; give their places, the last one entered last.

        With `wait` the answer comes once the recipient has cosigned all of them.
        """
        request = json.dumps({"items": [item.wish() for item in items]}).encode()
        headers = _JSON | ({"Prefer": f"wait={_WAIT_S}"} if wait else {})
        url = f"{self.nodes[JPN].people}{_ITEMS}:batch"
        async with self.sessions[JPN].post(url, data=request, headers=headers) as reply:
            if reply.status >= 300:
                raise RuntimeError(f"{url}: {reply.status} {await reply.text()}")
            replied = await reply.json()
            if wait and reply.headers.get("Preference-Applied") != "wait":
                raise RuntimeError(f"not all was acknowledged within {_WAIT_S} s")
        places = [place.partition("/")[2] for place in _entered(replied)]
        return sorted(places, key=lambda place: int(place.rpartition("/")[2]))

    async def _wait(self, place: str, until: str, **sent: Any) -> None:
        path = f"{_ITEMS}/{place}/acknowledgement?until={until}&timeout_s={_WAIT_S}"
        told = await self._ask(JPN, "GET", path, **sent)
        if not told["complete"]:
            raise RuntimeError(f"{place} was not {until} within {_WAIT_S} s")

    async def _read(self, party: PartyId, path: str, **sent: Any) -> bytes:
        url = f"{self.nodes[party].people}{path}"
        async with self.sessions[party].post(url, **sent) as reply:
            if reply.status >= 300:
                raise RuntimeError(f"{path}: {reply.status} {await reply.text()}")
            return await reply.read()

    async def _ask(self, party: PartyId, method: str, path: str, **sent: Any) -> Any:
        async with self.sessions[party].request(
            method, f"{self.nodes[party].people}{path}", **sent
        ) as reply:
            if reply.status >= 300:
                raise RuntimeError(f"{method} {path}: {reply.status} {await reply.text()}")
            return await reply.json()


def _entered(replied: Any) -> list[str]:
    """Give where each statement of a batch was entered; each must have been."""
    for result in replied["results"]:
        if result["status"] != 201:
            raise RuntimeError(f"not entered: {result}")
    return [result["answer"]["entered"]["place"] for result in replied["results"]]


@asynccontextmanager
async def driving(nodes: Mapping[PartyId, Node]) -> AsyncIterator[Driver]:
    """Connect to both nodes; their keys are not what is measured here."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    sessions = {
        party: ClientSession(
            connector=TCPConnector(ssl=tls, limit=64),
            headers={"Authorization": f"Bearer {node.tokens[0]}"},
        )
        for party, node in nodes.items()
    }
    try:
        yield Driver(nodes, sessions, idle=[*nodes[JPN].tokens] * _EACH)
    finally:
        for session in sessions.values():
            await session.close()
