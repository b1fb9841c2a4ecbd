# SPDX-License-Identifier: Apache-2.0
"""What the duties beside the floor cost at the least, written out by hand for 64 exchanges at once.

No rooms, types, errors or ports: columns and templates alone, as fast as Python lets them be. It is
no floor of `make bench`, since it leaves out what a node may not; it says what could be reached.
`python -m bench.duties_by_hand` prints the floor's CPU for one exchange, and each duty's beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import ssl
import statistics
import struct
import tempfile
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httptools
import uvloop
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.bare_wire import BareLog, BareWire
from bench.wire_items import Watch
from bench.wire_speed import floor
from comity.adapters.tls_certificates import certificate, new_private_key
from comity.basis.ids import Domain

COUNT: Final = 64
_ROUNDS: Final = 21
_ENTRY: Final = (
    '{"agreement":%s,"at":"%s","body":{"answers":null,"label":%s,'
    '"parcel":{"sha256":"%s","size":%d},'
    '"sealed":{"sha256":"%s","size":%d,"suite":"xwing"},"supersedes":null},"by":"JPN","format":1,'
    '"kind":"item.release","nonce":"%s","seen":{"KOR":12},"to":["KOR"]}'
)
_JOURNAL: Final = (
    '{"act":"item.release","at":"%s","by":"officer","details":{"articles":["2","7(5)"],"category":'
    '"missile-warning","level":"CONFIDENTIAL","purposes":["warning"],"statement":"gsomia/JPN/%d",'
    '"to":["KOR"]},"nonce":"%s","operator":"api token 1","outcome":"done"}'
)
_TABLES: Final = (
    "CREATE TABLE entries (place INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
    "CREATE TABLE parcels (place INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT",
    "CREATE TABLE judgements (place INTEGER PRIMARY KEY, admitted INTEGER, code TEXT) STRICT",
    "CREATE TABLE tiles (place INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT",
    "CREATE TABLE notes (place INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT",
    "CREATE TABLE item_keys (k INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, w BLOB) STRICT",
)


class Batch:
    """Sixty-four releases as the duties meet them: their bytes are those of the floor."""

    def __init__(self) -> None:
        """Seal and word them once; that is the floor's work."""
        self.items = Watch().items(COUNT)
        bare = BareWire()
        parcels = [bare.release(each) for each in self.items]
        self.heads = [head for _, head, _ in parcels]
        self.sealed = [sealed for _, _, sealed in parcels]
        self.digests = [sha256(each).hexdigest() for each in self.sealed]
        self.labels = [json.dumps(each.kind.label(), sort_keys=True) for each in self.items]
        self.request = json.dumps({"items": [each.wish() for each in self.items]}).encode()
        self.entries = [b""] * COUNT
        self.word()
        self.push = b"".join(
            (
                struct.pack(">Q", 0) + bytes(4_000),
                *(struct.pack(">H", len(each)) + each for each in self.entries),
                *(
                    struct.pack(">BQI", 0, index, len(head) + len(sealed)) + head + sealed
                    for index, (head, sealed) in enumerate(
                        zip(self.heads, self.sealed, strict=True)
                    )
                ),
            )
        )

    def word(self) -> None:
        """Word the statements by one template; the floor writes JSON, so this is in its place."""
        nonces = os.urandom(16 * COUNT).hex()
        for index in range(COUNT):
            self.entries[index] = (
                _ENTRY
                % (
                    f'{{"id":"gsomia-jpn-kor","sha256":"{self.digests[0]}"}}',
                    "2026-11-22T13:00:00.000Z",
                    self.labels[index],
                    self.digests[index],
                    len(self.heads[index]),
                    self.digests[index],
                    len(self.sealed[index]),
                    nonces[32 * index : 32 * index + 32],
                )
            ).encode()


def requests(batch: Batch) -> None:
    """Read a request of 64 items, their contents from base64, and write its answer."""
    wished = json.loads(batch.request)["items"]
    for each in wished:
        b64decode(each["content"], validate=True)
    results = [
        {"status": 201, "answer": {"place": f"gsomia-jpn-kor/JPN/{n}", "body": each["marking"]}}
        for n, each in enumerate(wished)
    ]
    json.dumps(results).encode()


