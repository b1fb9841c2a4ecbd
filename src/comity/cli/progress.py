# SPDX-License-Identifier: Apache-2.0
"""How far long work has come: a bar on a terminal, a plain line now and then elsewhere.

It goes to standard error. Short work shows nothing. Nothing moves with `COMITY_PLAIN=1`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from comity.cli.printing import is_plain, say

if TYPE_CHECKING:
    from rich.progress import Progress

LINE_EVERY_S: Final = 5.0
_MIB: Final = 1024 * 1024

Advance = Callable[[int], None]
"""Told of the bytes done since the last call."""

_bars: Final[list[Progress]] = []


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """Show how many of `total` bytes are done; None where that is not known."""
    if sys.stderr.isatty() and not is_plain():
        with _bar(label, total) as advance:
            yield advance
    else:
        yield _Lines(label, total).advance


def counted(chunks: Iterable[bytes], advance: Advance) -> Iterator[bytes]:
    """Pass chunks on, and tell `advance` of each."""
    for chunk in chunks:
        yield chunk
        advance(len(chunk))


@contextmanager
def bars_away() -> Iterator[None]:
    """Take bars off the screen while somebody is asked something there."""
    for bar in _bars:
        bar.stop()
    try:
        yield
    finally:
        for bar in _bars:
            bar.start()


@contextmanager
def _bar(label: str, total: int | None) -> Iterator[Advance]:
    # Imported here: it takes longer to import than most commands take to run.
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    screen = Console(stderr=True)
    with Progress(*columns, TransferSpeedColumn(), console=screen, transient=True) as shown:
        task = shown.add_task(label, total=total)

        def advance(size: int) -> None:
            shown.update(task, advance=size)

        _bars.append(shown)
        try:
            yield advance
        finally:
            _bars.remove(shown)


class _Lines:
    """Plain lines, at most one in `LINE_EVERY_S` seconds."""

    def __init__(self, label: str, total: int | None) -> None:
        self._label = label
        self._total = total
        self._done = 0
        self._began = self._said = time.monotonic()

    def advance(self, size: int) -> None:
        self._done += size
        now = time.monotonic()
        if now - self._said >= LINE_EVERY_S:
            self._said = now
            say(progress_line(self._label, self._done, self._total, seconds=now - self._began))


def progress_line(label: str, done: int, total: int | None, *, seconds: float) -> str:
    """Say how far it has come, and at which rate."""
    rate = done / _MIB / max(seconds, 0.001)
    whole = "" if not total else f" of {total / _MIB:.1f} MiB ({100 * done // total} %)"
    return f"{label}: {done / _MIB:.1f}{whole or ' MiB'}, {rate:.1f} MiB/s"
