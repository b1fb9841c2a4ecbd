# SPDX-License-Identifier: Apache-2.0
"""Reading a draft before it is released, so that the second person does not approve it blind.

The same clearance, need-to-know and register are asked for as for any opening, and the journal
entry comes before the first plaintext byte. Source: Japan-ROK GSOMIA Art. 6(e), 7; DESIGN 2
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.basis.ids import PersonId
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act, join_refusals
from comity.decision.people import Role
from comity.decision.request import Request
from comity.decision.stages import Refused
from comity.flows.at_firms import allow_here
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.drafts import KeptDraft, find_draft, keep_refusal, label_item
from comity.flows.facts import find_person, label_fact, person_request
from comity.flows.journal import done_entry
from comity.flows.recalls import inherited_now, refuse_made_from
from comity.flows.receipts import originator_name
from comity.flows.turns import turn_about
from comity.flows.view import View
from comity.marking.banners import Banner, banner
from comity.marking.labels import Label
from comity.ports import Change
from comity.sealing.payload import PayloadHeader
from comity.sealing.stream import Opener, open_chunks


@dataclass(frozen=True, slots=True)
class PreviewedDraft:
    """A draft being read: its banner, and its plaintext as it is authenticated."""

    kept: KeptDraft
    banner: Banner
    opener: Opener
    content: Iterator[bytes]

    @property
    def header(self) -> PayloadHeader | None:
        """The payload's own description; None until the first content has been drawn."""
        return self.opener.header


async def preview_content(
    context: Context, person: PersonId, number: int
) -> PreviewedDraft | Refused:
    """Open a draft for its drafter, or for a releasing officer who is to approve it.

    1. gather the draft, the agreement and the person;
    2. decide as for an opening, for the purpose that the draft names first, and by role: at no
       lower level than what it is made from has now, and nothing of what was called back;
    3. the journal entry is committed, refusal or not, before any content is drawn.

    Raises:
        StateError: no such draft waits.
        ProofError: while content is drawn, when it is altered or truncated.
    """

    async def attempt() -> PreviewedDraft | Refused:
        kept = await find_draft(context, number)
        async with turn_about(context, kept.item.agreement, kept.item.derived_from) as view:
            return await _preview(context, view, person, kept)

    return await decide_again(attempt)


async def _preview(
    context: Context, view: View, person: PersonId, kept: KeptDraft
) -> PreviewedDraft | Refused:
    reader = await find_person(context, person)
    agreement, at = view.agreement(), view.moment(context)
    labelled = label_item(view, agreement, kept.item, at)  # 1
    request = await person_request(context, view, reader, at)
    level, _ = inherited_now(context, view, labelled.label.level, kept.item.derived_from)
    asked = _opening(view, replace(labelled.label, level=level), request, kept.item.rights)
    allowed = await allow_here(context, agreement, reader, asked, at)
    house = join_refusals(
        allow_house_act("item.preview", reader.roles, {Role.DRAFTER, Role.RELEASING_OFFICER}),
        await refuse_made_from(context, view, "item.preview", kept.item.derived_from),
    )  # 2
    details: dict[str, JsonValue] = {"draft": kept.number, "agreement": view.agreement_id}
    if isinstance(allowed, Refused):
        refused = join_refusals(house, allowed) or allowed
        return await keep_refusal(context, refused, person, details)
    if house is not None:
        return await keep_refusal(context, house, person, details)
    key = await context.ports.keys.custody_item_key(kept.sealed.sha256)
    chunks = await context.ports.blobs.read(kept.sealed.sha256)
    entry = done_entry(context, "item.preview", person, allowed, details)
    await commit_on(context, view, Change(allowed_by=allowed, journal=(entry,)))  # 3
    opener = Opener(key)
    names = tuple(originator_name(agreement, each) for each in labelled.label.originators)
    shown = banner(
        labelled.label,
        names,
        receiver_marking=None,
        exercise=context.config.exercise,
        rights=kept.item.rights,
    )
    return PreviewedDraft(kept, shown, opener, open_chunks(opener, chunks))


def _opening(view: View, label: Label, request: Request, rights: tuple[str, ...]) -> Request:
    item = replace(label_fact(label, rights), originators=(view.own,))
    return replace(request, action="open", item=item, purpose=label.purposes[0])
