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
from functools import partial
from pathlib import Path
from typing import Final

from bench.bare_wire import BareWire
from bench.matrix_peer import peer_rows
from bench.measuring import Limits, Row, Timing
from bench.served_nodes import make_nodes, served
from bench.wire_driver import Driver, driving
from bench.wire_items import Watch
from bench.wire_long import long_rows
from bench.wire_rows import ManyLimits, figure, many_rows, one_round, resident

LONG: Final = "COMITY_BENCH_LONG"
"""Set it to anything, and 100,000 exchanges are made, and others over 10⁶ entries."""
PEER: Final = "COMITY_BENCH_PEER"
"""The virtual environment of a Matrix homeserver, to be measured beside."""

_ALONE: Final = 40
_PAUSE_S: Final = 0.1
_REST_S: Final = 0.5
"""What is busy is followed up four times a second; an alert that stands alone does not wait."""
_WITH_RECEIPTS: Final = 64
_ROUNDS: Final = 3
_SINGLE: Final = 512
_ASKED: Final = (
    # in flight, exchanges a round, CPU ratio, rate × floor seconds, flushes each
    (64, 1_280, 2.0, 0.45, 0.08),
    (512, 2_048, 1.8, 0.55, 0.03),
)
_WATCH: Final = Watch()
_FLUSHES: Final = 5
"""So many are timed before each exchange that stands alone."""


def main() -> list[Row]:
    """Measure exchanges alone and in flight, each beside its floor, and a peer beside them."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name, asyncio.Runner() as runner:
        folder = Path(name)
        tokens = runner.run(make_nodes(folder))
        with served(folder, tokens) as nodes:

            async def measured() -> list[Row]:
                async with driving(nodes) as driver:
                    return await _measure(driver, folder)

            rows = runner.run(measured())
        if peer := os.environ.get(PEER):
            rows += runner.run(peer_rows(folder / "peer", Path(peer)))
    if os.environ.get(LONG):
        rows += long_rows()
    return rows


async def _measure(driver: Driver, folder: Path) -> list[Row]:
    bare = BareWire()
    await driver.settled()
    rows = [resident(party, node, "at rest") for party, node in driver.nodes.items()]
    await driver.keep_in_flight(64, 128)
    await driver.settled()
    rows += await _alone(driver, bare, folder / "flushed")
    rows += await _alerts(driver)
    for at_once, total, *limits in _ASKED:
        act = partial(driver.keep_in_flight, at_once, total)
        rounds = [
            (await one_round(driver, act, total), floor(bare, at_once)) for _ in range(_ROUNDS)
        ]
        rows += many_rows(f"wire, {at_once} in flight", rounds, ManyLimits(*limits))
        if at_once == _WITH_RECEIPTS:
            rows += await _with_receipts(driver, bare, at_once, total)
            rows += await _single(driver, bare, at_once)
    return rows


async def _single(driver: Driver, bare: BareWire, at_once: int) -> list[Row]:
    """Let as many programs release one item each, as those of the servers beside do."""
    act = partial(driver.keep_in_flight, at_once, _SINGLE, driver.exchange_single, together=1)
    rounds = [(await one_round(driver, act, _SINGLE), floor(bare, at_once)) for _ in range(_ROUNDS)]
    return many_rows(f"wire, {at_once} single releases in flight", rounds)


async def _with_receipts(driver: Driver, bare: BareWire, at_once: int, total: int) -> list[Row]:
    """Exchange until the receipts are back; a viewer's stream tells what can be acknowledged."""
    async with driver.viewing() as viewer:
        once = partial(driver.exchange_with_receipts, viewer)
        act = partial(driver.keep_in_flight, at_once, total, once)
        rounds = [
            (await one_round(driver, act, total), floor(bare, at_once, receipts=True))
            for _ in range(_ROUNDS)
        ]
    return many_rows(f"wire, {at_once} in flight, until receipts are back", rounds, ManyLimits())


async def _alerts(driver: Driver) -> list[Row]:
    """Let a viewer read alerts one by one, in turn with exchanges that stand alone."""
    alone: list[float] = []
    shown: list[float] = []
    async with driver.viewing() as viewer:
        for _ in range(_ALONE):
            alone.append(await driver.alone())
            await asyncio.sleep(_REST_S)
            shown.append(await driver.alert(viewer))
            await asyncio.sleep(_REST_S)
    taken, beside = statistics.median(shown), statistics.median(alone)
    return [
        Row(
            name="wire, alert from entered to read by a viewer, p50 (beside one alone)",
            taken=Timing(taken, taken),
            floor=Timing(beside, beside),
            limits=Limits(ratio_max=2.0),
        )
    ]


async def _alone(driver: Driver, bare: BareWire, flushed: Path) -> list[Row]:
    """Exchange one by one, in turn with the floor and with flushes of the same disk."""
    latencies: list[float] = []
    counts: list[int] = []
    floors: list[float] = []
    asked: list[float] = []
    flushing: list[float] = []
    for _ in range(_ALONE):
        flushing += flush_seconds(flushed)
        asked.append(await driver.nothing())
        floors.append(floor(bare, 1))
        before = await driver.flushes()
        latencies.append(await driver.alone())
        counts.append(await driver.flushes() - before)
        await asyncio.sleep(_PAUSE_S)
    flushes, floor_s = statistics.median(counts), statistics.median(floors)
    flush_s = statistics.median(flushing)
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
        figure("wire, one alone: flushes until it is acknowledged", flushes, at_most=4),
        Row(
            name="wire, one request of the driver to which there is nothing to do, p50",
            taken=Timing(statistics.median(asked), statistics.median(asked)),
        ),
    ]


def floor(bare: BareWire, at_once: int, *, receipts: bool = False) -> float:
    """Measure the floor's CPU for one of `at_once` exchanges; drawing the items is not in it."""
    repeats, count = max(1, 128 // at_once), min(at_once, 64)
    batches = repeats * (at_once // count)
    drawn = [_WATCH.items(count) for _ in range(batches)]
    started = time.process_time()
    for items in drawn:
        bare.exchange(items)
        if receipts:
            bare.receipt(count)
    return (time.process_time() - started) / (batches * count)


def flush_seconds(path: Path) -> list[float]:
    """Measure what flushes of a few pages take on this disk now."""
    taken: list[float] = []
    with path.open("wb", buffering=0) as file:
        for _ in range(_FLUSHES):
            file.write(bytes(16_384))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return taken
