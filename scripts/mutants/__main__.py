# SPDX-License-Identifier: Apache-2.0
"""Draw mutants of rooms, run them, and name those that live: `make mutants ARGS='state marking'`.

`--write` puts the figures and the survivors into docs/mutants.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from scripts.mutants.page import Result, write_page
from scripts.mutants.running import TASK
from scripts.mutants.writing import Mutant, copy_tree, draw, write_mutants

ROOMS: Final = ("agreement", "decision", "marking", "state", "support")
_PAGES: Final = "tests/golden/test_clause_pages.py"
TESTS: Final = ("tests/unit", "tests/vectors", _PAGES, "--ignore=tests/unit/foresight")
"""The tests that stand beside the rooms, and of the pages made from them: the long ones, of whole
nodes and of drawn input, are left out, and could only kill more."""

_COUNT: Final = 500
_SEED: Final = 4
_LONE_S: Final = 600


def main(arguments: list[str]) -> int:
    """Run the samples; 1 where fewer than nine in ten are killed."""
    asked = argparse.ArgumentParser(prog="scripts.mutants", description=__doc__)
    asked.add_argument("rooms", nargs="*", default=ROOMS)
    asked.add_argument("--count", type=int, default=_COUNT)
    asked.add_argument("--seed", type=int, default=_SEED)
    asked.add_argument("--write", action="store_true")
    told = asked.parse_args(arguments)
    results = [measure(room, told.count, told.seed) for room in told.rooms]
    for result in results:
        print(f"{result.room}: {result.killed} of {result.drawn} killed, of {result.all} in all")
        for mutant in result.survivors:
            print(f"  {mutant.file}: {mutant.was}  ->  {mutant.became}")
    if told.write:
        write_page(results, told.seed)
    return 0 if all(result.killed >= 0.9 * result.drawn for result in results) else 1


def measure(room: str, count: int, seed: int) -> Result:
    """Draw and run the mutants of one room."""
    with tempfile.TemporaryDirectory(prefix="comity-mutants-") as name:
        folder = Path(name)
        copy_tree(folder)
        every = write_mutants(folder, room)
        drawn = draw(every, count, seed)
        task = folder / "task.json"
        task.write_text(json.dumps([mutant.name for mutant in drawn]), encoding="utf-8")
        _pytest(folder, "-p", "scripts.mutants.running", *TESTS, environment={TASK: str(task)})
        results = json.loads(task.with_suffix(".results").read_text(encoding="utf-8"))
        lived = [mutant for mutant in drawn if results[mutant.name] != "killed"]
        survivors = tuple(mutant for mutant in lived if _lives_alone(folder, room, mutant))
    return Result(room, len(every), len(drawn), survivors)


def _lives_alone(folder: Path, room: str, mutant: Mutant) -> bool:
    """Try a mutant in a process of its own, as what modules do on import was not tried yet."""
    tests = [f"tests/unit/{room}", "tests/vectors", _PAGES]
    environment = {"MUTANT_UNDER_TEST": mutant.name}
    try:
        return _pytest(folder, "-x", *tests, environment=environment, checked=False) == 0
    except subprocess.TimeoutExpired:
        return False


def _pytest(
    folder: Path, *arguments: str, environment: dict[str, str], checked: bool = True
) -> int:
    python_path = os.pathsep.join((str(folder / "src"), str(folder)))
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": python_path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=None if checked else _LONE_S,
        check=False,
    )
    if checked and told.returncode not in (0, 5):
        sys.exit(told.stdout[-4000:])
    return told.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
