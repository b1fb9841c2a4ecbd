# SPDX-License-Identifier: Apache-2.0
"""The listener's bounds: what is too large, too slow, too often or malformed ends at the edge."""

from __future__ import annotations

import asyncio
import gc
import resource
import weakref
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import pytest

from comity.basis.errors import InvariantError
from comity.basis.limits import KIB, MIB
from comity.ports import WireReply
from comity.tlog.add_entries import PACKAGE_BYTES_MAX
from comity.tlog.push import format_push
from comity.wire.asgi import Answered, PartnersApp
from comity.wire.limits import WireLimits
from comity.wire.router import OTHER, PartnerWire
from tests.builders.pushes import push_from
from tests.builders.world import KOR, World, run
from tests.wire.test_push import announce

QUICK = WireLimits(idle_s=0.05, grace_s=0.05, bytes_s_min=10_000)


@dataclass
class Sent:
    """What an app sent."""

    status: int = 0
    headers: dict[str, str] = None  # type: ignore[assignment]
    body: bytes = b""


Chunks = list[bytes | float | str]
"""Bytes to send, seconds to wait before the next, or "gone" where the client hangs up."""


def http(
    app: Any,
    method: str,
    path: str,
    chunks: Chunks | None = None,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    client: str = "192.0.2.1",
    query: bytes = b"",
) -> Callable[[], Coroutine[Any, Any, Sent]]:
    """Make a request to drive an app with."""
    left: Chunks = list(chunks or [])

    async def receive() -> dict[str, Any]:
        while left:
            each = left.pop(0)
            if isinstance(each, float):
                await asyncio.sleep(each)
            elif each == "gone":
                return {"type": "http.disconnect"}
            else:
                return {"type": "http.request", "body": each, "more_body": bool(left)}
        return {"type": "http.request", "body": b"", "more_body": False}

    sent = Sent()

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            sent.status = message["status"]
            sent.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            sent.body += message["body"]

    known = {name for name, _ in headers}
    implied = (
        () if chunks is None or "content-length" in known else (("transfer-encoding", "chunked"),)
    )
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in (*headers, *implied)],
        "client": (client, 1),
    }

    async def ask() -> Sent:
        await app(scope, receive, send)
        return sent

    return ask


@pytest.fixture
def app(in_force: World) -> PartnersApp:
    return PartnersApp(PartnerWire(in_force.jpn.context), limits=QUICK)


def a_push(world: World) -> bytes:
    announce(world.kor)
    return format_push(push_from(world.kor, world.jpn.sizes()[KOR]))


def test_a_push_is_answered_over_http(in_force: World, app: PartnersApp) -> None:
    raw = a_push(in_force)
    sent = run(http(app, "POST", "/push", [raw[:100], raw[100:]])())
    assert sent.status == 200
    assert int(sent.headers["content-length"]) == len(sent.body) > 0
    assert "connection" not in sent.headers


def test_uploads_from_one_address_hold_no_more_than_it_may(in_force: World) -> None:
    """Who names a register may begin an upload: of each up to a package expands in memory."""
    limits = replace(QUICK, address_buffered_bytes=3 * PACKAGE_BYTES_MAX, idle_s=0.2)
    app = PartnersApp(PartnerWire(in_force.jpn.context), limits=limits)

    async def story() -> tuple[list[int], int]:
        hanging = [http(app, "POST", "/add-entries", [b"x", 0.1, "gone"])() for _ in range(5)]
        at_once = [each.status for each in await asyncio.gather(*hanging)]
        after = await http(app, "POST", "/add-entries", [b"x"])()
        return at_once, after.status

    assert run(story()) == ([400, 400, 400, 429, 429], 400)


def test_a_path_or_a_query_that_is_none_is_not_found(app: PartnersApp) -> None:
    for path, query in (("/", b""), ("/push/", b""), ("/push", b"a=b"), ("/nothing", b"")):
        sent = run(http(app, "POST", path, query=query)())
        assert (sent.status, sent.body) == (404, b"not found\n")
        assert "connection" not in sent.headers


def test_a_body_that_is_declared_too_long_is_refused_before_it_is_read(app: PartnersApp) -> None:
    chunks: Chunks = [b"x"]
    length = ("content-length", str(5 * 2**20))
    sent = run(http(app, "POST", "/push", chunks, headers=(length,))())
    assert (sent.status, sent.headers["connection"]) == (413, "close")


def test_a_body_that_turns_out_too_long_is_refused_there(app: PartnersApp) -> None:
    chunks: Chunks = [bytes(2**20) for _ in range(6)]
    sent = run(http(app, "POST", "/push", chunks)())
    assert (sent.status, sent.headers["connection"]) == (413, "close")


