# SPDX-License-Identifier: Apache-2.0
"""How a served node stays small: when it looks for cycles of objects that nothing else holds, and
that it gives back what it needed for a while."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

YOUNG_MAX: Final = 50_000
"""So many objects more than were freed are made before the young ones are looked through: what is
exchanged makes a few dozen each, none of them in a cycle."""

_OLDER: Final = 20


def spare_what_stands() -> None:
    """Look no more through what is loaded by now: it stays for as long as the process does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, _OLDER, _OLDER)


def give_back() -> None:
    """Give free memory back to the system, as far as the C library keeps any after a busy while."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)
