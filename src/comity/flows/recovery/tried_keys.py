# SPDX-License-Identifier: Apache-2.0
"""By which of its keys a restored node asks: keys stand apart from backups, and a partner may know
less than they say. Source: DESIGN 5, 7
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from comity.flows.context import Context

_TRIED_MAX: Final = 4
_tried: ContextVar[int | None] = ContextVar("tried", default=None)


async def versions_to_try(context: Context) -> tuple[int, ...]:
    """List the versions by which a restored node may be known, the most likely first.

    Keys may have been made for a card that never went out, and a card may not have arrived.
    """
    return tuple(sorted(await context.ports.keys.key_sets(), reverse=True))[:_TRIED_MAX]


@contextmanager
def known_as(version: int) -> Iterator[None]:
    """Sign requests by a version of our card until the block ends, while a restore lasts."""
    token = _tried.set(version)
    try:
        yield
    finally:
        _tried.reset(token)


def tried_version() -> int | None:
    """Give the version that is being tried here, if one is."""
    return _tried.get()
