# SPDX-License-Identifier: Apache-2.0
"""The server's time for pages of the console, p95, over long registers beside short ones.

The whole of a request is measured: guard, session, flows, template. Pages of both sizes are asked
for in turn. What it takes to judge the registers at the start is not among it.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.full_register import an_hour_ago, fill_register
from bench.measuring import Limits, Row, Timing
from bench.served_nodes import AGREEMENT, AT_HAND, JPN, make_nodes
from comity.basis.ids import PersonId
from comity.console.app import create_console
from comity.front.asgi import App
from comity.front.node import FrontNode
from comity.node import open_node, open_passwords
from comity.signin.door import Door
from comity.signin.passwords import set_password

_FEW, _MANY = 2_000, 200_000
_ROUNDS: Final = 100
_PASSWORD: Final = "nothing but a benchmark"
_OFFICER, _REGISTRAR = PersonId("officer"), PersonId("registrar")
_HOST: Final = b"bench.example"


@dataclass(frozen=True, slots=True)
class _Console:
    """A console with somebody signed in, and the pages that are measured."""

    app: App
    cookie: bytes
    pages: dict[str, str]


def main() -> list[Row]:
    """Measure each page beside the same one over a short register."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name, asyncio.Runner() as runner:
        for size in (_FEW, _MANY):
            folder = Path(name) / str(size)
            with an_hour_ago():
                runner.run(make_nodes(folder))
            runner.run(fill_register(folder, size))
        return runner.run(_measure(Path(name)))


async def _measure(folder: Path) -> list[Row]:
    async with AsyncExitStack() as held:
        few = await held.enter_async_context(_console(folder / str(_FEW), _FEW))
        many = await held.enter_async_context(_console(folder / str(_MANY), _MANY))
        taken: dict[tuple[str, bool], list[float]] = {}
        for _ in range(_ROUNDS):
            for name in few.pages:
                for is_many, console in ((False, few), (True, many)):
                    spent = await _timed(console, console.pages[name])
                    taken.setdefault((name, is_many), []).append(spent)
    return [_row(name, taken[name, True], taken[name, False]) for name in few.pages]


@asynccontextmanager
async def _console(folder: Path, size: int) -> AsyncIterator[_Console]:
    async with open_node(folder / "jpn", AT_HAND, writing=True) as context:
        with open_passwords(context.config) as passwords:
            assert not await set_password(context, passwords, _OFFICER, _PASSWORD, _REGISTRAR)
            door = Door(context, passwords, seconds=time.monotonic)
            secret = (await door.sign_in(_OFFICER, _PASSWORD, "")).secret
            app = create_console(FrontNode(context, door))
            listed = f"/items/{AGREEMENT}"
            middle = f"before=JPN/{size // 4}&before=KOR/{size // 4}"
            pages = {
                "home": "/",
                "items, the newest": listed,
                "items, from the middle on": f"{listed}?{middle}",
                "one item": f"{listed}/{JPN}/{size // 4}",
                "write": f"/write/{AGREEMENT}",
                "drafts": "/drafts",
            }
            made = _Console(app, f"__Host-comity={secret}".encode(), pages)
            for path in pages.values():  # the first reads the registers through
                await _timed(made, path)
            yield made


async def _timed(console: _Console, path: str) -> float:
    bare, _, query = path.partition("?")
    headers = [(b"host", _HOST), (b"cookie", console.cookie), (b"sec-fetch-site", b"same-origin")]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    status: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    started = time.perf_counter()
    await console.app(scope, receive, send)
    taken = time.perf_counter() - started
    assert status == [200], (path, status)
    return taken


def _row(name: str, many: list[float], few: list[float]) -> Row:
    return Row(
        name=f"console, {name}: p95 over {_MANY:,} entries beside {_FEW:,}",
        taken=_p95(many),
        floor=_p95(few),
        unit="pages",
        limits=Limits(ratio_max=1.5, cpu_s_max=0.05),
    )


def _p95(taken: list[float]) -> Timing:
    found = statistics.quantiles(taken, n=20)[-1]
    return Timing(found, found)
