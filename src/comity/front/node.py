# SPDX-License-Identifier: Apache-2.0
"""A node as it is served to its own people and programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from comity.basis.ids import PartyId
from comity.flows.context import Context
from comity.flows.delivery_line import LineStatus
from comity.front.limits import Patience
from comity.front.metrics import Metrics
from comity.signin.door import Door


async def always_ready() -> str | None:
    """Stand in where nothing beside the node itself keeps it from being ready."""
    return None


def no_lines() -> tuple[LineStatus, ...]:
    """Stand in where nothing is delivered over a wire."""
    return ()


def no_diagnosis(fault: Exception) -> None:
    """Stand in where nobody writes diagnostics."""
    del fault


def goes_on() -> bool:
    """Stand in where a node is not stopped while it is called."""
    return False


@dataclass(frozen=True, slots=True)
class FrontNode:
    """A node as the API and the console serve it.

    `not_ready` gives a further reason why it is not, beside what the API tries itself. `fault`
    is told of faults of the program, whose text must not be shown: it may quote a request. `lines`
    says how delivery goes. `is_stopping`: answers that last are to end.
    """

    context: Context
    door: Door
    not_ready: Callable[[], Awaitable[str | None]] = always_ready
    fault: Callable[[Exception], None] = no_diagnosis
    lines: Callable[[], tuple[LineStatus, ...]] = no_lines
    is_stopping: Callable[[], bool] = goes_on
    patience: Patience = field(default_factory=Patience)
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def own(self) -> PartyId:
        """Give our own party."""
        return self.context.config.party
