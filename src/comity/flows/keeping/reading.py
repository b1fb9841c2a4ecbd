# SPDX-License-Identifier: Apache-2.0
"""Reading a copy, by its holder alone: decided like the item, journalled first, under a banner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.basis.ids import PersonId
from comity.basis.strict_json import JsonValue
from comity.decision.house import join_refusals
from comity.decision.keeping import refuse_stranger
from comity.decision.stages import Allowed, Refused
from comity.flows.admission import refusal_of
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copy
from comity.flows.drafts import keep_refusal
from comity.flows.journal import done_entry
from comity.flows.keeping.asking import Held, find_held, may_open
from comity.flows.keeping.handing import CopyAt
from comity.flows.keeping.marks import copy_banner
from comity.flows.parcels import read_sealed
from comity.flows.turns import turn_about
from comity.flows.view import View
from comity.marking.banners import Banner
from comity.ports import Change
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Opener, open_chunks


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """A copy being read: its banner, and its text. Built by `open_copy`, after the journal entry.

    `size` is that of the sealed payload.
    """

    copy: Copy
    banner: Banner
    opener: Opener
    content: Iterator[bytes]
    size: int

    @property
    def header(self) -> PayloadHeader | None:
        """The payload's own description; None until the first content has been drawn."""
        return self.opener.header


async def open_copy(
    context: Context, which: CopyAt, person: PersonId, *, purpose: str
) -> OpenedCopy | Refused:
    """Open a copy for its holder and a purpose: a translation's own text, or the item's.

    Raises:
        StateError: no such copy is left, or its key is not here.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def attempt() -> OpenedCopy | Refused:
        async with turn_about(context, which.agreement, (which.item,)) as view:
            held = await find_held(context, view, view.item(which.item), person)
            copy = held.copies.found(which.number)
            details: dict[str, JsonValue] = {
                **held.details,
                "copy": copy.number,
                "purpose": purpose,
            }
            decided = await _decide(context, view, held, (copy, purpose))
            if isinstance(decided, Refused):
                return await keep_refusal(context, decided, person, details)
            opener, chunks, size = await _sealed_text(context, view, held, copy)
            noted = done_entry(context, "copy.open", person, decided, details)
            await commit_on(context, view, Change(allowed_by=decided, journal=(noted,)))
            banner = copy_banner(context, view, held.item, copy)
            return OpenedCopy(copy, banner, opener, open_chunks(opener, chunks), size)

    return await decide_again(attempt)


async def _decide(
    context: Context, view: View, held: Held, asked: tuple[Copy, str]
) -> Allowed | Refused:
    copy, purpose = asked
    allowed = await may_open(context, view, held, held.person, purpose)
    own = held.item.place.party == view.own
    refused = join_refusals(
        refuse_stranger("copy.open", copy.hand.holder, held.person.id),
        None if own else await refusal_of(context, view, held.item),
        allowed,
    )
    return refused or allowed


async def _sealed_text(
    context: Context, view: View, held: Held, copy: Copy
) -> tuple[Opener, Iterator[bytes], int]:
    ports, release = context.ports, held.item.release
    if copy.sealed is not None:
        key = await ports.keys.custody_item_key(copy.sealed.sha256)
        return Opener(key), await ports.blobs.read(copy.sealed.sha256), copy.sealed.size
    place = held.item.place
    key = await ports.keys.custody_item_key(view.item_ref(place, release.sealed))
    chunks = await read_sealed(context, view, place, release.parcel, release.sealed)
    return Opener(key), chunks, release.sealed.size
