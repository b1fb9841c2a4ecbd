# SPDX-License-Identifier: Apache-2.0
"""The story's nodes as processes: `comity serve` in each folder, as an operator starts it.

A node ends with the demo: its standard input is ours, and it stops when that ends.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import PartyId
from comity.cli.demo.checks import UNEXPECTED
from comity.config import Endpoint

HOST: Final = "127.0.0.1"
START_LIMIT_S: Final = 60.0
STOP_LIMIT_S: Final = 30.0

_SERVED: Final = "comity/serve/1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Met:
    """Where a node of the story is met, by partners and by its own people."""

    partners: Endpoint
    people: Endpoint


@dataclass(frozen=True, slots=True)
class ServedProcess:
    """A process that serves one of the nodes."""

    party: PartyId
    process: Process

    async def stop(self) -> None:
        """End it in order, and wait for it.

        Raises:
            StateError: it ended as it should not.
        """
        code = await _end(self.process)
        if code != 0:
            raise StateError(
                UNEXPECTED,
                "a served node ended as it should not",
                where=self.party,
                expected="exit code 0",
                found=f"exit code {code}",
                hint="look into diagnostics/ in the demo's folder",
            )


async def _end(process: Process) -> int | None:
    """Let a process end as its standard input does, and give its exit code."""
    try:
        await asyncio.wait_for(process.communicate(b""), STOP_LIMIT_S)
    except TimeoutError:
        process.kill()
        await process.communicate()
    return process.returncode


def choose_endpoints() -> Met:
    """Choose two ports that are free, so that a card can name where its node will be met."""
    chosen: list[Endpoint] = []
    bound: list[socket.socket] = []
    try:
        for _ in range(2):
            each = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            bound.append(each)
            each.bind((HOST, 0))
            chosen.append(Endpoint(HOST, each.getsockname()[1]))
    except OSError as err:
        raise EdgeError(
            "demo.no-port",
            "this machine gives the demo no port to listen on",
            where=HOST,
            found=(err.strerror or type(err).__name__).lower(),
        ) from err
    finally:
        for each in bound:
            each.close()
    return Met(*chosen)


async def all_of(acts: Iterable[Awaitable[T]], done: Callable[[T], None]) -> None:
    """Do several things at once, each to its end; say what was done before what was not."""
    outcomes = await asyncio.gather(*acts, return_exceptions=True)
    failures = [each for each in outcomes if isinstance(each, BaseException)]
    for each in outcomes:
        if not isinstance(each, BaseException):
            done(each)
    if failures:
        raise failures[0]


async def start_serving(party: PartyId, folder: Path, diagnostics: Path) -> ServedProcess:
    """Serve a node, and wait until it says where it is met.

    Raises:
        EdgeError: it does not.
    """
    with diagnostics.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "comity", "serve"),
            *("--node", str(folder), "--json", "--until-eof"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            # Ctrl-C is for the demo, which then stops its nodes in order.
            start_new_session=True,
        )
    served = ServedProcess(party, process)
    stdout = process.stdout
    if stdout is not None:
        try:
            line = await asyncio.wait_for(stdout.readline(), START_LIMIT_S)
        except TimeoutError:
            line = b""
        if line and json.loads(line).get("schema") == _SERVED:
            return served
    await _end(process)
    raise EdgeError(
        "demo.not-served",
        "a node of the story could not be served",
        where=str(folder),
        hint=f"see why: {diagnostics}",
    )
