# SPDX-License-Identifier: Apache-2.0
"""A large payload streams: each command holds a little of it at a time, from release to opening."""

import asyncio
from pathlib import Path

import pytest

from bench import large_speed
from comity.basis.limits import MIB

_PAYLOAD = 256 * MIB
_PEAK_BYTES_MAX = 100_000_000


@pytest.mark.slow
def test_256_mib_go_from_release_to_opening_under_100_mb_of_memory(tmp_path: Path) -> None:
    source = tmp_path / large_speed.SOURCE
    with source.open("wb") as file:
        file.truncate(_PAYLOAD)
    asyncio.run(large_speed.make_nodes(tmp_path))
    peaks = {
        step.name: large_speed.run_measured(step.arguments)[1]
        for step in large_speed.steps(tmp_path)
    }
    assert {name: peak for name, peak in peaks.items() if peak > _PEAK_BYTES_MAX} == {}
    opened = tmp_path / large_speed.OPENED
    with opened.open("rb") as got:
        assert all(not any(chunk) for chunk in iter(lambda: got.read(MIB), b""))
    assert opened.stat().st_size == _PAYLOAD
