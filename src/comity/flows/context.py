# SPDX-License-Identifier: Apache-2.0
"""What every flow is given: the configuration, the ports, and who sits at the machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeVar
from weakref import WeakKeyDictionary

from comity.agreement.model import Agreement
from comity.basis.errors import InvariantError, StateError
from comity.basis.ids import AgreementId
from comity.config import Config
from comity.ports import BasisMoved, Ports

ATTEMPTS_MAX: Final = 8
TOGETHER_MAX: Final = 256
"""How many statements go into one commit, with one signature and one push."""

_Outcome = TypeVar("_Outcome")


def _this_task() -> asyncio.Task[object]:
    task = asyncio.current_task()
    if task is None:
        raise InvariantError("flows.turn-without-task", "a turn belongs to a task, and none runs")
    return task


class Live:
    """One agreement in this process: the view that its turns share, and whose turn it is.

    For `view`, `turns` and `speaker` alone. A new event loop gets a new lock.
    """

    __slots__ = ("_holder", "_lock", "_loop", "agreed", "agreement", "is_told", "speaker", "view")

    _turns: ClassVar[WeakKeyDictionary[asyncio.Task[object], list[Live]]] = WeakKeyDictionary()
    """What each task holds: few, however many agreements there are."""

    def __init__(self, agreement: AgreementId) -> None:
        """Begin with no view and nobody's turn."""
        self.agreement = agreement
        self.view: object | None = None
        self.speaker: object | None = None
        self.agreed: Agreement | None = None
        self.is_told = False
        self._holder: asyncio.Task[object] | None = None
        self._lock = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the turn: first come, first served.

        Raises:
            InvariantError: this task holds it already, and would wait for itself for ever.
        """
        if self.is_ours:
            raise InvariantError("flows.turn-in-turn", "a turn is taken inside a turn")
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._lock, self._loop = asyncio.Lock(), loop
        async with self._lock:
            self._holder = task = _this_task()
            held = self._turns.setdefault(task, [])
            held.append(self)
            try:
                yield
            finally:
                held.remove(self)
                self._holder = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Hold the turn, or go on in the one that this task holds already."""
        if self.is_ours:
            yield
            return
        async with self.turn():
            yield

    @classmethod
    def held_by_us(cls) -> tuple[Live, ...]:
        """List what this task holds the turn of, the first taken first."""
        return tuple(cls._turns.get(_this_task(), ()))

    def tell(self, agreed: Agreement | None) -> None:
        """Keep the version that every party signed last, as it is committed."""
        self.agreed, self.is_told = agreed, True

    @property
    def is_ours(self) -> bool:
        """Answer whether this task holds the turn."""
        return self._holder is not None and self._holder is asyncio.current_task()


class Wakeups:
    """Wakes whoever waits for something to be written, in this process."""

    __slots__ = ("_waiting", "told")

    def __init__(self) -> None:
        """Begin with nobody waiting; `told` counts how often something was written."""
        self._waiting: set[asyncio.Future[None]] = set()
        self.told = 0

    def tell(self) -> None:
        """Say that something was written."""
        self.told += 1
        for each in self._waiting:
            if not each.done():
                each.set_result(None)

    async def wait(self, seconds: float, since: int | None = None) -> None:
        """Return when something is written, or after so long.

        With `since`, which is `told` from before whoever waits last looked, what was written while
        it looked counts too.
        """
        if since is not None and since != self.told:
            return
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(told)
        try:
            await asyncio.wait((told,), timeout=seconds)
        finally:
            self._waiting.discard(told)


@dataclass(frozen=True, slots=True)
class Context:
    """`operator` is the operating-system user, which the journal records beside the person.

    `live` is for `view` and `turns` alone: what was judged before, and says when it still holds.
    `written` is told of each commit that rests on an agreement, or goes along with one.
    """

    config: Config
    ports: Ports
    operator: str
    live: dict[AgreementId, Live] = field(default_factory=dict, compare=False, repr=False)
    written: Wakeups = field(default_factory=Wakeups, compare=False, repr=False)


def held_here(context: Context) -> tuple[AgreementId, ...]:
    """List the agreements whose turns this task holds."""
    held = Live.held_by_us()
    return tuple(live.agreement for live in held if context.live.get(live.agreement) is live)


def live_of(context: Context, agreement: AgreementId) -> Live:
    """Give what is live of an agreement, to wait for its turn.

    Raises:
        InvariantError: this task holds the turn of one that comes after it, and another task may
            hold this one and wait for that: both would wait for ever.
    """
    after = [each for each in held_here(context) if each > agreement]
    if after:
        raise InvariantError(
            "flows.turn-order",
            "a turn is taken out of order",
            expected=f"{agreement} before {', '.join(sorted(after))}",
        )
    return context.live.setdefault(agreement, Live(agreement))


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
