# SPDX-License-Identifier: Apache-2.0
"""What the documents show runs, and prints what they say.

Each ```console block of a page is a part of one session in one folder. ```console demo begins with
the demo's folder in `demo/`, ```console day within it, and the demo's own tests run both; of
```console not-run only the commands' names and options are held to the program, and `make` to the
Makefile; ```text is not looked at.
"""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from comity.cli.main import cli, run
from scripts import sessions
from scripts.tidy.tree import ROOT, tracked_paths

PAGES = [
    path
    for path in tracked_paths(ROOT)
    if path.endswith(".md") and (ROOT / path).is_file() and not path.startswith("tests/")
]
_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    for found in _FENCE.finditer(text):
        yield found["info"].strip(), found["body"]


def sessions_of(kind: str) -> list[str]:
    """List the pages that hold blocks of a kind."""
    return [
        page
        for page in PAGES
        if any(info == kind for info, _ in _blocks((ROOT / page).read_text(encoding="utf-8")))
    ]


def check_session(page: str, kind: str, folder: Path) -> None:
    """Run a page's blocks of a kind in a folder, and hold what they print to what the page says."""
    text = (ROOT / page).read_text(encoding="utf-8")
    session = "\n".join(body for info, body in _blocks(text) if info == kind)
    steps = sessions.parse_session(session)
    assert steps
    for step, outcome in sessions.run_session(steps, folder, run, os.environ):
        assert outcome.exit_code == step.exit_code, sessions.explain(step, outcome)
        assert sessions.matches(step.output, outcome.output), sessions.explain(step, outcome)


@pytest.mark.parametrize("page", sessions_of("console"))
def test_session_of_a_page(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_session(page, "console", tmp_path)


def unknown_words(command: str, targets: frozenset[str]) -> list[str]:
    """List the words of a command that neither the program nor the Makefile knows."""
    words = shlex.split(command, comments=True)
    if words[:1] == ["make"]:
        return [word for word in words[1:] if "=" not in word and word not in targets]
    if words[:1] != ["comity"]:
        return []
    found: click.Command = cli
    context = click.Context(cli)
    rest = words[1:]
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        inner = found.get_command(context, rest[0])
        if inner is None:
            return [rest[0]]
        found, rest = inner, rest[1:]
    known = {option for parameter in found.params for option in parameter.opts}
    return [
        word
        for word in rest
        if word.startswith("-") and word.partition("=")[0] not in known | {"--help", "-h"}
    ]


def _targets() -> frozenset[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_known(page: str) -> None:
    unknown: list[str] = []
    for info, body in _blocks((ROOT / page).read_text(encoding="utf-8")):
        for line in body.splitlines():
            shown = line.removeprefix("$ ")
            if not re.match(r"(comity|make) [a-z]", shown) or info == "text":
                continue
            if shown.startswith("comity ") and not info.startswith("console"):
                unknown.append(f"not in a console block: {shown}")
            unknown += [f"{word} in {shown}" for word in unknown_words(shown, _targets())]
    assert not unknown


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("make test", []),
        ("make demo ARGS=--check  # quick", []),
        ("make tset", ["tset"]),
        ("comity --version", []),
        ("comity --verbose", ["--verbose"]),
        ("comity advise", ["advise"]),
        ("ls --strange", []),
    ],
)
def test_finds_words_that_nobody_knows(command: str, unknown: list[str]) -> None:
    assert unknown_words(command, _targets()) == unknown
