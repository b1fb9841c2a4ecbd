# SPDX-License-Identifier: Apache-2.0
"""What any two processes need for an exchange: the floor's work, and the libraries that carry it.

One releases, the other mirrors and opens, by the product's libraries and with its flushes; no
rules, checks, journal, framework or types. It is no floor of `make bench`, since it leaves out what
a node may not; `python -m bench.bare_nodes` says what could be reached.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sqlite3
import ssl
import statistics
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import uvicorn
import uvloop
from aiohttp import ClientSession, TCPConnector
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.bare_wire import BareLog, BareWire
from bench.served_nodes import cpu_seconds, free_port
from bench.wire_items import KINDS, Watch, WatchItem
from bench.wire_speed import floor, flush_seconds
from comity.adapters.tls_certificates import certificate, new_private_key
from comity.basis.ids import Domain

_ALONE: Final = 40
_BATCHES: Final = 20
_TOGETHER: Final = 64
_FLUSHES: Final = 4
_PAUSE_S: Final = 0.1
_SETTLED_S: Final = 0.5

Answer = Callable[[bytes], Awaitable[bytes]]


class Disk:
    """A file of rows; a thread commits, and the loop goes on meanwhile."""

    def __init__(self, path: Path) -> None:
        """Make the file, with the settings of a node's."""
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = WAL", "synchronous = FULL"):
            self._file.execute(f"PRAGMA {setting}")
        self._file.execute("CREATE TABLE kept (place INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        self._turn = asyncio.Lock()

    async def keep(self, rows: Sequence[bytes]) -> None:
        """Keep rows; durable when this returns."""
        async with self._turn:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT INTO kept (body) VALUES (?)", [(each,) for each in rows])
            await asyncio.to_thread(self._file.execute, "COMMIT")


class Sender:
    """The node that releases."""

    def __init__(self, bare: BareWire, folder: Path, url: str) -> None:
        """Push to `url`."""
        self._bare, self._url = bare, url
        self._log = BareLog(bare.by)
        self._disk, self._keys = Disk(folder / "by"), Disk(folder / "by-keys")
        self._after: set[asyncio.Task[bytes]] = set()
        self._session: ClientSession | None = None

    async def answer(self, body: bytes) -> bytes:
        """Release items; answer once they are cosigned. Their parcels follow."""
        wishes = json.loads(body)["items"]
        items = [WatchItem(KINDS[each["kind"]], b64decode(each["content"])) for each in wishes]
        parcels = [self._bare.release(each) for each in items]
        entries = [entry for entry, _, _ in parcels]
        for entry in entries:
            self._log.add(entry)
        text = self._log.checkpoint()
        await self._keys.keep([bytes(60)] * len(items))
        kept = asyncio.ensure_future(self._disk.keep([b"".join(each) for each in parcels]))
        await asyncio.sleep(0)
        signed = self._bare.by.sign(text)
        await kept
        told = await self._push("entries", [text, *signed, *entries])
        cosigned = _unpacked(told)
        self._bare.to.verify((cosigned[0], cosigned[1]), text)
        await self._disk.keep(cosigned)
        lasting = [part for each in parcels for part in each]
        task = asyncio.ensure_future(self._push("parcels", lasting))
        self._after.add(task)
        task.add_done_callback(self._after.discard)
        return json.dumps([entry.decode() for entry in entries]).encode()

    async def _push(self, what: str, parts: Sequence[bytes]) -> bytes:
        if self._session is None:
            self._session = _session()
        async with self._session.post(f"{self._url}/{what}", data=_packed(parts)) as reply:
            return await reply.read()


class Recipient:
    """The node that mirrors, cosigns and opens."""

    def __init__(self, bare: BareWire, folder: Path) -> None:
        """Begin with an empty mirror."""
        self._bare = bare
        self._log = BareLog(bare.by)
        self._disk, self._keys = Disk(folder / "to"), Disk(folder / "to-keys")

    async def entries(self, body: bytes) -> bytes:
        """Verify and keep entries; answer with the cosignature."""
        text, first, second, *entries = _unpacked(body)
        self._bare.by.verify((first, second), text)
        for entry in entries:
            json.loads(entry)
            self._log.add(entry)
        if self._log.checkpoint() != text:
            raise AssertionError("another root")
        kept = asyncio.ensure_future(self._disk.keep(entries))
        await asyncio.sleep(0)
        signed = self._bare.to.sign(text)
        await kept
        return _packed(signed)

    async def parcels(self, body: bytes) -> bytes:
        """Keep and open parcels; keep their keys."""
        parts = _unpacked(body)
        await self._disk.keep(parts)
        for at in range(0, len(parts), 3):
            self._bare.arrive(*parts[at : at + 3])
        await self._keys.keep([bytes(60)] * (len(parts) // 3))
        return b""


def _packed(parts: Sequence[bytes]) -> bytes:
    return b"".join(len(each).to_bytes(4, "big") + each for each in parts)


def _unpacked(raw: bytes) -> list[bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at : at + 4], "big")
        parts.append(raw[at + 4 : end])
        at = end
    return parts


def _session() -> ClientSession:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return ClientSession(connector=TCPConnector(ssl=tls))


def _serve(answers: dict[str, Answer], folder: Path, port: int) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        answer = await answers[scope["path"]](body)
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    config = uvicorn.Config(
        app,
        port=port,
        lifespan="off",
        log_level="error",
        access_log=False,
        ssl_keyfile=folder / "key",
        ssl_certfile=folder / "crt",
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


def _send(bare: BareWire, folder: Path, port: int, to: int) -> None:
    _serve({"/items": Sender(bare, folder, f"https://127.0.0.1:{to}").answer}, folder, port)


def _take(bare: BareWire, folder: Path, port: int) -> None:
    node = Recipient(bare, folder)
    _serve({"/entries": node.entries, "/parcels": node.parcels}, folder, port)


def _request(items: Sequence[WatchItem]) -> bytes:
    wishes = [
        {"kind": KINDS.index(each.kind), "content": b64encode(each.content).decode()}
        for each in items
    ]
    return json.dumps({"items": wishes}).encode()


async def _measure(url: str, nodes: Sequence[int], folder: Path) -> None:
    watch, bare = Watch(), BareWire()

    async def exchange(count: int) -> float:
        request, started = _request(watch.items(count)), time.perf_counter()
        async with session.post(f"{url}/items", data=request) as reply:
            await reply.read()
        return time.perf_counter() - started

    def cpu() -> float:
        return sum(cpu_seconds(each) for each in nodes)

    async with _session() as session:
        for _ in range(_BATCHES):
            await exchange(_TOGETHER)
        await asyncio.sleep(_SETTLED_S)
        cpu_s = cpu()
        alone: list[float] = []
        beside: list[float] = []
        for _ in range(_ALONE):
            flush_s = statistics.median(flush_seconds(folder / "flushed"))
            beside.append(floor(bare, 1) + _FLUSHES * flush_s)
            alone.append(await exchange(1))
            await asyncio.sleep(_PAUSE_S)
        taken, unit = statistics.median(alone), statistics.median(beside)
        await asyncio.sleep(_SETTLED_S)
        alone_s = (cpu() - cpu_s) / _ALONE
        print(f"one alone: {taken * 1e3:.2f} ms, {taken / unit:.2f} times floor and flushes")
        print(f"one alone: CPU of both, parcels after it among it, {alone_s * 1e3:.2f} ms")
        cpu_s, started = cpu(), time.perf_counter()
        for _ in range(_BATCHES):
            await exchange(_TOGETHER)
        wall_s = (time.perf_counter() - started) / (_BATCHES * _TOGETHER)
        await asyncio.sleep(_SETTLED_S)
        each_s = (cpu() - cpu_s) / (_BATCHES * _TOGETHER)
        floor_s = statistics.median(floor(bare, _TOGETHER) for _ in range(5))
        print(f"{_TOGETHER} in flight: {each_s * 1e6:.0f} µs, {each_s / floor_s:.2f} of the floor")
        print(f"{_TOGETHER} in flight: rate (wall) × floor seconds {floor_s / wall_s:.2f}")


def main() -> None:
    """Serve both, measure, and end them."""
    fork = multiprocessing.get_context("fork")
    bare, ports = BareWire(), (free_port(), free_port())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        private = new_private_key()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key").write_bytes(pem)
        (folder / "crt").write_bytes(certificate(private, Domain("jpn.example")))
        nodes = [
            fork.Process(target=_send, args=(bare, folder, *ports)),
            fork.Process(target=_take, args=(bare, folder, ports[1])),
        ]
        for each in nodes:
            each.start()
        try:
            time.sleep(1.0)
            found = [each.pid for each in nodes if each.pid is not None]
            asyncio.run(_measure(f"https://127.0.0.1:{ports[0]}", found, folder))
        finally:
            for each in nodes:
                each.terminate()
                each.join()


if __name__ == "__main__":
    main()
