# SPDX-License-Identifier: Apache-2.0
"""The bounds of every request of our own people, to the API or to the console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from comity.basis.limits import KIB

PATH_BYTES_MAX: Final = 1 * KIB
QUERY_BYTES_MAX: Final = 4 * KIB
HEADERS_BYTES_MAX: Final = 16 * KIB
HEADERS_MAX: Final = 64
REFUSED_BODY_BYTES: Final = 64 * KIB
"""What is refused with a larger body is let go of at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a body may take: a beginning, and a rate that it has to keep up from then on."""

    first_s: float = 20.0
    bytes_a_second: int = 8 * KIB
    requests_at_once: int = 32
    """Of one session or token."""
    waits_at_once: int = 256
    """Long polls of everybody together."""
    streams_at_once: int = 1_024
    """Streams of events of everybody together."""
    streams_of_one: int = 8
    """Of one session or token."""
    heartbeat_s: float = 15.0
    """A stream shows after so long that it lives, and asks whether it is still welcome."""
    send_s: float = 20.0
    """A piece of a stream that is not taken in this time ends it."""
