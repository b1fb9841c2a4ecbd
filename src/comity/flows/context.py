# SPDX-License-Identifier: Apache-2.0
"""What every flow is given: the configuration, the ports, and who sits at the machine."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Context:
    """`operator` is the operating-system user, which the journal records beside the person.

    `gathered` is for `view.gather_view` alone, which says when it still holds.
    """

    config: Config
    ports: Ports
    operator: str
    gathered: dict[AgreementId, Gathered] = field(default_factory=dict, compare=False, repr=False)


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
