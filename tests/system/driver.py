# SPDX-License-Identifier: Apache-2.0
"""A program that releases items through the people's API, and remembers what it was told.

What was answered by 201 is acknowledged to it; what was cut off may be there or not, once at most.
Nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from comity.basis.ids import PartyId
from tests.system.served_pair import JPN, KOR, MARKING, ServedNodes, agreement_between

PARTNER = {JPN: KOR, KOR: JPN}
CUT = (aiohttp.ClientError, ConnectionError, TimeoutError)
ANSWER_S = 180.0
DELIVERED_S = 60


@dataclass(slots=True)
class Known:
    """What a driver was told: places by text, texts whose fate is not known, waits and seconds."""

    entered: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)


class Driver:
    """Drives one node, wherever its people are listened to at the moment."""

    def __init__(
        self,
        nodes: ServedNodes,
        party: PartyId,
        session: aiohttp.ClientSession,
        *,
        partner: PartyId | None = None,
    ) -> None:
        """Know nothing yet. Where there are several partners, `partner` is to be named."""
        self._partner = PARTNER[party] if partner is None else partner
        self._agreement = agreement_between(party, self._partner)
        self._nodes = nodes
        self._party = party
        self._session = session
        self._count = 0
        self.known = Known()

    def is_met(self) -> bool:
        """Answer whether the node is served at this moment, as far as its starter knows."""
        served = self._nodes.served.get(self._party)
        return served is not None and "people" in served.told

    def texts(self, count: int, size: int = 0) -> list[str]:
        """Make up texts that are nobody else's."""
        first, self._count = self._count, self._count + count
        return [f"{self._party} {first + each:06} ".ljust(size, "x") for each in range(count)]

    async def release(self, texts: Iterable[str]) -> list[str]:
        """Release small items in one request; give the places that were answered."""
        texts = list(texts)
        body = {"items": [self._item(each) for each in texts]}
        try:
            answer = await self._ask("POST", "items:batch", body)
        except CUT:
            self.known.unknown.update(texts)
            return []
        if "results" not in answer:
            self.known.refused += [answer["error"]["code"]] * len(texts)
            return []
        places = []
        for text, result in zip(texts, answer["results"], strict=True):
            if result["status"] == 201:
                places.append(self._note(text, result["answer"]))
            elif result["status"] >= 500:
                self.known.unknown.add(text)
            else:
                answer = result["answer"]
                self.known.refused.append(
                    answer["error"]["code"] if "error" in answer else str(answer)
                )
        return places

    async def release_large(self, size: int) -> str | None:
        """Release one item that is larger than what a push carries; give its place."""
        (text,) = self.texts(1, size)
        described = {name: each for name, each in self._item("").items() if name != "content"}
        headers = {"comity-item": base64.b64encode(json.dumps(described).encode()).decode()}
        try:
            answer = await self._ask("POST", "items", text.encode(), **headers)
        except CUT:
            self.known.unknown.add(text)
            return None
        return self._note(text, answer)

    async def exchange(self, texts: Iterable[str], timeout_s: int = DELIVERED_S) -> bool:
        """Release items and wait until the partner holds the last of them."""
        began = time.monotonic()
        places = await self.release(texts)
        held = bool(places) and await self.wait(places[-1], timeout_s)
        self.known.seconds.append(time.monotonic() - began)
        return held

    async def wait(self, place: str, timeout_s: int = DELIVERED_S) -> bool:
        """Wait until the partner has cosigned a place; False when nobody knows."""
        _, party, index = place.split("/")
        path = f"items/{party}/{index}/acknowledgement?timeout_s={timeout_s}"
        try:
            answer = await self._ask("GET", path, None)
        except CUT:
            return False
        if answer.get("complete"):
            self.known.acknowledged.add(place)
        return bool(answer.get("complete"))

    def _note(self, text: str, answer: dict[str, Any]) -> str:
        place = str(answer["entered"]["place"])
        self.known.entered[text] = place
        return place

    def _item(self, text: str) -> dict[str, object]:
        return {
            "to": [self._partner],
            "marking": MARKING[self._party],
            "category": "missile-warning",
            "purposes": ["warning"],
            "content": base64.b64encode(text.encode()).decode(),
        }

    async def _ask(self, method: str, path: str, body: object, **headers: str) -> dict[str, Any]:
        if not self.is_met():
            raise ConnectionRefusedError
        served = self._nodes.served[self._party]
        async with self._session.request(
            method,
            f"https://127.0.0.1:{served.people}/api/v1/agreements/{self._agreement}/{path}",
            **({"data": body} if isinstance(body, bytes) else {"json": body}),
            headers={"authorization": f"Bearer {self._nodes.made.tokens[self._party]}", **headers},
        ) as response:
            answer: dict[str, Any] = await response.json()
            return answer


def people_session() -> aiohttp.ClientSession:
    """Make a client that talks to nodes on this machine."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls, limit=0, force_close=False),
        timeout=aiohttp.ClientTimeout(total=ANSWER_S),
    )


async def until(condition: Any, limit_s: float, what: str) -> None:
    """Wait for a condition, a function or coroutine function; fail when it does not come."""
    deadline = time.monotonic() + limit_s
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline, f"still not after {limit_s:.0f} s: {what}"
        await asyncio.sleep(0.05)
