# SPDX-License-Identifier: Apache-2.0
"""The clock and the random bytes that flows are given."""

from __future__ import annotations

from typing import Protocol

from comity.basis.instants import Instant


class Clock(Protocol):
    """The time that decisions are made at."""

    @property
    def name(self) -> str:
        """`system`, or `story` for an exercise; shown wherever time is shown when not `system`."""

    def now(self) -> Instant:
        """Return the present instant."""


class Random(Protocol):
    """Unpredictable bytes."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""
