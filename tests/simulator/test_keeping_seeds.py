# SPDX-License-Identifier: Apache-2.0
"""Copies, ends, counts and derived items between everything else; all nodes come to one state.

They are drawn here alone, so that the other seeds tell the stories that they always told.
"""

import pytest

from tests.simulator import acts
from tests.simulator.acts_keeping import keep
from tests.simulator.life import run_seed

SEEDS = (5, 6, 10)
MORE = {"more": ("keep", "receipt", "release_new", "change_level")}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_with_keeping_among_the_acts(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "WEIGHTS", (*acts.WEIGHTS, (keep, 10)))
    lines: list[str] = []
    run_seed(seed, lines.append, changes=MORE)
    assert any(" keep " in line and line.endswith("Entered") for line in lines)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(5000, 5200))
def test_levels_change_while_everything_is_kept(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "WEIGHTS", (*acts.WEIGHTS, (keep, 10)))
    run_seed(seed, changes=MORE)