def bound(batch: Batch) -> None:
    """Word what key wraps are bound to, and hash it: when they are made, and when opened."""
    form = "{%s,%s,%d,%s}" * 4
    for digest, sealed, label in zip(batch.digests, batch.sealed, batch.labels, strict=True):
        for _ in range(2):
            sha256((form % ((label, digest, len(sealed), digest) * 4)).encode()).digest()


def judged() -> Callable[[Batch], None]:
    """Judge what came, and what is about to be said: time, what was seen, nonce not used before."""
    used: set[bytes] = set()

    def judge(batch: Batch) -> None:
        for _ in range(2):
            before = ""
            for entry in batch.entries:
                at = entry.find(b'"at":"')
                moment = entry[at + 6 : at + 30].decode()
                nonce = os.urandom(16)
                if nonce in used or moment < before or entry.find(b'"seen":{"KOR":12}') < 0:
                    raise AssertionError
                used.add(nonce)
                before = moment
        if len(used) > 100_000:
            used.clear()

    return judge


def folded() -> Callable[[Batch], None]:
    """Fold on both sides: a row each by place, what was before for undo, packed once it is old."""
    rows: dict[tuple[str, int], tuple[object, ...]] = {}
    undo: list[tuple[int, tuple[str, int], object]] = []
    packed = bytearray()
    row = struct.Struct("<qH32sH32sI")

    def fold(batch: Batch) -> None:
        for _ in range(2):
            for index, digest in enumerate(batch.digests):
                place = ("JPN", index + len(rows))
                if place in rows:
                    raise AssertionError
                undo.append((0, place, None))
                rows[place] = (index, ("KOR",), digest, batch.labels[index], digest)
            for index, (_, old, _) in enumerate(undo):
                packed.extend(row.pack(index, 1, bytes(32), 9, bytes(32), 9))
                del rows[old]
            undo.clear()
        if len(packed) > 10_000_000:
            packed.clear()

    return fold


def journalled(batch: Batch) -> None:
    """Word what the officer did, and hash it into the journal's tree."""
    log = BareLog(None)  # type: ignore[arg-type]  # nobody signs it here
    nonces = os.urandom(16 * COUNT).hex()
    for index in range(len(batch.items)):
        nonce = nonces[32 * index : 32 * index + 32]
        log.add((_JOURNAL % ("2026-11-22T13:00:00.000Z", index, nonce)).encode())


def framed(batch: Batch) -> None:
    """Write the frame of a push, read it, and hold each parcel's digests against its entry."""
    parts = [struct.pack(">H", len(each)) + each for each in batch.entries]
    parts += [
        struct.pack(">BQI", 0, index, len(head) + len(sealed)) + head + sealed
        for index, (head, sealed) in enumerate(zip(batch.heads, batch.sealed, strict=True))
    ]
    raw, at = b"".join(parts), 0
    for _ in batch.entries:
        (size,) = struct.unpack_from(">H", raw, at)
        at += 2 + size
    for head, digest in zip(batch.heads, batch.digests, strict=True):
        _, _, size = struct.unpack_from(">BQI", raw, at)
        parcel = raw[at + 13 : at + 13 + size]
        # The floor hashes parcels once; a node does when they come and again when it opens them.
        if sha256(parcel[len(head) :]).hexdigest() != digest or not sha256(parcel[: len(head)]):
            raise AssertionError
        at += 13 + size


