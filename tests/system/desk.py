# SPDX-License-Identifier: Apache-2.0
"""A person's commands at a served node, and waiting until the node knows what others said."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comity.basis.ids import PartyId
from comity.cli.main import run
from tests.system.served_pair import AGREEMENT

SOON_S = 60.0
BEAT_S = 0.1
REFUSED = 3


@dataclass
class Desk:
    """Commands at one served node."""

    party: PartyId
    folder: Path
    capture: pytest.CaptureFixture[str]

    def code(self, *arguments: str, by: str | None = "officer") -> tuple[int, Any]:
        """Run a command; give its exit code, and the object that it printed, or its words."""
        self.capture.readouterr()
        person = () if by is None else ("--as", by)
        ended = run((*arguments, "--node", str(self.folder), *person, "--json"))
        told = self.capture.readouterr()
        return ended, json.loads(told.out) if ended == 0 else told.out + told.err

    def __call__(self, *arguments: str, by: str | None = "officer") -> Any:
        """Run a command that is to succeed."""
        ended, told = self.code(*arguments, by=by)
        assert ended == 0, (arguments, told)
        return told

    def says(self, *arguments: str, by: str = "officer") -> str:
        """Say something; give the place where it was entered."""
        told = self(*arguments, by=by)
        return str(told["entered"]["place"]).rpartition(f"{AGREEMENT}/")[2]

    def soon(self, wanted: Callable[[Any], object], *arguments: str, by: str = "officer") -> Any:
        """Ask again and again until the answer is as wanted."""
        end = time.monotonic() + SOON_S
        while True:
            ended, told = self.code(*arguments, by=by)
            if ended == 0 and wanted(told):
                return told
            assert time.monotonic() < end, (self.party, arguments, told)
            time.sleep(BEAT_S)
