# SPDX-License-Identifier: Apache-2.0
"""Diagnostics that a test reads back."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

from comity.serve.diagnostics import open_diagnostics

Lines = list[dict[str, Any]]


class Diagnostics:
    """A log that a test reads back."""

    def __init__(self) -> None:
        self._handlers = logging.getLogger().handlers[:]
        self._level = logging.getLogger().level
        self._stream = io.StringIO()
        self.log = open_diagnostics(self._stream)

    @property
    def lines(self) -> Lines:
        return [json.loads(line) for line in self._stream.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def events(self) -> list[str]:
        return [each["event"] for each in self.lines]

    def close(self) -> None:
        logging.getLogger().handlers[:] = self._handlers
        logging.getLogger().setLevel(self._level)
