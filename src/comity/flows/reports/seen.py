# SPDX-License-Identifier: Apache-2.0
"""What an inspector's report tells of one line of the journal, and what the line leaves to it.

One place for whoever writes a report and for whoever checks it: a row is this, and nothing else.
Source: DESIGN 4 (the journal); Japan-ROK GSOMIA Art. 18 (treaties.md G18)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from comity.basis.strict_json import JsonValue
from comity.decision.house import HOUSE

_TOLD: Final = ("act", "at", "by", "outcome")
_ABOUT: Final = (
    *("purpose", "copy", "copies", "to", "from", "holder", "second", "place", "reason"),
    *("firm", "facility", "since", "language", "statement", "decisions", "version", "file"),
)
SEEN: Final = frozenset((*_TOLD, *_ABOUT, "articles", "house", "item", "made_from"))
"""What a row may have; beside it stand where the line is, and whether it is proved."""


def seen_row(value: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Tell of a line; the name that it calls the content by, or what was to be made from it."""
    found = value["details"]
    details: dict[str, Any] = found if isinstance(found, dict) else {}
    told: dict[str, JsonValue] = {name: value.get(name) for name in _TOLD}
    told |= {name: details[name] for name in _ABOUT if name in details}
    if "articles" in details:
        told["articles"] = [*articles_of(details["articles"] or ())]
        told |= {"house": True} if HOUSE in details["articles"] else {}
    told |= {"item": details["item"]} if "item" in details else {"made_from": True}
    return told


def articles_of(cited: Iterable[object]) -> tuple[str, ...]:
    """Name the articles among what a line cites; the rules of our own house are none."""
    return tuple(str(each) for each in cited if each != HOUSE)
