# SPDX-License-Identifier: Apache-2.0
"""Telling systemd how the service is: one datagram to the socket that it names.

Source: sd_notify(3), sd_watchdog_enabled(3)
"""

from __future__ import annotations

import os
import socket
from typing import Final

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"
WATCHDOG: Final = "WATCHDOG=1"

_US: Final = 1_000_000


def notify(state: str) -> None:
    """Tell the service manager, if there is one; whoever does not listen is not waited for."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return
    address = path.replace("@", "\0", 1) if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(state.encode(), address)
        except OSError:
            return


def watchdog_s() -> float | None:
    """Give how often the service manager wants to hear of us, in seconds; None if it does not."""
    limit, ours = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not limit.isdecimal() or int(limit) == 0 or ours not in ("", str(os.getpid())):
        return None
    return int(limit) / _US / 2