def test_a_body_for_a_route_that_has_none_is_too_long(app: PartnersApp) -> None:
    path = f"/{'0' * 64}/checkpoint"
    sent = run(http(app, "GET", path, headers=(("content-length", "1"),))())
    assert sent.status == 413


@pytest.mark.parametrize("chunks", [[b"x", 1.0, b"y"], [1.0, b"x"]])
def test_a_body_that_stalls_is_ended(app: PartnersApp, chunks: Chunks) -> None:
    sent = run(http(app, "POST", "/push", chunks)())
    assert (sent.status, sent.headers["connection"]) == (408, "close")


def test_a_body_that_drips_is_ended(app: PartnersApp) -> None:
    chunks: Chunks = [each for _ in range(40) for each in (b"x", 0.01)]
    sent = run(http(app, "POST", "/push", chunks)())
    assert (sent.status, sent.headers["connection"]) == (408, "close")


def test_a_body_that_is_cut_off_is_nobodys_fault(app: PartnersApp) -> None:
    faults: list[Exception] = []
    app._fault = faults.append
    assert run(http(app, "POST", "/push", [b"x", "gone"])()).status == 503
    assert faults == []


def test_a_header_that_stands_twice_is_refused(app: PartnersApp) -> None:
    doubled = (("comity-to", "a"), ("comity-to", "b"))
    assert run(http(app, "POST", "/echo", headers=doubled)()).status == 400


def test_other_scopes_are_left_alone(app: PartnersApp) -> None:
    async def never(*_: object) -> None:
        raise AssertionError

    async def start() -> None:
        await app({"type": "lifespan"}, never, never)

    run(start())


def test_a_mistake_in_the_program_is_told_and_not_shown(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Exception] = []
    wire = PartnerWire(in_force.jpn.context)
    broken = InvariantError("test.broken", "a secret of the house")

    async def answer(request: object) -> None:
        raise broken

    monkeypatch.setattr(wire, "answer", answer)
    sent = run(http(PartnersApp(wire, fault=faults.append), "POST", "/push")())
    assert (sent.status, sent.body) == (500, b"wire.fault\n")
    assert faults == [broken]


def test_what_is_counted_has_bounded_names(in_force: World) -> None:
    counted: list[Answered] = []
    wire = PartnerWire(in_force.jpn.context)
    app = PartnersApp(wire, answered=counted.append)
    paths = ("/push", f"/{'0' * 64}/tile/0/000", f"/parcel/{'1' * 64}/7", "/x", "/y" * 500)
    for path in paths:
        run(http(app, "GET", path)())
        run(http(app, "POST", path, [b"body"])())
    labels = {each.label for each in counted}
    assert labels == {"/push", "/ORIGIN/TILE", "/parcel/ORIGIN/INDEX", OTHER}
    assert labels <= set(wire.labels)
    assert all(each.seconds >= 0 and each.bytes_out > 0 for each in counted)


def test_an_address_that_asks_too_often_is_asked_to_come_later(in_force: World) -> None:
    tight = replace(QUICK, address_rate=0.5, address_burst=3)
    app = PartnersApp(PartnerWire(in_force.jpn.context), limits=tight)

    async def story() -> list[int]:
        return [(await http(app, "GET", "/x")()).status for _ in range(5)]

    assert run(story()) == [404, 404, 404, 429, 429]
    late = run(http(app, "GET", "/x")())
    assert late.headers["retry-after"] == "2"
    assert run(http(app, "GET", "/x", client="192.0.2.2")()).status == 404


def test_one_network_of_ipv6_counts_as_one_address(in_force: World) -> None:
    tight = replace(QUICK, address_rate=0.5, address_burst=1)
    app = PartnersApp(PartnerWire(in_force.jpn.context), limits=tight)
    asked = [
        run(http(app, "GET", "/x", client=client)()).status
        for client in ("2001:db8::1", "2001:db8::2%eth0", "2001:db8:0:1::1", "odd:")
    ]
    assert asked == [404, 429, 404, 404]


def test_an_address_has_so_many_requests_open(in_force: World) -> None:
    tight = replace(QUICK, address_requests=2)
    app = PartnersApp(PartnerWire(in_force.jpn.context), limits=tight)

    async def story() -> list[int]:
        asked = [http(app, "POST", "/push", [b"x", 0.02])() for _ in range(3)]
        return [each.status for each in await asyncio.gather(*asked)]

    assert sorted(run(story())) == [400, 400, 429]


