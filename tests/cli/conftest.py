# SPDX-License-Identifier: Apache-2.0
"""Commands run in this process, in an empty folder, and nodes made by them."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.basis.instants import parse_instant
from comity.cli.main import run
from tests.scenarios.story_nodes import bring_into_force, make


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


@pytest.fixture(scope="session")
def signed_nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exercise nodes `jpn` and `kor`, the agreement in force between them."""
    folder = tmp_path_factory.mktemp("signed")
    with contextlib.chdir(folder):
        asyncio.run(make(parse_instant("2016-12-16T03:00:00Z")))
        asyncio.run(bring_into_force())
    return folder


@pytest.fixture
def signed(cli: Cli, signed_nodes: Path, tmp_path: Path) -> Path:
    """Tokyo's and Seoul's nodes in this folder, fresh, and a text to be released."""
    shutil.copytree(signed_nodes, tmp_path, dirs_exist_ok=True)
    (tmp_path / "text.txt").write_text("観測\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def release(cli: Cli, signed: Path) -> Callable[..., Outcome]:
    """Release a file from Tokyo to Seoul as an officer, with more options."""
    label = ("--to", "KOR", "--marking", "秘", "--category", "missile-warning")

    def call(file: str, *more: str) -> Outcome:
        who = ("--node", "jpn", "--as", "officer")
        return cli("item", "release", file, *label, "--purpose", "warning", *who, *more)

    return call


@pytest.fixture
def ferry(cli: Cli, signed: Path) -> Callable[[str, str], Outcome]:
    """Carry a bundle from one node to the other, and what it answers back."""

    def call(by: str, to: str) -> Outcome:
        for name in ("carried", "answer"):
            (signed / name).unlink(missing_ok=True)
        assert cli("courier", "pack", "--to", to.upper(), "carried", "--node", by).code == 0
        taken = cli("courier", "take", "carried", "--reply", "answer", "--node", to)
        assert taken.code == 0
        assert cli("courier", "take", "answer", "--node", by).code == 0
        return taken

    return call
