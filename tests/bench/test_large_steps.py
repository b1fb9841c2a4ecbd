# SPDX-License-Identifier: Apache-2.0
"""The commands that are measured with 5 GB bring the content over, and memory is measured right."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bench.large_speed import OPENED, SOURCE, make_nodes, run_measured, run_peak, steps


@pytest.mark.slow
def test_the_measured_commands_bring_the_recipient_the_content(tmp_path: Path) -> None:
    asyncio.run(make_nodes(tmp_path))
    content = os.urandom(3_000_000)
    (tmp_path / SOURCE).write_bytes(content)
    for step in steps(tmp_path):
        run_measured(step.arguments)
    assert (tmp_path / OPENED).read_bytes() == content


def test_a_measured_command_that_fails_is_not_a_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        run_measured(("item", "list", "--node", str(tmp_path), "--as", "nobody"))


def test_the_peak_is_the_commands_own_and_not_that_of_who_measures() -> None:
    held = bytearray(200_000_000)
    _, small = run_peak([sys.executable, "-c", "pass"])
    _, large = run_peak([sys.executable, "-c", "bytearray(b'1') * 150_000_000"])
    assert len(held) > 100_000_000 > small
    assert 150_000_000 < large < 200_000_000
