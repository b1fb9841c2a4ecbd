# SPDX-License-Identifier: Apache-2.0
"""How far an onward release had come, by what a partner gives back of our own registers.

A backup from before its approval brings it back as one that still waits: it must not go out again.
Source: DESIGN 7; Japan-ROK GSOMIA Art. 6(a)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from comity.basis.ids import PartyId, Place
from comity.flows.context import Context
from comity.flows.naming import readable
from comity.flows.passing.wishes import KeptPassing, OnwardDraft, kept_passings
from comity.statement.envelope import Statement
from comity.statement.information import ItemRelease
from comity.statement.passing import ItemThirdPartyRelease


async def passings_said(
    context: Context, start: int, entries: Sequence[bytes]
) -> tuple[KeptPassing, ...]:
    """Give the onward releases that these entries of ours, from `start` on, show further on."""
    waiting = {each.number: each for each in await kept_passings(context)}
    changed: dict[int, KeptPassing] = {}
    for index, raw in enumerate(entries, start) if waiting else ():
        for statement in readable((raw,)):
            for kept in waiting.values():
                further = _further(kept, statement, Place(context.config.party, index))
                if further != kept:
                    waiting[kept.number] = changed[kept.number] = further
                    break  # one statement is of one of them
    return tuple(changed.values())


def _further(kept: KeptPassing, statement: Statement, place: Place) -> KeptPassing:
    draft = kept.draft
    match statement.body:
        case ItemThirdPartyRelease() as body if (
            kept.said is None
            and body.follows is None
            and statement.agreement_id == draft.agreement
            and is_said_of(body, draft)
        ):
            return replace(kept, said=place)
        case ItemRelease() as body if (
            kept.release is None
            and statement.agreement_id == draft.under
            and is_release_of(statement.to, body, draft)
        ):
            return replace(kept, release=place)
        case _:
            return kept


def is_said_of(body: ItemThirdPartyRelease, draft: OnwardDraft) -> bool:
    """Answer whether a statement under the originating agreement is of this onward release."""
    said = (body.item, body.recipient, body.purpose, body.agreement)
    return said == (draft.item, draft.to, draft.purpose, draft.under)


def is_release_of(to: Collection[PartyId], body: ItemRelease, draft: OnwardDraft) -> bool:
    """Answer whether a release under the other agreement is of this onward release."""
    came = body.passed_on
    if came is None or (came.agreement, came.item) != (draft.agreement, draft.item):
        return False
    return draft.to in to and draft.purpose in body.label.purposes
