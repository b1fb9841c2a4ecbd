# SPDX-License-Identifier: Apache-2.0
"""What a command says to do next can be pasted: it parses as it stands and names no placeholder."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from comity.basis.errors import ComityError
from comity.cli import status
from comity.cli.main import cli as root
from scripts.tidy.tree import ROOT

SHOWN = [
    *sorted((ROOT / "tests/scenarios").glob("*.txt")),
    *sorted(ROOT.glob("docs/*.md")),
    ROOT / "README.md",
]
SOURCES = sorted((ROOT / "src/comity/cli").rglob("*.py"))
# Whoever is told what to do next may still have to find these out by looking; nobody else can know.
PARTY_LIKE = re.compile(r"[A-Z][A-Z-]{1,}")
PARTIES = {"JPN", "KOR", "USA", "CERT-A", "CERT-B", "EXERCISE", "SHA", "TLS", "NONE"}


def next_lines(text: str) -> Iterator[str]:
    """Give the commands that stand in lines of what is to be done next, and in those under them."""
    under = False
    for line in text.splitlines():
        under = line.startswith("next") or (under and line.startswith("      "))
        if under and "comity " in line:
            yield line[line.index("comity ") :]


def parse(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program read a command line as far as it does before it does anything."""
    monkeypatch.setenv("COMITY_NODE", "jpn")
    found: click.Command = root
    # As main.py sets it: click remembers the help option of whoever asks first.
    names = list(root.context_settings["help_option_names"])
    context = click.Context(root, info_name="comity", help_option_names=names)
    words = shlex.split(command)[1:]
    while isinstance(found, click.Group):
        inner = found.get_command(context, words[0])
        assert inner is not None, command
        found, words = inner, words[1:]
    if words != ["--help"]:
        found.make_context(found.name, words, parent=context)


@pytest.mark.parametrize("file", SHOWN, ids=[str(path.relative_to(ROOT)) for path in SHOWN])
def test_every_next_step_that_is_shown_parses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in next_lines(file.read_text(encoding="utf-8")):
        parse(command, monkeypatch)
        placeholders = {each for each in command.split() if PARTY_LIKE.fullmatch(each)} - PARTIES
        assert not placeholders, command


def test_a_placeholder_is_found_and_a_slip_does_not_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "next: carry it: comity courier pack --to KOR FILE --node jpn\nother\n      comity x\n"
    assert list(next_lines(text)) == ["comity courier pack --to KOR FILE --node jpn"]
    with pytest.raises((click.ClickException, ComityError)):
        parse("comity courier pack --node jpn", monkeypatch)
    with pytest.raises(ComityError):
        parse("comity duties --at tomorrow", monkeypatch)


@pytest.mark.parametrize("words", sorted({*status._LOOK.values(), *status._OF_ONE.values()}))
def test_wherever_one_looks_at_what_waits_is_a_command(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_one = words in status._OF_ONE.values()
    here = words.split()[:2] in (["item", "drafts"], ["third-party", "list"])
    more = "gsomia-jpn-kor/JPN/4" if of_one else "" if here else "--agreement gsomia-jpn-kor"
    parse(f"comity {words} {more} --node jpn --as registrar", monkeypatch)


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    """Give what is said to be typed: arguments of `next_command`, and whole lines of `next:`."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", None))
        if name in ("next_command", "say_next"):
            yield from call.args
            yield from (each.value for each in call.keywords)
        elif name == "say":
            yield from (each for each in call.args if "next" in ast.unparse(each)[:8])


@pytest.mark.parametrize("file", SOURCES, ids=[str(path.relative_to(ROOT)) for path in SOURCES])
def test_no_next_step_is_written_with_a_placeholder(file: Path) -> None:
    for argument in _said(ast.parse(file.read_text(encoding="utf-8"))):
        for part in ast.walk(argument):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                words = re.findall(r"\b[A-Z][A-Z-]+\b", part.value)
                assert set(words) <= PARTIES, ast.unparse(argument)
