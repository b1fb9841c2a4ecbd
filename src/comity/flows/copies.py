# SPDX-License-Identifier: Apache-2.0
"""The register of copies of our own party: what each copy is, who holds it where, how it ended.

One record for each item, kept by nobody else: no partner sees it. Number 1 is the item as it came,
or as we released it, and lies in the node until somebody takes it out. Source: Japan-ROK GSOMIA
Art. 6(f), 12(b), 14 (treaties.md G6f, G12b, G14)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from comity.basis.errors import InputError, StateError
from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    Digest,
    PartyId,
    PersonId,
    Place,
    format_place,
    parse_digest,
    parse_person_id,
    parse_place,
)
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import (
    COPIES_BYTES_MAX,
    COPIES_MAX,
    COPY_HANDS_MAX,
    COPY_NUMBER_MAX,
    COPY_TEXT_CHARS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.documents import COPIES, json_document, read_json_document
from comity.flows.view import View
from comity.ports import Document
from comity.state.protected import is_sealed, was_told
from comity.state.records import Item
from comity.state.state import State
from comity.statement.values import SealedRef, format_sealed, parse_sealed

FIRST: Final = 1
"""The number of the item itself."""

NODE: Final = "node"
"""The place of what lies in the node, in nobody's hands; no facility has this id."""

_DIGEST: Final = re.compile(rb"\b[0-9a-f]{64}\b")


class CopyKind(StrEnum):
    """What a copy is."""

    FIRST = "first"
    COPY = "copy"
    TRANSLATION = "translation"


class Ending(StrEnum):
    """How a copy ended, or that nobody finds it. A missing one may be found again."""

    RETURNED = "returned"
    DESTROYED = "destroyed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Hand:
    """One link of a copy's chain: who had it from when on, where, and who said so.

    `holder` None is the node itself. `gap` is the report of a link that is missing before it.
    """

    holder: PersonId | None
    facility: str
    since: Instant
    by: PersonId | None
    gap: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A hand-over that the other person has not confirmed yet."""

    to: PersonId
    at: Instant
    by: PersonId


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a copy, and the statement that told it; a missing one names its report."""

    how: Ending
    at: Instant
    said: Place | None


