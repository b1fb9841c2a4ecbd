# SPDX-License-Identifier: Apache-2.0
"""A row that misses its limit says so, whichever limit it is, and figures reach their page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench import run
from bench.measuring import Limits, Row, Timing, format_seconds, measure, measure_beside

ROW = Row(name="act", taken=Timing(0.2, 0.3), floor=Timing(0.1, 0.1), amount=100, unit="acts")


@pytest.mark.parametrize(
    ("kept", "missed"),
    [
        (Limits(ratio_max=2), Limits(ratio_max=1.99)),
        (Limits(cpu_s_max=0.2), Limits(cpu_s_max=0.199)),
        (Limits(per_second_min=500), Limits(per_second_min=501)),
        (Limits(peak_bytes_max=10), Limits(peak_bytes_max=9)),
    ],
)
def test_each_limit_is_held_to(kept: Limits, missed: Limits) -> None:
    row = replace(ROW, peak_bytes=10)
    assert replace(row, limits=kept).holds()
    assert not replace(row, limits=missed).holds()
    assert "not kept" in run.table([replace(row, limits=missed)])


def test_a_limit_on_what_was_not_measured_is_missed() -> None:
    assert not replace(ROW, floor=None, limits=Limits(ratio_max=99)).holds()
    assert not replace(ROW, limits=Limits(peak_bytes_max=10**12)).holds()


def test_act_and_floor_run_in_turn_and_the_first_round_only_warms_up() -> None:
    told: list[str] = []
    taken, floor = measure_beside(
        lambda: told.append("act"), lambda: told.append("floor"), rounds=2
    )
    assert told == ["act", "floor"] * 3
    assert floor is not None
    assert measure(lambda: sum(range(100_000)), rounds=3).cpu_s > 0
    assert taken.cpu_s < 0.1


def test_seconds_are_written_in_the_unit_that_a_person_would_use() -> None:
    assert [format_seconds(each) for each in (2.5, 0.0421, 3.2e-5, 4e-8)] == [
        "2.5 s",
        "42.1 ms",
        "32 µs",
        "40 ns",
    ]
