# SPDX-License-Identifier: Apache-2.0
"""The answers as `/openapi.json` describes them; `flows/shapes.py` makes what they are filled with.

Whatever is filled in is held to its description before it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from comity.api.desk import Desk
from comity.flows.shapes import mark_json

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
PlaceText = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9-]{0,31}/(0|[1-9][0-9]{0,15})$")]
Count = Annotated[int, Meta(ge=0)]
Anything = dict[str, Any]


class Mark(Struct, omit_defaults=True):
    """Whose node answers, and whether all of this is an exercise."""

    party: str
    exercise: bool
    clock: Literal["system", "story"]
    now: str | UnsetType = UNSET


class Reply(Struct, kw_only=True):
    """What stands on every answer."""

    node: Mark


class Receipt(Struct):
    """A recipient's acknowledgement of statement and payload, under its own marking."""

    by: str
    place: str
    at: str
    marking: str


class Refusal(Struct):
    """A recipient's refusal of an item."""

    by: str
    place: str
    code: str
    articles: list[str]


class Item(Struct):
    """An item's label and what became of it; never its content."""

    place: str
    by: str
    to: list[str]
    at: str
    version: str
    label: Anything
    level: str
    sealed_bytes: int
    held: bool
    readable: bool
    acknowledged: list[str]
    supersedes: str | None
    superseded_by: str | None
    answers: str | None
    receipts: list[Receipt]
    refusals: list[Refusal]


class ItemPageReply(Reply, tag_field="schema", tag="comity/item-page/1", kw_only=True):
    """Some items; `next` goes into `start` to go on, now or when there is more."""

    agreement: str
    items: list[Item]
    next: list[str]


class ItemReply(Reply, tag_field="schema", tag="comity/item-show/1", kw_only=True):
    """One item."""

    item: Item


class Entered(Struct):
    """A statement that stands in our register."""

    place: str
    kind: str
    to: list[str]
    at: str
    body: Anything


class EnteredReply(Reply, tag_field="schema", tag="comity/entered/1", kw_only=True):
    """What was entered; partners get it by itself."""

    entered: Entered


class Draft(Struct):
    """A draft that waits for its releasing officer."""

    number: int
    agreement: str
    to: list[str]
    marking: str
    level: str
    category: str
    form: str
    purposes: list[str]
    named_for: list[str] = msgspec.field(name="for")
    supersedes: str | None
    answers: str | None
    channel: str
    sealed_bytes: int
    drafted_by: str


class DraftReply(Reply, tag_field="schema", tag="comity/item-draft/1", kw_only=True):
    """A draft that waits."""

    draft: Draft


class DraftsReply(Reply, tag_field="schema", tag="comity/item-drafts/1", kw_only=True):
    """The drafts that wait and that one may know of."""

    drafts: list[Draft]


class DecisionReply(Struct):
    """A decision: allow, or deny with every article that stands against it."""

    decision: Literal["allow", "deny"]
    agreement: str
    version: int
    sha256: str
    action: str | None
    at: str | None
    articles: list[Anything]
    unmet: list[Anything]
    unknown: list[Anything]


class AcknowledgementReply(
    Reply, tag_field="schema", tag="comity/item-acknowledgement/1", kw_only=True
):
    """Who has cosigned the item's statement, and who receipted or refused it, when asked."""

    place: str
    acknowledged: list[str]
    receipted: list[str]
    refused: list[str]
    complete: bool


Kind = TypeVar("Kind", bound=Reply)


def reply(desk: Desk, kind: type[Kind], value: Mapping[str, Any]) -> Kind:
    """Fill an answer, held to its description."""
    schema = kind.__struct_config__.tag
    filled = {"schema": schema, "node": mark_json(desk.context), **value}
    return msgspec.convert(filled, kind)
