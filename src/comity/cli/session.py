# SPDX-License-Identifier: Apache-2.0
"""A command at a node: who sits there, which node, as which person; opens it and runs the flow.

`node_command` gives a command `--node`, `--json` and `--as`: every command at a node takes a
person. The command is an async function of a `Desk` and its own options, and returns an exit code
or None.
"""

from __future__ import annotations

import asyncio
import functools
import os
import pwd
import shlex
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import click

from comity.basis.errors import InvariantError
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.strict_json import JsonValue
from comity.cli.printing import NodeMark, json_option, print_json, print_lines, say, shown
from comity.cli.progress import bars_away
from comity.cli.refusals import print_refused
from comity.config import ClockKind
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.foresight.words import LANGUAGES
from comity.node import AtHand, ask_nobody, open_node
from comity.ports import NODE_DELIVERS

_KEY_FILES = {
    "root": "root.key, which signs our card",
    "authority": "authority.key, which binds the state",
    "node": "node.key, which signs and opens in daily work",
}


class AsPerson(Enum):
    """Whether a command asks for a person of the register.

    Every command takes one, so that nobody has to know which do; `LOOKING` only asks that the
    register knows whoever is named. `OPTIONAL` and `REQUIRED` acts note and judge the person.
    """

    LOOKING = "looking"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Desk:
    """An open node, the person who acts (if any), and the way to answer."""

    context: Context
    person: PersonId | None
    as_json: bool
    folder: Path | None = None

    @property
    def mark(self) -> NodeMark:
        """Give what stands on everything that is printed here."""
        config, clock = self.context.config, self.context.ports.clock
        story_now = clock.now() if config.clock is ClockKind.STORY else None
        return NodeMark(config.party, config.exercise, story_now)

    def language(self, asked: str | None) -> str:
        """Give the language that was asked for, or else the node's own."""
        return asked or self.context.config.default_language

    @property
    def is_served(self) -> bool:
        """Answer whether a served node delivers what is said here."""
        return self.context.ports.partners is NODE_DELIVERS

    @property
    def acting(self) -> PersonId:
        """Give the person of a command that demands one."""
        if self.person is None:
            raise InvariantError("cli.nobody-acts", "a command without --as asks for the person")
        return self.person

    def next_command(self, words: str, *, person: str | None = None) -> str:
        """Give a command of this node as it is typed: `--node` and `--as` are said with it.

        `person` is somebody else who must act; without one whoever acts now does. The words hold no
        placeholder: what is printed can be pasted.
        """
        at = [] if self.folder is None else ["--node", shlex.quote(shown(str(self.folder)))]
        by = person or self.person
        return " ".join(("comity", words, *at, *(("--as", by) if by else ())))

    @property
    def serve_command(self) -> str:
        """Give the command that serves this node; nobody of the register does that."""
        return Desk(self.context, None, self.as_json, self.folder).next_command("serve")

    def show(
        self,
        schema: str,
        value: Mapping[str, JsonValue],
        lines: Iterable[str],
        *,
        lang: str = LANGUAGES[0],
    ) -> None:
        """Print data: the object with `--json`, otherwise the lines, which are in `lang`."""
        if self.as_json:
            print_json(schema, value, self.mark)
        else:
            print_lines((*self.mark.lines(lang), *lines))

    def show_list(
        self,
        schema: str,
        value: Mapping[str, JsonValue],
        lines: Iterable[str],
        *,
        empty: tuple[str, str],
    ) -> None:
        """Print a list; of an empty one that it is empty, and the command by which it is filled."""
        rows = list(lines)
        nothing, hint = empty
        self.show(schema, value, rows or [nothing])
        if not (rows or self.as_json):
            say(f"hint: {hint}")

    def refuse(self, refused: Refused) -> int:
        """Print a refusal with its articles, and give the exit code."""
        return print_refused(refused, self.next_command, as_json=self.as_json, mark=self.mark)


node_option = click.option(
    "--node",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    envvar="COMITY_NODE",
    show_envvar=True,
    metavar="DIR",
    help="The node's folder.",
)


def node_command(
    *, writing: bool, person: AsPerson = AsPerson.LOOKING
) -> Callable[[Callable[..., Awaitable[int | None]]], Callable[..., int | None]]:
    """Turn an async function of a `Desk` into a command's callback; goes below its own options.

    A command that writes waits for others that do.
    """

    def decorate(act: Callable[..., Awaitable[int | None]]) -> Callable[..., int | None]:
        @functools.wraps(act)
        def callback(
            *, folder: Path, as_json: bool, as_person: str | None = None, **options: Any
        ) -> int | None:
            name = None if as_person is None else parse_person_id(as_person, "--as")

            async def at_desk(context: Context) -> int | None:
                if person is AsPerson.LOOKING and name is not None:
                    await find_person(context, name)
                return await act(Desk(context, name, as_json, folder), **options)

            return run_at_node(folder, at_desk, writing=writing)

        decorated: Callable[..., int | None] = node_option(json_option(callback))
        return as_option(required=person is AsPerson.REQUIRED)(decorated)

    return decorate


def run_at_node(
    folder: Path, act: Callable[[Context], Awaitable[int | None]], *, writing: bool
) -> int | None:
    """Open the node, run the flow to its end, close the node."""

    async def run() -> int | None:
        async with open_node(folder, at_hand(), writing=writing) as context:
            return await act(context)

    return asyncio.run(run())


def at_hand() -> AtHand:
    """Describe who sits at this machine."""
    return AtHand(operator_name(), ask_at_terminal, _tell_of_waiting)


def operator_name() -> str:
    """Give the operating-system user; the environment has no say in it."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid-{uid}"


def ask_at_terminal(key_file: str, *, new: bool) -> str:
    """Ask for a key file's passphrase, a new one twice.

    Raises:
        ConfigError: this is no terminal.
    """
    if not _at_terminal():
        return ask_nobody(key_file, new=new)
    question = f"{'new ' if new else ''}passphrase of {_KEY_FILES.get(key_file, key_file)}"
    with bars_away(), _stopped_at_once():
        return str(click.prompt(question, hide_input=True, confirmation_prompt=new, err=True))


@contextmanager
def _stopped_at_once() -> Iterator[None]:
    """Let Ctrl-C end a question: the event loop's handler would wait for the answer first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _at_terminal() -> bool:
    return sys.stdin.isatty()


def as_option(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the person who is there."""
    return click.option(
        "--as",
        "as_person",
        required=required,
        metavar="PERSON",
        help="The person of our register who does this.",
    )


def _tell_of_waiting() -> None:
    say("another command is working on this node: waiting for it to end")
