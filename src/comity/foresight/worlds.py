# SPDX-License-Identifier: Apache-2.0
"""A world: every fact of a request as a variable with few words, so that all can be tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.errors import InvariantError
from comity.basis.instants import parse_instant

Situation = Mapping[str, str]
"""A word for each variable of a world."""

AT: Final = parse_instant("2020-06-15T00:00:00Z")
OTHER: Final = "other"
NONE: Final = "none"
YES: Final = "yes"
NO: Final = "no"
PAST: Final = "past"
JOIN: Final = "+"
OF_ITEM: Final = "item"
OF_CATEGORY: Final = "category"
"""What a consent is for: an item by its number, or whatever is of its category."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One fact and its words; the first is the one that most rules are glad of."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The variables that some agreements speak of, in an order that people would ask in.

    `outsider` is a party of none of them, `above` a level of none, `levels` joins their ladders,
    highest first. `hosts` are two parties of all of them where there are two.
    """

    variables: tuple[Variable, ...]
    outsider: str
    above: str
    levels: tuple[str, ...]
    hosts: tuple[str, str]
    agreement: str

    def words(self, name: str) -> tuple[str, ...]:
        """Give the words of a variable."""
        for variable in self.variables:
            if variable.name == name:
                return variable.words
        raise InvariantError("foresight.variable", "a world has no such variable", found=name)
