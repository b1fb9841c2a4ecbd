# SPDX-License-Identifier: Apache-2.0
"""A guard around a simulated world: no socket, no thread, no clock, no randomness of the machine.

Reading files is allowed, since modules and time zones are read when they are first needed.
"""

from __future__ import annotations

import os
import random
import secrets
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest import mock


class RealityError(AssertionError):
    """Something in a simulated world reached for the real one."""


def _refuse(name: str) -> Callable[..., Any]:
    def refuse(*_args: object, **_more: object) -> None:
        raise RealityError(f"{name} is reached from a simulated world")

    return refuse


_GUARDED: Final[tuple[tuple[Any, str], ...]] = (
    (socket, "socket"),
    (socket, "create_connection"),
    (socket, "getaddrinfo"),
    (subprocess, "Popen"),
    (threading.Thread, "start"),
    (time, "time"),
    (time, "time_ns"),
    (time, "monotonic"),
    (time, "monotonic_ns"),
    (time, "sleep"),
    (os, "urandom"),
    (os, "fsync"),
    (os, "getrandom"),
    (secrets, "token_bytes"),
    (secrets, "token_hex"),
    (secrets, "randbits"),
    (random, "random"),
    (random, "randint"),
    (random, "choice"),
)


@contextmanager
def nothing_real() -> Iterator[None]:
    """Refuse, until the block ends, whatever would make a world differ from one run to the next."""
    guards = [
        mock.patch.object(where, name, _refuse(f"{getattr(where, '__name__', where)}.{name}"))
        for where, name in _GUARDED
        if hasattr(where, name)
    ]
    with ExitStack() as stack:
        for guard in guards:
            stack.enter_context(guard)
        yield
