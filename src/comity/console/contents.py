# SPDX-License-Identifier: Apache-2.0
"""Opened content on a page under its banner, or as a file; never a part that is not authentic.

Text is escaped and made safe to show; a report is shown by its schema. What is no text, or too
long for a page, is kept as a file alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final, Protocol

from comity.basis.errors import InputError
from comity.basis.limits import MIB
from comity.console.visit import Download, Outcome, Page, Visit
from comity.flows.report_lines import report_lines
from comity.marking.banners import Banner
from comity.marking.hidden import printable_text
from comity.picture.reports import parse_report
from comity.sealing.payload import PayloadHeader

SHOWN_BYTES_MAX: Final = 1 * MIB
AS_FILE: Final = "file"
_PLAIN: Final = "application/octet-stream"


class Readable(Protocol):
    """Content being opened, chunk by authenticated chunk."""

    @property
    def banner(self) -> Banner:
        """Its banner."""

    @property
    def content(self) -> Iterator[bytes]:
        """Its plaintext."""

    @property
    def header(self) -> PayloadHeader | None:
        """Its own description, once the first content has been drawn."""


async def show_content(visit: Visit, opened: Readable, name: str, back: str) -> Outcome:
    """Show content under its banner, or give it as a file where that is asked for."""
    if visit.form.text("as") == AS_FILE:
        return await _as_file(opened, name)
    content = await _drawn(opened)
    header = opened.header
    values = {
        "header": header,
        "lines": None if content is None else _readable(header, content),
        "back": back,
        "again": visit.path,
        "fields": [pair for pair in visit.form.pairs if pair[0] != "as"],
        "is_long": content is None,
        "name": name,
    }
    title = printable_text(header.title) if header is not None else name
    return Page("contents.html", title, values, banner=opened.banner.head)


async def _drawn(opened: Readable) -> bytes | None:
    """Draw content to its end, so that all of it is authentic; None: too long for a page."""
    parts: list[bytes] = []
    size = 0
    for chunk in opened.content:
        size += len(chunk)
        if size > SHOWN_BYTES_MAX:
            return None
        parts.append(chunk)
        await asyncio.sleep(0)  # opening is work: others get their turn between two chunks
    return b"".join(parts)


def _readable(header: PayloadHeader | None, content: bytes) -> tuple[str, ...] | None:
    """Give content as lines that are safe to show; None: it is no text."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\x00" in text:
        return None
    if header is not None and header.schema is not None:
        try:
            return tuple(report_lines(parse_report(content)))
        except InputError:
            pass  # not the report that its schema says: shown as it is
    return tuple(printable_text(text, lines=True).splitlines())


async def _as_file(opened: Readable, name: str) -> Download:
    """Give content as a file, once the first of it is authentic and says what it is."""
    first: list[bytes] = []
    for chunk in opened.content:
        first.append(chunk)
        if opened.header is not None:
            break
    header = opened.header
    given = None if header is None else header.file_name
    plain = printable_text(given or name).replace("/", "-").replace("\\", "-").lstrip(".")
    return Download(plain or "content", _PLAIN, _chunks(first, opened.content))


async def _chunks(first: list[bytes], rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in first:
        yield chunk
    for chunk in rest:
        yield chunk
        await asyncio.sleep(0)
