# SPDX-License-Identifier: Apache-2.0
"""What keeps a line from going on, and since when; whoever listens is told when that changes.

A line that tries again and meets the same is in the same trouble, and nobody is told of it again.
"""

from __future__ import annotations

from collections.abc import Callable

from comity.basis.errors import ComityError, Problem, problem_of
from comity.basis.instants import Instant


class Trouble:
    """The trouble of one line, or of its lane of large parcels."""

    __slots__ = ("_changed", "_now", "_word", "problem", "since")

    def __init__(self, now: Callable[[], Instant], changed: Callable[[], None]) -> None:
        """Begin with none."""
        self._now = now
        self._changed = changed
        self._word = ""
        self.problem: Problem | None = None
        self.since: Instant | None = None

    def meet(self, err: ComityError, word: str) -> None:
        """Note what went wrong; `word` says what is done about it."""
        said = f"{word} {err.code}"
        is_new, self._word = said != self._word, said
        self.problem = problem_of(err)
        if self.since is None:
            self.since = self._now()
        if is_new:
            self._changed()

    def end(self) -> None:
        """Note that it goes on."""
        was_in_trouble = self.problem is not None
        self.problem, self.since, self._word = None, None, ""
        if was_in_trouble:
            self._changed()
