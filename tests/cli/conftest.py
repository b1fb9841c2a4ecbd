# SPDX-License-Identifier: Apache-2.0
"""Commands run in this process, in an empty folder, and nodes made by them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.cli.main import run


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> dict:
        """The one object that a command prints with --json."""
        return json.loads(self.out)


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run a command in an empty folder, quietly."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"COLUMNS": "100", "TERM": "dumb", "TZ": "UTC"}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = run(arguments)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


def make_node(cli: Cli, party: str, *more: str) -> Outcome:
    """Make an exercise node in a folder of the party's name."""
    name = party.lower()
    wanted = ("--party", party, "--name", party, "--domain", f"{name}.example", "--exercise")
    return cli("init", name, *wanted, *more)


@pytest.fixture
def kor(cli: Cli) -> str:
    """Korea's node."""
    assert make_node(cli, "KOR", "--name", "ko=대한민국").code == 0
    return "kor"


@pytest.fixture
def jpn(cli: Cli) -> str:
    """Japan's node."""
    assert make_node(cli, "JPN", "--name", "ja=日本").code == 0
    return "jpn"
