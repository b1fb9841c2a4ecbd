# SPDX-License-Identifier: Apache-2.0
"""Waiting until two served nodes have nothing left to tell each other, as they say themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final, TypeVar

from comity.basis.errors import EdgeError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, PartyId
from comity.basis.strict_json import JsonValue
from comity.cli.session import at_hand
from comity.flows.context import Context
from comity.node import ask_status, open_node

LIMIT_S: Final = 60.0

_POLL_S: Final = 0.01
_QUIET_ROUNDS: Final = 2

T = TypeVar("T")
_Sizes = Mapping[tuple[AgreementId, PartyId], int]


async def settle(*folders: Path) -> None:
    """Wait until every node holds and acknowledged whatever the others said, and has done its part.

    Twice in a row both have to say so of the same registers: between two questions something may
    still have been on its way.

    Raises:
        EdgeError: they do not come to rest.
    """
    deadline, quiet, before = time.monotonic() + LIMIT_S, 0, None
    async with AsyncExitStack() as held:
        opened = [
            await held.enter_async_context(open_node(each, at_hand(), writing=False))
            for each in folders
        ]
        while quiet < _QUIET_ROUNDS:
            if time.monotonic() > deadline:
                raise await _unsettled(folders, before)
            now = await _held_alike(opened)
            rest = now is not None and all([await _is_at_rest(each, now) for each in folders])
            quiet = 0 if not rest else quiet + 1 if now == before else 1
            before = now
            if not rest:
                await asyncio.sleep(_POLL_S)


async def when_acknowledged(act: Callable[[], Awaitable[T]]) -> T:
    """Do what rests on a partner's cosignature; a served node writes it down a moment later.

    Raises:
        StateError: it does not come.
    """
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            return await act()
        except StateError as err:
            if err.code != "register.not-acknowledged" or time.monotonic() > deadline:
                raise
            await asyncio.sleep(_POLL_S)


async def _held_alike(opened: Sequence[Context]) -> _Sizes | None:
    """Give how far every register is of what all of them signed, if all hold the same of each."""
    heads = [await context.ports.store.registers() for context in opened]
    shared = set.intersection(*({each.agreement for each in held} for held in heads))
    first, *others = [
        {
            (each.agreement, each.party): each.size
            for each in held
            if each.agreement is not None and each.agreement in shared
        }
        for held in heads
    ]
    return first if all(each == first for each in others) else None


async def _is_at_rest(folder: Path, held: _Sizes) -> bool:
    """Ask a node whether all that it said is acknowledged, and nothing is left to do."""
    page = Fields(await _status(folder), "status")
    if page.integer("follow_ups"):
        return False
    return all(
        line.text("state") == "idle"
        and not line.integer("parcels_waiting")
        and line.integer("acknowledged") == held[_register(line)]
        for line in page.objects("lines")
        if _register(line) in held
    )


def _register(line: Fields) -> tuple[AgreementId, PartyId]:
    return AgreementId(line.text("agreement")), PartyId(line.text("register"))


async def _status(folder: Path) -> JsonValue:
    page = await ask_status(folder)
    if page is None:
        raise EdgeError("demo.not-served", "a node is not served any more", where=str(folder))
    return page


async def _unsettled(folders: tuple[Path, ...], sizes: _Sizes | None) -> EdgeError:
    """Say why it takes so long, by the first line that has a problem."""
    found = "registers that differ" if sizes is None else "lines that are not idle"
    for folder in folders:
        for line in Fields(await _status(folder), "status").objects("lines"):
            problem = line.nullable_object("problem")
            if problem is not None:
                found = f"{problem.text('what')} [{problem.text('code')}]"
    return EdgeError("demo.unsettled", "the nodes do not come to rest", found=found)
