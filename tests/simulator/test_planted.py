# SPDX-License-Identifier: Apache-2.0
"""Every planted bug is found within the seeds of `make test`, which find nothing without it.

Looking for each takes minutes, so `make torture` does it.

`test_seeds` shows the second half: the same seeds hold when nothing is planted.
"""

import pytest

from tests.simulator.life import run_seed, topology_of
from tests.simulator.planted import PLANTED, Planted
from tests.simulator.test_seeds import SEEDS
from tests.simulator.world import beginning


def find(bug: Planted) -> tuple[int, str] | None:
    """Return the first seed that notices a bug, and what it says."""
    hinted = [bug.found_by, *(seed for seed in range(SEEDS) if seed != bug.found_by)]
    for seed in hinted:
        beginning(topology_of(seed))  # the bug comes into a world that began without it
        try:
            with bug.plant():
                run_seed(seed)
        except AssertionError as err:
            return seed, str(err)
    return None


@pytest.mark.torture
@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_found(bug: Planted) -> None:
    found = find(bug)
    assert found is not None, f"no seed below {SEEDS} notices: {bug.name}"
    seed, said = found
    assert any(each in said for each in bug.noticed), f"seed {seed} says: {said}"


def test_at_least_ten_bugs_are_planted_under_names_of_their_own() -> None:
    assert len({bug.name for bug in PLANTED}) == len(PLANTED) >= 10
    assert all(bug.noticed for bug in PLANTED)
    assert all(0 <= bug.found_by < SEEDS for bug in PLANTED)
