# SPDX-License-Identifier: Apache-2.0
"""What is wished for an item: label and description, beside its payload or with it in the body.

Title and file name are sealed with the payload; nothing of them stands in a statement.
Source: DESIGN 4
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from comity.agreement.acts import PrivateRight
from comity.basis.encoding import decode_base64
from comity.basis.errors import InputError, excerpt
from comity.basis.ids import AgreementId, parse_agreement_id, parse_party_id, parse_place
from comity.basis.instants import Date, Instant, parse_day_or_instant
from comity.basis.limits import KIB
from comity.basis.strict_json import parse_json
from comity.basis.unshown import Unshown
from comity.flows.drafts import ItemDraft
from comity.picture.reports import parse_report, schema_of
from comity.sealing.payload import PayloadHeader
from comity.statement.passing import Sharing

CONTENT_TYPE: Final = "application/octet-stream"
ITEM_HEADER: Final = "Comity-Item"
ITEM_HEADER_BYTES_MAX: Final = 6 * KIB

Word = Annotated[str, Meta(max_length=100)]
When = Annotated[str, Meta(max_length=32, description="A day or a moment.")]
Words = Annotated[list[Word], Meta(max_length=32)]
Rights = Annotated[
    list[PrivateRight],
    Meta(max_length=len(PrivateRight), description="The private rights in the item."),
]
Parties = Annotated[list[Word], Meta(min_length=1, max_length=15)]


class SharingWish(Struct, forbid_unknown_fields=True, kw_only=True):
    """The mark for a hub: under which arrangement, with whom, and its category there."""

    under: Word
    recipients: Parties = msgspec.field(name="with")
    category: Word


class ItemWish(Struct, forbid_unknown_fields=True, kw_only=True):
    """An item's label, and what its payload is.

    Title, file name, and whose the private rights are, are sealed with it.
    """

    to: Parties
    marking: Word
    category: Word
    purposes: Annotated[list[Word], Meta(min_length=1, max_length=32)]
    form: Word = "document"
    named_for: Words = msgspec.field(name="for", default_factory=list)
    use_until: When | None = None
    supersedes: Word | None = None
    answers: Word | None = None
    channel: Word | None = None
    sharing: SharingWish | None = None
    rights: Rights = msgspec.field(default_factory=list)
    title: Annotated[str, Meta(max_length=500)] = "untitled"
    media_type: Word = CONTENT_TYPE
    file_name: Annotated[str, Meta(max_length=200)] | None = None
    schema: Word | None = None
    rights_of: Annotated[str, Meta(max_length=500)] | None = None


class SmallItem(Unshown, ItemWish, forbid_unknown_fields=True, kw_only=True):
    """An item with its payload in it, as base64."""

    content: Annotated[str, Meta(description="The payload, in base64 (RFC 4648, section 4).")]


def wish_of(described: str) -> ItemWish:
    """Read what stands in the header of a payload that comes by itself.

    Raises:
        InputError: it does not read, or is no description of an item.
    """
    raw = decode_base64(described, bytes_max=ITEM_HEADER_BYTES_MAX, where=ITEM_HEADER)
    value = parse_json(raw, bytes_max=ITEM_HEADER_BYTES_MAX, where=ITEM_HEADER)
    try:
        return msgspec.convert(value, ItemWish)
    except msgspec.ValidationError as err:
        raise InputError(
            "api.item-described",
            "the item's description does not fit",
            where=ITEM_HEADER,
            expected="the members of an item of a batch, without its content",
            found=excerpt(str(err)),
        ) from None


def draft_of(agreement: AgreementId, wish: ItemWish) -> ItemDraft:
    """Give what is wished as the drafter's word; lists are sets.

    Raises:
        InputError: a party, a place or the end of use does not read.
    """
    supersedes, answers = wish.supersedes, wish.answers
    return ItemDraft(
        agreement=agreement,
        to=tuple(sorted({parse_party_id(each, "to") for each in wish.to})),
        marking=wish.marking,
        category=wish.category,
        form=wish.form,
        purposes=tuple(sorted(set(wish.purposes))),
        named_for=tuple(sorted(set(wish.named_for))),
        supersedes=None if supersedes is None else parse_place(supersedes, "supersedes"),
        answers=None if answers is None else parse_place(answers, "answers"),
        channel=wish.channel,
        sharing=_sharing(wish.sharing),
        use_until=read_use_until(wish.use_until),
        rights=tuple(sorted(set(wish.rights))),
    )


def read_use_until(text: str | None) -> Date | Instant | None:
    """Read an end of use: a day, which holds to its end, or a moment.

    Raises:
        InputError: it is neither.
    """
    if text is None:
        return None
    return parse_day_or_instant(text, "use_until")


def _sharing(wish: SharingWish | None) -> Sharing | None:
    if wish is None:
        return None
    parties = {parse_party_id(each, "with") for each in wish.recipients}
    return Sharing(parse_agreement_id(wish.under, "under"), tuple(sorted(parties)), wish.category)


def header_of(wish: ItemWish) -> PayloadHeader:
    """Give the payload's own description."""
    return PayloadHeader(wish.title, wish.media_type, wish.file_name, wish.schema, wish.rights_of)


def check_report(raw: bytes, schema: str) -> None:
    """Check that a report reads, and is of the schema that it is released under.

    Raises:
        InputError: it is not.
    """
    found = schema_of(parse_report(raw))
    if found != schema:
        raise InputError(
            "api.other-schema",
            "the report is of another schema",
            where="schema",
            expected=schema,
            found=found,
        )
