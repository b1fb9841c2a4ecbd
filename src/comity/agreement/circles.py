# SPDX-License-Identifier: Apache-2.0
"""The circles of `audience`: of which kinds of person each is, and whether they must need to know.

Source: AGREEMENTS.md section 3 (audience); FIRST TLP 2.0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Circle:
    """Persons of the parties, by their kind, and by need-to-know for the item's category."""

    kinds: tuple[str, ...]
    need_to_know: bool = False


NAMED: Final = "named_persons"
ANYONE: Final = "anyone"
_OFFICIALS: Final = ("official",)
_AND_CLIENTS: Final = ("official", "client")

CIRCLES: Final[dict[str, Circle]] = {
    "organisation_need_to_know": Circle(_OFFICIALS, need_to_know=True),
    "organisation": Circle(_OFFICIALS),
    "organisation_and_clients_need_to_know": Circle(_AND_CLIENTS, need_to_know=True),
    "organisation_and_clients": Circle(_AND_CLIENTS),
    "community": Circle(("official", "client", "community")),
}
WORDS: Final = (NAMED, *CIRCLES, ANYONE)


def is_within(strict: str, loose: str) -> bool:
    """Answer whether whoever is of the first circle is surely of the second.

    Who is named may be of any kind, so those named are within nobody's circle but everybody's.
    """
    if strict == loose or loose == ANYONE:
        return True
    inner, outer = CIRCLES.get(strict), CIRCLES.get(loose)
    if inner is None or outer is None:
        return False
    return set(inner.kinds) <= set(outer.kinds) and inner.need_to_know >= outer.need_to_know
