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

INDEX: Final = r"(?P<index>0|[1-9][0-9]{0,18})"
TILE: Final = r"(?P<tile>tile/[0-9a-z/.]{1,80})"

Answer = Callable[[WireRequest, re.Match[str]], Awaitable[WireReply]]

Arrived = Callable[[AgreementId, PartyId], None]
"""Told after something of an agreement was taken, and whose register it is of or who brought it:
what it makes due comes after the reply."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked: `label` names it in metrics, where no path may stand.

    `bytes_max` bounds the body; one that `streams` is read bit by bit and never kept whole, but
    for `bytes_held` at a time, as they expand.
    """

    method: str
    path: re.Pattern[str]
    label: str
    answer: Answer
    bytes_max: int = 0
    streams: bool = False
    bytes_held: int = 0


def route(method: str, label: str, answer: Answer, *, bytes_max: int = 0) -> Route:
    """Make a route whose body is read whole; `label` is its path, with names for what varies."""
    path = label.replace("ORIGIN", HASH).replace("INDEX", INDEX).replace("TILE", TILE)
    return Route(method, re.compile(path, re.ASCII), label, answer, bytes_max)


def nothing(agreement: AgreementId, party: PartyId) -> None:
    """Do nothing about what arrived."""
