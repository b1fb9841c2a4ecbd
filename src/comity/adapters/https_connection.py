# SPDX-License-Identifier: Apache-2.0
"""One HTTP/1.1 connection from our side: a request is written, and its reply read within bounds.

Lean, since each exchange with a partner waits for it: a request is one write, a reply is read by
the parser that reads requests here. Source: RFC 9112
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NamedTuple, cast

import httptools

from comity.basis.limits import HTTP_HEAD_BYTES_MAX

Body = bytes | AsyncIterator[bytes]

_NO_BODY: Final = frozenset({204, 304})
_OK: Final = 200


class ReplyError(Exception):
    """A reply that does not come, does not end in time, or is none; args: what it is instead."""


class SendError(Exception):
    """The connection ended while a request was being written."""


class Answer(NamedTuple):
    """A reply as it came: names of headers in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Bounds(NamedTuple):
    """The most bytes of a reply's body; how long nothing may come; how long it all may take."""

    body_bytes: int
    silence_s: float
    total_s: float


class HttpsConnection(asyncio.Protocol):
    """One connection, which takes one request at a time."""

    def __init__(self) -> None:
        """Begin before the connection is made."""
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._may_write: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._bounds = Bounds(0, 0.0, 0.0)
        self._until = self._active = 0.0
        self._is_kept = self._is_sent = False
        self._ends_with_connection = False
        self._besides = 0
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self.has_heard = False

    @property
    def is_idle(self) -> bool:
        """Answer whether another request may be written here."""
        transport = self._transport
        return self._is_kept and transport is not None and not transport.is_closing()

    async def ask(self, head: bytes, body: Body, bounds: Bounds) -> Answer:
        """Write a request and read its reply; whoever is cancelled leaves the connection.

        Raises:
            SendError: it ended before all was written.
            ReplyError: there is no reply, or not in time, or it is too long or no HTTP.
        """
        transport = self._begin(bounds)
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        try:
            if isinstance(body, bytes):
                transport.write(head + body)
                self._is_sent = True  # nothing can come back before this
            else:
                transport.write(head)
                await self._stream(transport, body)
            return await answer
        except BaseException:
            self.abort()
            raise
        finally:
            self._end()

    def abort(self) -> None:
        """Leave at once."""
        self._is_kept = False
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection in order."""
        self._is_kept = False
        if self._transport is not None:
            self._transport.close()

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: TLS is agreed, and the key was looked at."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a reply that has no length ends with it."""
        self._is_kept = False
        if self._ends_with_connection and exc is None:
            self._finish()
        elif self._is_sent or exc is None:
            self._fail(ReplyError("nothing" if exc is None else type(exc).__name__))
        else:
            self._fail(SendError(type(exc).__name__))
        self._wake_writer()

    def data_received(self, data: bytes) -> None:
        """Read on, within the bounds of what is no body."""
        self.has_heard = True
        if self._answer is None or self._answer.done():
            self.abort()  # nobody has asked for this
            return
        self._active = self._loop.time()
        self._besides += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as err:
            self._fail(ReplyError(type(err).__name__))
        if self._besides > HTTP_HEAD_BYTES_MAX:
            self._fail(ReplyError("a head without end"))

    def pause_writing(self) -> None:
        """Wait until what was written has left."""
        self._may_write = self._loop.create_future()

    def resume_writing(self) -> None:
        """Go on."""
        self._active = self._loop.time()
        self._wake_writer()

    # What the parser tells

    def on_message_begin(self) -> None:
        """Begin a reply, or one that only says that another is to come; no second reply."""
        if self._answer is None or self._answer.done():
            self.abort()
        self._headers.clear()
        self._body.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field."""
        self._headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """See how the reply will end."""
        named = dict(self._headers)
        self._ends_with_connection = (
            self._parser.get_status_code() not in _NO_BODY
            and "content-length" not in named
            and "transfer-encoding" not in named
        )
        declared = named.get("content-length", "")
        if declared.isdigit() and int(declared) > self._bounds.body_bytes:
            self._fail(self._too_long())

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._besides = 0
        if len(self._body) + len(body) > self._bounds.body_bytes:
            self._fail(self._too_long())
            return
        self._body += body

    def on_message_complete(self) -> None:
        """End a reply, unless it only says that another is to come."""
        if self._parser.get_status_code() < _OK:
            self._ends_with_connection = False
            return
        self._is_kept = self._is_sent and self._parser.should_keep_alive()
        self._finish()

    # Within

    def _begin(self, bounds: Bounds) -> asyncio.Transport:
        transport = self._transport
        if transport is None or transport.is_closing():
            raise SendError("the connection was gone")
        now = self._loop.time()
        self._bounds, self._until, self._active = bounds, now + bounds.total_s, now
        self._is_kept = self._is_sent = self._ends_with_connection = self.has_heard = False
        self._besides = 0
        self._timer = self._loop.call_at(self._due(), self._look)
        return transport

    def _end(self) -> None:
        self._answer = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._headers.clear()
        self._body.clear()

    async def _stream(self, transport: asyncio.Transport, body: AsyncIterator[bytes]) -> None:
        """Write a body as it comes, and stop where it is answered before its end."""
        async for chunk in body:
            if self._answer is None or self._answer.done():
                return
            transport.write(chunk)
            self._active = self._loop.time()
            if self._may_write is not None:
                await self._may_write
        self._is_sent = True

    def _due(self) -> float:
        return min(self._until, self._active + self._bounds.silence_s)

    def _look(self) -> None:
        """Leave a connection on which nothing comes; or look again when that could be so."""
        due = self._due()
        if due <= self._loop.time():
            self._fail(ReplyError("TimeoutError"))
        else:
            self._timer = self._loop.call_at(due, self._look)

    def _finish(self) -> None:
        if self._answer is not None and not self._answer.done():
            status = self._parser.get_status_code()
            self._answer.set_result(Answer(status, tuple(self._headers), bytes(self._body)))
        self._wake_writer()

    def _fail(self, err: Exception) -> None:
        self._ends_with_connection = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(err)
        self._wake_writer()

    def _too_long(self) -> ReplyError:
        return ReplyError(f"a reply of more than {self._bounds.body_bytes} bytes")

    def _wake_writer(self) -> None:
        waiting, self._may_write = self._may_write, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
