# SPDX-License-Identifier: Apache-2.0
"""Named points at which a power cut could fall, and the means to fall there on purpose.

Every boundary between two durable steps has a name in `CRASH_POINTS`. With `COMITY_CRASH_AT=name`
(or `name:3`, the third time) the process kills itself there, as `kill -9` would; this is honoured
only in an exercise node, or when `COMITY_CRASH_TESTING=1` says so.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from comity.basis.errors import InvariantError

CRASH_POINTS = (
    "blobs.before-write",
    "blobs.after-write",
    "blobs.after-sync",
    "blobs.after-rename",
    "blobs.after-directory-sync",
    "blobs.after-delete",
    "courier.after-part",
    "courier.after-stage",
    "courier.before-forget",
    "courier.before-publish",
    "courier.after-volume",
    "courier.after-publish",
    "custody.before-write",
    "custody.after-write",
    "custody.before-erase",
    "custody.before-truncate",
    "custody.after-erase",
    "file.before-write",
    "file.after-write",
    "file.after-sync",
    "file.after-rename",
    "keys.before-write",
    "keys.after-write",
    "store.before-begin",
    "store.after-begin",
    "store.after-entries",
    "store.after-parcels",
    "store.after-documents",
    "store.after-journal",
    "store.after-derived",
    "store.after-change",
    "store.after-write",
    "store.before-commit",
    "store.after-commit",
    "store.after-erase",
    "store.after-migration",
)

_AT = "COMITY_CRASH_AT"
_TESTING = "COMITY_CRASH_TESTING"


class _Trap:
    """Where to fall, how often that point was passed, and who is told instead."""

    def __init__(self) -> None:
        self.permitted = os.environ.get(_TESTING) == "1"
        name, _, count = os.environ.get(_AT, "").partition(":")
        self.name = name
        self.left = int(count) if count.isdecimal() else 1
        self.hook: Callable[[str], None] | None = None


_trap = _Trap()


def permit_crashes(*, exercise: bool) -> None:
    """Honour `COMITY_CRASH_AT` in this process, if the node is an exercise node."""
    _trap.permitted = _trap.permitted or exercise


def set_crash_hook(hook: Callable[[str], None] | None) -> None:
    """Call `hook` at every crash point (the simulator raises there); None takes it away."""
    _trap.hook = hook


def crash_point(name: str) -> None:
    """Mark a boundary that a power cut could fall on."""
    if name not in _KNOWN:
        raise InvariantError("crash.unknown-point", "crash point not listed", found=name)
    if _trap.hook is not None:
        _trap.hook(name)
    if _trap.name == name and _trap.permitted:
        _trap.left -= 1
        if _trap.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


_KNOWN = frozenset(CRASH_POINTS)
