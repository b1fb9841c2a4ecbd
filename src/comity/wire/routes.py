# SPDX-License-Identifier: Apache-2.0
"""What a route is: a method, the form of a path, a name for metrics, and who answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId
from comity.ports import WireReply, WireRequest

HASH: Final = r"(?P<hash>[0-9a-f]{64})"
"""An origin in a path: its SHA-256 in lower case."""

Answer = Callable[[WireRequest, re.Match[str]], Awaitable[WireReply]]

Arrived = Callable[[AgreementId, PartyId], None]
"""Told after something of an agreement was taken, and whose register it is of or who brought it:
what it makes due comes after the reply."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked: `label` names it in metrics, where no path may stand."""

    method: str
    path: re.Pattern[str]
    label: str
    answer: Answer


def route(method: str, path: str, label: str, answer: Answer) -> Route:
    """Make a route; `path` is the whole path, as a regular expression."""
    return Route(method, re.compile(path, re.ASCII), label, answer)


def nothing(agreement: AgreementId, party: PartyId) -> None:
    """Do nothing about what arrived."""
