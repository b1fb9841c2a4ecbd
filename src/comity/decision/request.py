# SPDX-License-Identifier: Apache-2.0
"""A request: the action asked for, and the facts of this one request.

An absent fact is `MISSING`, which is unknown; None and an empty tuple are known to be none.
Only an unknown key or a wrong type is bad input: words are not checked against any list,
since a word that the agreement does not know is a fact that meets no condition.
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


def missing_of(*facts: tuple[str, object]) -> tuple[str, ...]:
    """List the names of the facts that are missing."""
    return tuple(fact for fact, value in facts if value is MISSING)


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
    rights: Texts = MISSING


NOBODY: Final = Actor(None, None, None, None, None, (), None, None)
NO_ITEM: Final = Item(None, (), None, None, None, (), (), (), None, None, ())


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
class Derived:
    """What is to be made from the item, for the clause `derived`."""

    level: Text = MISSING
    originators: Texts = MISSING
    purposes: Texts = MISSING
    use_until: When = MISSING
    marked: Texts = MISSING
    named_for: Texts = MISSING


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation: its language, and that of the note on it (none: there is no note)."""

    language: Text = MISSING
    note: Text = MISSING


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit: who asked whom and when, what the host granted, and the visitors' clearance.

    `granted_by` is known to be none where it was refused or is not decided.
    """

    host: Text = MISSING
    asked_by: Text = MISSING
    asked_at: When = MISSING
    granted_by: Text = MISSING
    begins: When = MISSING
    until: When = MISSING
    level: Text = MISSING
    clearance: Text = MISSING
    clearance_until: When = MISSING


@dataclass(frozen=True, slots=True)
class FirmCondition:
    """Evidence that a firm meets one lettered condition, and until when it holds."""

    letter: Text = MISSING
    given_at: When = MISSING
    until: When = MISSING


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm with the clearance of its facility and the conditions that it meets."""

    id: Text = MISSING
    clearance: Text = MISSING
    clearance_until: When = MISSING
    conditions: tuple[FirmCondition, ...] | Absent = MISSING


@dataclass(frozen=True, slots=True)
class Sharing:
    """The mark that an item is to be shared: under which agreement, with whom."""

    under: Text = MISSING
    recipients: Texts = MISSING


@dataclass(frozen=True, slots=True)
class Order:
    """An order: between whom, for what activity, of which categories, when it was made.

    `shows` are words of `order.needs` that hold for it; `acted` are persons of the actor's own
    party who have acted on it.
    """

    requester: Text = MISSING
    provider: Text = MISSING
    activity: Text = MISSING
    categories: Texts = MISSING
    dated: When = MISSING
    shows: Texts = MISSING
    acted: Texts = MISSING


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement: its method, the natures of what it settles, and why in cash.

    `delivered` is the latest day of handing over; `approved_by` are the parties that approve.
    """

    method: Text = MISSING
    natures: Texts = MISSING
    reason: Text = MISSING
    delivered: When = MISSING
    approved_by: Texts = MISSING


@dataclass(frozen=True, slots=True)
class Request:
    """One action and its facts. `action` may be a word that no agreement knows.

    `firms` begins with the firm that would receive the item; each works for the next. `suspended`
    are the categories that are suspended now, `means` are those of a destruction.
    """

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
    derived: Derived | Absent | None = MISSING
    translation: Translation | Absent | None = MISSING
    visit: Visit | Absent | None = MISSING
    firms: tuple[Firm, ...] | Absent = MISSING
    rights_confirmed: Flag = MISSING
    means: Text = MISSING
    sharing: Sharing | Absent | None = MISSING
    suspended: Texts = MISSING
    order: Order | Absent | None = MISSING
    settlement: Settlement | Absent | None = MISSING
