# SPDX-License-Identifier: Apache-2.0
"""What errors say, word for word: every line that a unit test or a vector draws from the core.

An error's code is a promise, and its words are what a person acts on. So each line that is said
while a test runs stands in `tests/golden/wording/ROOM.txt`; a line that does not stand there fails
the test that drew it. `make golden` writes the files again; review the diff.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from comity.basis.errors import ComityError, Problem

FOLDER: Final = Path(__file__).parent / "golden" / "wording"
ROOMS: Final = frozenset({"agreement", "decision", "foresight", "marking", "state", "vectors"})
_FLOOD: Final = 30
"""A test that draws more lines than this holds no wording: it floods a reader on purpose."""

_written: Final[defaultdict[str, set[str]]] = defaultdict(set)
_known: Final[dict[str, frozenset[str]]] = {}


@contextmanager
def _heard() -> Iterator[set[str]]:
    """Hear every error and every finding meanwhile."""
    said: set[str] = set()
    begin_error, begin_problem = ComityError.__init__, Problem.__post_init__

    def hear_error(self: ComityError, *arguments: Any, **named: Any) -> None:
        begin_error(self, *arguments, **named)
        said.add(ComityError.__str__(self))

    def hear_problem(self: Problem) -> None:
        begin_problem(self)
        str(self)  # which makes an error of it, and that is heard

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ComityError, "__init__", hear_error)
        patched.setattr(Problem, "__post_init__", hear_problem)
        yield said


@contextmanager
def held_to_wording(request: pytest.FixtureRequest, room: str) -> Iterator[None]:
    """Fail a test that drew a line which is not written down."""
    with _heard() as said:
        yield
    lines = {line for line in said if line.isprintable()}
    if len(lines) > _FLOOD:
        return
    if request.config.getoption("--regenerate"):
        _written[room] |= lines
        return
    if room not in _known:
        file = FOLDER / f"{room}.txt"
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        _known[room] = frozenset(text.splitlines())
    new = sorted(lines - _known[room])
    assert not new, (
        "said in other words than before; `make golden` writes them down:\n" + "\n".join(new)
    )


def write() -> None:
    """Write what was said, room by room: all of a room's tests have to have run."""
    for room, lines in _written.items():
        FOLDER.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in sorted(lines))
        (FOLDER / f"{room}.txt").write_text(text, encoding="utf-8")
