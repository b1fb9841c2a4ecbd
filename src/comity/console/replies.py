# SPDX-License-Identifier: Apache-2.0
"""What is sent of a page, of a way elsewhere, of a download, of a file that every page may name."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from comity.console.rendering import render
from comity.console.static_files import StaticFile
from comity.console.visit import Download, Elsewhere, Page, Visit
from comity.front.asgi import Send

HTML: bytes = b"text/html; charset=utf-8"


async def send_outcome(outcome: Page | Elsewhere | Download, visit: Visit, send: Send) -> None:
    """Send what a page gave back."""
    match outcome:
        case Page():
            body = render(outcome, visit)
            headers = [(b"content-type", HTML), (b"content-language", visit.tongue.code.encode())]
            await _send(send, outcome.status, [*headers, *_cookies(outcome.cookies)], body)
        case Elsewhere():
            way = (b"location", quote(outcome.path, safe="/?=&%#:.-_~+,").encode())
            await _send(send, 303, [way, *_cookies(outcome.cookies)], b"")
        case Download():
            await _send_download(outcome, send)


async def send_file(file: StaticFile, send: Send) -> None:
    """Send a file whose name holds its digest."""
    await _send(send, 200, [(b"content-type", file.media_type.encode())], file.body)


def cookie(name: str, value: str, *, age_s: int, strict: bool = True) -> str:
    """Write a cookie of this host alone, that no script reads."""
    site = "strict" if strict else "lax"
    return f"{name}={value}; Path=/; Max-Age={age_s}; Secure; HttpOnly; SameSite={site}"


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_download(download: Download, send: Send) -> None:
    named = f"attachment; filename*=UTF-8''{quote(download.name, safe='')}"
    headers = [
        (b"content-type", download.media_type.encode()),
        (b"content-disposition", named.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for chunk in download.content:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _cookies(written: Iterable[str]) -> list[tuple[bytes, bytes]]:
    return [(b"set-cookie", each.encode("latin-1")) for each in written]
