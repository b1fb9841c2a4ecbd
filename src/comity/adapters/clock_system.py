# SPDX-License-Identifier: Apache-2.0
"""The machine's own clock, in whole milliseconds of UTC."""

import time

from comity.basis.instants import Instant

_NANOSECONDS = 1_000_000


class SystemClock:
    """What time the machine says it is."""

    name = "system"

    def now(self) -> Instant:
        """Return the present instant."""
        return Instant(time.time_ns() // _NANOSECONDS)
