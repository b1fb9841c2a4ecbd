# SPDX-License-Identifier: Apache-2.0
"""The greatest time of a register, up to any size."""

import pytest

from comity.basis.errors import InvariantError
from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.state.register_times import RegisterTimes
from tests.support_state import JPN


def _times(*entries: tuple[int, int]) -> RegisterTimes:
    times = RegisterTimes()
    for index, at in entries:
        times.add(Place(JPN, index), Instant(at))
    return times


@pytest.mark.parametrize(
    ("size", "greatest"), [(0, None), (1, 10), (2, 30), (3, 30), (4, 30), (6, 40), (99, 40)]
)
def test_gives_the_greatest_time_below_a_size(size: int, greatest: int | None) -> None:
    assert _times((0, 10), (1, 30), (3, 20), (5, 40)).greatest(size) == greatest


def test_the_order_of_adding_makes_no_difference() -> None:
    times = _times((5, 40), (3, 20), (0, 10), (1, 30))
    assert [times.greatest(size) for size in range(7)] == [None, 10, 30, 30, 30, 30, 40]


def test_refuses_a_place_that_was_added_before() -> None:
    times = _times((0, 10), (4, 20))
    for index in (0, 4):
        with pytest.raises(InvariantError) as caught:
            times.add(Place(JPN, index), Instant(30))
        assert caught.value.code == "state.folded-twice"
    assert times.greatest(9) == 20