def kept(folder: Path) -> Callable[[Batch], None]:
    """Keep everything in four files as two nodes do, each commit flushed: five for a batch."""
    files = [sqlite3.connect(folder / f"{n}.sqlite", isolation_level=None) for n in range(4)]
    for file in files:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        for each in _TABLES:
            file.execute(each)
    places = [0]

    def keep(batch: Batch) -> None:
        first = places[0] = places[0] + COUNT
        numbers = range(first, first + COUNT)
        sender, sender_keys, recipient, recipient_keys = files
        refs = [(f"{digest} {first}", bytes(60)) for digest in batch.digests]
        parcels = [a + b for a, b in zip(batch.heads, batch.sealed, strict=True)]
        for file, rows in ((sender, batch.entries * 2), (recipient, batch.entries)):
            keys = sender_keys if file is sender else recipient_keys
            _commit(keys, [("item_keys (ref, w)", "?, ?", refs)])
            far = [*numbers, *(1 << 40 | each for each in numbers)]
            _commit(
                file,
                [
                    ("entries", "?, ?", list(zip(far, rows, strict=False))),
                    ("parcels", "?, ?", list(zip(numbers, parcels, strict=True))),
                    ("judgements", "?, 1, NULL", [(each,) for each in numbers]),
                    ("tiles", "?, ?", [(first + n, bytes(8_000)) for n in range(2)]),
                    ("notes", "?, ?", [(first, bytes(4_000))]),
                ],
            )
        _commit(sender, [("notes", "?, ?", [(first + 1, bytes(4_000))])])

    return keep


def _commit(file: sqlite3.Connection, inserts: Sequence[tuple[str, str, list[Any]]]) -> None:
    file.execute("BEGIN IMMEDIATE")
    for table, holes, rows in inserts:
        file.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
    file.execute("COMMIT")


class _Answering(asyncio.Protocol):
    """An HTTP/1.1 server of one route: takes a body whole, answers with as many bytes as asked."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        del body

    def on_message_complete(self) -> None:
        answer = bytes(20_000)
        head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer)
        self.transport.write(head + answer)  # type: ignore[attr-defined]  # it is a stream


class _Asking(asyncio.Protocol):
    """Its client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpResponseParser(self)

    def ask(self, body: bytes) -> Awaitable[None]:
        """Send a body; wait for the answer."""
        self.told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        head = b"POST /push HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write(head + body)  # type: ignore[attr-defined]  # it is a stream
        return self.told

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.told.set_result(None)


async def _sent(batch: Batch, folder: Path) -> float:
    """Bring a request to one node and a push to the other, over TLS; half the request is ours."""
    private = new_private_key()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(pem)
    (folder / "crt").write_bytes(certificate(private, Domain("jpn.example")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "crt", folder / "key")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answering, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    _, asking = await loop.create_connection(_Asking, "127.0.0.1", port, ssl=client)
    taken: list[float] = []
    for body, share in ((batch.request, 0.5), (batch.push, 1.0)):
        rounds: list[float] = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            for _ in range(4):
                await asking.ask(body)
            rounds.append((time.process_time() - started) / 4)
        taken.append(share * statistics.median(rounds))
    server.close()
    return sum(taken) / COUNT


def _timed(act: Callable[[Batch], None], batch: Batch) -> float:
    rounds: list[float] = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        act(batch)
        rounds.append(time.process_time() - started)
    return statistics.median(rounds) / COUNT


def main() -> None:
    """Measure each duty and the floor, and print them."""
    batch, bare = Batch(), BareWire()
    base = statistics.median(floor(bare, COUNT) for _ in range(5))
    print(f"floor {base * 1e6:.0f} µs")
    with tempfile.TemporaryDirectory() as name:
        duties: list[tuple[str, Callable[[Batch], None]]] = [
            ("requests read, answers written", requests),
            ("what wraps are bound to", bound),
            ("judgement and nonces, both sides", judged()),
            ("fold, undo, packing, both sides", folded()),
            ("journal", journalled),
            ("push framed, read, parcels held against entries", framed),
            ("SQL, five commits flushed", kept(Path(name))),
        ]
        total = 0.0
        for what, act in duties:
            taken = _timed(act, batch)
            total += taken
            print(f"{what}: {taken * 1e6:.1f} µs, {taken / base:.2f} of the floor")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            taken = runner.run(_sent(batch, Path(name)))
        total += taken
        print(f"HTTP, TLS and loop: {taken * 1e6:.1f} µs, {taken / base:.2f} of the floor")
        print(f"all: {total / base:.2f} of the floor")


if __name__ == "__main__":
    main()
