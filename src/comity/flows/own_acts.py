# SPDX-License-Identifier: Apache-2.0
"""What a person did last, out of our journal: for that person alone, without details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from comity.basis.ids import PersonId
from comity.basis.instants import Instant, parse_instant
from comity.basis.strict_json import parse_json
from comity.flows.context import Context

LOOKED_BACK: Final = 256
"""Entries of the journal among which a person's last act is looked for."""
_NOT_DONE: Final = ("session.", "consultation.remind")
"""What is no act of the person: signing in and out, and what the node notes beside an act."""


@dataclass(frozen=True, slots=True)
class OwnAct:
    """An act of a person: its name, how it came out, and when."""

    act: str
    outcome: str
    at: Instant


async def last_act(context: Context, person: PersonId) -> OwnAct | None:
    """Give what a person did last, signing in and out left out; None: nothing for long."""
    store = context.ports.store
    head = await store.journal()
    if head is None:
        return None
    raws = await store.entries(head.origin, max(0, head.size - LOOKED_BACK), head.size)
    for raw in reversed([*raws]):
        if person.encode() not in raw:  # most are others'
            continue
        value: Any = parse_json(raw, bytes_max=len(raw), where=head.origin)
        if value["by"] == person and not value["act"].startswith(_NOT_DONE):
            return OwnAct(value["act"], value["outcome"], parse_instant(value["at"]))
    return None
