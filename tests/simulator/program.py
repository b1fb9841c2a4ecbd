# SPDX-License-Identifier: Apache-2.0
"""One run of a node's program, from its start until it ends or is killed, and the trace of it all.

A killed program does nothing more: its tasks are cancelled, its timers do not fire, and whatever
its clean-up touches refuses. Only the disk remains, as it was synced.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from comity.adapters.crash import set_crash_hook
from comity.basis.ids import PartyId
from tests.simulator.loop import LIFETIME

_LINES_KEPT = 400


class KilledError(BaseException):
    """The program is dead: nothing may catch this and go on."""


class ViolationError(AssertionError):
    """An invariant does not hold: a bug was found."""


@dataclass
class Trace:
    """Everything that happened, as one hash; the last lines are kept to be read."""

    now: Callable[[], float]
    lines: int = 0
    told: deque[str] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))
    listener: Callable[[str], None] | None = None
    _hash: Any = field(default_factory=hashlib.sha256)

    def note(self, who: str, what: str, *more: object) -> None:
        """Write one line."""
        line = f"{self.now():.6f} {who} {what} {' '.join(map(str, more))}"
        self.lines += 1
        self._hash.update(line.encode() + b"\n")
        self.told.append(line)
        if self.listener is not None:
            self.listener(line)

    def digest(self) -> str:
        """Give the hash so far."""
        return str(self._hash.hexdigest())


@dataclass
class CrashPlan:
    """Fall at a named point, when it is passed for the `left`-th time."""

    point: str
    left: int


@dataclass
class Program:
    """A run of one node's program."""

    party: PartyId
    trace: Trace
    on_death: Callable[[], None]
    plan: CrashPlan | None = None
    alive: bool = True
    tasks: dict[asyncio.Task[Any], None] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    on_end: Callable[[str, BaseException | None], None] | None = None
    undisturbed: bool = False
    fell_at: str = ""

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Take note of a task; a dead program starts none."""
        self.tasks[task] = None
        task.add_done_callback(self._ended)
        if not self.alive:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.pop(task, None)
        err = None if task.cancelled() else task.exception()
        if self.on_end is not None:
            self.on_end(task.get_name(), err)

    def check(self) -> None:
        """Refuse to do anything for a dead program."""
        if not self.alive:
            raise KilledError(self.party)

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a task of this program."""
        token = LIFETIME.set(self)
        try:
            return asyncio.get_running_loop().create_task(coroutine, name=name)
        finally:
            LIFETIME.reset(token)

    def pass_point(self, point: str) -> None:
        """Pass a crash point, and fall there if the plan says so."""
        if self.undisturbed:
            return
        self.check()
        self.points[point] = self.points.get(point, 0) + 1
        plan = self.plan
        if plan is not None and plan.point == point:
            plan.left -= 1
            if plan.left <= 0:
                self.trace.note(self.party, "falls", point)
                self.fell_at = point
                self.die()
                raise KilledError(self.party)

    def die(self) -> None:
        """End as by `kill -9`."""
        if not self.alive:
            return
        self.alive = False
        for task in tuple(self.tasks):
            if task is not asyncio.current_task():
                task.cancel()
        self.on_death()


def watch_crash_points() -> None:
    """Tell every crash point to the program that passes it."""
    set_crash_hook(_pass)


def _pass(point: str) -> None:
    program = LIFETIME.get()
    if isinstance(program, Program):
        program.pass_point(point)
