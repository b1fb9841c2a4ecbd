# SPDX-License-Identifier: Apache-2.0
"""Help texts are of one piece: an option looks alike everywhere, every example can be typed."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from comity.cli.main import cli
from tests.golden.test_help import COMMANDS

SEVERAL_USES = {
    "--as",
    "--to",  # a party, a person, a day
    "--from",  # a day, an item
    "--by",  # a party, a post
    "--with",
    "--on",
    "--for",  # a post, a permission
    "--note",  # a text, a language
    "--name",  # a party's, a body's, a program's
    "--reason",  # a code, words
    "--copy",
    "--duty",
    "--out",  # a file, a folder
    "--agreement",  # an id; a file where there is no node
    "--effective",  # a day, an instant
    "--at",  # an instant; a day to its end
    "--until",  # a day; a day or an instant
    "--title",
    "--parent",
    "--start",
}
"""Short words that say different things, which their help tells."""

REQUEST = re.compile(r"Example(?:, in [^:]+)?: (?P<example>.+)", re.DOTALL)


def _verbs() -> Iterator[tuple[str, click.Command]]:
    for path in COMMANDS:
        command: click.Command = cli
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(cli), name)
            assert found is not None
            command = found
        if not isinstance(command, click.Group):
            yield " ".join(path), command


VERBS = dict(_verbs())


def test_an_option_takes_the_same_wherever_it_is() -> None:
    shown: defaultdict[str, set[str]] = defaultdict(set)
    for command in VERBS.values():
        for option in command.params:
            takes = isinstance(option, click.Option) and not option.is_flag
            if takes and not isinstance(option.type, click.Choice):
                shown[option.opts[0]].add(option.make_metavar(click.Context(command)))
    apart = {name: takes for name, takes in shown.items() if len(takes) > 1}
    assert {name: takes for name, takes in apart.items() if name not in SEVERAL_USES} == {}


def test_an_option_that_may_be_repeated_says_so_in_the_same_words() -> None:
    for path, command in VERBS.items():
        for option in command.params:
            if isinstance(option, click.Option) and option.multiple:
                said = (option.help or "").lower()
                assert "once for each" in said, (path, option.name)


@pytest.mark.parametrize("path", [path for path in VERBS if path != "completion"])
def test_every_command_has_an_example_that_can_be_typed(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("planned").mkdir()  # the one thing that an example needs
    command = VERBS[path]
    found = REQUEST.search(command.epilog or "")
    assert found, "an example in the epilog"
    words = shlex.split(found["example"].partition(" > ")[0])
    assert words[: 1 + len(path.split())] == ["comity", *path.split()]
    # As main.py sets it: click remembers the help option of whoever asks first.
    names = list(cli.context_settings["help_option_names"])
    command.make_context(path, words[1 + len(path.split()) :], help_option_names=names)
