# SPDX-License-Identifier: Apache-2.0
"""How a command gets at a node: alone under its lock, or through the process that serves it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from comity.adapters.lock_file import COMMAND_LOCK_NAME, node_lock
from comity.adapters.socket_path import SOCKET_NAME
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import AgreementId, PartyId
from comity.basis.limits import NODE_FRAME_BYTES_MAX
from comity.basis.strict_json import JsonValue, parse_canonical
from comity.config import Config
from comity.node.at_hand import AtHand
from comity.node.folder import FOUNDING_NAME, disk, load_config

if TYPE_CHECKING:
    from comity.adapters.node_socket_client import NodeLink

LOCK_WAIT_S: Final = 3600.0
"""As long as the largest payload takes to seal or to open on a slow disk."""

_POLL_S: Final = 0.05


@asynccontextmanager
async def find_way(
    folder: Path, config: Config, at_hand: AtHand, *, writing: bool
) -> AsyncIterator[NodeLink | None]:
    """Reach the served node, or hold the folder; commands that write take turns either way.

    Raises:
        EdgeError: others hold the node for too long.
    """
    async with AsyncExitStack() as held:
        link = await _reach(folder, config)
        told = _Once(at_hand.wait)
        if link is None and writing:
            link = await _hold_or_reach(folder, config, held, told)
        if link is not None:
            held.push_async_callback(link.close)
            if writing:
                await _hold(folder, COMMAND_LOCK_NAME, held, told)
        yield link


async def ask_status(folder: Path) -> JsonValue:
    """Ask the process that serves a node how it does; None when it is not served.

    Raises:
        ConfigError: the folder is no node.
        EdgeError: the process does not answer.
    """
    link = await _reach(folder, load_config(folder))
    if link is None:
        return None
    from comity.adapters.node_socket_frames import AskStatus

    try:
        page: bytes = await link.ask(AskStatus())
    finally:
        await link.close()
    return parse_canonical(page, bytes_max=NODE_FRAME_BYTES_MAX, where="status")


async def ask_entries(
    folder: Path, agreement: AgreementId, party: PartyId, start: int, limit: int
) -> JsonValue:
    """Ask the process that serves a node for entries of a register; None when it is not served.

    Raises:
        StateError: that register is not served.
        EdgeError: the process does not answer.
    """
    link = await _reach(folder, load_config(folder))
    if link is None:
        return None
    from comity.adapters.node_socket_frames import AskEntries

    try:
        page: bytes = await link.ask(AskEntries(agreement, party, start, limit))
    finally:
        await link.close()
    return parse_canonical(page, bytes_max=NODE_FRAME_BYTES_MAX, where="entries")


@asynccontextmanager
async def hold_to_serve(folder: Path, config: Config, at_hand: AtHand) -> AsyncIterator[None]:
    """Hold a folder for as long as it is served.

    Raises:
        StateError: it is served already.
        EdgeError: a command holds the node for too long.
    """
    async with AsyncExitStack() as held:
        await refuse_served(folder, config)
        link = await _hold_or_reach(folder, config, held, _Once(at_hand.wait))
        if link is not None:
            await _refuse(folder, link)
        yield


async def refuse_served(folder: Path, config: Config) -> None:
    """Refuse to serve a node a second time.

    Raises:
        StateError: it is served already.
    """
    link = await _reach(folder, config)
    if link is not None:
        await _refuse(folder, link)


async def _refuse(folder: Path, link: NodeLink) -> NoReturn:
    process = link.process
    await link.close()
    raise StateError(
        "serve.served-already",
        "this node is served already",
        where=str(folder),
        found=f"process {process}",
        hint=f"see how it does: comity status --node {folder}; to end it: kill {process}",
    )


class _Once:
    """Tells whoever sits there, once, that there is somebody to wait for."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._told = False

    def __call__(self) -> None:
        if not self._told:
            self._told = True
            self._tell()


async def _reach(folder: Path, config: Config) -> NodeLink | None:
    """Connect to the served node, if there is one; what that takes is loaded only then."""
    if not (folder / SOCKET_NAME).exists():
        return None
    from comity.adapters.node_socket_client import find_node

    return await find_node(folder, config.party)


async def _hold_or_reach(
    folder: Path, config: Config, held: AsyncExitStack, wait: Callable[[], None]
) -> NodeLink | None:
    """Take the node's lock; while another has it, see whether that one begins to serve."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            held.enter_context(node_lock(folder, wait_s=0))
        except EdgeError as err:
            link = await _reach(folder, config) if err.code == "lock.busy" else None
            if link is not None:
                return link
            if err.code != "lock.busy" or time.monotonic() >= deadline:
                raise
        else:
            with disk(folder):
                # A kill at founding's last step left the mark: a node is never swept.
                (folder / FOUNDING_NAME).unlink(missing_ok=True)
            return None
        wait()
        await asyncio.sleep(_POLL_S)


async def _hold(folder: Path, name: str, held: AsyncExitStack, wait: Callable[[], None]) -> None:
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            held.enter_context(node_lock(folder, wait_s=0, name=name))
        except EdgeError as err:
            if err.code != "lock.busy" or time.monotonic() >= deadline:
                raise
        else:
            return
        wait()
        await asyncio.sleep(_POLL_S)
