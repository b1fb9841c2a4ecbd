# SPDX-License-Identifier: Apache-2.0
"""Whole commands as child processes: Python's start and every import are in the figures.

The floor is Python importing click and nothing else.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.measuring import Limits, Row, measure_beside, plain_environment
from comity.agreement.templates import template

_ROUNDS = 9
_REQUEST = b'{"at":"2016-12-16T03:00:00Z","action":"open","agreement_state":"in_force"}'
_DENIED = 3


def main() -> list[Row]:
    """Measure the help text, and a decision from two files."""
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        agreement, request = Path(name, "agreement.toml"), Path(name, "request.json")
        agreement.write_bytes(template("gsomia-jpn-kor"))
        request.write_bytes(_REQUEST)
        asking = ("decide", "--agreement", str(agreement), "--request", str(request))
        return [
            _row("comity --help", ("--help",), 0, Limits(cpu_s_max=0.15)),
            _row("comity decide", asking, _DENIED, Limits()),
        ]


def run_comity(arguments: tuple[str, ...], exit_code: int) -> str:
    """Run one command as a person would; give what it printed.

    Raises:
        RuntimeError: it ended with another code than expected.
    """
    return _run([str(Path(sys.executable).with_name("comity")), *arguments], exit_code)


def run_floor() -> None:
    """Start Python and import click."""
    _run([sys.executable, "-c", "import click"], 0)


def _run(command: list[str], exit_code: int) -> str:
    ended = subprocess.run(
        command,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if ended.returncode != exit_code:
        raise RuntimeError(f"{command} ended with {ended.returncode}: {ended.stderr.decode()}")
    return ended.stdout.decode()


def _row(name: str, arguments: tuple[str, ...], exit_code: int, limits: Limits) -> Row:
    taken, floor = measure_beside(
        partial(run_comity, arguments, exit_code), run_floor, rounds=_ROUNDS
    )
    return Row(name=name, taken=taken, floor=floor, amount=1, unit="commands", limits=limits)
