# SPDX-License-Identifier: Apache-2.0
"""A payload of 5 GB through release, pack, take, receipt and open, each a command of its own.

The payload is a file without blocks, so that the disk holds copies of it sealed and nothing else.
Where the disk has too little room, a smaller one is taken and the row says so. The floor is what
each command cannot do without: the cipher and the hash over all of it, as often as the format
asks for them. Set COMITY_BENCH_GB for another size.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.bare_sealing import hash_bare, open_bare, seal_bare
from bench.measuring import Limits, Row, Timing, measure, plain_environment
from bench.sealing_speed import repeated
from bench.two_nodes import DRAFTER, KOR, OFFICER, READER, REGISTRAR, two_nodes
from comity.basis.limits import MIB

_GB = 1_000_000_000
_GB_WANTED = 5
_COPIES_ON_DISK = 4.5
_LIMITS = Limits(peak_bytes_max=200_000_000)
_PEAK = Path(__file__).with_name("peak.py")
_PLACE = "JPN/4"
SOURCE, OPENED = "film.bin", "opened.bin"


@dataclass(frozen=True, slots=True)
class Step:
    """One command: how many bytes pass through it, and what its floor does to them."""

    name: str
    arguments: tuple[str, ...]
    floor: Callable[[int], None] | None


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
        Step("release", (*releasing, *jpn), _seal_and_hash),
        Step("approve", (*approving, *jpn), None),
        Step("courier pack", ("courier", "pack", "--to", KOR, disc, *jpn), _seal_and_hash),
        Step("courier take", ("courier", "take", disc, *kor), _open_and_hash_twice),
        Step("receipt", ("item", "receipt", _PLACE, "--as", REGISTRAR, *kor), None),
        Step("open", (*opening, "--as", READER, *kor), _open),
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
    floor = None
    if step.floor is not None:
        act = step.floor
        floor = measure(lambda: act(size // MIB), rounds=1)
    return Row(
        name=f"{step.name}, {size / _GB:.1f} GB",
        taken=taken,
        floor=floor,
        amount=size / 1e6,
        unit="MB",
        peak_bytes=peak,
        limits=_LIMITS,
    )


def _fitting(folder: Path) -> int:
    wanted = int(float(os.environ.get("COMITY_BENCH_GB", _GB_WANTED)) * _GB)
    room = shutil.disk_usage(folder).free
    return min(wanted, int(room / _COPIES_ON_DISK))


def _seal_and_hash(mibs: int) -> None:
    hash_bare(seal_bare(bytes(32), repeated(bytes(MIB), mibs)))


def _open_and_hash_twice(mibs: int) -> None:
    """Hash what came on the disc, open its body, and hash the parcel inside."""
    [*sealed] = seal_bare(bytes(32), [bytes(MIB)])
    for _ in range(mibs):
        hash_bare(sealed)
        hash_bare(open_bare(bytes(32), sealed))


def _open(mibs: int) -> None:
    [*sealed] = seal_bare(bytes(32), [bytes(MIB)])
    for _ in range(mibs):
        for _ in open_bare(bytes(32), sealed):
            pass
