# SPDX-License-Identifier: Apache-2.0
"""Waiting until two served nodes have nothing left to tell each other, as they say themselves."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from comity.basis.errors import EdgeError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue
from comity.cli.demo.cast import GSOMIA
from comity.cli.session import at_hand
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
    deadline = time.monotonic() + LIMIT_S
    quiet, before = 0, None
    while quiet < _QUIET_ROUNDS:
        if time.monotonic() > deadline:
            raise await _unsettled(folders)
        rests = [await _is_at_rest(each) for each in folders]
        sizes = [await _sizes(each) for each in folders]
        held = all(size == known for _, size, known in sizes[0])
        same = len(set(sizes)) == 1 and held and all(rests)
        quiet = quiet + 1 if same and (sizes == before or not quiet) else int(same)
        before = sizes
        if not same:
            await asyncio.sleep(_POLL_S)


async def _is_at_rest(folder: Path) -> bool:
    """Ask a node whether it has nothing to do for any partner."""
    page = Fields(await _status(folder), "status")
    if page.integer("follow_ups"):
        return False
    return all(
        line.text("state") == "idle" and not line.integer("parcels_waiting")
        for line in page.objects("lines")
    )


async def _sizes(folder: Path) -> _Sizes:
    """Read how far each register is held here, and how far a partner's word for it is held.

    A partner's cosignature of our register is held by us, ours of its register by both: where all
    is acknowledged, both nodes read the same.
    """
    async with open_node(folder, at_hand(), writing=False) as context:
        store = context.ports.store
        found = []
        for head in await store.registers(GSOMIA):
            held = [
                cosignature.size
                for party in {each.party for each in await store.registers(GSOMIA)} - {head.party}
                if (cosignature := await store.latest_cosignature(head.origin, party)) is not None
            ]
            found.append((head.origin, head.size, min(held, default=0)))
        return tuple(found)


async def _status(folder: Path) -> JsonValue:
    page = await ask_status(folder)
    if page is None:
        raise EdgeError("demo.not-served", "a node is not served any more", where=str(folder))
    return page


async def _unsettled(folders: tuple[Path, ...]) -> EdgeError:
    """Say why it takes so long, by the first line that has a problem."""
    for folder in folders:
        for line in Fields(await _status(folder), "status").objects("lines"):
            problem = line.nullable_object("problem")
            if problem is not None:
                return EdgeError(
                    "demo.unsettled",
                    "the nodes do not come to rest",
                    where=str(folder),
                    found=f"{problem.text('what')} [{problem.text('code')}]",
                )
    sizes = [await _sizes(each) for each in folders]
    return EdgeError(
        "demo.unsettled",
        "the nodes do not come to rest",
        found=" | ".join(str(each) for each in sizes),
    )
