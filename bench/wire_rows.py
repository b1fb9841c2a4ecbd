# SPDX-License-Identifier: Apache-2.0
"""What rounds of exchanges cost two served nodes, as rows of the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.measuring import Limits, Row, Timing
from bench.served_nodes import Node
from bench.wire_driver import Driver
from comity.basis.ids import PartyId


@dataclass(frozen=True, slots=True)
class ManyLimits:
    """What many exchanges in flight are held to, where they are."""

    ratio_max: float | None = None
    share_min: float | None = None
    flushes_max: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one round took: both nodes' CPU, the wall's time, and flushes, for each exchange."""

    cpu_s: float
    wall_s: float
    flushes: float


async def one_round(driver: Driver, act: Callable[[], Awaitable[None]], count: int) -> Taken:
    """Take what an act costs both nodes, read once they have settled."""
    cpu_s, flushes, started = driver.cpu_s(), await driver.flushes(), time.perf_counter()
    await act()
    wall_s = time.perf_counter() - started
    await driver.settled()
    return Taken(
        (driver.cpu_s() - cpu_s) / count,
        wall_s / count,
        (await driver.flushes() - flushes) / count,
    )


def many_rows(
    name: str, rounds: list[tuple[Taken, float]], limits: ManyLimits = ManyLimits()
) -> list[Row]:
    """Put the medians of rounds and their floors into rows, each beside its limit."""
    floor_s = statistics.median(floor_s for _, floor_s in rounds)
    cpu_s = statistics.median(taken.cpu_s for taken, _ in rounds)
    wall_s = statistics.median(taken.wall_s for taken, _ in rounds)
    flushes = statistics.median(taken.flushes for taken, _ in rounds)
    return [
        Row(
            name=f"{name}: CPU of both nodes",
            taken=Timing(cpu_s, wall_s),
            floor=Timing(floor_s, floor_s),
            amount=1,
            unit="exchanges",
            limits=Limits(ratio_max=limits.ratio_max),
        ),
        figure(f"{name}: exchanges a second", 1 / wall_s),
        figure(f"{name}: rate (wall) × floor seconds", floor_s / wall_s, at_least=limits.share_min),
        figure(f"{name}: flushes each", flushes, at_most=limits.flushes_max),
    ]


def figure(
    name: str, value: float, *, at_most: float | None = None, at_least: float | None = None
) -> Row:
    """Give a figure that is no time."""
    return Row(
        name=name,
        taken=Timing(0.0, 0.0),
        figure=value,
        limits=Limits(figure_max=at_most, figure_min=at_least),
    )


def resident(party: PartyId, node: Node, when: str, *, at_most: int | None = None) -> Row:
    """Say how much memory a node's process holds now."""
    return Row(
        name=f"wire, {party} {when}: resident",
        taken=Timing(0.0, 0.0),
        peak_bytes=node.resident_bytes(),
        limits=Limits(peak_bytes_max=at_most),
    )
