# SPDX-License-Identifier: Apache-2.0
"""The table of `make bench` says what was measured, and when a limit is not kept."""

import pytest

from bench.measuring import Limits, Row, Timing, format_seconds, measure_beside
from bench.run import table

TAKEN, FLOOR = Timing(cpu_s=0.2, wall_s=0.3), Timing(cpu_s=0.1, wall_s=0.1)


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        (Limits(ratio_max=2.0), Limits(ratio_max=1.9)),
        (Limits(cpu_s_max=0.2), Limits(cpu_s_max=0.19)),
        (Limits(per_second_min=50), Limits(per_second_min=51)),
        (Limits(peak_bytes_max=7), Limits(peak_bytes_max=6)),
    ],
)
def test_a_limit_is_kept_or_not(kept: Limits, broken: Limits) -> None:
    for limits, holds in ((kept, True), (broken, False)):
        row = Row(name="seal", taken=TAKEN, floor=FLOOR, amount=10, peak_bytes=7, limits=limits)
        assert row.holds() is holds
        assert ("not kept" in table([row])) is not holds


def test_a_ratio_without_a_floor_keeps_no_limit() -> None:
    assert not Row(name="seal", taken=TAKEN, limits=Limits(ratio_max=9)).holds()


def test_act_and_floor_run_in_turn() -> None:
    ran: list[str] = []
    measure_beside(lambda: ran.append("act"), lambda: ran.append("floor"), rounds=2, repeats=1)
    assert ran == ["act", "floor"] * 3


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.0, "2 s"), (0.15, "150 ms"), (1e-4, "100 µs"), (5e-9, "5 ns")]
)
def test_times_are_written_as_a_person_would(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text
