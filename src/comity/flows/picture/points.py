# SPDX-License-Identifier: Apache-2.0
"""The party's own points of interest, which it asks about when it reads a reach, and its overlay.

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
from comity.picture.overlays import Overlaid, read_overlay
from comity.ports import Basis, Change, Document

SETTERS: Final = frozenset({Role.ADMINISTRATOR, Role.REGISTRAR})
"""Who puts points of interest in."""

POINT_READERS: Final = CONTENT_ROLES | SETTERS
"""Who looks at them: they tell what the party asks about."""

_ACT: Final = "picture.points"
_KEY: Final = "points"
_OVERLAY: Final = "overlay"


async def put_points(
    context: Context, person: PersonId, interests: tuple[Interest, ...]
) -> tuple[Interest, ...] | Refused:
    """Put a party's points of interest in, in place of all that were there; none is a list too.

    The journal has how many there are, and the digest of the list.
    """
    refused = await _put(context, person, _KEY, format_interests(interests), len(interests))
    return interests if refused is None else refused


async def put_overlay(
    context: Context, person: PersonId, text: str
) -> tuple[Overlaid, ...] | Refused:
    """Put the lines in that are laid over this party's maps, in place of all that were there.

    Raises:
        InputError: they do not read, or are too many.
    """
    overlay = read_overlay(text)
    refused = await _put(context, person, _OVERLAY, text.encode(), len(overlay))
    return overlay if refused is None else refused


async def _put(
    context: Context, person: PersonId, key: str, raw: bytes, count: int
) -> Refused | None:
    async def attempt() -> Refused | None:
        setter = await find_person(context, person)
        allowed = allow_house_act(_ACT, setter.roles, SETTERS)
        if isinstance(allowed, Refused):
            return await keep_refusal(context, allowed, person, {})
        store = context.ports.store
        version = await store.version(PICTURE_POINTS)
        details: dict[str, JsonValue] = {key: count, "sha256": digest_of(raw)}
        await store.commit(
            Change(
                allowed_by=allowed,
                basis=Basis(versions=((PICTURE_POINTS, version),)),
                documents=(Document(PICTURE_POINTS, key, raw),),
                journal=(journal_entry(context, _ACT, person, details=details),),
            )
        )
        return None

    return await decide_again(attempt)


async def read_points(context: Context, person: PersonId) -> tuple[Interest, ...] | Refused:
    """Give the party's points of interest to a person who may look at them."""
    raw = await _read(context, person, _KEY)
    if isinstance(raw, Refused):
        return raw
    return parse_interests(raw) if raw else ()


async def read_overlay_text(context: Context, person: PersonId) -> str | Refused:
    """Give the lines of the party's overlay, as they were typed, to whoever may look at them."""
    raw = await _read(context, person, _OVERLAY)
    return raw if isinstance(raw, Refused) else raw.decode()


async def _read(context: Context, person: PersonId, key: str) -> bytes | Refused:
    reader = await find_person(context, person)
    allowed = allow_house_act(_ACT, reader.roles, POINT_READERS)
    if isinstance(allowed, Refused):
        return allowed
    return await context.ports.store.document(PICTURE_POINTS, key) or b""
