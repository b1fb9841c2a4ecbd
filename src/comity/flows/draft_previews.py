# SPDX-License-Identifier: Apache-2.0
"""What would become of an item if it were sent, and who may know of what is kept; to look at.

Source: DESIGN 2; AGREEMENTS 4
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from comity.basis.ids import PartyId, PersonId
from comity.decision.house import keeps_registers
from comity.decision.people import Person
from comity.decision.stages import Cleared, Refused
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, find_label, preview_draft
from comity.flows.facts import find_person
from comity.flows.release import house_refusal
from comity.flows.turns import read_view


@dataclass(frozen=True, slots=True)
class Preview:
    """The decision for each recipient alone.

    `level` is what the marking stands for, None where it is on no list. `alone` says why whoever
    drafts it cannot release it alone; None: one person suffices, or no level is known.
    """

    outcomes: tuple[tuple[PartyId, Cleared | Refused], ...]
    level: str | None
    alone: Refused | None


async def preview_to_each(
    context: Context, person: PersonId, item: ItemDraft, parties: Iterable[PartyId]
) -> Preview:
    """Decide an item as a draft to each of some parties.

    Raises:
        InputError: the marking is none at all, or a word would not read.
        StateError: no such person, or no agreement is signed.
    """
    outcomes = [
        (party, await preview_draft(context, person, replace(item, to=(party,))))
        for party in parties
    ]
    view, by = await read_view(context, item.agreement), await find_person(context, person)
    labelled = find_label(view, item, view.moment(context))
    if isinstance(labelled, Refused):
        return Preview(tuple(outcomes), None, None)
    level = labelled.label.level
    alone = house_refusal(context, view, by, person, level)
    return Preview(tuple(outcomes), level, alone)


def may_know_draft(person: Person, kept: KeptDraft) -> bool:
    """Answer whether a person may know of a draft: whoever drafted it, and who keeps registers."""
    return keeps_registers(person) or kept.drafted_by == person.id
