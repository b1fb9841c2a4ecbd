# SPDX-License-Identifier: Apache-2.0
"""Seeds in which nearly everything is settled at once, and what comes late is folded anew."""

import pytest

from comity.flows import admission
from tests.simulator.life import run_seed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 5])
def test_every_invariant_holds_however_little_may_be_taken_back(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "HISTORY_KEPT", 2)
    monkeypatch.setattr(admission, "HISTORY_SETTLED", 2)
    run_seed(seed)
