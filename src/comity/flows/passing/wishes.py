# SPDX-License-Identifier: Apache-2.0
"""An item that is to go on to a third party, as it is kept until all of it is said.

It goes through four steps, and a crash between them loses none: asked for, said under the
originating agreement, released under the other, and linked to what became of it there.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.basis.errors import StateError
from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    PartyId,
    PersonId,
    Place,
    format_place,
    parse_agreement_id,
    parse_party_id,
    parse_person_id,
    parse_place,
)
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.documents import PASSING, json_document, read_json_document
from comity.ports import Document


@dataclass(frozen=True, slots=True)
class OnwardDraft:
    """Which item goes on, under which agreement, to whom, what for, and how it is labelled there.

    `arrangement` is the agreement of a hub that an officer named; that under which the item is
    marked for the recipient has a word unnamed.
    """

    agreement: AgreementId
    item: Place
    under: AgreementId
    to: PartyId
    purpose: str
    marking: str
    category: str
    form: str
    arrangement: AgreementId | None = None
    channel: str | None = None

    @property
    def agreements(self) -> tuple[AgreementId, ...]:
        """List the agreements that are named in it."""
        through = () if self.arrangement is None else (self.arrangement,)
        return (self.agreement, *through, self.under)


@dataclass(frozen=True, slots=True)
class KeptPassing:
    """An onward release in the store, how far it has come, and whose it was to begin.

    `said` stands in our register of the originating agreement, `release` in that of the other.
    """

    number: int
    draft: OnwardDraft
    level: str
    drafted_by: PersonId
    said: Place | None = None
    release: Place | None = None


async def find_passing(context: Context, number: int) -> KeptPassing:
    """Return an onward release that is not done with.

    Raises:
        StateError: there is none of that number.
    """
    raw = await context.ports.store.document(PASSING, f"{number:07d}")
    if raw is None:
        raise StateError(
            "passing.no-draft",
            "no such onward release waits",
            found=str(number),
            hint="list what waits: comity third-party list --node DIR",
        )
    return parse_passing(raw)


async def kept_passings(context: Context) -> tuple[KeptPassing, ...]:
    """List the onward releases that are not done with, the oldest first."""
    if not await context.ports.store.version(PASSING):
        return ()
    found = await context.ports.store.documents(PASSING)
    return tuple(parse_passing(each.body) for each in found if each.body is not None)


def passing_document(kept: KeptPassing) -> Document:
    """Write an onward release as a document."""
    return json_document(PASSING, f"{kept.number:07d}", passing_json(kept))


def removed_passing(kept: KeptPassing) -> Document:
    """Take an onward release away, once all is said."""
    return Document(PASSING, f"{kept.number:07d}", None)


def passing_json(kept: KeptPassing) -> dict[str, JsonValue]:
    """Give an onward release as it is kept and shown."""
    draft = kept.draft
    return {
        "number": kept.number,
        "agreement": draft.agreement,
        "item": format_place(draft.item),
        "under": draft.under,
        "to": draft.to,
        "purpose": draft.purpose,
        "marking": draft.marking,
        "category": draft.category,
        "form": draft.form,
        "arrangement": draft.arrangement,
        "channel": draft.channel,
        "level": kept.level,
        "drafted_by": kept.drafted_by,
        "said": None if kept.said is None else format_place(kept.said),
        "release": None if kept.release is None else format_place(kept.release),
    }


def parse_passing(raw: bytes) -> KeptPassing:
    """Read an onward release's document."""
    fields = Fields(read_json_document(raw), "passing")
    arrangement = fields.nullable_text("arrangement")
    draft = OnwardDraft(
        agreement=parse_agreement_id(fields.text("agreement")),
        item=parse_place(fields.text("item")),
        under=parse_agreement_id(fields.text("under")),
        to=parse_party_id(fields.text("to")),
        purpose=fields.text("purpose"),
        marking=fields.text("marking"),
        category=fields.text("category"),
        form=fields.text("form"),
        arrangement=None if arrangement is None else parse_agreement_id(arrangement),
        channel=fields.nullable_text("channel"),
    )
    kept = KeptPassing(
        number=fields.integer("number"),
        draft=draft,
        level=fields.text("level"),
        drafted_by=parse_person_id(fields.text("drafted_by")),
        said=_place(fields, "said"),
        release=_place(fields, "release"),
    )
    fields.finish()
    return kept


def _place(fields: Fields, key: str) -> Place | None:
    text = fields.nullable_text(key)
    return None if text is None else parse_place(text)
