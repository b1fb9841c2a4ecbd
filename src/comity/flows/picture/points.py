# SPDX-License-Identifier: Apache-2.0
"""The party's own points of interest: places that it asks about when it reads a reach.

They are the node's own record: no statement says them and no partner hears of them. Who runs the
node or keeps its registers puts them in, all at once. Source: issue text on reach
"""

from __future__ import annotations

from typing import Final

from comity.basis.ids import PersonId, digest_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.context import Context, decide_again
from comity.flows.documents import PICTURE_POINTS
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import journal_entry
from comity.picture.interests import Interest, format_interests, parse_interests
from comity.ports import Basis, Change, Document

SETTERS: Final = frozenset({Role.ADMINISTRATOR, Role.REGISTRAR})
"""Who puts points of interest in."""

POINT_READERS: Final = CONTENT_ROLES | SETTERS
"""Who looks at them: they tell what the party asks about."""

_KEY: Final = "points"


async def put_points(
    context: Context, person: PersonId, interests: tuple[Interest, ...]
) -> tuple[Interest, ...] | Refused:
    """Put a party's points of interest in, in place of all that were there; none is a list too.

    The journal has how many there are, and the digest of the list.
    """
    raw = format_interests(interests)

    async def attempt() -> tuple[Interest, ...] | Refused:
        setter = await find_person(context, person)
        allowed = allow_house_act("picture.points", setter.roles, SETTERS)
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, {})
        store = context.ports.store
        version = await store.version(PICTURE_POINTS)
        details: dict[str, JsonValue] = {"points": len(interests), "sha256": digest_of(raw)}
        await store.commit(
            Change(
                allowed_by=allowed,
                basis=Basis(versions=((PICTURE_POINTS, version),)),
                documents=(Document(PICTURE_POINTS, _KEY, raw),),
                journal=(journal_entry(context, "picture.points", person, details=details),),
            )
        )
        return interests

    return await decide_again(attempt)


async def read_points(context: Context, person: PersonId) -> tuple[Interest, ...] | Refused:
    """Give the party's points of interest to a person who may look at them."""
    reader = await find_person(context, person)
    allowed = allow_house_act("picture.points", reader.roles, POINT_READERS)
    if isinstance(allowed, Refused):
        return allowed
    raw = await context.ports.store.document(PICTURE_POINTS, _KEY)
    return () if raw is None else parse_interests(raw)
