# SPDX-License-Identifier: Apache-2.0
"""Run seeds again by hand: `python -m tests.simulator SEED [SEED…] [--trace] [--plant NAME]`.

Prints the hash of the trace, or what went wrong and the last lines before it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys

from tests.simulator.life import run_seed, topology_of
from tests.simulator.planted import PLANTED
from tests.simulator.world import beginning

_LINES_SHOWN = 60


def main() -> int:
    """Run each seed; exit 1 when any went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator")
    parser.add_argument("seeds", nargs="+", type=int, metavar="SEED")
    parser.add_argument("--trace", action="store_true", help="print every line of the trace")
    parser.add_argument("--plant", choices=[each.name for each in PLANTED])
    chosen = parser.parse_args()
    wrong = 0
    for seed in chosen.seeds:
        wrong += not _run(seed, chosen.plant, trace=chosen.trace)
    return 1 if wrong else 0


def _run(seed: int, plant: str | None, *, trace: bool) -> bool:
    lines: list[str] = []
    beginning(topology_of(seed))
    planted = next((each.plant() for each in PLANTED if each.name == plant), None)
    try:
        with planted or contextlib.nullcontext():
            outcome = run_seed(seed, lines.append)
    except Exception as err:
        print("\n".join(lines if trace else lines[-_LINES_SHOWN:]))
        print(f"seed {seed}: {type(err).__name__} {err}")
        return False
    if trace:
        print("\n".join(lines))
    print(f"seed {seed}: {outcome.digest} {outcome.statements} statements, {outcome.deaths} kills")
    return True


if __name__ == "__main__":
    sys.exit(main())
