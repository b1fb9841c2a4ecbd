# SPDX-License-Identifier: Apache-2.0
"""Whatever is typed for an option, a command ends with an answer and never with a traceback."""

import io
from collections.abc import Iterator
from typing import Any

import click
import pytest

from comity.cli.main import cli as root

GROUPS = (
    "agreement",
    "assurance",
    "consent",
    "courier",
    "item",
    "rebuild",
    "register",
    "request",
    "state",
)
ODD = (
    "",
    " ",
    "-",
    "/",
    "..",
    "\u202e秘",
    "\udc80",
    "A" * 5000,
    "9" * 30,
    "-1",
    "JPN/0",
    "JPN/1/2/3",
    "9999-12-31",
    "0001-01-01T00:00:00Z",
    "{}",
)
WANTED = {
    "file": "text.txt",
    "files": "trust",
    "agreement": "gsomia-jpn-kor",
    "control": "JPN/0",
    "asked": "KOR/0",
    "given": "JPN/0",
    "draft": "1",
    "action": "open",
    "out": "out",
    "to": "KOR",
    "party": "KOR",
    "marking": "秘",
    "category": "missile-warning",
    "purposes": "warning",
    "purpose": "warning",
    "as_person": "officer",
    "folder": "jpn",
    "level": "SECRET",
    "recipient": "USA",
    "subject": "x",
    "reading": "in_force",
    "answer_item": "JPN/0",
}


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(root)
    for name in GROUPS:
        command = root.get_command(context, name)
        if not isinstance(command, click.Group):
            assert command is not None
            yield (name,), command
            continue
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield (name, inner), found


COMMANDS = list(_commands())


def _arguments(command: click.Command, odd: dict[str, str]) -> list[str]:
    options: list[str] = []
    places: list[str] = []
    for parameter in command.params:
        wanted: Any = odd.get(parameter.name or "")
        if wanted is None and (parameter.required or parameter.name in ("as_person", "folder")):
            wanted = WANTED.get(parameter.name or "")
        if wanted is None:
            continue
        if isinstance(parameter, click.Argument):
            places.append(wanted)
        else:
            options.append(f"{parameter.opts[0]}={wanted}")
    return [*options, "--", *places]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "command"), COMMANDS, ids=[" ".join(path) for path, _ in COMMANDS]
)
def test_ends_with_an_answer(
    cli, signed, monkeypatch, path: tuple[str, ...], command: click.Command
) -> None:
    for parameter in command.params:
        if getattr(parameter, "is_flag", False):
            continue
        for odd in ODD:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"text")))
            outcome = cli(*path, *_arguments(command, {parameter.name or "": odd}))
            assert outcome.code in range(6), (parameter.name, odd)
            assert outcome.code == 0 or outcome.err or outcome.out
            assert "Traceback" not in outcome.err
