# SPDX-License-Identifier: Apache-2.0
"""A seeded event loop with virtual time: no selector, no thread, no clock of the machine.

Time passes only when nobody is ready, and then at once to the next timer. Steps of different tasks
that are ready together run in an order that the seed chooses, which asyncio leaves open; other
callbacks keep their places. What belongs to a process that has died is not run any more.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from asyncio import events
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
_EXECUTOR_S = 0.002


class Lifetime(Protocol):
    """What tasks and timers belong to: a run of a node's program."""

    @property
    def alive(self) -> bool:
        """Answer whether it still runs."""

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Take note of a task that it started."""


LIFETIME: ContextVar[Lifetime | None] = ContextVar("lifetime", default=None)


class StalledError(AssertionError):
    """Nobody is ready and no timer is set: something waits for ever."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """An event loop that a seed decides about."""

    def __init__(self, draws: random.Random) -> None:
        """Begin at time 0."""
        super().__init__()
        self._draws = draws
        self._now = 0.0
        self.turns = 0
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self.unheard: list[BaseException] = []
        self.set_task_factory(self._make_task)
        self.set_exception_handler(_hear)

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._now

    def _run_once(self) -> None:
        self.turns += 1
        self._pass_time()
        ready: Any = self._ready  # type: ignore[attr-defined]
        count = len(ready)
        if count > 1:
            self._shuffle(ready)
        for _ in range(count):
            handle = ready.popleft()
            if not handle._cancelled and _may_run(handle):
                handle._run()

    def _pass_time(self) -> None:
        """Go to the next timer when nobody is ready, and make ready what is due."""
        ready: Any = self._ready  # type: ignore[attr-defined]
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if not ready and not self._stopping:  # type: ignore[attr-defined]
            if not scheduled:
                raise StalledError("nobody is ready and no timer is set")
            self._now = max(self._now, scheduled[0]._when)
        while scheduled and scheduled[0]._when <= self._now:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            ready.append(handle)

    def _shuffle(self, ready: Any) -> None:
        """Put the steps of different tasks in another order; all else stays where it is."""
        places = [at for at, handle in enumerate(ready) if _is_step(handle)]
        if len(places) > 1 and self._draws.random() < 0.5:
            steps = [ready[at] for at in places]
            self._draws.shuffle(steps)
            for at, handle in zip(places, steps, strict=True):
                ready[at] = handle

    # The supertypes' signatures tie arguments to types that a plain wrapper cannot name.
    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        """Run `func` here, at a later turn that the seed chooses."""
        assert executor is None, "an executor of its own would bring threads"
        future: asyncio.Future[Any] = self.create_future()

        def run() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as err:
                future.set_exception(err)

        self.call_later(self._draws.random() * _EXECUTOR_S, run)
        return future

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Any:
        """Do as `call_soon`: there are no other threads."""
        return self.call_soon(callback, *args, context=context)

    def _write_to_self(self) -> None:
        """There is nobody to wake."""

    def _process_events(self, event_list: Any) -> None:
        raise AssertionError("a simulated loop has no events")

    def _make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        coroutine: Any,
        context: Context | None = None,
        **more: Any,
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context, **more)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        lifetime = LIFETIME.get() if context is None else context.get(LIFETIME)
        if lifetime is not None:
            lifetime.adopt(task)
        return task

    async def end_all(self) -> None:
        """Cancel every other task, and wait until each has ended."""
        this = asyncio.current_task()
        while others := [task for task in self._tasks if task is not this]:
            for task in others:
                task.cancel()
            await asyncio.wait(others)
            for task in others:
                if not task.cancelled():
                    task.exception()


def _hear(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep an error that nobody asked for; that somebody was killed is none."""
    err = context.get("exception")
    assert isinstance(loop, SimulatedLoop)
    if err is None:
        loop.unheard.append(AssertionError(context["message"]))
    elif isinstance(err, Exception):
        loop.unheard.append(err)


def _is_step(handle: Any) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)


def _may_run(handle: Any) -> bool:
    """Answer whether a callback may run: a dead program's timers do not; its tasks must end."""
    if not isinstance(handle, asyncio.TimerHandle):
        return True
    context: Context = handle._context  # type: ignore[attr-defined]
    lifetime = context.get(LIFETIME)
    return lifetime is None or lifetime.alive


def run_simulated(
    draws: random.Random, main: Callable[[SimulatedLoop], Callable[[], Coroutine[Any, Any, T]]]
) -> T:
    """Run what `main` makes of a loop of its own to its end."""
    loop = SimulatedLoop(draws)
    try:
        events.set_event_loop(loop)
        try:
            outcome = loop.run_until_complete(main(loop)())
        finally:
            loop.run_until_complete(loop.end_all())
        if loop.unheard:
            raise loop.unheard[0]
        return outcome
    finally:
        events.set_event_loop(None)
        loop.close()
