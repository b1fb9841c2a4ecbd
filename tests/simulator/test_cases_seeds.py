# SPDX-License-Identifier: Apache-2.0
"""Losses, visits, disclosures and firms between everything else; all nodes come to one state.

They are drawn here alone, so that the other seeds tell the stories that they always told.
"""

import pytest

from tests.simulator import acts
from tests.simulator.acts_cases import case
from tests.simulator.life import run_seed

SEEDS = (3, 8)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_with_cases_among_the_acts(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "WEIGHTS", (*acts.WEIGHTS, (case, 20)))
    lines: list[str] = []
    run_seed(seed, lines.append)
    assert any(" case " in line and line.endswith("Entered") for line in lines)
