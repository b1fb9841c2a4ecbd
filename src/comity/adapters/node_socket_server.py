# SPDX-License-Identifier: Apache-2.0
"""The node's end of the local socket: commands on this machine, each with a connection of its own.

Only the node's own user gets in. A request that was read whole is done whole, whether or not its
command is still there to hear of it; a slow command keeps nobody else waiting.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from comity.adapters.durable_files import edge_error
from comity.adapters.node_socket_frames import (
    LENGTH,
    SOCKET_VERSION,
    Hello,
    Request,
    done,
    failed,
    frame_of,
    length_of,
    parse_request,
)
from comity.adapters.socket_path import CREDENTIALS, SOCKET_NAME, reachable
from comity.basis.errors import ComityError, InputError, InvariantError
from comity.basis.ids import PartyId
from comity.basis.limits import NODE_CLIENTS_MAX

FRAME_TIMEOUT_S: Final = 60.0
"""How long a frame may take that has begun, and an answer until it is taken."""

_ReadWrite = tuple[asyncio.StreamReader, asyncio.StreamWriter]

Answer = Callable[[Request], Awaitable[object]]
Fault = Callable[[Exception], None]


class NodeSocket:
    """Accepts commands from `start` to `stop`."""

    def __init__(
        self,
        folder: Path,
        party: PartyId,
        answer: Answer,
        *,
        fault: Fault,
        frame_timeout_s: float = FRAME_TIMEOUT_S,
    ) -> None:
        """Answer by `answer`; `fault` is told of errors that are not ours to say to anybody."""
        self._folder = folder
        self._party = party
        self._answer = answer
        self._fault = fault
        self._frame_timeout_s = frame_timeout_s
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[object]] = set()
        self._stopping = False

    async def start(self) -> None:
        """Accept commands. The node's lock is held, so whatever socket lies there is a dead one.

        Raises:
            EdgeError: the socket cannot be made.
        """
        path = self._folder / SOCKET_NAME
        try:
            path.unlink(missing_ok=True)
            with reachable(path) as short:
                bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
                bound.bind(str(short))
            path.chmod(0o600)
            bound.setblocking(False)
            self._server = await asyncio.start_unix_server(self._meet, sock=bound)
        except OSError as err:
            raise edge_error(err, str(path)) from err

    async def stop(self, limit_s: float) -> None:
        """Accept nothing more, finish what was asked, and end every connection."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        with suppress(OSError):
            (self._folder / SOCKET_NAME).unlink(missing_ok=True)
        if self._busy:
            await asyncio.wait(tuple(self._busy), timeout=limit_s)
        for each in self._clients:
            each.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._clients) >= NODE_CLIENTS_MAX or not _is_ours(writer):
            writer.close()
            return
        self._clients.add(task)
        try:
            await self._send(writer, frame_of(Hello(SOCKET_VERSION, self._party)))
            while not self._stopping and await self._serve_one((reader, writer)):
                pass
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            # Only `stop` cancels; the library would take it for a fault if it went further.
            if not self._stopping:
                raise
        finally:
            self._clients.discard(task)
            writer.close()

    async def _serve_one(self, ends: _ReadWrite) -> bool:
        """Answer one request; False when there is no sense in reading on."""
        reader, writer = ends
        header = await reader.readexactly(LENGTH.size)
        try:
            length = length_of(header)
            async with asyncio.timeout(self._frame_timeout_s):
                body = await reader.readexactly(length)
            request = parse_request(body)
        except InputError as err:
            await self._send(writer, frame_of(failed(err)))
            return False
        await self._send(writer, await self._reply(request))
        return True

    async def _reply(self, request: Request) -> bytes:
        """Do what is asked, to its end, even when nobody waits for it any more."""
        task = asyncio.ensure_future(self._answer(request))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        try:
            return frame_of(done(await asyncio.shield(task)))
        except ComityError as err:
            return frame_of(failed(err))
        except Exception as err:
            self._fault(err)
            return frame_of(failed(_broken()))

    async def _send(self, writer: asyncio.StreamWriter, frame: bytes) -> None:
        writer.write(frame)
        async with asyncio.timeout(self._frame_timeout_s):
            await writer.drain()


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    """Answer whether the node's own user is at the other end."""
    connection = writer.get_extra_info("socket")
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    _, uid, _ = CREDENTIALS.unpack(raw)
    return bool(uid == os.geteuid())


def _broken() -> ComityError:
    return InvariantError(
        "socket.fault",
        "the served node has a fault",
        hint="its diagnostics say where",
    )
