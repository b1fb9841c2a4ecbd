# SPDX-License-Identifier: Apache-2.0
"""The import contracts of pyproject.toml hold the house, and refuse a house that breaks them.

Each planted house is a package `comity` of a few empty files and one import too many.
"""

import configparser
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.tidy.core import OUTSIDE
from scripts.tidy.tree import OUTER_ROOMS, ROOT

ROOMS = ("adapters", "basis", "cli", "decision", "flows", "keys", "sealing", "state", "support")


def _lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("lint-imports")),
            *("--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")),
        ],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def _build(house: Path, file: str, text: str) -> None:
    package = house / "comity"
    for room in ROOMS:
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").touch()
        (package / room / "ground.py").touch()
    (package / "__init__.py").touch()
    for module in ("config.py", "node.py", "ports.py"):
        (package / module).touch()
    (package / file).parent.mkdir(exist_ok=True)
    (package / file).parent.joinpath("__init__.py").touch()
    (package / file).write_text(text)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("keys/up.py", "import comity.decision.ground", "imports go down"),
        ("support/aside.py", "import comity.sealing.ground", "imports go down"),
        ("flows/aside.py", "import comity.adapters.ground", "imports go down"),
        ("attic/new.py", "", "imports go down"),
        ("cli/wires.py", "import comity.adapters.ground", "only node names an adapter"),
        ("state/ground.py", "import socket", "from ports down"),
        ("decision/ground.py", "def f():\n    import random", "from ports down"),
        ("state/ground.py", "import cryptography", "cryptography is met in keys"),
        ("flows/ground.py", "import rich.table", "a screen is drawn"),
    ],
    ids=lambda value: str(value).split("\n", maxsplit=1)[0][:30],
)
def test_a_house_with_one_import_too_many_is_refused(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    _build(tmp_path, file, text)
    linted = _lint(tmp_path)
    broken = [line for line in linted.stdout.splitlines() if line.endswith("BROKEN")]
    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert any(line.startswith(said) for line in broken), linted.stdout


def test_a_cycle_inside_a_room_is_refused(tmp_path: Path) -> None:
    _build(tmp_path, "state/orders.py", "import comity.state.ground")
    (tmp_path / "comity/state/ground.py").write_text("import comity.state.orders")
    linted = _lint(tmp_path)
    assert linted.returncode == 1
    assert "no cycles inside a room BROKEN" in linted.stdout


def test_a_house_that_only_goes_down_is_accepted(tmp_path: Path) -> None:
    _build(tmp_path, "node.py", "import comity.adapters.ground\nimport comity.flows.ground")
    (tmp_path / "comity/cli/ground.py").write_text("import comity.node\nimport rich")
    (tmp_path / "comity/adapters/ground.py").write_text("import os\nimport comity.ports")
    linted = _lint(tmp_path)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_lists_of_outer_rooms_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["name"]: each for each in project["tool"]["importlinter"]["contracts"]}
    outside = contracts["from ports down nothing meets the world"]
    freed = {name.split(" ")[0].split(".")[1] for name in outside["ignore_imports"]}
    uncovered = configparser.ConfigParser()
    uncovered.read(ROOT / "coverage-core.ini")
    omitted = {
        line.removeprefix("*/comity/").partition("/")[0].removesuffix(".py")
        for line in uncovered["run"]["omit"].split()
    }
    assert freed == omitted == OUTER_ROOMS - {"__init__"}
    assert set(outside["forbidden_modules"]) >= OUTSIDE
