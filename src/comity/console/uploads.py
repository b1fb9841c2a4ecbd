# SPDX-License-Identifier: Apache-2.0
"""A form with a file behind its fields: the file is read as it comes, and never held whole.

Whoever reads a file to its end knows that it came whole: a body that stops before its closing
boundary, or goes on behind the file, raises instead. Source: RFC 7578
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from multipart import (  # type: ignore[import-untyped]  # has none
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from comity.basis.errors import ComityError, InputError
from comity.basis.limits import MIB
from comity.front.asgi import Receive

MULTIPART: Final = "multipart/form-data"
LET_GO_BYTES_MAX: Final = 256 * MIB
"""What is still taken, and dropped, of a file that nobody wants: so the answer is read."""

_Event: TypeAlias = MultipartSegment | bytearray | bytes | None
_Pairs: TypeAlias = tuple[tuple[str, str], ...]


class TooLarge(InputError):  # noqa: N818 (named for what is said)
    """A form or a file larger than this node takes."""

    http_status = 413


def too_large(most: int) -> TooLarge:
    """Word that a form's fields are larger than this node takes."""
    return TooLarge(
        "console.form-too-large",
        "the form is larger than this node takes",
        expected=f"at most {most} bytes",
        hint="go back, and send long content as a file",
    )


@dataclass(slots=True)
class Upload:
    """A file that comes behind a form's fields. Its chunks are drawn once."""

    name: str
    media_type: str
    chunks: AsyncIterator[bytes] = field(repr=False)

    async def bounded(self, most: int) -> AsyncIterator[bytes]:
        """Give the file as it comes.

        Raises:
            InputError: it is larger than `most`, or did not come whole.
        """
        size = 0
        async for chunk in self.chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(
                    "console.upload-too-large",
                    "the file is larger than this node takes; nothing of it was kept",
                    expected=f"at most {most} bytes",
                )
            yield chunk

    async def let_go(self) -> None:
        """Take what still comes, and drop it: a browser reads an answer once it has sent all."""
        size = 0
        try:
            async for chunk in self.chunks:
                size += len(chunk)
                if size > LET_GO_BYTES_MAX:
                    return
        except ComityError:
            return


async def read_parts(
    content_type: str, receive: Receive, bytes_max: int, fields_max: int
) -> tuple[_Pairs, Upload | None]:
    """Read the fields of a form up to its file, which stands last.

    Raises:
        InputError: it does not read, or its fields are too large or too many.
    """
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    events = _events(boundary, receive, fields_max)
    pairs: list[tuple[str, str]] = []
    size = 0
    async for event in events:
        if not isinstance(event, MultipartSegment):
            raise unreadable()  # every part is drawn to its end below
        if event.filename:
            media_type = event.content_type or ""
            return tuple(pairs), Upload(event.filename, media_type, _file(events))
        raw = bytearray()
        async for part in events:
            if part is None:
                break
            raw += part if isinstance(part, bytes | bytearray) else b""
            size += len(part) if isinstance(part, bytes | bytearray) else 0
            if size > bytes_max:
                raise too_large(bytes_max)
        if event.filename is None:
            pairs.append((event.name or "", _text(bytes(raw))))
    return tuple(pairs), None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise unreadable() from None


async def _file(events: AsyncIterator[_Event]) -> AsyncIterator[bytes]:
    """Give the file's own bytes; nothing may follow it but the end."""
    ended = False
    async for event in events:
        if event is None:
            ended = True
        elif ended or isinstance(event, MultipartSegment):
            raise unreadable()
        else:
            yield bytes(event)


async def _events(boundary: str, receive: Receive, fields_max: int) -> AsyncIterator[_Event]:
    """Give what the parser finds, to the closing boundary."""
    try:
        parser = PushMultipartParser(boundary, max_segment_count=fields_max)
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
            if body := message.get("body", b""):
                for event in parser.parse(body):
                    yield event
        parser.close()
    except ParserLimitReached:
        raise unreadable() from None
    except MultipartError:
        raise InputError(
            "console.upload-cut",
            "what was sent did not come whole; nothing of it was kept",
            hint="send it again",
        ) from None


def unreadable() -> InputError:
    """Word that what was sent is no form."""
    return InputError("console.form-unreadable", "what was sent does not read")
