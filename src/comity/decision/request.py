# SPDX-License-Identifier: Apache-2.0
"""A request: the action asked for, and the facts of this one request.

An absent fact is `MISSING`, which is unknown; None and an empty tuple are known to be none.
Whether the facts are true is for those who gather them. Source: AGREEMENTS.md section 4
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from comity.basis.instants import Date, Instant


class Missing(Enum):
    """The type of the one value that stands for an unknown fact."""

    MISSING = "missing"

    def __repr__(self) -> str:
        """Show the value by its name."""
        return self.value


MISSING: Final = Missing.MISSING
Absent = Literal[Missing.MISSING]

Text = str | None | Absent
Texts = tuple[str, ...] | Absent
Flag = bool | None | Absent
When = Instant | Date | None | Absent


@dataclass(frozen=True, slots=True)
class Actor:
    """Who would act: party, person, and what the register of persons says of that person."""

    party: Text = MISSING
    id: Text = MISSING
    kind: Text = MISSING
    clearance: Text = MISSING
    clearance_until: When = MISSING
    need_to_know: Texts = MISSING
    facility: Text = MISSING
    registered: Flag = MISSING


@dataclass(frozen=True, slots=True)
class Item:
    """The protected item: its label, what it shows, and how many copies there are."""

    id: Text = MISSING
    originators: Texts = MISSING
    level: Text = MISSING
    category: Text = MISSING
    form: Text = MISSING
    purposes: Texts = MISSING
    named_for: Texts = MISSING
    marked: Texts = MISSING
    copies: int | Absent | None = MISSING
    use_until: When = MISSING


@dataclass(frozen=True, slots=True)
class Consent:
    """A party's written consent, for items or for a category."""

    by: Text = MISSING
    items: Texts = MISSING
    category: Text = MISSING
    recipient: Text = MISSING
    purpose: Text = MISSING
    given_at: When = MISSING
    until: When = MISSING


@dataclass(frozen=True, slots=True)
class Assurance:
    """A party's written assurance, for a named person or post, or for any of its people."""

    by: Text = MISSING
    level: Text = MISSING
    named_for: Text = MISSING
    need: Flag = MISSING
    equivalent_protection: Flag = MISSING
    given_at: When = MISSING
    until: When = MISSING


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """The other of two persons."""

    id: Text = MISSING
    kind: Text = MISSING


@dataclass(frozen=True, slots=True)
class Request:
    """One action and its facts. `action` may be a word that no agreement knows."""

    at: Instant | Absent = MISSING
    action: str | Absent = MISSING
    agreement_state: Text = MISSING
    actor: Actor = Actor()
    item: Item = Item()
    purpose: Text = MISSING
    recipient: Text = MISSING
    channel: Text = MISSING
    consents: tuple[Consent, ...] | Absent = MISSING
    assurances: tuple[Assurance, ...] | Absent = MISSING
    second_person: SecondPerson | Absent | None = MISSING


def parse_request(raw: bytes) -> Request:
    """Read a request from JSON; an unknown key or a wrong type is refused.

    Raises:
        InputError: the bytes are no strict JSON, a key is unknown, a type is wrong.

    Source: AGREEMENTS.md section 4
    """
    raise NotImplementedError
