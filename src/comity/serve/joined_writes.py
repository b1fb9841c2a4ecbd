# SPDX-License-Identifier: Apache-2.0
"""Puts the head of an answer before its body, so that both leave in one write.

The library writes each by itself: two TLS records, two calls of the system, and whoever waits for
the answer is woken twice. What is held waits no longer than this turn of the event loop.
"""

from __future__ import annotations

import asyncio
from typing import Final

HELD_BYTES_MAX: Final = 4096
"""More is written at once: it would be copied for nothing."""


class JoinedWrites:
    """Stands before a transport for whoever writes an answer."""

    __slots__ = ("_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Hold nothing yet."""
        self._transport = transport
        self._loop = loop
        self._held = b""

    def write(self, data: bytes) -> None:
        """Write what is held and this in one, or hold it where it is the beginning."""
        held, self._held = self._held, b""
        if held:
            self._transport.write(held + data)
        elif 0 < len(data) <= HELD_BYTES_MAX:
            self._held = data
            self._loop.call_soon(self._write_held)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Write what is held, and end the connection in order."""
        self._write_held()
        self._transport.close()

    def _write_held(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)
