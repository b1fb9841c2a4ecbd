# SPDX-License-Identifier: Apache-2.0
"""A command's end of the local socket: one request after the other, each answered or refused."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any, Final

from comity.adapters.node_socket_frames import (
    ANSWERS,
    LENGTH,
    SOCKET_VERSION,
    Request,
    frame_of,
    length_of,
    parse_hello,
    parse_reply,
)
from comity.adapters.socket_path import CREDENTIALS, SOCKET_NAME, reachable
from comity.basis.errors import EdgeError, StateError
from comity.basis.ids import PartyId

GREETING_TIMEOUT_S: Final = 60.0
"""A node that does not greet hangs: what was asked of it would never be answered."""


class NodeLink:
    """A connection to the served node."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Use a connection on which the node has not greeted yet."""
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()

    async def greet(self, party: PartyId) -> None:
        """Hear who is there.

        Raises:
            StateError: another version of this program, or another party's node.
        """
        hello = parse_hello(await self._frame())
        if (hello.version, hello.party) != (SOCKET_VERSION, party):
            raise StateError(
                "socket.other-version",
                "the node is served by another version of this program",
                expected=f"{party}, version {SOCKET_VERSION}",
                found=f"{hello.party}, version {hello.version}",
                hint="stop the served node, and serve it again with this version",
            )

    async def ask(self, request: Request) -> Any:
        """Ask for one thing, and give the answer, of the type that `ANSWERS` names.

        Raises:
            ComityError: the node's own, or that it is gone: what was asked may then be done.
        """
        async with self._turn:
            try:
                self._writer.write(frame_of(request))
                await self._writer.drain()
            except OSError as err:
                raise _gone() from err
            return parse_reply(await self._frame(), ANSWERS[type(request)])

    @property
    def process(self) -> int:
        """Give the id of the process that serves the node."""
        connection = self._writer.get_extra_info("socket")
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
        return int(CREDENTIALS.unpack(raw)[0])

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()

    async def _frame(self) -> bytes:
        try:
            header = await self._reader.readexactly(LENGTH.size)
            return await self._reader.readexactly(length_of(header))
        except (OSError, asyncio.IncompleteReadError) as err:
            raise _gone() from err


async def find_node(folder: Path, party: PartyId) -> NodeLink | None:
    """Reach the served node; None when it is not served.

    Raises:
        StateError: another version of this program serves it.
        EdgeError: it is there and does not answer.
    """
    try:
        with reachable(folder / SOCKET_NAME) as path:
            reader, writer = await asyncio.open_unix_connection(path)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        return None
    except OSError as err:
        raise _gone() from err
    link = NodeLink(reader, writer)
    try:
        async with asyncio.timeout(GREETING_TIMEOUT_S):
            await link.greet(party)
    except TimeoutError as err:
        await link.close()
        raise _gone() from err
    except BaseException:
        await link.close()
        raise
    return link


def _gone() -> EdgeError:
    return EdgeError(
        "socket.gone",
        "the served node is gone, or too busy for another command",
        hint="see whether it runs: comity status; then look whether it was done, and try again",
    )
