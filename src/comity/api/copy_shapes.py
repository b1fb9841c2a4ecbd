# SPDX-License-Identifier: Apache-2.0
"""What the API takes and answers about copies, what is made from items, inventories and ends."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from comity.api.case_shapes import TextBody, When, Word
from comity.api.item_wishes import Rights, Words
from comity.api.shapes import Anything, Reply
from comity.basis.limits import COPY_NUMBER_MAX

CopyNumber = Annotated[int, Meta(ge=1, le=COPY_NUMBER_MAX)]
Numbers = Annotated[list[CopyNumber], Meta(max_length=256)]
Means = Literal[
    "burn", "shred", "pulp", "other", "equipment_destroy", "equipment_modify", "crypto_erase"
]
Note = Annotated[str, Meta(max_length=4000)]


class CopyBody(Struct, forbid_unknown_fields=True):
    """One more copy: for what, why, for whom (null: the caller), with whom as second person."""

    purpose: Word
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    holder: Word | None = None
    second: Word | None = None


class TranslationBody(Struct, forbid_unknown_fields=True):
    """A translation, the language of the note that it bears, and its text."""

    language: Word
    purpose: Word
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    text: TextBody
    note: Word | None = None
    holder: Word | None = None


class DerivedBody(Struct, forbid_unknown_fields=True):
    """An item made from others; what it leaves out it inherits."""

    made_from: Annotated[list[Word], Meta(min_length=1, max_length=256)]
    to: Annotated[list[Word], Meta(min_length=1, max_length=15)]
    category: Word
    text: TextBody
    marking: Word = ""
    form: Word = "document"
    purposes: Annotated[list[Word], Meta(max_length=32)] = []
    named_for: Words = msgspec.field(name="for", default_factory=list)
    use_until: When | None = None
    rights: Rights = []


class HandOverBody(Struct, forbid_unknown_fields=True):
    """To whom a copy goes, and for what."""

    to: Word
    purpose: Word


class TakeOverBody(Struct, forbid_unknown_fields=True):
    """For what a copy is taken over; how it came, where nobody handed it over."""

    purpose: Word
    gap: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None


class PurposeBody(Struct, forbid_unknown_fields=True):
    """For what a copy is opened."""

    purpose: Word


class DestructionBody(Struct, forbid_unknown_fields=True):
    """Which copies (none: all that are left) were destroyed, how, when and with whom."""

    means: Means
    copies: Numbers = []
    second: Word | None = None
    on: When | None = None
    note: Note | None = None
    backup_replaced: bool = False


class ReturnBody(Struct, forbid_unknown_fields=True):
    """Which copies (none: all that are left) were given back, and when."""

    copies: Numbers = []
    on: When | None = None
    note: Note | None = None


class ErasureBody(Struct, forbid_unknown_fields=True):
    """By which means the item is going to be destroyed, and with whom."""

    means: Means
    second: Word | None = None


class RecallBody(Struct, forbid_unknown_fields=True):
    """What is wanted, why, and by when."""

    code: Word
    wanted: Literal["return", "destroy", "either"] = "either"
    until: When | None = None


class ReviewBody(Struct, forbid_unknown_fields=True):
    """Until when an item is needed; or that its need has ended."""

    until: When | None = None
    ended: bool = False


class FoundBody(Struct, forbid_unknown_fields=True):
    """A copy that was seen."""

    item: Word
    number: CopyNumber


class CountBody(Struct, forbid_unknown_fields=True):
    """The copies that were seen, at one facility or everywhere."""

    found: Annotated[list[FoundBody], Meta(max_length=10_000)] = []
    facility: Word | None = None


class CopiesReply(Reply, tag_field="schema", tag="comity/copies/1", kw_only=True):
    """The copies of an item, those that have ended too; `left` of them have not.

    `articles` allowed what was done to them just now, if anything was.
    """

    item: str
    copies: list[Anything]
    left: int
    articles: list[str] | UnsetType = UNSET


class CopyReply(Reply, tag_field="schema", tag="comity/copy/1", kw_only=True):
    """One copy."""

    item: str
    copy: Anything


class MadeReply(Reply, tag_field="schema", tag="comity/copy-made/1", kw_only=True):
    """A copy that was made, the banner that it must bear, and the articles that allowed it."""

    item: str
    copy: Anything
    banner: Anything
    articles: list[str]


class ErasedReply(Reply, tag_field="schema", tag="comity/item-erase/1", kw_only=True):
    """That an item's key was erased."""

    erased: Anything


class ReviewsReply(Reply, tag_field="schema", tag="comity/item-reviews/1", kw_only=True):
    """Until when each item is kept before its need is looked at again."""

    reviews: list[Anything]


class ReviewReply(Reply, tag_field="schema", tag="comity/item-review/1", kw_only=True):
    """Until when an item is kept."""

    review: Anything


class ReturnsReply(Reply, tag_field="schema", tag="comity/item-returns/1", kw_only=True):
    """What was given back, and by whom it was receipted."""

    returns: list[Anything]


class ExpectedReply(Reply, tag_field="schema", tag="comity/inventory-expected/1", kw_only=True):
    """What should be found."""

    copies: list[Anything]


class CountedReply(Reply, tag_field="schema", tag="comity/inventory-count/1", kw_only=True):
    """What an inventory found; the report of what is missing, and what partners were told."""

    counted: int
    missing: list[Anything]
    incident: str | None
    told: str | None
