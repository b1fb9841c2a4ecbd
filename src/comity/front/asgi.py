# SPDX-License-Identifier: Apache-2.0
"""The names of what ASGI hands around. Source: ASGI 3.0"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


def header_values(scope: Scope, wanted: bytes) -> list[str]:
    """Give every value of a header, in the order in which they came."""
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
