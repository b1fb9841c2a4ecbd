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

LARGE_BYTES: Final = 2 * 1024 * 1024
"""Blocks from this size on lie by themselves. Whole requests and pushes of many items are smaller:
each of their copies would be mapped anew, page by page, for more than it takes to fill it."""
FREE_BYTES: Final = 4 * LARGE_BYTES
"""So much free memory is kept for the next request, until `give_back` takes it."""

_OLDER: Final = 20
_MMAP_THRESHOLD: Final = -3  # M_MMAP_THRESHOLD of malloc.h
_TRIM_THRESHOLD: Final = -1  # M_TRIM_THRESHOLD


def spare_what_stands() -> None:
    """Look no more through what is loaded by now: it stays for as long as the process does."""
    keep_large_apart()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, _OLDER, _OLDER)


def keep_large_apart() -> None:
    """Let large blocks, as chunks of a large parcel, lie by themselves and go back once freed.

    The C library would learn to put them among the small ones, which then keep them from going.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc, and a few more
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, FREE_BYTES)


def give_back() -> None:
    """Give free memory back to the system, as far as the C library keeps any after a busy while."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
    if trim is not None:
        trim(0)
