# SPDX-License-Identifier: Apache-2.0
"""Lists in the language that was asked for, or else the node's own."""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.instants import parse_instant_canonical
from comity.cli.printing import labelled, shown_instant
from comity.foresight.listings import say_label, say_listing


@dataclass(frozen=True, slots=True)
class Words:
    """The words of lists in one language."""

    language: str

    def say(self, name: str, **values: object) -> str:
        """Say words of a list, filled; the caller has put foreign text through `shown`."""
        return say_listing(name, self.language, **values)

    def fact(self, name: str, text: str, **values: object) -> str:
        """Write one fact on a line, what it is first."""
        return labelled(say_label(name, self.language, **values), text)

    def sealed(self, row: dict[str, object]) -> str:
        """Say how much text lies sealed beside a statement."""
        return self.say("sealed", size=row["size"])


def shown_at(text: str) -> str:
    """Show an instant as registers and lists hold it."""
    return shown_instant(parse_instant_canonical(text))
