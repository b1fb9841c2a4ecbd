# SPDX-License-Identifier: Apache-2.0
"""Reading all journals of this node, those from before a restore too, line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from comity.basis.strict_json import parse_json
from comity.flows.context import Context
from comity.ports import RegisterHead
from comity.tlog.origin import journal_origin, parse_origin

_PAGE: Final = 1024
_PLACES: Final = ("item", "statement", "request", "return")


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a journal, as it is written and as it reads."""

    origin: str
    index: int
    raw: bytes
    value: dict[str, Any]

    @property
    def details(self) -> dict[str, Any]:
        """Give what the entry says beside act, person and time."""
        details = self.value["details"]
        return details if isinstance(details, dict) else {}


def about(line: Line) -> frozenset[str]:
    """Name the items that a line is about: its own, and those that something was made from."""
    details = line.details
    item, parents = details.get("item"), details.get("derived_from") or ()
    agreement = details.get("agreement")
    made_from = (f"{agreement}/{each}" for each in parents)
    return frozenset((*([] if item is None else [str(item)]), *made_from))


def agreement_of(line: Line) -> str:
    """Name the agreement that a line is under; empty where it is under none."""
    details = line.details
    named = (details.get(name) for name in _PLACES)
    places = (str(each).partition("/")[0] for each in named if each is not None)
    return str(details.get("agreement") or next(places, ""))


def refused_by(line: Line) -> frozenset[tuple[str, str]]:
    """Name the articles that a refusal cites, each with the agreement whose it is."""
    answers = line.details.get("decisions") or ()
    theirs = {
        (str(each["agreement"]), str(article))
        for each in answers
        if each["decision"] == "deny"
        for article in each["articles"]
    }
    known = {article for _, article in theirs}
    rest = {str(each) for each in line.details.get("articles") or ()} - known
    return frozenset(theirs | {(agreement_of(line), each) for each in rest})


async def journals(context: Context) -> tuple[RegisterHead, ...]:
    """List the journals that are held here, the oldest first."""
    head = await context.ports.store.journal()
    if head is None:
        return ()
    origin = parse_origin(head.origin)
    earlier = [
        await context.ports.store.register(journal_origin(origin.domain, number))
        for number in range(origin.restoration)
    ]
    return (*(each for each in earlier if each is not None), head)


async def journal_lines(
    context: Context,
    starts: tuple[bytes, ...] = (b"",),
    *,
    lengths: tuple[RegisterHead, ...] | None = None,
) -> AsyncIterator[Line]:
    """Read every line of every journal, from the first on; of those that begin so alone.

    With `lengths`, what the journals were once, as far as they went then.
    """
    for head in await journals(context) if lengths is None else lengths:
        for start in range(0, head.size, _PAGE):
            end = min(start + _PAGE, head.size)
            raws = await context.ports.store.entries(head.origin, start, end)
            for index, raw in enumerate(raws, start):
                if not raw.startswith(starts):
                    continue
                value = parse_json(raw, bytes_max=len(raw), where=f"{head.origin} {index}")
                if isinstance(value, dict):
                    yield Line(head.origin, index, raw, value)
