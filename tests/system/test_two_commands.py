# SPDX-License-Identifier: Apache-2.0
"""Commands at once on one node, as processes of their own: one waits, none breaks.

That the second says so while it waits is held in `tests/cli/test_node.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from comity.basis.instants import parse_instant
from tests.scenarios.story_nodes import bring_into_force, make

pytestmark = pytest.mark.slow
LABEL = ("--to", "KOR", "--marking", "秘", "--category", "missile-warning", "--purpose", "warning")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two-commands")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        asyncio.run(make(parse_instant("2016-12-16T03:00:00Z")))
        asyncio.run(bring_into_force())
    (folder / "text.txt").write_text("観測\n", encoding="utf-8")
    return folder


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from comity.cli.main import main; main()", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"},
    )


def finish(child: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = child.communicate(timeout=300)
    return child.returncode, out, err


def read(folder: Path, *arguments: str) -> dict[str, Any]:
    code, out, err = finish(start(folder, *arguments, "--json"))
    assert code == 0, err
    value: dict[str, Any] = json.loads(out)
    return value


def test_many_commands_at_once_all_finish_and_each_is_done_once(nodes: Path) -> None:
    count = 4
    release = ("item", "release", "text.txt", *LABEL, "--node", "jpn", "--as", "officer")
    before = _kinds(nodes, "jpn")
    children = [start(nodes, *release) for _ in range(count)]
    children.append(start(nodes, "courier", "pack", "--to", "KOR", "meanwhile", "--node", "jpn"))
    outcomes = [finish(child) for child in children]
    assert [code for code, _, _ in outcomes] == [0] * len(children), [err for *_, err in outcomes]
    assert not any("Traceback" in err for *_, err in outcomes)
    assert _kinds(nodes, "jpn") - before == Counter({"item.release": count})
    code, out, err = finish(start(nodes, "register", "check", "--node", "jpn"))
    assert code == 0, out + err


def test_a_bundle_that_two_commands_take_at_once_is_taken_once(nodes: Path) -> None:
    release = ("item", "release", "text.txt", *LABEL, "--node", "jpn", "--as", "officer")
    assert finish(start(nodes, *release))[0] == 0
    assert finish(start(nodes, "courier", "pack", "--to", "KOR", "once", "--node", "jpn"))[0] == 0
    take = ("courier", "take", "once", "--node", "kor", "--json")
    outcomes = [finish(child) for child in [start(nodes, *take), start(nodes, *take)]]
    assert [code for code, _, _ in outcomes] == [0, 0]
    taken = [json.loads(out)["taken"][0] for _, out, _ in outcomes]
    assert sorted(each["entries"] for each in taken)[0] == 0
    assert sum(each["entries"] for each in taken) >= 1
    assert _kinds(nodes, "kor", "JPN") == _kinds(nodes, "jpn")


def _kinds(folder: Path, node: str, party: str = "") -> Counter[str]:
    shown = read(folder, "register", "show", "--party", party or node.upper(), "--node", node)
    return Counter(str(each["kind"]) for each in shown["entries"])
