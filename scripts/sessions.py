# SPDX-License-Identifier: Apache-2.0
"""Sessions at the command line as text: commands, what they print, and how they end.

`$ command`, then the expected output, then `? 3` where the exit code is not 0. `[…]` in a line
stands for any text, `[…]` alone on a line for any lines. CONTRIBUTING.md explains the format; the
scenarios and the documents' examples are both read here.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

WILD = "[…]"
_SHELL = re.compile(r"[|&;<>$`*?(){}\\~]|^\w+=")
_COMMAND_SECONDS_MAX = 300

# What a command may not depend on: width, colours, language, the home of whoever runs it.
QUIET = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Step:
    """A command, the lines it should print, the code it should end with, and its line."""

    command: str
    output: tuple[str, ...]
    exit_code: int
    line: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed (standard output and error, as they came) and its exit code."""

    output: str
    exit_code: int


def parse_session(text: str) -> tuple[Step, ...]:
    """Read a session. Lines before the first command, and those that begin `# `, are comments."""
    steps: list[Step] = []
    output: list[str] = []

    def close() -> None:
        while output and not output[-1]:
            output.pop()
        if steps:
            steps[-1] = replace(steps[-1], output=tuple(output))
        output.clear()

    ended = True
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("$ "):
            if not ended:
                close()
            steps.append(Step(line[2:], (), 0, number))
            ended = False
        elif line.startswith("> ") and steps and not output and not ended:
            steps[-1] = replace(steps[-1], command=f"{steps[-1].command}\n{line[2:]}")
        elif line.startswith("? ") and steps and not ended:
            close()
            steps[-1] = replace(steps[-1], exit_code=int(line[2:]))
            ended = True
        elif line.startswith("# ") or line == "#":
            continue
        elif not ended:
            output.append(line.removeprefix("\\") if line.startswith("\\") else line)
        elif line.strip():
            raise ValueError(f"line {number}: output without a command: {line!r}")
    if not ended:
        close()
    return tuple(steps)


def matches(expected: tuple[str, ...], actual: str) -> bool:
    """Compare printed text with expected lines, wildcards included; ends of lines are trimmed."""
    pattern = "".join(
        r"(?:[^\n]*\n)*?"
        if line.strip() == WILD
        else ".*?".join(re.escape(part) for part in line.rstrip().split(WILD)) + r"\n"
        for line in expected
    )
    lines = [line.rstrip() for line in actual.rstrip("\n").split("\n")] if actual.strip() else []
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def run_session(
    steps: tuple[Step, ...], folder: Path, run: Callable[..., int], env: Mapping[str, str]
) -> Iterator[tuple[Step, Outcome]]:
    """Run each command in `folder`: comity in this process, anything with a shell's signs in bash.

    `$ export NAME=value` holds for the rest of the session. The caller has changed to `folder`.
    """
    environment = {**env, **QUIET, "HOME": str(folder)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env.get('PATH', '')}"
    for step in steps:
        if step.command.startswith("export "):
            name, _, value = shlex.split(step.command)[1].partition("=")
            environment[name] = value
            yield step, Outcome("", 0)
        elif step.command.startswith("comity ") and not _SHELL.search(step.command):
            yield step, _run_here(shlex.split(step.command)[1:], run, environment)
        else:
            yield step, _run_in_bash(step.command, folder, environment)


def _run_in_bash(command: str, folder: Path, environment: Mapping[str, str]) -> Outcome:
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_COMMAND_SECONDS_MAX,
    )
    return Outcome(finished.stdout, finished.returncode)


def _run_here(
    arguments: list[str], run: Callable[..., int], environment: Mapping[str, str]
) -> Outcome:
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = run(arguments)
    finally:
        os.environ.clear()
        os.environ.update(before)
    printed.seek(0)
    return Outcome(printed.read(), code)


def explain(step: Step, outcome: Outcome) -> str:
    """Say what a command should have printed and what it did."""
    return "\n".join(
        [
            f"line {step.line}: $ {step.command}",
            f"expected, exit {step.exit_code}:",
            *(f"    {line}" for line in step.output),
            f"printed, exit {outcome.exit_code}:",
            *(f"    {line}" for line in outcome.output.splitlines()),
        ]
    )


def rewrite(text: str, wrong: Mapping[int, Outcome]) -> str:
    """Put what was printed in the place of what was expected, for the commands at these lines."""
    lines = text.splitlines()
    kept: list[str] = []
    skipping = False
    for number, line in enumerate(lines, start=1):
        if line.startswith(("$ ", "# ")) or (skipping and not line and _next_is_new(lines, number)):
            skipping = False
        if not skipping:
            kept.append(line)
        if line.startswith("$ ") and number in wrong:
            outcome = wrong[number]
            kept += [_escaped(printed.rstrip()) for printed in outcome.output.splitlines()]
            kept += [f"? {outcome.exit_code}"] if outcome.exit_code else []
            skipping = True
    return "\n".join(kept) + "\n"


def _next_is_new(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number:] if line), "$ ")
    return following.startswith(("$ ", "# "))


def _escaped(line: str) -> str:
    return f"\\{line}" if line.startswith(("$ ", "# ", "? ", "> ", "\\")) or line == "#" else line
