# SPDX-License-Identifier: Apache-2.0
"""Medians of CPU and wall time, beside a floor: the same work with nothing around it.

A file `bench/NAME_speed.py` has `main() -> list[Row]`; `bench/run.py` finds it. Act and floor run
in turn, so that a change of the machine's pace falls on both.
"""

import gc
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Timing:
    """The median seconds of one piece of work, in CPU (children included) and on the wall."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a row must hold; None means nothing is asked."""

    ratio_max: float | None = None
    cpu_s_max: float | None = None
    per_second_min: float | None = None
    peak_bytes_max: int | None = None
    figure_max: float | None = None
    figure_min: float | None = None

    def texts(self) -> list[str]:
        """Say each limit in a few characters."""
        said: list[str] = []
        if self.ratio_max is not None:
            said.append(f"≤ {self.ratio_max:g} × floor")
        if self.cpu_s_max is not None:
            said.append(f"≤ {format_seconds(self.cpu_s_max)} CPU")
        if self.per_second_min is not None:
            said.append(f"≥ {self.per_second_min:,.0f} /s")
        if self.peak_bytes_max is not None:
            said.append(f"≤ {self.peak_bytes_max / 1e6:,.0f} MB")
        if self.figure_max is not None:
            said.append(f"≤ {self.figure_max:g}")
        if self.figure_min is not None:
            said.append(f"≥ {self.figure_min:g}")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: `amount` things of `unit` were done in `taken`.

    `figure` is a number that is neither a time nor a size; its row has no times.
    """

    name: str
    taken: Timing
    floor: Timing | None = None
    amount: float = 1
    unit: str = ""
    peak_bytes: int | None = None
    figure: float | None = None
    limits: Limits = Limits()

    @property
    def ratio(self) -> float | None:
        """Compare with the floor, in CPU time."""
        return self.taken.cpu_s / self.floor.cpu_s if self.floor and self.floor.cpu_s else None

    @property
    def per_second(self) -> float:
        """Give the rate in CPU time."""
        return self.amount / self.taken.cpu_s if self.taken.cpu_s else 0.0

    def holds(self) -> bool:
        """Tell whether every limit is kept."""
        limits = self.limits
        return not (
            (limits.ratio_max is not None and (self.ratio is None or self.ratio > limits.ratio_max))
            or (limits.cpu_s_max is not None and self.taken.cpu_s > limits.cpu_s_max)
            or (limits.per_second_min is not None and self.per_second < limits.per_second_min)
            or (
                limits.peak_bytes_max is not None
                and (self.peak_bytes is None or self.peak_bytes > limits.peak_bytes_max)
            )
            or not self._figure_holds()
        )

    def _figure_holds(self) -> bool:
        most, least, figure = self.limits.figure_max, self.limits.figure_min, self.figure
        if figure is None:
            return most is None and least is None
        return (most is None or figure <= most) and (least is None or figure >= least)


def measure(act: Act, *, rounds: int = 7, repeats: int = 1) -> Timing:
    """Take the median of `rounds`, each of `repeats` acts; the seconds are those of one act."""
    return measure_beside(act, None, rounds=rounds, repeats=repeats)[0]


def measure_beside(
    act: Act, floor: Act | None, *, rounds: int = 7, repeats: int = 1
) -> tuple[Timing, Timing | None]:
    """Measure an act and its floor in turn; the first round of each only warms up."""
    taken: list[Timing] = []
    floors: list[Timing] = []
    for _ in range(rounds + 1):
        taken.append(_once(act, repeats))
        if floor is not None:
            floors.append(_once(floor, repeats))
    return _median(taken[1:]), _median(floors[1:]) if floors else None


@contextmanager
def set_aside() -> Iterator[None]:
    """Make something large that lasts until `gc.unfreeze`: no search for cycles goes through it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def plain_environment() -> dict[str, str]:
    """Give the environment for a child process that is measured.

    It keeps compiled modules as any installed program does, and measures no coverage.
    """
    left_out = ("COV", "PYTHONDONTWRITEBYTECODE")
    return {
        key: value for key, value in os.environ.items() if not any(each in key for each in left_out)
    }


def _once(act: Act, repeats: int) -> Timing:
    gc.collect()
    gc.disable()
    try:
        cpu, wall = _cpu_s(), time.perf_counter()
        for _ in range(repeats):
            act()
        taken = Timing((_cpu_s() - cpu) / repeats, (time.perf_counter() - wall) / repeats)
    finally:
        gc.enable()
    return taken


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _median(timings: list[Timing]) -> Timing:
    return Timing(
        statistics.median(timing.cpu_s for timing in timings),
        statistics.median(timing.wall_s for timing in timings),
    )


def format_seconds(seconds: float) -> str:
    """Write a time in the unit that a person would use."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
