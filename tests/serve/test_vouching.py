# SPDX-License-Identifier: Apache-2.0
"""Whoever proves who it is makes its address known to the listener; nobody else does."""

from __future__ import annotations

import asyncio
from typing import Any

from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.decision.people import Person
from comity.front.cookie import CALLER
from comity.serve.apps import partners_side, vouching
from comity.signin.door import Caller, Way
from comity.wire.asgi import ignore_answer, ignore_fault
from comity.wire.routes import nothing
from tests.builders.pushes import push_from, push_request
from tests.builders.world import KOR, World

PERSON = Person(
    PersonId("jpn-001"),
    "hq",
    "official",
    (),
    "SECRET",
    None,
    (),
    (),
    Instant(0),
    None,
)
Told = list[tuple[str, str]]


async def ask(app: Any, path: str, body: bytes, client: str) -> int:
    """Post a body from an address; give the status."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(
        {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"content-length", str(len(body)).encode())],
            "client": (client, 1),
        },
        receive,
        send,
    )
    return int(sent[0]["status"])


def test_a_partner_that_pushes_is_known_and_a_stranger_is_not(world: World) -> None:
    told: Told = []
    side = partners_side(
        world.jpn.context,
        nothing,
        fault=ignore_fault,
        answered=ignore_answer,
        vouch=lambda address, name: told.append((address, name)),
    )
    world.kor.propose()
    raw = push_request(push_from(world.kor, 0)).body
    assert isinstance(raw, bytes)

    async def story() -> tuple[int, int]:
        damaged = raw.replace(b"kor.example", b"kop.example")
        first = await ask(side.app, "/push", damaged, "192.0.2.66")
        return first, await ask(side.app, "/push", raw, "192.0.2.7")

    assert asyncio.run(story()) == (404, 200)
    assert told == [("192.0.2.7", KOR)]


def test_a_person_whose_token_is_good_is_known_and_whoever_only_looks_is_not() -> None:
    told: Told = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del receive
        if scope["path"] == "/signed-in":
            scope[CALLER] = Caller(PERSON, frozenset(), Way.TOKEN, "key")
        await send({"status": 200})

    known = vouching(app, lambda address, name: told.append((address, name)))

    async def story() -> None:
        await ask(known, "/", b"", "192.0.2.66")
        await ask(known, "/signed-in", b"", "192.0.2.7")

    asyncio.run(story())
    assert told == [("192.0.2.7", "jpn-001")]
