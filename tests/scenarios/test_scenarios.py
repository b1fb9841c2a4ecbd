# SPDX-License-Identifier: Apache-2.0
"""Run each session of this folder in an empty folder of its own; `--regenerate` rewrites it.

Files of `NAME/` are there at the beginning of `NAME.txt`. `$TESTS` names the tests' folder.
"""

import os
import shutil
from pathlib import Path

import pytest

from comity.cli.main import run
from scripts import sessions

HERE = Path(__file__).parent
SESSIONS = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("file", SESSIONS, ids=[file.stem for file in SESSIONS])
def test_session(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if file.with_suffix("").is_dir():
        shutil.copytree(file.with_suffix(""), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    text = file.read_text(encoding="utf-8")
    env = {**os.environ, "TESTS": str(HERE.parent)}
    wrong: dict[int, sessions.Outcome] = {}
    said: list[str] = []
    for step, outcome in sessions.run_session(sessions.parse_session(text), tmp_path, run, env):
        if outcome.exit_code == step.exit_code and sessions.matches(step.output, outcome.output):
            continue
        wrong[step.line] = outcome
        said.append(sessions.explain(step, outcome))
        if not request.config.getoption("--regenerate"):
            break
    if wrong and request.config.getoption("--regenerate"):
        file.write_text(sessions.rewrite(text, wrong), encoding="utf-8")
    assert not said or request.config.getoption("--regenerate"), "\n\n".join(said)
