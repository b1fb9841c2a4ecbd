# SPDX-License-Identifier: Apache-2.0
"""Waiting until two served nodes have nothing left to tell each other, as they say themselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from comity.basis.errors import EdgeError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.cli.demo.cast import GSOMIA
from comity.cli.session import at_hand
from comity.flows.context import Context
from comity.node import ask_status, open_node

LIMIT_S: Final = 60.0

_POLL_S: Final = 0.01
_QUIET_ROUNDS: Final = 2

_Sizes = tuple[tuple[str, int, int], ...]


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
            now = await _known_alike(opened)
            rest = now is not None and all([await _is_at_rest(each) for each in folders])
            quiet = 0 if not rest else quiet + 1 if now == before else 1
            before = now
            if not rest:
                await asyncio.sleep(_POLL_S)


async def _known_alike(opened: Sequence[Context]) -> _Sizes | None:
    """Give how far every register is, if all nodes hold it whole and all of it is acknowledged."""
    sizes = {await _sizes(each) for each in opened}
    one = next(iter(sizes))
    whole = len(sizes) == 1 and all(size == acknowledged for _, size, acknowledged in one)
    return one if whole else None


async def _is_at_rest(folder: Path) -> bool:
    """Ask a node whether it has nothing to do for any partner."""
    page = Fields(await _status(folder), "status")
    if page.integer("follow_ups"):
        return False
    return all(
        line.text("state") == "idle" and not line.integer("parcels_waiting")
        for line in page.objects("lines")
    )


async def _sizes(context: Context) -> _Sizes:
    """Read how far each register is held here, and how far a partner's word for it is held.

    A partner's cosignature of our register is held by us, ours of its register by both: where all
    is acknowledged, both nodes read the same.
    """
    store, found = context.ports.store, []
    heads = await store.registers(GSOMIA)
    for head in heads:
        sizes = [
            0 if cosigned is None else cosigned.size
            for other in heads
            if other is not head
            for cosigned in [await store.latest_cosignature(head.origin, other.party)]
        ]
        found.append((head.origin, head.size, min(sizes, default=0)))
    return tuple(found)


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
