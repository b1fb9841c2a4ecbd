# SPDX-License-Identifier: Apache-2.0
"""Disputes, laws, authorities and words on duties between everything else; all nodes owe alike.

They are drawn here alone, so that the other seeds tell the stories that they always told.
"""

import pytest

from tests.simulator import acts
from tests.simulator.acts_affairs import affair
from tests.simulator.life import run_seed

SEEDS = (4, 11)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_with_affairs_among_the_acts(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "WEIGHTS", (*acts.WEIGHTS, (affair, 20)))
    lines: list[str] = []
    run_seed(seed, lines.append)
    assert any(" affair " in line and line.endswith("Entered") for line in lines)
