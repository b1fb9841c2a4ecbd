# SPDX-License-Identifier: Apache-2.0
"""What much exchanging leaves: memory after 100,000 exchanges, and CPU over 10⁶ entries."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from bench.full_register import an_hour_ago, fill_register
from bench.measuring import Limits, Row, Timing
from bench.served_nodes import make_nodes, served
from bench.wire_driver import Driver, driving
from bench.wire_rows import one_round, resident

_MIB: Final = 1024 * 1024
_COUNT: Final = 100_000
_BYTES_MAX, _GROWTH_MAX = 110 * _MIB, 16 * _MIB
_AT_REST_S: Final = 45.0
"""A served node gives memory back now and then."""

_FEW, _MANY = 1_000, 1_000_000
_FIRST_TURN_S: Final = 75.0
"""A minute after its start a node reads its registers through; that is not what is measured."""
_ROUNDS: Final = 5
_AT_ONCE, _TOTAL = 64, 1_280


def long_rows() -> list[Row]:
    """Measure both, which takes the better part of half an hour."""
    with asyncio.Runner() as runner:
        return [*_memory(runner), *_over_many(runner)]


def _memory(runner: asyncio.Runner) -> list[Row]:
    """See what 100,000 exchanges leave in memory: from a node that was just started on."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        tokens = runner.run(make_nodes(Path(name)))
        with served(Path(name), tokens) as nodes:

            async def measured() -> list[Row]:
                async with driving(nodes) as driver:
                    return await _grow(driver)

            return runner.run(measured())


async def _grow(driver: Driver) -> list[Row]:
    await driver.settled()
    rest = {party: node.resident_bytes() for party, node in driver.nodes.items()}
    await driver.keep_in_flight(512, _COUNT)
    await asyncio.sleep(_AT_REST_S)
    await driver.settled()
    rows: list[Row] = []
    for party, node in driver.nodes.items():
        grown = node.resident_bytes() - rest[party]
        rows.append(resident(party, node, f"after {_COUNT:,}", at_most=_BYTES_MAX))
        rows.append(
            Row(
                name=f"wire, {party} after {_COUNT:,}: grown from rest by",
                taken=Timing(0.0, 0.0),
                peak_bytes=grown,
                limits=Limits(peak_bytes_max=_GROWTH_MAX),
            )
        )
    return rows


def _over_many(runner: asyncio.Runner) -> list[Row]:
    """Exchange over a register of 10⁶ entries in turn with one of 10³."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name, ExitStack() as held:
        pairs = []
        for size in (_FEW, _MANY):
            folder = Path(name) / str(size)
            with an_hour_ago():
                tokens = runner.run(make_nodes(folder))
            runner.run(fill_register(folder, size))
            pairs.append(held.enter_context(served(folder, tokens)))

        async def measured() -> list[Row]:
            async with AsyncExitStack() as connected:
                drivers = [await connected.enter_async_context(driving(each)) for each in pairs]
                return await _in_turn(drivers[0], drivers[1])

        return runner.run(measured())


async def _in_turn(few: Driver, many: Driver) -> list[Row]:
    taken: dict[int, list[Timing]] = {0: [], 1: []}
    for each in (few, many):
        await each.ready()
    await asyncio.sleep(_FIRST_TURN_S)
    for each in (few, many):
        await each.settled()
        await each.keep_in_flight(_AT_ONCE, 2 * _AT_ONCE)
        await each.settled()
    for _ in range(_ROUNDS):
        for number, each in enumerate((few, many)):
            act = partial(each.keep_in_flight, _AT_ONCE, _TOTAL)
            found = await one_round(each, act, _TOTAL)
            taken[number].append(Timing(found.cpu_s, found.wall_s))
    beside, over = (_median(each) for each in taken.values())
    return [
        Row(
            name=f"wire, over {_MANY:,} entries (beside {_FEW:,}): CPU of both nodes",
            taken=over,
            floor=beside,
            amount=1,
            unit="exchanges",
            limits=Limits(ratio_max=1.15),
        )
    ]


def _median(found: list[Timing]) -> Timing:
    return Timing(
        statistics.median(each.cpu_s for each in found),
        statistics.median(each.wall_s for each in found),
    )
