# SPDX-License-Identifier: Apache-2.0
"""A list that is empty says so, and names the command by which it is filled."""

import click

from comity.cli.main import cli as root

EMPTY = {
    "dispute list": "no dispute was opened",
    "authority list": "no competent authority was notified",
    "law list": "no change of law was told",
    "law tasks": "no change of law is to be told",
    "consultation list": "no consultation was asked for",
    "consent list": "no consent was asked or given",
    "contractor list": "no firm was assured of",
    "disclosure list": "no disclosure is on record",
    "incident list": "no incident was reported",
    "inventory results": "no inventory was told",
    "request list": "no request",
    "third-party list": "nothing went to a third party",
    "visit list": "no visit was asked for",
}


def test_an_empty_list_says_what_to_do(cli, signed) -> None:
    for command, nothing in EMPTY.items():
        told = cli(*command.split(), "--node", "kor")
        assert (told.code, nothing in told.out) == (0, True), command
        hint = told.err.splitlines()[0]
        assert hint.startswith("hint: ")
        assert hint.endswith(" --help")
        assert _is_command(hint.partition("comity ")[2].split()[:-1]), hint
    assert cli("visit", "list", "--node", "kor", "--json").err == ""


def _is_command(words: list[str]) -> bool:
    found: click.Command | None = root
    for word in words:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(root), word)
    return found is not None
