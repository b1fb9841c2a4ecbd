# SPDX-License-Identifier: Apache-2.0
"""Every command that a sentence names is there, with its options: hints, pages, golden files.

What stands after `$` in a session runs, and what a line of `next:` says is parsed whole by
test_next_steps.py. Here are the commands within sentences, which nobody runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from comity.cli import refusals
from comity.cli.main import cli as root
from scripts.tidy.tree import ROOT, tracked_paths

PATHS = [ROOT / path for path in tracked_paths(ROOT) if not path.startswith("tests/")]
SOURCES = [path for path in PATHS if path.suffix == ".py" and "src" in path.parts]
SHOWN = [
    *(path for path in PATHS if path.suffix == ".md"),
    *sorted((ROOT / "tests/scenarios").glob("*.txt")),
    *sorted((ROOT / "tests/golden/wording").glob("*.txt")),
]
TOLD = ("next_command", "say_next", "say_approval", "command")
"""Calls whose words are typed after `comity`."""
_NAMED = re.compile(r"(?P<before>.{0,2})(?<![/\w])comity (?P<words>[a-z][^`\n]*)")
_END = re.compile(r"[.,;:)|](?= |$)| — | and | or |[\"'\]]")


def named(text: str) -> Iterator[tuple[bool, str]]:
    """Give what follows each `comity`, up to the sentence's next stop; and whether it is typed."""
    for found in _NAMED.finditer(text):
        typed = found["before"].endswith(("`", ": ", "$ "))
        for each in re.split(r"(?<![/\w])comity ", found["words"]):
            yield typed, _END.split(each, maxsplit=1)[0]


def unknown(words: str, *, typed: bool) -> str | None:
    """Name the word that is no command or option; prose whose first word is none says nothing."""
    command: click.Command = root
    context = click.Context(root)
    rest = words.split()
    while isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]):
        inner = command.get_command(context, rest[0])
        if inner is None:
            return rest[0] if typed or command is not root else None
        command, rest = inner, rest[1:]
    options = {each for parameter in command.params for each in parameter.opts}
    for word in rest:
        name = word.partition("=")[0]
        if re.fullmatch(r"--[a-z-]+", name) and name not in options | {"--help"}:
            return word
    return None


def wrong(text: str) -> list[str]:
    return [
        f"{word!r} in: comity {words}"
        for typed, words in named(text)
        if (word := unknown(words, typed=typed)) is not None
    ]


def unwrapped(page: str) -> str:
    """Put each run of `code` that is wrapped on one line."""
    fences = page.split("```")
    spans = (re.sub(r"(`[^`\n]+)\n *([^`\n]+`)", r"\1 \2", each) for each in fences[::2])
    return "```".join(part for two in zip(spans, [*fences[1::2], ""], strict=True) for part in two)


def _words(part: ast.expr) -> str | None:
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return part.value
    if isinstance(part, ast.JoinedStr):
        return "".join(_words(each) or "X" for each in part.values)
    return None


def sentences(tree: ast.AST) -> Iterator[str]:
    """Give each text of a source in one line, and what is told to be typed with `comity` before."""
    for part in ast.walk(tree):
        if isinstance(part, ast.expr) and (text := _words(part)) is not None:
            yield " ".join(text.split())
        if isinstance(part, ast.Call):
            name = getattr(part.func, "attr", getattr(part.func, "id", None))
            if name in TOLD:
                told = (_words(each) for each in part.args)
                yield from (f": comity {each}" for each in told if each and " " in each)


@pytest.mark.parametrize("file", SHOWN, ids=[str(path.relative_to(ROOT)) for path in SHOWN])
def test_every_command_in_a_page_or_golden_file_is_there(file: Path) -> None:
    assert wrong(unwrapped(file.read_text(encoding="utf-8"))) == []


def test_every_command_in_a_text_of_the_program_is_there() -> None:
    found = {
        str(path.relative_to(ROOT)): slips
        for path in SOURCES
        if (
            slips := [
                slip for text in sentences(ast.parse(path.read_text())) for slip in wrong(text)
            ]
        )
    }
    assert found == {}


def test_every_hint_of_a_refusal_names_a_command() -> None:
    every = [*refusals._NEXT.values(), refusals._FOREIGN, refusals._ANY, refusals._RULE]
    told = [words for _, words in every if words is not None]
    assert [words for words in told if unknown(words, typed=True)] == []


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("hint: ask for it: comity third-party draft --help", 1),
        ("hint: ask for it: comity third-party release --help", 0),
        ("each of them (`comity third-party draft`), your own among them", 1),
        ("by `comity copy make`, or comity copy mak, it says", 1),
        ("`comity nothing`", 1),
        ("comity says what it does, and comity item show --nought", 1),
        ("see comity register check, comity agreement state ID --node X.", 0),
    ],
)
def test_a_slip_is_found_and_prose_is_not(text: str, slips: int) -> None:
    assert len(wrong(text)) == slips
