# SPDX-License-Identifier: Apache-2.0
"""Exchanges over the wire: two served nodes and one driver on loopback, TLS on, beside the floor.

CPU is that of both nodes' processes, user and system; the driver's own is not in it. It is read
after everything has settled, so what follows an acknowledgement (the payload's arrival) is in it,
and in the floor. Floor and nodes run in turn.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bench.bare_wire import BareWire
from bench.measuring import Limits, Row, Timing
from bench.served_nodes import make_nodes, served
from bench.wire_driver import CONTENT_BYTES, Driver, driving

LONG: Final = "COMITY_BENCH_LONG"
"""Set it to anything, and 100,000 exchanges are made to see what they leave in memory."""

_ALONE: Final = 40
_ROUNDS: Final = 3
_ASKED: Final = (
    # in flight, exchanges a round, CPU ratio, rate × floor seconds, flushes each
    (64, 1_280, 2.0, 0.45, 0.08),
    (512, 2_048, 1.8, 0.55, 0.03),
)
_LONG_COUNT: Final = 100_000
_MIB: Final = 1024 * 1024
_LONG_BYTES_MAX, _LONG_GROWTH_MAX = 110 * _MIB, 16 * _MIB
_CONTENT: Final = bytes(CONTENT_BYTES)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one round took: both nodes' CPU, the wall's time, and flushes, for each exchange."""

    cpu_s: float
    wall_s: float
    flushes: float


def main() -> list[Row]:
    """Measure one exchange alone, then many in flight, each beside its floor."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name, asyncio.Runner() as runner:
        tokens = runner.run(make_nodes(Path(name)))
        with served(Path(name), tokens) as nodes:

            async def measured() -> list[Row]:
                async with driving(nodes) as driver:
                    return await _measure(driver, Path(name))

            return runner.run(measured())


async def _measure(driver: Driver, folder: Path) -> list[Row]:
    bare = BareWire()
    await driver.keep_in_flight(64, 128)
    await driver.settled()
    rows = await _alone(driver, bare, flush_seconds(folder / "flushed"))
    for at_once, total, ratio_max, share_min, flushes_max in _ASKED:
        act = partial(driver.keep_in_flight, at_once, total)
        rounds = [(await _round(driver, act, total), floor(bare, at_once)) for _ in range(_ROUNDS)]
        taken, floors = zip(*rounds, strict=True)
        rows += many_rows(at_once, list(taken), list(floors), (ratio_max, share_min, flushes_max))
    if os.environ.get(LONG):
        rows += await _long(driver)
    return rows


async def _round(driver: Driver, act: Callable[[], Awaitable[None]], count: int) -> _Taken:
    cpu_s, flushes, started = driver.cpu_s(), await driver.flushes(), time.perf_counter()
    await act()
    wall_s = time.perf_counter() - started
    await driver.settled()
    return _Taken(
        (driver.cpu_s() - cpu_s) / count,
        wall_s / count,
        (await driver.flushes() - flushes) / count,
    )


async def _alone(driver: Driver, bare: BareWire, flush_s: float) -> list[Row]:
    """Exchange one by one, beside the floor and the flushes that were measured until then."""
    latencies: list[float] = []
    counts: list[int] = []
    floors: list[float] = []
    for _ in range(_ALONE):
        floors.append(floor(bare, 1))
        before = await driver.flushes()
        latencies.append(await driver.alone())
        counts.append(await driver.flushes() - before)
        await asyncio.sleep(0.1)
    flushes, floor_s = statistics.median(counts), statistics.median(floors)
    unit = floor_s + flushes * flush_s
    p50 = Timing(statistics.median(latencies), statistics.median(latencies))
    return [
        Row(
            name=f"wire, one alone, p50 (beside floor and {flushes:g} flushes of "
            f"{flush_s * 1e3:.2f} ms)",
            taken=p50,
            floor=Timing(unit, unit),
            limits=Limits(ratio_max=3.0),
        ),
        _figure("wire, one alone: flushes until it is acknowledged", flushes, at_most=4),
    ]


def floor(bare: BareWire, at_once: int) -> float:
    """Measure the floor's CPU for one of `at_once` exchanges."""
    repeats, count = max(1, 128 // at_once), min(at_once, 64)
    started = time.process_time()
    for _ in range(repeats):
        for _ in range(at_once // count):
            bare.exchange([_CONTENT] * count)
    return (time.process_time() - started) / (repeats * at_once)


def flush_seconds(path: Path) -> float:
    """Measure what one flush of a few pages takes on this disk."""
    taken: list[float] = []
    with path.open("wb", buffering=0) as file:
        for _ in range(20):
            file.write(bytes(16_384))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def many_rows(
    at_once: int, taken: list[_Taken], floors: list[float], asked: tuple[float, float, float]
) -> list[Row]:
    """Put the medians of rounds into rows, each beside its limit."""
    floor_s = statistics.median(floors)
    cpu_s = statistics.median(each.cpu_s for each in taken)
    wall_s = statistics.median(each.wall_s for each in taken)
    ratio_max, share_min, flushes_max = asked
    name = f"wire, {at_once} in flight"
    return [
        Row(
            name=f"{name}: CPU of both nodes",
            taken=Timing(cpu_s, wall_s),
            floor=Timing(floor_s, floor_s),
            amount=1,
            unit="exchanges",
            limits=Limits(ratio_max=ratio_max),
        ),
        _figure(f"{name}: rate (wall) × floor seconds", floor_s / wall_s, at_least=share_min),
        _figure(
            f"{name}: flushes each",
            statistics.median(each.flushes for each in taken),
            at_most=flushes_max,
        ),
    ]


async def _long(driver: Driver) -> list[Row]:
    """See what 100,000 exchanges leave in memory."""
    before = {party: node.resident_bytes() for party, node in driver.nodes.items()}
    taken = await _round(driver, partial(driver.keep_in_flight, 512, _LONG_COUNT), _LONG_COUNT)
    rows: list[Row] = []
    for party, node in driver.nodes.items():
        now = node.resident_bytes()
        timing = Timing(taken.cpu_s, taken.wall_s)
        for name, size, most in (
            ("resident", now, _LONG_BYTES_MAX),
            ("grown by", now - before[party], _LONG_GROWTH_MAX),
        ):
            rows.append(
                Row(
                    name=f"wire, {party} after {_LONG_COUNT:,}: {name}",
                    taken=timing,
                    peak_bytes=size,
                    limits=Limits(peak_bytes_max=most),
                )
            )
    return rows


def _figure(
    name: str, value: float, *, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """Give a figure that is no time."""
    return Row(
        name=name,
        taken=Timing(0.0, 0.0),
        figure=value,
        limits=Limits(figure_max=at_most, figure_min=at_least),
    )
