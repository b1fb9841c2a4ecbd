# SPDX-License-Identifier: Apache-2.0
"""What every flow is given: the configuration, the ports, and who sits at the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId
from comity.config import Config
from comity.flows.gathered import Gathered
from comity.ports import BasisMoved, Ports

ATTEMPTS_MAX: Final = 8

_Outcome = TypeVar("_Outcome")


class Live:
    """One agreement in this process: its view between two turns, and whose turn it is.

    For `turns` alone. The lock belongs to an event loop, so a new loop gets a new one.
    """

    __slots__ = ("_lock", "_loop", "view")

    def __init__(self) -> None:
        """Begin with no view and nobody's turn."""
        self.view: object | None = None
        self._lock: asyncio.Lock | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def lock(self, loop: asyncio.AbstractEventLoop) -> asyncio.Lock:
        """Give the lock of this loop; it is taken in the order in which it is asked for."""
        if self._lock is None or self._loop is not loop:
            self._lock, self._loop = asyncio.Lock(), loop
        return self._lock


@dataclass(frozen=True, slots=True)
class Context:
    """`operator` is the operating-system user, which the journal records beside the person.

    `gathered` is for `view.gather_view` alone, which says when it still holds; `live` for `turns`.
    """

    config: Config
    ports: Ports
    operator: str
    gathered: dict[AgreementId, Gathered] = field(default_factory=dict, compare=False, repr=False)
    live: dict[AgreementId, Live] = field(default_factory=dict, compare=False, repr=False)


async def decide_again(attempt: Callable[[], Awaitable[_Outcome]]) -> _Outcome:
    """Run a gather-decide-act attempt again while what it rested on keeps moving.

    Raises:
        StateError: it moved `ATTEMPTS_MAX` times in a row.
    """
    for _ in range(ATTEMPTS_MAX):
        try:
            return await attempt()
        except BasisMoved:
            continue
    raise StateError(
        "flows.basis-keeps-moving",
        "what the decision rests on kept changing",
        found=f"{ATTEMPTS_MAX} attempts",
        hint="another command is busy on this node: try again",
    )
