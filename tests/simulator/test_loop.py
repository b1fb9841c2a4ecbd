# SPDX-License-Identifier: Apache-2.0
"""The simulated loop: virtual time, seeded order, no thread, and the end of what is dead."""

import asyncio
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from comity.basis.ids import PartyId
from tests.simulator.loop import SimulatedLoop, StalledError, run_simulated
from tests.simulator.program import KilledError, Program, Trace
from tests.simulator.unreal import RealityError, nothing_real


def simulate(main: Callable[[SimulatedLoop], Coroutine[Any, Any, Any]], seed: int = 1) -> Any:
    return run_simulated(random.Random(seed), lambda loop: lambda: main(loop))


def test_a_day_passes_in_a_moment() -> None:
    async def main(loop: SimulatedLoop) -> float:
        await asyncio.sleep(86_400)
        return loop.time()

    began = time.monotonic()
    assert simulate(main) == 86_400
    assert time.monotonic() - began < 60


def test_timers_fire_in_the_order_of_their_times() -> None:
    async def main(loop: SimulatedLoop) -> list[int]:
        fired: list[int] = []
        for delay in (3, 1, 2):
            loop.call_later(delay, fired.append, delay)
        await asyncio.sleep(10)
        return fired

    assert simulate(main) == [1, 2, 3]


async def _order_of_steps() -> list[int]:
    seen: list[int] = []

    async def step(number: int) -> None:
        for _ in range(3):
            seen.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(step(number) for number in range(4)))
    return seen


def test_the_seed_decides_the_order_of_tasks_that_are_ready_together() -> None:
    orders = {tuple(simulate(lambda _: _order_of_steps(), seed)) for seed in range(8)}
    assert len(orders) > 1
    again = [tuple(simulate(lambda _: _order_of_steps(), 3)) for _ in range(2)]
    assert again[0] == again[1]


def test_callbacks_that_are_no_steps_of_tasks_keep_their_order() -> None:
    async def main(loop: SimulatedLoop) -> list[int]:
        seen: list[int] = []
        for number in range(20):
            loop.call_soon(seen.append, number)
        await asyncio.sleep(0.1)
        return seen

    assert simulate(main) == list(range(20))


def test_an_executor_runs_here_and_later() -> None:
    async def main(loop: SimulatedLoop) -> tuple[int, float]:
        return await loop.run_in_executor(None, threading.get_ident), loop.time()

    thread, at_s = simulate(main)
    assert thread == threading.get_ident()
    assert at_s > 0


def test_what_waits_for_ever_is_told() -> None:
    async def main(loop: SimulatedLoop) -> None:
        await loop.create_future()

    with pytest.raises(StalledError):
        simulate(main)


def test_an_error_that_nobody_asks_for_is_raised_at_the_end() -> None:
    async def main(loop: SimulatedLoop) -> None:
        loop.call_soon(lambda: 1 // 0)
        await asyncio.sleep(1)

    with pytest.raises(ZeroDivisionError):
        simulate(main)


def _program(loop: SimulatedLoop) -> Program:
    return Program(PartyId("JPN"), Trace(loop.time), lambda: None)


def test_a_dead_programs_tasks_end_and_its_timers_never_fire() -> None:
    async def main(loop: SimulatedLoop) -> tuple[list[str], bool]:
        done: list[str] = []
        program = _program(loop)

        async def work() -> None:
            loop.call_later(5, done.append, "timer")
            try:
                await asyncio.sleep(100)
                done.append("slept")
            finally:
                done.append("ended")

        task = program.spawn(work(), "work")
        await asyncio.sleep(1)
        program.die()
        await asyncio.sleep(200)
        return done, task.cancelled()

    assert simulate(main) == (["ended"], True)


def test_a_dead_program_starts_nothing() -> None:
    async def main(loop: SimulatedLoop) -> list[str]:
        done: list[str] = []
        program = _program(loop)

        async def work() -> None:
            done.append("worked")

        program.die()
        program.spawn(work(), "work")
        await asyncio.sleep(1)
        return done

    assert simulate(main) == []


def test_tasks_belong_to_the_program_that_started_them() -> None:
    async def main(loop: SimulatedLoop) -> list[str]:
        done: list[str] = []
        program = _program(loop)

        async def inner() -> None:
            await asyncio.sleep(10)
            done.append("inner")

        async def outer() -> None:
            loop.create_task(inner())

        program.spawn(outer(), "outer")
        await asyncio.sleep(1)
        program.die()
        await asyncio.sleep(100)
        return done

    assert simulate(main) == []


def test_a_killed_programs_ports_refuse() -> None:
    async def main(loop: SimulatedLoop) -> None:
        program = _program(loop)
        program.die()
        with pytest.raises(KilledError):
            program.check()

    simulate(main)


REACHES: dict[str, Callable[[], object]] = {
    "the wall clock": lambda: time.time(),
    "the monotonic clock": lambda: time.monotonic(),
    "the system's randomness": lambda: os.urandom(1),
    "a socket": lambda: socket.socket(),
    "a thread": lambda: threading.Thread(target=print).start(),
    "a sync": lambda: os.fsync(1),
}


@pytest.mark.parametrize("name", REACHES)
def test_nothing_real_is_reached(name: str) -> None:
    with nothing_real(), pytest.raises(RealityError):
        REACHES[name]()
