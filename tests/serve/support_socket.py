# SPDX-License-Identifier: Apache-2.0
"""A local socket for tests, and ways to knock at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from comity.adapters import node_socket_frames as frames
from comity.adapters.node_socket_client import NodeLink, find_node
from comity.adapters.node_socket_server import NodeSocket
from comity.adapters.socket_path import SOCKET_NAME, reachable
from comity.basis.ids import AgreementId, PartyId
from comity.decision.house import allow_house_act
from comity.ports import (
    Change,
    Entries,
    Holding,
    RegisterRow,
)
from tests.contracts.support_keys import JPN

KOR = PartyId("KOR")
ORIGIN = "jpn.example/register/gsomia-jpn-kor"
Act = Callable[[NodeLink], Awaitable[None]]


def change(**fields: Any) -> Change:
    return Change(allowed_by=allow_house_act("test"), **fields)


OPENED = change(
    registers=(RegisterRow(ORIGIN, Holding.OWN, JPN, AgreementId("gsomia-jpn-kor")),),
    entries=(Entries(ORIGIN, 0, (b"a",)),),
)


@asynccontextmanager
async def node(
    folder: Path, answer: Any = None, *, timeout_s: float = 120.0
) -> AsyncIterator[NodeSocket]:
    """Serve a socket; without `answer`, one that echoes nothing."""

    async def nothing(request: frames.Request) -> object:
        del request
        return None

    opened = NodeSocket(
        folder, JPN, answer or nothing, fault=faults.append, frame_timeout_s=timeout_s
    )
    await opened.start()
    try:
        yield opened
    finally:
        await opened.stop(60)


faults: list[Exception] = []


def run(act: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(act(), 120))  # type: ignore[arg-type]


async def knock(folder: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    with reachable(folder / SOCKET_NAME) as path:
        ends = await asyncio.open_unix_connection(path)
    hello = await ends[0].readexactly(frames.length_of(await ends[0].readexactly(4)))
    assert frames.parse_hello(hello) == frames.Hello(frames.SOCKET_VERSION, JPN)
    return ends


async def link_to(folder: Path) -> NodeLink:
    link = await find_node(folder, JPN)
    assert link is not None
    return link
