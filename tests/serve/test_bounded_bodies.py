# SPDX-License-Identifier: Apache-2.0
"""What comes besides a body is bounded: trailers, sizes of chunks and their extensions."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

import pytest

from comity.basis.limits import HTTP_HEAD_BYTES_MAX
from tests.serve.support_listener import GET, close, connect, hello, listening, read_to_end, run


class Reads:
    """An app that reads a body to its end, and keeps what it saw."""

    def __init__(self) -> None:
        self.heads: list[dict[bytes, bytes]] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while (told := await receive())["type"] == "http.request":
            body += told["body"]
            if not told["more_body"]:
                self.bodies.append(body)
                break
        self.heads.append(dict(scope["headers"]))
        await hello(scope, receive, send)


CHUNKED = b"POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


def test_a_body_in_chunks_is_taken_however_long(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    app = Reads()
    piece = b"x" * 1000
    pieces = 3 * HTTP_HEAD_BYTES_MAX // len(piece)

    async def act() -> None:
        async with listening(app, tls) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(CHUNKED)
            for _ in range(pieces):
                ends[1].write(b"3e8\r\n" + piece + b"\r\n")
            ends[1].write(b"0\r\n\r\n")
            assert (await ends[0].readuntil(b"/x")).startswith(b"HTTP/1.1 200")
            ends[1].write(GET)
            assert (await ends[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            await close(ends)

    run(act)
    assert app.bodies == [piece * pieces, b""]


def test_trailers_are_refused_and_no_app_sees_them(
    tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    app = Reads()

    async def act() -> None:
        async with listening(app, tls) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(CHUNKED + b"1\r\nx\r\n0\r\nauthorization: Bearer forged\r\n\r\n")
            assert (await read_to_end(ends)).startswith(b"HTTP/1.1 400")
            await close(ends)

    run(act)
    assert app.bodies == []
    assert all(b"authorization" not in head for head in app.heads)


@pytest.mark.parametrize("begun", [b"0\r\na: ", b"1;ext=", b"1\r\nx\r\n0;ext="])
def test_what_comes_between_pieces_of_a_body_is_bounded(
    begun: bytes, tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    app = Reads()

    async def act() -> None:
        async with listening(app, tls) as listener:
            ends = await connect(listener, client_tls)
            ends[1].write(CHUNKED + begun)
            await ends[1].drain()
            sent = 0
            with suppress(OSError):
                while sent < 64 * HTTP_HEAD_BYTES_MAX and not ends[0].at_eof():
                    ends[1].write(b"y" * 4096)
                    await ends[1].drain()
                    await asyncio.sleep(0)
                    sent += 4096
            assert b"HTTP/1.1 200" not in await read_to_end(ends)
            assert sent < 64 * HTTP_HEAD_BYTES_MAX
            await close(ends)

    run(act)
    assert app.bodies == []
