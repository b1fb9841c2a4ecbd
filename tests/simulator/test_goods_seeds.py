# SPDX-License-Identifier: Apache-2.0
"""Orders, deliveries and settlements between everything else; all nodes come to one state.

They are drawn here alone, so that the other seeds tell the stories that they always told.
"""

from collections.abc import Iterator

import pytest

from tests.simulator import acts, cast, world
from tests.simulator.acts_goods import goods
from tests.simulator.life import run_seed

SEEDS = (5, 7)
TORTURE_SEEDS = 60


@pytest.fixture
def _with_goods(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let worlds be founded with goods, and none of them be kept for other seeds."""
    monkeypatch.setattr(cast, "WITH_GOODS", True)
    monkeypatch.setattr(acts, "WEIGHTS", (*acts.WEIGHTS, (goods, 120)))
    world.beginning.cache_clear()
    yield
    world.beginning.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("_with_goods")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_invariant_holds_with_goods_among_the_acts(seed: int) -> None:
    lines: list[str] = []
    run_seed(seed, lines.append)
    assert any(" goods " in line and line.endswith("Entered") for line in lines)


@pytest.mark.torture
@pytest.mark.usefixtures("_with_goods")
@pytest.mark.parametrize("seed", range(TORTURE_SEEDS))
def test_every_invariant_holds_with_goods_in_more_worlds(seed: int) -> None:
    run_seed(seed, lambda line: None)
