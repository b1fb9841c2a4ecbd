# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on one connection, bounded before anything is understood: heads, silence, numbers.

The library's protocol bounds neither the size of a head nor the time that it takes, nor how long an
answer lies unread; what follows a request that was answered before its end is read for a moment,
and then cut. Trailers after a body are refused: the library would add them to the head, which what
stands before the node has checked already, and bound neither their number nor their length.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from comity.basis.limits import HTTP_HEAD_BYTES_MAX, KIB
from comity.serve.doorway import Visit

HEAD_TIMEOUT_S: Final = 15.0
LINGER_S: Final = 2.0
UNREAD_S: Final = 30.0
UNREAD_BYTES_MIN: Final = 32 * KIB
"""What has to be read of an answer in so many seconds, while more of it waits than is buffered."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


_ANSWERED: Final[Any] = {"type": "http", "method": ""}
"""What is left of a request once it is answered."""


class TrailerError(Exception):
    """A field came after the head: the parser ends the request by it."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. Until a head is whole, both its size and its time count.

    What comes besides a body (a head, sizes of chunks, trailers) is held to one bound between any
    two pieces of a body.
    """

    def __init__(self, visit: Visit, **options: Any) -> None:
        """Begin before the connection is made; `visit` counts it."""
        super().__init__(**options)
        self._visit = visit
        self._in_head = True
        self._besides_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library has it
        """Let a connection in: TLS is agreed."""
        super().connection_made(transport)
        self._visit.arrive()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        self._head_is_whole()
        self._is_read()
        self._visit.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within the bounds of what is no body."""
        if self.transport.is_closing():
            return
        self._besides_bytes += len(data)
        super().data_received(data)
        if self._besides_bytes > HTTP_HEAD_BYTES_MAX and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def pause_writing(self) -> None:
        """Wait for an answer to be read, and not for ever."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """Go on with an answer."""
        self._is_read()
        super().resume_writing()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        if not self._in_head:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head; none that comes after it."""
        if not self._in_head:
            raise TrailerError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End a head."""
        self._head_is_whole()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body: whoever reads it bounds it."""
        self._besides_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request: the next one begins anew."""
        self._besides_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Give the rest of a request that was answered early a moment, so that it can hear why."""
        if not self.pipeline:
            # The framework keeps a request's whole body there, until the next one comes.
            self.scope = self.cycle.scope = _ANSWERED.copy()
        super().on_response_complete()
        if self.cycle.more_body and not self.transport.is_closing():
            self.loop.call_later(LINGER_S, self.transport.close)

    def _await_head(self) -> None:
        self._in_head, self._besides_bytes = True, 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._head_is_late)

    def _await_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._unread_timer = self.loop.call_later(UNREAD_S, self._look_again, unread)

    def _look_again(self, unread: int) -> None:
        """Cut off whoever has not read, so that nothing is held for it any longer."""
        if self.transport.get_write_buffer_size() > unread - UNREAD_BYTES_MIN:
            self.transport.abort()
        else:
            self._await_reading()

    def _is_read(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _head_is_late(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()

    def _head_is_whole(self) -> None:
        self._in_head, self._besides_bytes = False, 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
