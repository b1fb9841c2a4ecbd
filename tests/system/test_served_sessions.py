# SPDX-License-Identifier: Apache-2.0
"""The sessions of tests/scenarios, word for word, while their nodes are served by processes."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from comity.cli.main import run
from scripts import sessions
from tests.system.served import listen_anywhere, serving

pytestmark = pytest.mark.slow
SCENARIOS = Path(__file__).parents[1] / "scenarios"
# The one thing that a command says otherwise while its node is served.
SERVED = re.compile(r"(?:next: the served node delivers it: [^\n]*\n)?      or by hand: ")
UNSERVED = "next: carry it: "
STORIES = (
    "release-to-receipt",
    "consents-and-requests",
    "registers-and-proof",
    "signature-to-withdrawal",
)


@pytest.mark.parametrize("name", STORIES)
def test_a_session_is_the_same_while_the_nodes_are_served(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    steps = sessions.parse_session((SCENARIOS / f"{name}.txt").read_text(encoding="utf-8"))
    env = {**os.environ, "TESTS": str(SCENARIOS.parent)}
    assert "story_nodes.py" in steps[0].command
    with ExitStack() as held:
        # The first step makes the nodes; they are served from then on.
        for index, (step, outcome) in enumerate(sessions.run_session(steps, tmp_path, run, env)):
            output = SERVED.sub(UNSERVED, outcome.output)
            assert outcome.exit_code == step.exit_code, sessions.explain(step, outcome)
            assert sessions.matches(step.output, output), sessions.explain(step, outcome)
            if index == 0:
                folders = tmp_path / "jpn", tmp_path / "kor"
                for each in folders:
                    listen_anywhere(each)
                held.enter_context(serving(*folders))
