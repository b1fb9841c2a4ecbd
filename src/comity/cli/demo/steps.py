# SPDX-License-Identifier: Apache-2.0
"""What a story is made of: chapters of steps. A step acts on the world and says what it saw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from comity.basis.instants import Instant, parse_instant
from comity.cli.demo.world import World


@dataclass(frozen=True, slots=True)
class Saw:
    """What a step saw, in words; the articles that decided; the evidence folder it left.

    `at` is the time of the step where that is not the world's: on copies of the nodes.
    """

    words: str
    cites: tuple[str, ...] = ()
    evidence: str | None = None
    at: Instant | None = None


Act = Callable[[World], Awaitable[Saw]]
"""Does one step. Raises a ComityError if it does not end as the story says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its lasting name, who acts, what is told of it, and what is done.

    `at` is the story's time, in UTC; None: no time has passed since the step before.
    """

    name: str
    by: str
    tell: str
    act: Act
    at: str | None = None

    @property
    def instant(self) -> Instant | None:
        """Give the story's time as an instant."""
        return None if self.at is None else parse_instant(self.at)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Steps that belong together, and what a newcomer should know before them."""

    title: str
    opening: str
    steps: tuple[Step, ...]
