# SPDX-License-Identifier: Apache-2.0
"""How the story is printed: prose for a newcomer, one line a step, or one JSON object a step.

Steps go to standard output; what frames them goes to standard error where a program reads.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import textwrap
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from comity.basis.instants import Instant, format_instant
from comity.basis.strict_json import JsonValue
from comity.cli.demo.acts import local_time
from comity.cli.demo.cast import GOVERNMENTS, post
from comity.cli.demo.signing_in import GOODS_POSTS, POSTS
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.world import World
from comity.cli.printing import print_lines, say, shown
from comity.marking.banners import EXERCISE_LINE

_WIDTH: Final = 92
_NAME_WIDTH: Final = 8
_UNBROKEN: Final = "\u00a0"
"""Holds a citation together while lines are wrapped; a plain space is printed."""

LOOK_AROUND: Final = (
    "comity agreement state gsomia-jpn-kor --node {dir}/kor",
    "comity agreement state gsomia-jpn-kor --node {dir}/jpn --at 2019-10-01T00:00:00Z",
    "comity item list --agreement gsomia-jpn-kor --node {dir}/kor --as seoul-analyst",
    "comity item open gsomia-jpn-kor/JPN/8 --node {dir}/kor --as seoul-analyst --purpose warning",
    "comity item open gsomia-jpn-kor/JPN/8 --node {dir}/kor --as seoul-planner --purpose warning",
    "comity copy list gsomia-jpn-kor/KOR/11 --node {dir}/jpn --as tokyo-registrar",
    "comity duties --all --article 17 --node {dir}/kor --as seoul-officer",
    "comity register check --node {dir}/jpn",
    "comity third-party list --node {dir}/through-washington/usa --as washington-officer",
    "comity order list --agreement acsa-jpn-kor --node {dir}/jpn --as tokyo-logistics",
    "comity balance show --agreement acsa-jpn-kor --node {dir}/kor",
    "comity state export --node {dir}/jpn --agreement gsomia-jpn-kor --json",
    "comity verify {dir}/evidence/first-release --trust {dir}/trust",
    "comity verify {dir}/tampered/forged-folder --trust {dir}/trust",
)
"""What to try on the nodes of the story; `{dir}` is their folder."""


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
            print_lines([_line(done)])
        case Form.JSON:
            print_lines([json.dumps(_object(done))])  # on one line, at a terminal too


def tell_failure(form: Form, done: Done) -> None:
    """Say what went wrong in a step that JSON cannot say."""
    if form is Form.JSON and not done.ok:
        say(f"EXERCISE · {done.step.name}: {shown(done.wrong or '')}")


def tell_addresses(world: World, password: str) -> None:
    """Say where the nodes are met that still serve, and who signs in there, by what."""
    lines = [
        f"  {each.city:<11} partners https://{world.met[each.party].partners}"
        f"  people https://{world.met[each.party].people}"
        for each in GOVERNMENTS
        if each.party in world.served
    ]
    people = [
        f"  {city:<11} {', '.join(post(each.party, name) for name in posts)}"
        for each in GOVERNMENTS
        if each.party in world.served
        for city, posts in ((each.city, POSTS), ("", GOODS_POSTS))
    ]
    print_lines([f"{len(lines)} nodes serve, until you press Ctrl-C:", *lines])
    print_lines(
        [
            "Each people's address is a console in a browser; its certificate is the node's own, "
            "which a",
            "browser asks about once. There sign in, EXERCISE:",
            *people,
            f"  all with the password {password}, made for this run and told this once.",
            "A tour of ten minutes stands behind Tour in each console, and in docs/tour.md.",
        ]
    )


def tell_stopped(world: World) -> None:
    """Say what stays when the nodes have stopped, and how to serve them again."""
    nodes = [each.party for each in GOVERNMENTS if (world.folder / each.party.lower()).is_dir()]
    where = shlex.quote(str(world.folder))
    lines = [f"  comity serve --node {where}/{party.lower()}" for party in nodes]
    print_lines([f"stopped; {shown(where)} stays. Serve them again, each by itself:", *lines])


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
        lines = (f"  {shown(each)}" for each in (*_on_the_path(), *look_around(folder)))
        print_lines(["The nodes stay, and open without a passphrase. Look around:", *lines])
    print_lines(["", EXERCISE_LINE])


def _object(done: Done) -> dict[str, JsonValue]:
    return {
        "step": done.step.name,
        "ok": done.ok,
        "by": done.step.by,
        "cites": list(done.saw.cites),
        "evidence": done.saw.evidence,
    }


def _line(done: Done) -> str:
    verdict = "ok  " if done.ok else "FAIL"
    time = format_instant(done.at)
    head = f"EXERCISE {time} {verdict} {done.step.by:<{_NAME_WIDTH}} {done.step.name}"
    return f"{head}: {_outcome(done)}".replace(_UNBROKEN, " ")


def _outcome(done: Done) -> str:
    if done.wrong is not None:
        return shown(done.wrong)
    articles = f",{_UNBROKEN}".join(done.saw.cites)
    cites = f" [Art.{_UNBROKEN}{articles}]" if articles else ""
    evidence = f" [evidence/{done.saw.evidence}]" if done.saw.evidence else ""
    return f"{shown(done.saw.words)}{cites}{evidence}"


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
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_UNBROKEN, " ") for line in lines]


def _on_the_path() -> tuple[str, ...]:
    """Say how the shell finds comity, where it does not: make runs it from the set-up's folder."""
    if shutil.which("comity") is not None:
        return ()
    return (f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH",)


def look_around(folder: Path) -> tuple[str, ...]:
    """List the commands to look around with, as a person types them."""
    where = shlex.quote(str(folder))
    return tuple(each.format(dir=where) for each in LOOK_AROUND)
