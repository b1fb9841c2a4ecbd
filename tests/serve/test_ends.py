# SPDX-License-Identifier: Apache-2.0
"""An input that never waits, as /dev/null or a closed one, has ended: the node ends in order."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
import uvloop

from comity.serve.ends import Ends
from tests.serve.support_diagnostics import Diagnostics


@pytest.mark.parametrize(
    "loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"]
)
@pytest.mark.parametrize("name", [os.devnull, "closed"])
def test_an_input_that_never_waits_has_ended_already(
    said: Diagnostics, monkeypatch: pytest.MonkeyPatch, loop: Any, name: str
) -> None:
    async def act() -> None:
        found = Ends(asyncio.get_running_loop(), said.log)
        found.listen_to_input()
        await asyncio.wait_for(found.wait(), 120)
        found.raise_if_broken()

    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing if name == os.devnull else None)
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(act())
    assert said.lines[0]["signal"] == "end of input"
