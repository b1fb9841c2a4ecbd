# SPDX-License-Identifier: Apache-2.0
"""`comity demo`: tells the story, checks every step of it, and keeps or removes its folder."""

from __future__ import annotations

import asyncio
import os
import select
import shlex
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from comity.basis.errors import ComityError, EdgeError, InvariantError, StateError, excerpt
from comity.cli.demo.signing_in import let_people_in
from comity.cli.demo.steps import Chapter, Saw, Step
from comity.cli.demo.story import CHAPTERS
from comity.cli.demo.telling import (
    Done,
    Form,
    tell_addresses,
    tell_beginning,
    tell_chapter,
    tell_end,
    tell_failure,
    tell_step,
    tell_stopped,
)
from comity.cli.demo.world import World, on_disk
from comity.cli.printing import shown

_STOPPED = 1
_TERMINAL_LOOKED_AT_S: Final = 0.5


@click.command(
    epilog="Exit codes: 0 every step as it should be, 1 one was not, or the folder is not empty. "
    "Example: comity demo --dir try"
)
@click.option(
    "--check", is_flag=True, help="Print one line a step, and remove the folder unless --dir."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a step, on one line.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep everything in DIR, a new or empty folder; without it, in a new temporary one.",
)
def demo(*, check: bool, as_json: bool, folder: Path | None) -> int:
    """Tell the whole story on three nodes that the demo makes: an EXERCISE.

    Tokyo and Seoul sign an agreement, exchange reports by wire and by courier, refuse what it
    forbids, and an auditor with no network verifies who said what. The nodes' clock is the
    story's own. In the end the three nodes serve until Ctrl-C, unless --check or --json is given.
    """
    form = Form.JSON if as_json else Form.LINES if check else Form.PROSE
    chosen = _new_folder() if folder is None else _empty_folder(folder)
    kept = None if check and folder is None else chosen
    try:
        tell_beginning(form, chosen)
        failed = asyncio.run(run_demo(chosen, form, kept))
    finally:
        if kept is None:
            shutil.rmtree(chosen, ignore_errors=True)
    return 0 if failed is None else _STOPPED


async def run_demo(folder: Path, form: Form, kept: Path | None) -> str | None:
    """Tell the story, say how it ended, and let the nodes serve while somebody looks around."""
    first = CHAPTERS[0].steps[0].instant
    if first is None:
        raise InvariantError("demo.timeless", "the first step of a story names its time")
    world = World(folder, first)
    try:
        steps, failed = await tell(CHAPTERS, world, form)
        tell_end(form, kept, steps=steps, failed=failed)
        if failed is None and form is Form.PROSE and world.served:
            was_closed = await _look_around(world)
            await world.take_off(*tuple(world.served))
            if not was_closed:
                tell_stopped(world)
    finally:
        await world.take_off(*tuple(world.served))
    return failed


async def _look_around(world: World) -> bool:
    """Leave the nodes served until somebody has seen enough; True: whoever looked is gone."""
    tell_addresses(world, await let_people_in(world))
    enough, gone = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, enough.set)
    # Under nohup a closed terminal ends nothing.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGHUP, gone.set)
    while not (enough.is_set() or gone.is_set() or _is_terminal_closed()):
        with suppress(TimeoutError):
            await asyncio.wait_for(enough.wait(), _TERMINAL_LOOKED_AT_S)
    return not enough.is_set()


def _is_terminal_closed() -> bool:
    """Answer whether our terminal was closed: under make, no signal would tell us."""
    try:
        descriptor = sys.stdin.fileno()
        # One that was closed does not say any more that it is a terminal.
        if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
            return False
    except (OSError, ValueError):
        return False
    looked = select.poll()
    looked.register(descriptor, 0)
    return any(event & select.POLLHUP for _, event in looked.poll(0))


async def tell(chapters: Sequence[Chapter], world: World, form: Form) -> tuple[int, str | None]:
    """Do every step until one fails; give how many were done, and the name of the failed one."""
    steps = 0
    for number, chapter in enumerate(chapters, 1):
        tell_chapter(form, number, chapter)
        for step in chapter.steps:
            done = await _do(world, step)
            steps += 1
            tell_step(form, done)
            tell_failure(form, done)
            if not done.ok:
                return steps, step.name
    return steps, None


async def _do(world: World, step: Step) -> Done:
    try:
        if step.instant is not None:
            world.reach(step.instant)
        saw = await step.act(world)
    except InvariantError:
        raise
    except ComityError as err:
        return Done(step, world.now, Saw(""), str(err))
    return Done(step, world.now if saw.at is None else saw.at, saw)


def _new_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="comity-demo-"))
    except OSError as err:
        raise EdgeError(
            "demo.disk",
            "no temporary folder can be made",
            found=err.strerror or type(err).__name__,
            hint="name a folder where you may write: comity demo --dir DIR",
        ) from err


def _empty_folder(folder: Path) -> Path:
    """Make the folder, or take an empty one.

    Raises:
        StateError: something is in it, or it is no folder.
    """
    with on_disk(folder):
        if folder.exists() and not folder.is_dir():
            raise _not_empty(folder, "a file")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = sorted(each.name for each in folder.iterdir())
    if held:
        raise _not_empty(folder, excerpt(", ".join(held)))
    return folder.absolute()


def _not_empty(folder: Path, found: str) -> StateError:
    free = shlex.quote(shown(_free(folder)))
    return StateError(
        "demo.not-empty",
        "the demo begins in an empty folder",
        where=str(folder),
        found=found,
        hint=f"name one that does not exist: comity demo --dir {free}, or "
        f"make demo ARGS='--dir {free}'",
    )


def _free(folder: Path) -> str:
    """Name a folder beside this one that is not there yet."""
    number = 2
    while os.path.lexists(f"{folder}-{number}"):
        number += 1
    return f"{folder}-{number}"
