# SPDX-License-Identifier: Apache-2.0
"""A listener: TLS, heads that are slow, large or many, early answers, and an orderly stop."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME
from comity.adapters.tls_listening import listening_context, load_key, pin_of_file
from comity.basis.errors import ConfigError, EdgeError, InvariantError
from comity.basis.ids import digest_of
from comity.basis.limits import HTTP_HEAD_BYTES_MAX
from comity.config import Endpoint
from comity.serve import bounded_http
from comity.serve.doorway import Bounds, Doorway
from comity.serve.listener import Door, Listener, bind, endpoint_of
from tests.serve.conftest import PASSWORD
from tests.serve.support_listener import (
    ANYWHERE,
    GET,
    close,
    connect,
    hello,
    listening,
    read_to_end,
    run,
)


class Streams:
    """An app whose answers last until it is told."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.cancelled = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first ", "more_body": True})
        self.begun.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        await send({"type": "http.response.body", "body": b"last"})


def test_it_answers_over_tls_and_says_where_it_is_bound(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async def act() -> None:
        async with listening(hello, tls) as listener:
            reader, writer = await connect(listener, client_tls)
            writer.write(GET)
            assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
            shown = writer.get_extra_info("ssl_object")
            assert shown.version() == "TLSv1.3"
            assert shown.selected_alpn_protocol() is None
            await close((reader, writer))

    run(act)


def test_tls_before_1_2_is_refused_and_1_2_has_forward_secrecy(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    client_tls.maximum_version = ssl.TLSVersion.TLSv1_2

    async def act() -> None:
        async with listening(hello, tls) as listener:
            ends = await connect(listener, client_tls)
            name = ends[1].get_extra_info("ssl_object").cipher()[0]
            assert name.startswith("ECDHE-")
            assert "GCM" in name or "CHACHA" in name
            await close(ends)

    run(act)
    assert tls.minimum_version == ssl.TLSVersion.TLSv1_2


def test_plain_http_gets_no_answer(tls: ssl.SSLContext) -> None:
    async def act() -> None:
        async with listening(hello, tls) as listener:
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.endpoint.port)
            writer.write(GET)
            assert b"HTTP" not in await reader.read()
            await close((reader, writer))

    run(act)


def test_a_head_that_is_too_large_is_cut(tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    async def act() -> None:
        async with listening(hello, tls) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(b"GET / HTTP/1.1\r\n")
            for _ in range(HTTP_HEAD_BYTES_MAX // 1000 + 200):
                ends[1].write(b"x-long: " + b"y" * 1000 + b"\r\n")
                await asyncio.sleep(0)
            assert b"HTTP/1.1 200" not in await read_to_end(ends)
            await close(ends)

    run(act)


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nhost:"])
def test_a_head_that_does_not_come_is_cut(
    begun: bytes, tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_TIMEOUT_S", 0.05)

    async def act() -> None:
        async with listening(hello, tls) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(begun)
            assert await read_to_end(ends) == b""
            await close(ends)

    run(act)


def test_the_second_request_of_a_connection_has_to_come_in_time_too(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_TIMEOUT_S", 0.5)

    async def act() -> None:
        async with listening(hello, tls) as listener:
            reader, writer = await connect(listener, client_tls)
            writer.write(GET)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(1) == b"/"
            writer.write(b"GET /again HTTP/1.1\r\n")
            assert await read_to_end((reader, writer)) == b""
            await close((reader, writer))

    run(act)


def test_connections_are_bounded_by_address_and_a_place_that_is_left_is_free(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async def act() -> None:
        doorway = Doorway(Bounds(12, 2))
        async with listening(hello, tls, doorway=doorway) as listener:
            first, second = await connect(listener, client_tls), await connect(listener, client_tls)
            with pytest.raises(OSError):  # noqa: PT011 (cut off, or reset)
                await connect(listener, client_tls)
            assert (doorway.connections, doorway.handshakes) == (2, 0)
            assert doorway.refused == 1
            await close(first)
            while doorway.connections == 2:
                await asyncio.sleep(0)
            fourth = await connect(listener, client_tls)
            fourth[1].write(GET)
            assert (await fourth[0].readline()).startswith(b"HTTP/1.1 200")
            await close(second, fourth)
            while doorway.connections:
                await asyncio.sleep(0)

    run(act)


def test_what_follows_an_early_answer_is_read_for_a_moment_and_cut(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "LINGER_S", 0.05)

    async def act() -> None:
        async with listening(hello, tls) as listener:
            reader, writer = await connect(listener, client_tls)
            writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.write(b"x" * 100)
            assert (await read_to_end((reader, writer))).endswith(b"/")
            await close((reader, writer))

    run(act)


class Large:
    """An app whose answer is larger than any buffer, and that knows how much of it has gone."""

    def __init__(self, doorway: Doorway) -> None:
        self.doorway = doorway
        self.sent = 0
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            for last in (*[False] * 255, True):
                await send(
                    {"type": "http.response.body", "body": bytes(65_536), "more_body": not last}
                )
                if not self.doorway.connections:
                    return
                self.sent += 65_536
        finally:
            self.ended.set()


def test_an_answer_that_nobody_reads_is_held_neither_whole_nor_for_ever(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "UNREAD_S", 0.3)

    async def act() -> None:
        doorway = Doorway(Bounds(12, 9))
        app = Large(doorway)
        async with listening(app, tls, doorway=doorway) as listener:
            port = listener.endpoint.port
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client_tls, limit=1024
            )
            writer.write(GET)
            await reader.readline()  # and not a byte more
            await app.ended.wait()
            await close((reader, writer))
            assert app.sent < 16 * 2**20

    run(act)


def test_an_answer_that_is_read_slowly_comes_whole(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_http, "UNREAD_S", 1.0)

    async def act() -> None:
        doorway = Doorway(Bounds(12, 9))
        async with listening(Large(doorway), tls, doorway=doorway) as listener:
            reader, writer = await connect(listener, client_tls)
            writer.write(GET.replace(b"1.1", b"1.0"))
            read = 0
            while piece := await reader.read(2**18):
                read += len(piece)
                await asyncio.sleep(0.02)
            assert read > 16 * 2**20
            await close((reader, writer))

    run(act)


def test_a_stop_lets_what_runs_finish(tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    async def act() -> None:
        app = Streams()
        async with listening(app, tls) as listener:
            reader, writer = await connect(listener, client_tls)
            idle = await connect(listener, client_tls)
            writer.write(GET)
            await app.begun.wait()
            stopping = asyncio.create_task(listener.stop())
            assert await idle[0].read() == b""
            with pytest.raises(OSError):  # noqa: PT011 (refused or reset)
                await connect(listener, client_tls)
            app.go_on.set()
            assert b"last" in await reader.read()
            await stopping
            await listener.failure()
            await close((reader, writer), idle)

    run(act)


def test_a_stop_does_not_wait_for_ever(tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    async def act() -> None:
        app = Streams()
        async with listening(app, tls, stop_s=1) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(GET)
            await app.begun.wait()
            await listener.stop()
            assert app.cancelled
            await close(ends)

    run(act)


def test_an_address_that_is_taken_is_named_with_what_to_do() -> None:
    with bind(ANYWHERE, "partners") as first:
        first.listen()
        with pytest.raises(EdgeError, match=r"serve\.cannot-listen") as caught:
            bind(endpoint_of(first), "people")
        assert "people_listen" in caught.value.hint


def test_it_may_be_bound_to_ipv6_alone() -> None:
    try:
        bound = bind(Endpoint("::1", 0), "partners")
    except EdgeError:
        pytest.skip("this machine has no IPv6")
    with bound:
        assert str(endpoint_of(bound)).startswith("[::1]:")
        assert bound.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1


def test_an_app_that_does_not_start_is_no_listener(tls: ssl.SSLContext) -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    async def act() -> None:
        doorway = Doorway(Bounds(1, 1))
        door = Door("people", refuse, tls, doorway, lifespan=True)
        listener = Listener(door, bind(ANYWHERE, "people"), stop_s=1)
        with pytest.raises(EdgeError, match=r"serve\.listener-ended") as caught:
            await listener.start()
        assert caught.value.found == InvariantError.__name__
        await listener.stop()

    run(act)


# Keys


def test_a_key_that_cannot_be_used_is_a_problem_of_the_configuration(
    tls_folder: Path, tmp_path: Path
) -> None:
    certificate, key = tls_folder / TLS_CERTIFICATE_NAME, tls_folder / TLS_KEY_NAME
    for password in (b"wrong", None):
        with pytest.raises(ConfigError, match=r"tls\.unusable"):
            listening_context(certificate, key, password)
    with pytest.raises(ConfigError, match="no such file"):
        listening_context(certificate, tmp_path / "absent.key", None)
    (tmp_path / "open.key").write_bytes(key.read_bytes())
    (tmp_path / "open.key").chmod(0o644)
    with pytest.raises(ConfigError, match="0644"):
        listening_context(certificate, tmp_path / "open.key", PASSWORD)


def test_a_pin_is_read_from_a_certificate_alone(tls_folder: Path, tmp_path: Path) -> None:
    assert len(pin_of_file(tls_folder / TLS_CERTIFICATE_NAME)) == 64
    for path in (tmp_path / "absent", tls_folder / TLS_KEY_NAME):
        with pytest.raises(ConfigError, match=r"tls\.unusable"):
            pin_of_file(path)


def test_new_connections_meet_a_key_that_took_over(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    from comity.adapters.keys_file import FileTlsStorage
    from comity.adapters.tls_keys import TlsKeys
    from comity.basis.ids import Domain

    TlsKeys(FileTlsStorage(tmp_path), Domain("jpn.example")).make(PASSWORD)

    async def shown(listener: Listener) -> bytes:
        ends = await connect(listener, client_tls)
        met = ends[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
        await close(ends)
        return bytes(met)

    async def act() -> None:
        async with listening(hello, tls) as listener:
            before = await shown(listener)
            load_key(tls, tmp_path / TLS_CERTIFICATE_NAME, tmp_path / TLS_KEY_NAME, PASSWORD)
            assert digest_of(await shown(listener)) != digest_of(before)

    run(act)
