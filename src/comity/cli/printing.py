# SPDX-License-Identifier: Apache-2.0
"""What commands print: data to standard output, talk to standard error, nothing that steers a
terminal.

With `--json` a command prints one object whose `schema` names its shape and version. Foreign text
goes through `shown`; in JSON whatever is invisible is escaped, so that it reads back as it was.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from comity.basis.errors import EdgeError
from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.foresight.matters import say_head
from comity.foresight.words import LANGUAGES
from comity.marking.hidden import is_hidden, printable_text

_Command = TypeVar("_Command", bound=Callable[..., Any])

_LABEL_WIDTH = 15


@dataclass(frozen=True, slots=True)
class NodeMark:
    """What stands on everything a node prints: whose it is, and whether it is an exercise.

    `story_now` is the time of an exercise's own clock; None where the machine's clock decides.
    """

    party: str
    exercise: bool
    story_now: Instant | None

    def as_json(self) -> dict[str, JsonValue]:
        """Give the mark as an object; the time only where it is not everybody's."""
        mark: dict[str, JsonValue] = {
            "party": self.party,
            "exercise": self.exercise,
            "clock": "system" if self.story_now is None else "story",
        }
        if self.story_now is not None:
            mark["now"] = format_instant(self.story_now)
        return mark

    def lines(self, language: str = LANGUAGES[0]) -> tuple[str, ...]:
        """Give the line above an exercise's output, in its language; none otherwise."""
        if not self.exercise:
            return ()
        said = [say_head("exercise", language), self.party]
        if self.story_now is not None:
            at = format_instant(self.story_now)
            said.append(say_head("story clock", language, at=at))
        return (" · ".join(said),)


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of text."
)
"""Gives a command `as_json`."""


def shown(text: str) -> str:
    """Make text that somebody else wrote safe to show on one line."""
    return printable_text(text)


def print_json(schema: str, value: Mapping[str, JsonValue], mark: NodeMark | None = None) -> None:
    """Print one object; `schema` is `comity/<noun>-<verb>/<version>`."""
    node = {} if mark is None else {"node": mark.as_json()}
    write_out(json_text({"schema": schema, **node, **value}))


def json_text(value: Mapping[str, JsonValue]) -> str:
    """Write an object on one line, or over several for a person at a terminal."""
    at_terminal = sys.stdout.isatty() and not is_plain()
    text = json.dumps(value, ensure_ascii=False, indent=2 if at_terminal else None)
    return "".join(_escaped(each) for each in text)


def print_lines(lines: Iterable[str]) -> None:
    """Print text; the caller has put foreign text through `shown`."""
    for line in lines:
        write_out(line)


def write_out(text: str | bytes) -> None:
    """Write text, or exact bytes, and the end of a line to standard output.

    Raises:
        EdgeError: it takes no more; a reader that has gone away is no error of ours.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as err:
        raise EdgeError(
            "cli.unwritable-output",
            "standard output takes no more",
            found=os.strerror(err.errno).lower() if err.errno else type(err).__name__,
            hint="what was done stays done: look at it again with space on that disk",
        ) from err


def say(text: str) -> None:
    """Tell whoever sits there something that is not data."""
    click.echo(text, err=True)


def labelled(label: str, text: str) -> str:
    """Write one fact on a line, its label first; scripts of wide letters take two columns each."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in label)
    return f"  {label:<{max(_LABEL_WIDTH - wide, len(label) + 1)}}{text}"


def shown_instant(instant: Instant) -> str:
    """Write an instant in UTC first, and beside it the local time, named, where it differs."""
    utc = format_instant(instant)
    try:
        local = datetime.datetime.fromtimestamp(instant / 1000).astimezone()
    except (OverflowError, ValueError, OSError):
        return utc
    if not local.utcoffset():
        return utc
    return f"{utc} ({local:%Y-%m-%d %H:%M} {shown(local.tzname() or f'{local:%z}')})"


def is_plain() -> bool:
    """Answer whether only plain lines are wanted: no bars, nothing that moves or is redrawn."""
    return os.environ.get("COMITY_PLAIN", "") not in ("", "0") or os.environ.get("TERM") == "dumb"


def _escaped(character: str) -> str:
    """Escape what cannot be seen; in JSON text such a character stands only inside strings."""
    if character == "\n" or not is_hidden(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2] for at in range(0, len(units), 2))
    return "".join(f"\\u{int.from_bytes(pair):04x}" for pair in pairs)
