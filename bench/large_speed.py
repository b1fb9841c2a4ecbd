# SPDX-License-Identifier: Apache-2.0
"""A payload of 5 GB through release, pack, take, receipt and open, each a command of its own.

The payload is a file without blocks, so that the disk holds copies of it sealed and nothing else.
Where the disk has too little room, a smaller one is taken and the row says so. Set COMITY_BENCH_GB
for another size. The limit is on memory: most of the CPU here is the kernel's, writing files.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Limits, Row, Timing, plain_environment
from bench.two_nodes import DRAFTER, KOR, OFFICER, READER, REGISTRAR, two_nodes

_GB = 1_000_000_000
_GB_WANTED = 5
_COPIES_ON_DISK = 4.5
_LIMITS = Limits(peak_bytes_max=200_000_000)
_PEAK = Path(__file__).with_name("peak.py")
_PLACE = "JPN/4"
SOURCE, OPENED = "film.bin", "opened.bin"


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and whether the payload passes through it."""

    name: str
    arguments: tuple[str, ...]
    carries: bool = True


def main() -> list[Row]:
    """Measure each command once, since each writes what the next one reads."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        folder = Path(name)
        size = _fitting(folder)
        asyncio.run(make_nodes(folder))
        with (folder / SOURCE).open("wb") as file:
            file.truncate(size)
        return [_row(step, size) for step in steps(folder)]


async def make_nodes(folder: Path) -> None:
    """Make two nodes and leave their folders; every command opens its own."""
    async with two_nodes(folder):
        pass


def steps(folder: Path) -> tuple[Step, ...]:
    """Give the commands in their order."""
    jpn, kor = ("--node", str(folder / "jpn")), ("--node", str(folder / "kor"))
    disc = str(folder / "disc.bundle")
    releasing = (
        *("item", "release", str(folder / SOURCE), "--to", KOR, "--marking", "秘"),
        *("--category", "missile-warning", "--purpose", "warning", "--as", DRAFTER),
    )
    approving = ("item", "approve", "1", "--as", OFFICER)
    opening = ("item", "open", _PLACE, "--purpose", "warning", "--out", str(folder / OPENED))
    return (
        Step("release", (*releasing, *jpn)),
        Step("approve", (*approving, *jpn), carries=False),
        Step("courier pack", ("courier", "pack", "--to", KOR, disc, *jpn)),
        Step("courier take", ("courier", "take", disc, *kor)),
        Step("receipt", ("item", "receipt", _PLACE, "--as", REGISTRAR, *kor), carries=False),
        Step("open", (*opening, "--as", READER, *kor)),
    )


def run_measured(arguments: Iterable[str]) -> tuple[Timing, int]:
    """Run one comity command; give its time and its peak of memory in bytes.

    Raises:
        RuntimeError: it did not end with 0.
    """
    return run_peak([str(Path(sys.executable).with_name("comity")), *arguments])


def run_peak(command: list[str]) -> tuple[Timing, int]:
    """Run any command below a small process of its own, which sees what the command held."""
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(_PEAK), *command],
        env=plain_environment(),
        capture_output=True,
        check=True,
    )
    measured = json.loads(ended.stdout)
    if measured["exit"] != 0:
        raise RuntimeError(f"{command} ended with {measured['exit']}: {ended.stderr.decode()}")
    return Timing(measured["cpu_s"], measured["wall_s"]), measured["peak_bytes"]


def _row(step: Step, size: int) -> Row:
    taken, peak = run_measured(step.arguments)
    return Row(
        name=f"{step.name}, {size / _GB:.1f} GB",
        taken=taken,
        amount=size / 1e6,
        unit="MB" if step.carries else "",
        peak_bytes=peak,
        limits=_LIMITS,
    )


def _fitting(folder: Path) -> int:
    wanted = int(float(os.environ.get("COMITY_BENCH_GB", _GB_WANTED)) * _GB)
    room = shutil.disk_usage(folder).free
    return min(wanted, int(room / _COPIES_ON_DISK))
