# SPDX-License-Identifier: Apache-2.0
"""Sixty seeds of twenty virtual minutes each, and in `make torture` thousands.

A seed that fails is run again by `python -m tests.simulator SEED`.
"""

import os
import subprocess
import sys
from functools import cache

import pytest

from tests.simulator.life import Outcome, run_seed
from tests.simulator.program import ViolationError

SEEDS = 60
CHUNK = 5
TORTURE_SEEDS = int(os.environ.get("COMITY_SEEDS", "3000"))
TORTURE_FROM = int(os.environ.get("COMITY_SEEDS_FROM", "1000"))
TORTURE_CHUNK = 50


@cache
def lived(seed: int) -> Outcome:
    """Give what a seed came to; each is lived through once by all tests of this file."""
    return run_seed(seed)


def live_through(first: int, count: int) -> None:
    for seed in range(first, first + count):
        try:
            lived(seed)
        except Exception as err:
            pytest.fail(f"seed {seed}: {type(err).__name__} {err}", pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_invariant_holds(first: int) -> None:
    live_through(first, CHUNK)


@pytest.mark.torture
@pytest.mark.parametrize("first", range(TORTURE_FROM, TORTURE_FROM + TORTURE_SEEDS, TORTURE_CHUNK))
def test_every_invariant_holds_for_thousands(first: int) -> None:
    live_through(first, min(TORTURE_CHUNK, TORTURE_FROM + TORTURE_SEEDS - first))


def _digest_elsewhere(seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulator", str(seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 7])
def test_a_seed_gives_the_same_trace_in_every_process(seed: int) -> None:
    here = lived(seed).digest
    assert run_seed(seed).digest == here
    assert {_digest_elsewhere(seed, each) for each in ("0", "4711")} == {here}


@pytest.mark.slow
def test_other_seeds_give_other_traces() -> None:
    assert lived(1).digest != lived(5).digest


def test_a_violation_is_an_assertion() -> None:
    assert issubclass(ViolationError, AssertionError)
