# SPDX-License-Identifier: Apache-2.0
"""The help text of every command is a golden file: `make golden` writes it, a person reviews it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from comity.cli.main import cli

HELP = Path(__file__).parent / "help"
WIDTH = 80


def _commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, ...]]:
    yield ()
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        try:
            found = command.get_command(context, name)
        except (ImportError, AttributeError):
            # The command's own test below fails, and says why.
            yield (name,)
            continue
        if found is None or found.hidden:
            continue
        inner = click.Context(found, info_name=name, parent=context)
        yield from ((name, *rest) for rest in _commands(found, inner))


COMMANDS = sorted(_commands(cli, click.Context(cli, info_name="comity")))


def _help(path: tuple[str, ...]) -> str:
    command: click.Command = cli
    # As main.py sets it: click remembers the help option of whoever asks first.
    names = list(cli.context_settings["help_option_names"])
    context = click.Context(
        cli, info_name="comity", terminal_width=WIDTH, color=False, help_option_names=names
    )
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        command = found
        context = click.Context(
            command, info_name=name, parent=context, terminal_width=WIDTH, color=False
        )
    return command.get_help(context) + "\n"


@pytest.mark.parametrize("path", COMMANDS, ids=[" ".join(("comity", *c)) for c in COMMANDS])
def test_help(path: tuple[str, ...], golden: Callable[[str, str], None]) -> None:
    golden(f"help/{'-'.join(('comity', *path))}.txt", _help(path))


def test_no_help_file_outlives_its_command(request: pytest.FixtureRequest) -> None:
    named = {f"{'-'.join(('comity', *path))}.txt" for path in COMMANDS}
    stale = [file for file in HELP.glob("*.txt") if file.name not in named]
    if request.config.getoption("--regenerate"):
        for file in stale:
            file.unlink()
    else:
        assert not stale


@pytest.mark.parametrize("path", COMMANDS, ids=[" ".join(("comity", *c)) for c in COMMANDS])
def test_every_command_and_option_says_what_it_does(path: tuple[str, ...]) -> None:
    command: click.Command = cli
    context = click.Context(cli)
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found is not None
        command = found
    silent = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden and not option.help
    ]
    assert command.help
    assert not silent
