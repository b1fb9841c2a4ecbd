# SPDX-License-Identifier: Apache-2.0
"""How the story is printed: prose for a newcomer, one line a step, or one JSON object a step.

Steps go to standard output; what frames them goes to standard error where a program reads.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import click

from comity.basis.instants import Instant, format_instant
from comity.cli.demo.acts import local_time
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.printing import json_text, print_lines, say, shown
from comity.marking.banners import EXERCISE_LINE

_WIDTH: Final = 92
_NAME_WIDTH: Final = 8


class Form(Enum):
    """How the story is told."""

    PROSE = "prose"
    LINES = "lines"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was done: what it saw, or what went wrong."""

    step: Step
    at: Instant
    saw: Saw
    wrong: str | None = None

    @property
    def ok(self) -> bool:
        """Answer whether it ended as the story says."""
        return self.wrong is None


def tell_beginning(form: Form, folder: Path) -> None:
    """Say what this is, before the first step."""
    lines = (
        f"{EXERCISE_LINE}",
        "comity demo: three nodes, one agreement, and proof. The reports are of real events; the "
        "people and the exchange are invented, and every key is made anew in each run.",
        "All times are the story's own: its clock exists only in the nodes that this demo makes.",
        f"Everything happens in {shown(str(folder))}.",
    )
    if form is Form.PROSE:
        print_lines([lines[0], *_wrapped(" ".join(lines[1:3])), lines[3]])
    else:
        for line in lines:
            say(line)


def tell_chapter(form: Form, number: int, chapter: Chapter) -> None:
    """Open a chapter; only prose has any."""
    if form is Form.PROSE:
        title = f"{number}. {chapter.title}"
        print_lines(["", title, "=" * len(title), *_wrapped(chapter.opening)])


def tell_step(form: Form, done: Done) -> None:
    """Print one step."""
    match form:
        case Form.PROSE:
            print_lines(_prose(done))
        case Form.LINES:
            click.echo(_line(done))
        case Form.JSON:
            click.echo(
                json_text(
                    {
                        "step": done.step.name,
                        "ok": done.ok,
                        "by": done.step.by,
                        "cites": list(done.saw.cites),
                        "evidence": done.saw.evidence,
                    }
                )
            )


def tell_failure(form: Form, done: Done) -> None:
    """Say what went wrong in a step that JSON cannot say."""
    if form is Form.JSON and not done.ok:
        say(f"EXERCISE · {done.step.name}: {done.wrong}")


def tell_end(form: Form, folder: Path | None, *, steps: int, failed: str | None) -> None:
    """Say how it ended, and where to look around."""
    if failed is not None:
        say(f"the step {failed} failed, after {steps - 1} that held; the rest was not run")
        if folder is None:
            say("hint: run it again with --dir DIR, and look at the nodes there")
        return
    if form is not Form.PROSE:
        say(f"{steps} steps, every one of them as the story says")
        return
    print_lines(["", *_wrapped(f"That was the story: {steps} steps, all as they should be.")])
    if folder is not None:
        print_lines(_look_around(folder))
    print_lines(["", EXERCISE_LINE])


def _line(done: Done) -> str:
    verdict = "ok  " if done.ok else "FAIL"
    time = format_instant(done.at)
    head = f"EXERCISE {time} {verdict} {done.step.by:<{_NAME_WIDTH}} {done.step.name}"
    return f"{head}: {_outcome(done)}"


def _outcome(done: Done) -> str:
    if done.wrong is not None:
        return done.wrong
    cites = f" [Art. {', '.join(done.saw.cites)}]" if done.saw.cites else ""
    evidence = f" [evidence/{done.saw.evidence}]" if done.saw.evidence else ""
    return f"{done.saw.words}{cites}{evidence}"


def _prose(done: Done) -> list[str]:
    step = done.step
    head = [""]
    if step.at is not None or done.saw.at is not None:
        time = format_instant(done.at)
        head += [f"-- {time} ({local_time(done.at)}), story clock, EXERCISE --", ""]
    verdict = "ok" if done.ok else "FAILED"
    return [
        *head,
        *_wrapped(f"{step.by}: {step.tell}"),
        *_wrapped(f"{verdict}: {_outcome(done)}", "    "),
    ]


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _look_around(folder: Path) -> list[str]:
    where = shown(str(folder))
    seoul, tokyo = (f"--node {where}/{party}" for party in ("kor", "jpn"))
    return [
        "The nodes stay. Look around:",
        f"  comity agreement state gsomia-jpn-kor {seoul}",
        f"  comity agreement state gsomia-jpn-kor {tokyo} --at 2019-10-01T00:00:00Z",
        f"  comity item list {seoul} --as seoul-analyst",
        f"  comity register check {tokyo}",
        f"  comity state export {tokyo} --agreement gsomia-jpn-kor --json",
        f"  comity verify {where}/evidence/first-release --trust {where}/trust",
        f"  comity verify {where}/tampered/forged-folder --trust {where}/trust",
    ]
