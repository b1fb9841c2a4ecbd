# SPDX-License-Identifier: Apache-2.0
"""The path of the local socket, made short enough for the kernel: it takes 107 bytes."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SOCKET_NAME: Final = "socket"
CREDENTIALS: Final = struct.Struct("3i")
"""Of the process at the other end: its id, its user's and its group's. Source: unix(7), SO_PEERCRED
"""

_PATH_BYTES_MAX: Final = 107


@contextmanager
def reachable(path: Path) -> Iterator[Path]:
    """Give a path to the same place that the kernel takes; good while this lasts.

    Source: unix(7), sun_path; proc(5), /proc/self/fd
    """
    if len(os.fsencode(path)) <= _PATH_BYTES_MAX:
        yield path
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{folder}") / path.name
    finally:
        os.close(folder)