def test_bodies_that_are_kept_are_bounded_by_address_and_together(in_force: World) -> None:
    for tight in (
        replace(QUICK, address_buffered_bytes=150),
        replace(QUICK, buffered_bytes=150),
    ):
        app = PartnersApp(PartnerWire(in_force.jpn.context), limits=tight)

        async def story(app: PartnersApp = app) -> list[int]:
            asked = [http(app, "POST", "/push", [bytes(100), 0.02, b"x"])() for _ in range(2)]
            return [each.status for each in await asyncio.gather(*asked)]

        assert sorted(run(story())) == [400, 429]
        assert run(http(app, "POST", "/push", [bytes(149)])()).status == 400


def test_answers_that_are_not_read_are_counted_like_bodies(
    in_force: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for the largest pieces and reads none of them is held to what it may keep here."""
    wire = PartnerWire(in_force.jpn.context)
    limits = replace(QUICK, address_buffered_bytes=5 * MIB)
    app, read = PartnersApp(wire, limits=limits), asyncio.Event()

    async def large(request: object) -> WireReply:
        return WireReply(200, (), bytes(2 * MIB))

    monkeypatch.setattr(wire, "answer", large)
    scope = {"type": "http", "method": "GET", "path": f"/{'0' * 64}/checkpoint", "headers": []}

    async def ask(client: str) -> tuple[int, list[int]]:
        status, pieces = 0, list[int]()

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                return
            pieces.append(len(message["body"]))
            if status == 200:
                await read.wait()

        async def receive() -> dict[str, Any]:
            raise AssertionError

        await app({**scope, "client": (client, 1)}, receive, send)
        return status, pieces

    async def story() -> list[tuple[int, list[int]]]:
        clients = ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")
        asked = [asyncio.create_task(ask(each)) for each in clients]
        while not asked[2].done():
            await asyncio.sleep(0)
        read.set()
        return [*(await asyncio.gather(*asked)), await ask("192.0.2.1")]

    told = run(story())
    assert [status for status, _ in told] == [200, 200, 429, 200, 200]
    assert max(told[0][1]) == 64 * KIB
    assert sum(told[0][1]) == 2 * MIB


class Line:
    """A connection as the server keeps it, with all its buffers."""

    def __init__(self, raw: bytes) -> None:
        self.left = [raw[at : at + 64 * KIB] for at in range(0, len(raw), 64 * KIB)]
        self.status = 0

    async def receive(self) -> dict[str, Any]:
        body = self.left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.left)}

    async def send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)


ENDS: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
    "taken": lambda push: ("/push", push),
    "unknown": lambda push: ("/push", push.replace(b"gsomia", b"gsomiz")),
    "malformed": lambda push: ("/push", push[:-1]),
    "too large": lambda push: ("/push", push + bytes(5 * MIB)),
    "unsigned": lambda push: ("/echo", push[:100]),
    "upload": lambda push: ("/add-entries", push),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_connection_is_let_go_of_as_soon_as_its_request_has_ended(
    in_force: World, end: str
) -> None:
    """Not when memory is next tidied up: till then a flood would fill it, half a MiB a request."""
    app = PartnersApp(PartnerWire(in_force.jpn.context))
    path, raw = ENDS[end](a_push(in_force))
    headers = [(b"content-length", str(len(raw)).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}

    async def ask() -> tuple[int, weakref.ref[Line]]:
        line = Line(raw)
        await app({**scope, "client": ("192.0.2.1", 1)}, line.receive, line.send)
        return line.status, weakref.ref(line)

    async def story() -> tuple[int, bool]:
        status, line = await ask()
        for _ in range(10):  # streams that are left unread are closed in turns of their own
            await asyncio.sleep(0)
        return status, line() is None

    gc.collect()
    gc.disable()
    try:
        status, is_gone = run(story())
    finally:
        gc.enable()
    assert (status == 200) == (end == "taken")
    assert is_gone


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


@pytest.mark.slow
def test_a_hundred_thousand_addresses_and_paths_leave_nothing_behind(in_force: World) -> None:
    """Each of an address of its own, and half of them of an IPv6 network of their own."""
    app = PartnersApp(PartnerWire(in_force.jpn.context))

    async def knock(first: int, count: int) -> set[int]:
        statuses: set[int] = set()
        for number in range(first, first + count):
            client = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            if number % 2:
                client = f"2001:db8:{number >> 16:x}:{number & 65535:x}::1"
            sent = await http(app, "GET", f"/{number:064x}/{number}", client=client)()
            statuses.add(sent.status)
        return statuses

    assert run(knock(0, 10_000)) == {404}
    gc.collect()
    before = resident_bytes()
    assert run(knock(10_000, 100_000)) == {404}
    gc.collect()
    assert resident_bytes() - before < 2 * MIB
    assert len(app._addresses) == WireLimits().addresses
