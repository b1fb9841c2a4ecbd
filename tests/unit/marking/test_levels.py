# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from comity.basis.errors import InputError
from comity.marking.levels import Ladder


def test_ranks_levels_from_the_lowest_up(ladder: Ladder) -> None:
    assert (ladder.rank("CONFIDENTIAL"), ladder.rank("SECRET")) == (0, 1)
    assert ladder.top == "SECRET"


def test_a_level_is_at_least_itself_and_what_is_below(ladder: Ladder) -> None:
    assert ladder.at_least("SECRET", "SECRET")
    assert ladder.at_least("SECRET", "CONFIDENTIAL")
    assert not ladder.at_least("CONFIDENTIAL", "SECRET")


def test_refuses_to_rank_a_level_outside_the_ladder(ladder: Ladder) -> None:
    assert ladder.knows("SECRET")
    assert not ladder.knows("TOP SECRET")
    with pytest.raises(InputError) as refusal:
        ladder.rank("TOP SECRET")
    assert refusal.value.code == "marking.unknown-level"
    assert refusal.value.expected == "SECRET, CONFIDENTIAL"


def test_what_is_made_from_two_levels_inherits_the_higher(ladder: Ladder) -> None:
    assert ladder.highest(("CONFIDENTIAL", "SECRET", "CONFIDENTIAL")) == "SECRET"
    assert ladder.highest(("CONFIDENTIAL",)) == "CONFIDENTIAL"


def test_refuses_the_highest_of_no_levels(ladder: Ladder) -> None:
    with pytest.raises(InputError, match=r"marking\.no-level"):
        ladder.highest(())


def test_refuses_an_empty_ladder() -> None:
    with pytest.raises(InputError, match=r"marking\.empty-ladder"):
        Ladder(())


def test_refuses_a_ladder_with_a_level_twice() -> None:
    with pytest.raises(InputError, match=r"marking\.doubled-level"):
        Ladder(("SECRET", "CONFIDENTIAL", "SECRET"))
