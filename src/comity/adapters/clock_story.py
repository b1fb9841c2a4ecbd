# SPDX-License-Identifier: Apache-2.0
"""The clock of an exercise: a file in the node's folder says what time it is.

It exists only in nodes that were made as exercise nodes, and `name` says so wherever time shows.
"""

from __future__ import annotations

from pathlib import Path

from comity.adapters.durable_files import edge_error, write_durably
from comity.basis.errors import ComityError, ConfigError, Problem
from comity.basis.instants import Instant, format_instant, parse_instant

STORY_CLOCK_NAME = "exercise-clock"
_BYTES_MAX = 64


class StoryClock:
    """Time stands still until somebody sets it."""

    name = "story"

    def __init__(self, folder: Path) -> None:
        """Keep the time in `folder`."""
        self._path = folder / STORY_CLOCK_NAME

    def now(self) -> Instant:
        """Return the instant that the story has reached.

        Raises:
            ConfigError: the file is missing or holds no instant.
        """
        try:
            with self._path.open("rb") as file:
                text = file.read(_BYTES_MAX).decode("utf-8", "replace").strip()
            return parse_instant(text, str(self._path))
        except FileNotFoundError:
            raise self._unusable("no such file") from None
        except OSError as err:
            raise edge_error(err, str(self._path)) from err
        except ComityError as err:
            raise self._unusable(err.found) from err

    def set(self, instant: Instant) -> None:
        """Let the story reach `instant`; durable when this returns."""
        try:
            write_durably(self._path, f"{format_instant(instant)}\n".encode())
        except OSError as err:
            raise edge_error(err, str(self._path)) from err

    def _unusable(self, found: str) -> ConfigError:
        problem = Problem(
            "clock.unusable",
            str(self._path),
            "the exercise has no time",
            "one instant in UTC, as 2016-12-16T03:00:00Z",
            found,
            "set the story's clock",
        )
        return ConfigError("clock.unusable", "the exercise has no time", (problem,))
