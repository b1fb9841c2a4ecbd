# SPDX-License-Identifier: Apache-2.0
"""A hostile partner: it does at once, over and over, whatever a listener should not suffer from.

It comes from an address of its own, and ends when its standard input does; then it says as JSON
how often it did what, and what it was answered.
Run: python hostile_child.py HOST PORT FOLDER, with requests as they go over the wire in FOLDER;
those in FOLDER/first are sent once before, those in FOLDER/stalled are never finished.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

FROM = "127.66.6.6"
WORKERS = 2
SLOW = 12
ANSWER_S = 60.0
TRY_S = 10.0
HELD_S = 1.0
TRIES = 40
TOO_MANY, HELD = "429", "held"
FIRST, STALLED = "first", "stalled"
GIANT_BYTES = 32 * 1024 * 1024
CHUNK = bytes(65_536)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Hostile:
    """Counts what it does to one listener."""

    def __init__(self, host: str, port: int) -> None:
        self._where = host, port
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE
        self.counts: Counter[str] = Counter()

    async def connect(self) -> Streams:
        return await asyncio.open_connection(
            *self._where, ssl=self._tls, local_addr=(FROM, 0), ssl_handshake_timeout=ANSWER_S
        )

    async def send(self, name: str, raw: bytes) -> None:
        """Send the same request over and over on one connection, as long as it is kept."""
        reader, writer = await self.connect()
        try:
            while True:
                writer.write(raw)
                await writer.drain()
                status = await asyncio.wait_for(read_answer(reader), ANSWER_S)
                self.counts[f"{name}: {status}"] += 1
                await asyncio.sleep(0.01)
        finally:
            writer.transport.abort()

    async def once(self, name: str, raw: bytes) -> None:
        """Send a request, and wait for its answer."""
        reader, writer = await self.connect()
        try:
            writer.write(raw)
            status = await asyncio.wait_for(read_answer(reader), ANSWER_S)
            self.counts[f"{name}: {status}"] += 1
        finally:
            writer.transport.abort()

    async def come_through(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do what found no place in its own crowd until it is answered: others leave places."""
        for _ in range(TRIES):
            answered = {each.removeprefix(f"{name}: ") for each in self.counts}
            if any(each == HELD or each.isdecimal() for each in answered - {TOO_MANY}):
                return
            try:
                await asyncio.wait_for(act(), TRY_S)
            except (OSError, EOFError, TimeoutError) as err:
                self.counts[f"{name}: {type(err).__name__}"] += 1
            await asyncio.sleep(0.25)

    async def hold(self, raw: bytes) -> None:
        """Begin to bring something, and leave it at that for as long as one is let."""
        reader, writer = await self.connect()
        try:
            writer.write(raw)
            answer = asyncio.ensure_future(read_answer(reader))
            done, _ = await asyncio.wait((answer,), timeout=HELD_S)
            if not done:
                self.counts[f"{STALLED}: {HELD}"] += 1
            self.counts[f"{STALLED}: {await answer}"] += 1
        finally:
            writer.transport.abort()

    async def stall(self) -> None:
        """Begin a request and let its body drip."""
        reader, writer = await self.connect()
        try:
            writer.write(b"POST /push HTTP/1.1\r\nhost: x\r\ncontent-length: 4000000\r\n\r\n")
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
                self.counts["dripped"] += 1
        finally:
            writer.transport.abort()

    async def giant_head(self) -> None:
        """Send a head that does not end."""
        reader, writer = await self.connect()
        try:
            writer.write(b"GET /echo HTTP/1.1\r\nhost: x\r\nx: ")
            for _ in range(16):
                writer.write(CHUNK.replace(b"\0", b"x"))
                await writer.drain()
            self.counts[f"giant head: {await asyncio.wait_for(read_answer(reader), 5)}"] += 1
        finally:
            writer.transport.abort()

    async def giant_body(self) -> None:
        """Say nothing of a body's length, and send without end."""
        reader, writer = await self.connect()
        try:
            writer.write(b"POST /push HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
            sent = 0
            while sent < GIANT_BYTES and not reader.at_eof():
                writer.write(b"10000\r\n" + CHUNK + b"\r\n")
                await writer.drain()
                sent += len(CHUNK)
            self.counts[f"giant body: {await asyncio.wait_for(read_answer(reader), 5)}"] += 1
        finally:
            writer.transport.abort()

    async def silent(self) -> None:
        """Connect, and say nothing at all."""
        _, writer = await asyncio.open_connection(*self._where, local_addr=(FROM, 0))
        try:
            await asyncio.sleep(2)
            self.counts["silent"] += 1
        finally:
            writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(each[15:]) for each in lines if each.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def repeat(hostile: Hostile, name: str, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as err:
            hostile.counts[f"{name}: {type(err).__name__}"] += 1
        await asyncio.sleep(0.05)


async def attack(host: str, port: int, folder: Path) -> Counter[str]:
    hostile = Hostile(host, port)
    acts: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        *(("drip", hostile.stall) for _ in range(SLOW)),
        *(("silent", hostile.silent) for _ in range(SLOW)),
        ("giant head", hostile.giant_head),
        ("giant body", hostile.giant_body),
    ]
    for path in sorted((folder / FIRST).iterdir()):
        await hostile.once(path.name, path.read_bytes())
    for path in sorted((folder / STALLED).iterdir()):
        acts.append((STALLED, partial(hostile.hold, path.read_bytes())))
    for path in sorted(each for each in folder.iterdir() if each.is_file()):

        async def send(name: str = path.name, raw: bytes = path.read_bytes()) -> None:
            await hostile.send(name, raw)

        acts += [(path.name, send)] * WORKERS
    tasks = [asyncio.create_task(repeat(hostile, *each)) for each in acts]
    await asyncio.to_thread(sys.stdin.read)
    assert not any(task.done() for task in tasks)
    at_work = set(tasks)
    while at_work:  # Python 3.11's wait_for may swallow what cancels it
        for task in at_work:
            task.cancel()
        _, at_work = await asyncio.wait(at_work, timeout=0.1)
    for path in sorted((folder / STALLED).iterdir()):
        await hostile.come_through(STALLED, partial(hostile.hold, path.read_bytes()))
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        once = partial(hostile.once, path.name, path.read_bytes())
        await hostile.come_through(path.name, once)
    return hostile.counts


async def main(host: str, port: int, folder: Path) -> None:
    print(json.dumps(await attack(host, port, folder), sort_keys=True), flush=True)
    # What is in flight is cut off, as its peer has to expect.
    os._exit(0)


if __name__ == "__main__":
    os.nice(5)
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
