# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests, read within a limit whether they come whole, as a stream, or compressed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator
from typing import Final

from comity.basis.errors import InputError
from comity.ports import WireRequest

CUT_OFF: Final = "wire.cut-off"
"""The code of the EdgeError by which a stream ends that did not come whole."""

_GZIP: Final = 16 + zlib.MAX_WBITS
_EXPANDED_BYTES: Final = 64 * 1024
_LENGTH_DIGITS: Final = 18


async def read_body(request: WireRequest, bytes_max: int) -> bytes:
    """Read a body into memory.

    Raises:
        InputError: it is longer; nothing beyond the limit was kept.
        EdgeError: it was cut off.
    """
    if isinstance(request.body, bytes):
        _check(len(request.body), bytes_max)
        return request.body
    _check(declared_length(request) or 0, bytes_max)
    read = bytearray()
    async for chunk in request.body:
        _check(len(read) + len(chunk), bytes_max)
        read += chunk
    return bytes(read)


async def stream_body(request: WireRequest) -> AsyncGenerator[bytes, None]:
    """Give a body in the chunks in which it comes.

    Raises:
        EdgeError: it was cut off.
    """
    if isinstance(request.body, bytes):
        yield request.body
        return
    async for chunk in request.body:
        yield chunk


async def stream_decoded(request: WireRequest) -> AsyncGenerator[bytes, None]:
    """Give a body as `stream_body` does, expanded if it is compressed, in pieces of 64 KiB.

    Whoever reads stops when it has enough: nothing is expanded before it is asked for.

    Raises:
        InputError: another coding than gzip, or bytes that do not expand.
        EdgeError: it was cut off.
    """
    coding = request.header("content-encoding") or "identity"
    if coding == "identity":
        async for chunk in stream_body(request):
            yield chunk
        return
    if coding != "gzip":
        raise InputError(
            "wire.coding", "a request's body is coded in a way that is not read", expected="gzip"
        )
    expander = zlib.decompressobj(_GZIP)
    async for chunk in stream_body(request):
        rest = chunk
        while rest and not expander.eof:
            try:
                piece = expander.decompress(rest, _EXPANDED_BYTES)
            except zlib.error as err:
                raise InputError("wire.coding", "a request's body does not expand") from err
            rest = expander.unconsumed_tail
            if piece:
                yield piece


def declared_length(request: WireRequest) -> int | None:
    """Give the length that the request declares, or None when it declares none that reads."""
    text = request.header("content-length") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LENGTH_DIGITS else None


def _check(size: int, bytes_max: int) -> None:
    if size > bytes_max:
        raise InputError(
            "wire.too-large",
            "a request's body is too large",
            expected=f"at most {bytes_max} bytes",
            found=f"{size} bytes",
        )
