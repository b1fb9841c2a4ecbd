# SPDX-License-Identifier: Apache-2.0
"""One command at a time on a node's folder: the second one waits.

The kernel drops the lock with the process that held it, so a crash leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.adapters.durable_files import edge_error
from comity.basis.errors import EdgeError

LOCK_NAME = "lock"
COMMAND_LOCK_NAME = "command-lock"
"""Commands on a served node take turns by this one: the node itself holds the other."""

_POLL_S = 0.02


@contextmanager
def node_lock(folder: Path, *, wait_s: float = 60.0, name: str = LOCK_NAME) -> Iterator[None]:
    """Hold the node's lock; wait up to `wait_s` seconds for it.

    Raises:
        EdgeError: another process still holds it after that time.
    """
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise edge_error(err, str(path)) from err
    try:
        _take(descriptor, path, deadline=time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, *, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(_POLL_S)
                continue
            raise EdgeError(
                "lock.busy", "another command is working on this node", where=str(path),
                hint="try again when it has ended",
            ) from None  # fmt: skip
        return
