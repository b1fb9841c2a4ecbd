# SPDX-License-Identifier: Apache-2.0
"""What is measured of the command line is the command line, and its help imports no room."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.command_speed import run_comity, run_floor

_LEAN = """
import sys
from comity.cli.main import run
assert run(["--help"]) == 0
names = {name.partition(".")[0] if not name.startswith("comity.") else name for name in sys.modules}
heavy = {"asyncio", "cryptography", "rich", "rfc8785", "sqlite3", "ssl"} & names
rooms = {name for name in names if name.startswith("comity.") and name.count(".") == 1}
assert not heavy, heavy
assert rooms <= {"comity.basis", "comity.cli"}, rooms
"""


def test_the_measured_help_is_the_help_that_a_person_reads() -> None:
    assert "Exchange protected information" in run_comity(("--help",), 0)
    run_floor()


def test_a_measured_command_that_fails_is_not_a_figure() -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        run_comity(("no-such-noun",), 0)


def test_help_imports_nothing_heavy() -> None:
    subprocess.run([sys.executable, "-c", _LEAN], check=True, capture_output=True)