@dataclass(frozen=True, slots=True)
class Copy:
    """One numbered copy. `hands` begins with whom it was made for and ends with who has it now.

    A translation has a `language`, and text of its own, `sealed` under a key of our custody.
    """

    number: int
    kind: CopyKind
    hands: tuple[Hand, ...]
    made_by: PersonId | None = None
    second: PersonId | None = None
    reason: str | None = None
    language: str | None = None
    sealed: SealedRef | None = None
    offer: Offer | None = None
    ended: Ended | None = None

    @property
    def hand(self) -> Hand:
        """Give who has it now, or had it last."""
        return self.hands[-1]

    @property
    def in_node(self) -> bool:
        """Answer whether it lies in the node, in nobody's hands, whatever a place is called."""
        return self.hand.holder is None

    @property
    def is_here(self) -> bool:
        """Answer whether it should be found."""
        return self.ended is None

    @property
    def is_left(self) -> bool:
        """Answer whether it is neither given back nor destroyed; a missing one is left."""
        return self.ended is None or self.ended.how is Ending.MISSING


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of one item, by number; numbers are given once and never again.

    `unread` says that the record does not read: the item itself stands for all of them then.
    """

    agreement: AgreementId
    item: Place
    rows: tuple[Copy, ...]
    unread: bool = False

    @property
    def here(self) -> tuple[Copy, ...]:
        """List those that should be found."""
        return tuple(each for each in self.rows if each.is_here)

    @property
    def left(self) -> tuple[Copy, ...]:
        """List those that are neither given back nor destroyed; missing ones are among them."""
        return tuple(each for each in self.rows if each.is_left)

    @property
    def next_number(self) -> int:
        """Give the number of the next copy."""
        return self.rows[-1].number + 1 if self.rows else FIRST

    def copy(self, number: int) -> Copy:
        """Find a copy.

        Raises:
            StateError: there is none of that number.
        """
        for each in self.rows:
            if each.number == number:
                return each
        raise StateError(
            "copy.unknown",
            "no copy of this number",
            where=f"{self.agreement}/{self.item}",
            expected=", ".join(str(each.number) for each in self.rows) or "no copies at all",
            found=str(number),
            hint="list them: comity copy list ITEM; a loss is reported without a number too",
        )

    def found(self, number: int) -> Copy:
        """Find a copy that should be here.

        Raises:
            StateError: there is none of that number, or it has ended.
        """
        copy = self.copy(number)
        if copy.ended is not None:
            raise StateError(
                "copy.ended",
                f"this copy is {copy.ended.how.value}",
                where=f"{self.agreement}/{self.item}",
                found=str(number),
                hint="list them: comity copy list ITEM",
            )
        return copy

    def with_copy(self, copy: Copy) -> Copies:
        """Put a copy in place of the one of its number, or at the end."""
        others = [each for each in self.rows if each.number != copy.number]
        rows = sorted((*others, copy), key=lambda each: each.number)
        return replace(self, rows=tuple(rows))

    def grown(self) -> Document:
        """Write the record with more in it than before, as long as there is room.

        Raises:
            StateError: more copies, links or words than a record may hold.
        """
        document = self.document()
        found = _overfull(self, len(document.body or b""))
        if found is None:
            return document
        raise StateError(
            "copy.record-full",
            "the record of this item's copies has no room for it",
            where=f"{self.agreement}/{self.item}",
            expected=found,
            hint="use fewer words; destroy a copy whose chain is full and make another",
        )

    def document(self) -> Document:
        """Write the record.

        Raises:
            StateError: it did not read: nothing takes its place.
        """
        self.check_read()
        rows: list[JsonValue] = [_copy_json(each) for each in self.rows]
        return json_document(COPIES, copies_key(self.agreement, self.item), rows)

    def check_open(self) -> None:
        """Check that not every copy has ended; what was never receipted has none that could.

        Raises:
            StateError: the item is closed here.
        """
        if self.rows and not self.left:
            raise StateError(
                "item.closed",
                "no copy of this item is left here",
                where=f"{self.agreement}/{self.item}",
                hint="see how each ended: comity copy list ITEM",
            )

    def check_read(self) -> None:
        """Check that these are the copies, and not what stands for a record that does not read.

        Raises:
            StateError: the record does not read.
        """
        if self.unread:
            raise StateError(
                "copy.record-unreadable",
                "the record of this item's copies does not read",
                where=f"{self.agreement}/{self.item}",
                hint="restore the store from a backup in which it reads",
            )


def _overfull(copies: Copies, size: int) -> str | None:
    texts = [each for row in copies.rows for each in (row.reason, *(h.gap for h in row.hands))]
    bounds = (
        (len(copies.rows), COPIES_MAX, "copies"),
        (max(len(row.hands) for row in copies.rows), COPY_HANDS_MAX, "links in a chain"),
        (max(len(each or "") for each in texts), COPY_TEXT_CHARS_MAX, "characters in a text"),
        (size, COPIES_BYTES_MAX, "bytes in all"),
    )
    return next((f"at most {most} {what}" for known, most, what in bounds if known > most), None)


def copies_key(agreement: AgreementId, item: Place) -> str:
    """Name the record of an item's copies."""
    return f"{agreement}/{item}"


async def copies_of(context: Context, view: View, item: Item) -> Copies:
    """Give the copies of an item; before anybody made or took one, the item itself in the node.

    What was not receipted is not held, so there is none of it; nor is there of a word without a
    note. Where a record does not read the item itself stands for it, so that one bad record stops
    nothing that looks at all of them.
    """
    key = copies_key(view.agreement_id, item.place)
    return copies_from(view, item, await context.ports.store.document(COPIES, key))


def copies_from(view: View, item: Item, raw: bytes | None) -> Copies:
    """Give the copies of an item by its record, as `copies_of` does."""
    read = None if raw is None else _try_rows(raw)
    if read is not None:
        return Copies(view.agreement_id, item.place, read)
    since = held_since(view.fold.state, view.own, item)
    rows = () if since is None or not is_sealed(item) else (_first(since),)
    return Copies(view.agreement_id, item.place, rows, unread=raw is not None)


async def kept_copies(context: Context, agreement: AgreementId, item: Place) -> Copies:
    """Give the copies of an item that its record holds; none where nobody made or took one."""
    raw = await context.ports.store.document(COPIES, copies_key(agreement, item))
    rows = () if raw is None else _try_rows(raw)
    return Copies(agreement, item, rows or (), unread=rows is None)


def _try_rows(raw: bytes) -> tuple[Copy, ...] | None:
    try:
        return _read_rows(raw)
    except InputError:
        return None


