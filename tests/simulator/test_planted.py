# SPDX-License-Identifier: Apache-2.0
"""Every planted bug is found, and by the invariant that names it.

Each is looked for in worlds that are made to meet it. The same worlds hold when nothing is planted,
and so do the seeds of `test_seeds`.
"""

from collections.abc import Iterable

import pytest

from tests.simulator.life import run_seed, topology_of
from tests.simulator.planted import PLANTED, Planted
from tests.simulator.world import beginning

LONG_WORLDS = frozenset({"destroy a sealing key that is still needed"})
"""Worlds that go through so many keys that one of them takes as long as four others."""

QUICK = tuple(bug for bug in PLANTED if not bug.is_rare)
TORTURE_SEEDS = 60
MAKINGS = tuple(
    {repr(bug.changes): bug for bug in reversed(QUICK) if bug.name not in LONG_WORLDS}.values()
)
"""One bug for each way in which worlds are made to meet one."""


def name_of(bug: Planted) -> str:
    return bug.name.replace(" ", "-")


def find(bug: Planted, seeds: Iterable[int]) -> tuple[int, str] | None:
    """Return the first seed that notices a bug, and what it says."""
    for seed in seeds:
        beginning(topology_of(seed))  # the bug comes into a world that began without it
        try:
            with bug.plant():
                run_seed(seed, changes=bug.changes)
        except AssertionError as err:
            return seed, str(err)
    return None


def check_found(bug: Planted, seeds: Iterable[int]) -> None:
    found = find(bug, seeds)
    assert found is not None, f"no seed notices: {bug.name}"
    seed, said = found
    assert any(each in said for each in bug.noticed), f"seed {seed} says: {said}"


@pytest.mark.slow
@pytest.mark.parametrize("bug", QUICK, ids=name_of)
def test_a_planted_bug_is_found(bug: Planted) -> None:
    check_found(bug, bug.seeds)


@pytest.mark.torture
@pytest.mark.parametrize("bug", PLANTED, ids=name_of)
def test_a_planted_bug_is_found_in_worlds_that_nobody_chose(bug: Planted) -> None:
    check_found(bug, range(1_000, 1_000 + TORTURE_SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize("bug", MAKINGS, ids=name_of)
def test_a_world_that_is_made_to_meet_a_bug_holds_without_it(bug: Planted) -> None:
    run_seed(bug.seeds[0], changes=bug.changes)


@pytest.mark.torture
@pytest.mark.parametrize("bug", PLANTED, ids=name_of)
def test_the_worlds_that_are_made_to_meet_a_bug_hold_without_it(bug: Planted) -> None:
    for seed in bug.seeds:
        run_seed(seed, changes=bug.changes)


def test_at_least_ten_bugs_are_planted_under_names_of_their_own() -> None:
    assert len({bug.name for bug in PLANTED}) == len(PLANTED)
    assert len(QUICK) >= 10
    assert all(bug.noticed and 1 <= len(bug.seeds) <= 8 for bug in PLANTED)
