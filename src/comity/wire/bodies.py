# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests, read within a limit whether they come whole or as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from comity.basis.errors import InputError
from comity.ports import WireRequest


async def read_body(request: WireRequest, bytes_max: int) -> bytes:
    """Read a body into memory.

    Raises:
        InputError: it is longer; nothing beyond the limit was kept.
    """
    if isinstance(request.body, bytes):
        _check(len(request.body), bytes_max)
        return request.body
    _check(declared_length(request), bytes_max)
    read = bytearray()
    async for chunk in request.body:
        _check(len(read) + len(chunk), bytes_max)
        read += chunk
    return bytes(read)


async def stream_body(request: WireRequest) -> AsyncIterator[bytes]:
    """Give a body in the chunks in which it comes."""
    if isinstance(request.body, bytes):
        yield request.body
        return
    async for chunk in request.body:
        yield chunk


def declared_length(request: WireRequest) -> int:
    """Give the length that the request declares; 0 when it declares none."""
    text = request.header("content-length") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _check(size: int, bytes_max: int) -> None:
    if size > bytes_max:
        raise InputError(
            "wire.too-large",
            "a request's body is too large",
            expected=f"at most {bytes_max} bytes",
            found=f"{size} bytes",
        )
