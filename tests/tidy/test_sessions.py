# SPDX-License-Identifier: Apache-2.0
"""The reader of sessions: what it compares, what it lets pass, what it refuses."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import sessions

TEXT = """A story before the first command.

$ comity decide
{"decision": […]}
[…]
last
? 3

# A remark.
$ printf 'one
> two'
one

two
$ true
"""


def test_reads_commands_output_and_exit_codes() -> None:
    text = TEXT.replace("A story before the first command.", "# A story.")
    decide, printf, true = sessions.parse_session(text)
    assert decide == sessions.Step(
        "comity decide", ('{"decision": […]}', "[…]", "last"), exit_code=3, line=3
    )
    assert printf == sessions.Step("printf 'one\ntwo'", ("one", "", "two"), exit_code=0, line=10)
    assert true == sessions.Step("true", (), exit_code=0, line=15)


def test_refuses_output_without_a_command() -> None:
    with pytest.raises(ValueError, match="line 1: output without a command"):
        sessions.parse_session(TEXT)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ((), ""),
        (("one", "two"), "one\ntwo\n"),
        (("one  ", "two"), "one\ntwo   \n"),
        (("[…]",), ""),
        (("[…]",), "one\n\ntwo\n"),
        (("one", "[…]", "four"), "one\ntwo\nthree\nfour\n"),
        (("a […] c […]",), "a b c d\n"),
        (("a.b",), "a.b\n"),
        (("一 […]",), "一 二\n"),
    ],
)
def test_accepts_output_that_is_as_expected(expected: tuple[str, ...], actual: str) -> None:
    assert sessions.matches(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ((), "one\n"),
        (("one",), ""),
        (("one",), "one\ntwo\n"),
        (("one", "two"), "two\none\n"),
        (("one", "[…]", "four"), "one\ntwo\n"),
        (("a […] c",), "a b\nc\n"),
        (("a.b",), "axb\n"),
        ((" one",), "one\n"),
    ],
)
def test_refuses_output_that_differs(expected: tuple[str, ...], actual: str) -> None:
    assert not sessions.matches(expected, actual)


def _run(arguments: Sequence[str]) -> int:
    print(*arguments, os.environ.get("NAME", "nobody"))
    return len(arguments)


def test_runs_comity_here_and_the_rest_in_bash(tmp_path: Path) -> None:
    text = "$ comity one two\n$ export NAME=kim\n$ comity 'a b'\n$ echo $NAME | cat; exit 4\n"
    steps = sessions.parse_session(text)
    outcomes = [outcome for _, outcome in sessions.run_session(steps, tmp_path, _run, os.environ)]
    assert outcomes == [
        sessions.Outcome("one two nobody\n", 2),
        sessions.Outcome("", 0),
        sessions.Outcome("a b kim\n", 1),
        sessions.Outcome("kim\n", 4),
    ]
    assert "NAME" not in os.environ


def test_rewrites_only_what_was_wrong() -> None:
    text = "# Why.\n$ one\nold\n? 3\n\n# More.\n$ two\nkept […]\n"
    new = sessions.rewrite(text, {2: sessions.Outcome("new\n# odd\n", 1)})
    assert new == "# Why.\n$ one\nnew\n\\# odd\n? 1\n\n# More.\n$ two\nkept […]\n"
    assert sessions.parse_session(new)[0].output == ("new", "# odd")