def held_since(state: State, own: PartyId, item: Item) -> Instant | None:
    """Give from when on we hold an item: our own from its release, another's from our receipt.

    What we were told we hold from then on.
    """
    if item.place.party == own or was_told(state, item, own):
        return item.at
    receipt = state.receipts.get((item.place, own))
    return None if receipt is None else receipt.at


def _first(since: Instant) -> Copy:
    return Copy(FIRST, CopyKind.FIRST, (Hand(None, NODE, since, None),))


async def private_texts(context: Context) -> frozenset[Digest]:
    """Give the texts that copies alone name, translations, until those are ended.

    Of a record that does not read every digest counts that stands in it: nothing is lost by that.
    """
    found = await context.ports.store.documents(COPIES)
    return frozenset(
        digest for each in found if each.body is not None for digest in _texts(each.body)
    )


def _texts(raw: bytes) -> Iterator[Digest]:
    rows = _try_rows(raw)
    if rows is None:
        for match in _DIGEST.finditer(raw):
            yield parse_digest(match[0].decode(), "copies")
        return
    for copy in rows:
        if copy.sealed is not None and copy.is_left:
            yield copy.sealed.sha256


def _read_rows(raw: bytes) -> tuple[Copy, ...]:
    rows = []
    for fields in Fields({"rows": read_json_document(raw)}, "copies").objects("rows"):
        rows.append(_parse_copy(fields))
        fields.finish()
    return tuple(rows)


def _copy_json(copy: Copy) -> JsonValue:
    offer, ended = copy.offer, copy.ended
    return {
        "number": copy.number,
        "kind": copy.kind.value,
        "made_by": copy.made_by,
        "second": copy.second,
        "reason": copy.reason,
        "language": copy.language,
        "sealed": None if copy.sealed is None else format_sealed(copy.sealed),
        "hands": [hand_json(each) for each in copy.hands],
        "offer": None
        if offer is None
        else {"to": offer.to, "at": format_instant(offer.at), "by": offer.by},
        "ended": None if ended is None else ended_json(ended),
    }


def hand_json(hand: Hand) -> dict[str, JsonValue]:
    """Give one link of a chain."""
    return {
        "holder": hand.holder,
        "facility": hand.facility,
        "since": format_instant(hand.since),
        "by": hand.by,
        "gap": hand.gap,
    }


def ended_json(ended: Ended) -> dict[str, JsonValue]:
    """Give the end of a copy."""
    return {
        "how": ended.how.value,
        "at": format_instant(ended.at),
        "said": None if ended.said is None else format_place(ended.said),
    }


def _parse_copy(fields: Fields) -> Copy:
    sealed, offer, ended = (fields.nullable_object(key) for key in ("sealed", "offer", "ended"))
    return Copy(
        number=fields.integer("number", FIRST, COPY_NUMBER_MAX),
        kind=fields.choice("kind", CopyKind),
        hands=tuple(_parse_hand(each) for each in fields.objects("hands", min_items=1)),
        made_by=_person(fields, "made_by"),
        second=_person(fields, "second"),
        reason=fields.nullable_text("reason"),
        language=fields.nullable_text("language"),
        sealed=None if sealed is None else parse_sealed(sealed),
        offer=None if offer is None else _parse_offer(offer),
        ended=None if ended is None else _parse_ended(ended),
    )


def _parse_hand(fields: Fields) -> Hand:
    hand = Hand(
        _person(fields, "holder"),
        fields.text("facility"),
        _instant(fields, "since"),
        _person(fields, "by"),
        fields.nullable_text("gap"),
    )
    fields.finish()
    return hand


def _parse_offer(fields: Fields) -> Offer:
    offer = Offer(
        parse_person_id(fields.text("to")),
        _instant(fields, "at"),
        parse_person_id(fields.text("by")),
    )
    fields.finish()
    return offer


def _parse_ended(fields: Fields) -> Ended:
    how, said = fields.choice("how", Ending), fields.nullable_text("said")
    ended = Ended(how, _instant(fields, "at"), None if said is None else parse_place(said))
    fields.finish()
    return ended


def _person(fields: Fields, key: str) -> PersonId | None:
    text = fields.nullable_text(key)
    return None if text is None else parse_person_id(text)


def _instant(fields: Fields, key: str) -> Instant:
    return parse_instant_canonical(fields.text(key), fields.place(key))
