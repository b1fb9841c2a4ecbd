# SPDX-License-Identifier: Apache-2.0
"""What a party says of protected information: assurances, items, requests and consents.

A statement holds label, sizes, links and digests of sealed bytes; titles, texts and names of
persons are payload. Source: DESIGN 4; Japan-ROK GSOMIA Art. 4, 6(a), 6(g), 7(5).
"""

from enum import StrEnum
from typing import ClassVar, Final

from msgspec import Struct

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.ids import Digest, PartyId, Place, format_place, parse_place
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import STATEMENT_ARTICLE_CHARS_MAX, STATEMENT_WORDS_MAX
from comity.basis.strict_json import JsonValue
from comity.marking.labels import Label, format_label, parse_label
from comity.statement.passing import Onward, Sharing
from comity.statement.values import (
    ARTICLE,
    ParcelRef,
    SealedRef,
    Until,
    check_marking,
    format_enclosed,
    format_nullable_place,
    format_parcel,
    format_places,
    format_rights,
    format_sealed,
    format_until,
    parse_parcel,
    parse_sealed,
    plain_digest,
    plain_parcel,
    plain_sealed,
    read_authority,
    read_code,
    read_digest,
    read_enclosed,
    read_instant,
    read_nullable_place,
    read_nullable_word,
    read_optional_places,
    read_party,
    read_place,
    read_places,
    read_rights,
    read_until,
    read_word,
    take_marking,
)


class AssuranceGive(Struct, frozen=True, gc=False):
    """The recipient's written assurance before anything is sent to it.

    `named` is the person or post that it is given for, None for any. Source: GSOMIA Art. 7(5)
    """

    KIND: ClassVar[str] = "assurance.give"
    level: str
    named: str | None
    need: bool
    equivalent_protection: bool
    until: Until

    @classmethod
    def parse(cls, fields: Fields) -> "AssuranceGive":
        """Read the body."""
        return cls(
            read_word(fields, "level"),
            read_nullable_word(fields, "for"),
            fields.boolean("need"),
            fields.boolean("equivalent_protection"),
            read_until(fields, "until"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "level": self.level,
            "for": self.named,
            "need": self.need,
            "equivalent_protection": self.equivalent_protection,
            "until": format_until(self.until),
        }


class ItemRelease(Struct, frozen=True, gc=False):
    """An item is released to the parties in `to`; the parcel follows their cosignature.

    `derived_from` names the items that it was made from (treaties.md G4.3); `passed_on` where it
    came from, if others gave it to the speaker (G6a); `sharing` is the mark for a hub (T4);
    `rights` are the private rights in it (G6d).
    """

    KIND: ClassVar[str] = "item.release"
    label: Label
    parcel: ParcelRef
    sealed: SealedRef
    supersedes: Place | None = None
    answers: Place | None = None
    derived_from: tuple[Place, ...] = ()
    passed_on: Onward | None = None
    sharing: Sharing | None = None
    rights: tuple[PrivateRight, ...] = ()

    @classmethod
    def parse(cls, fields: Fields) -> "ItemRelease":
        """Read the body."""
        return cls(
            _read_label(fields),
            parse_parcel(fields.object("parcel")),
            parse_sealed(fields.object("sealed")),
            read_nullable_place(fields, "supersedes"),
            read_nullable_place(fields, "answers"),
            read_optional_places(fields, "derived_from"),
            Onward.parse(fields.object("passed_on")) if fields.has("passed_on") else None,
            Sharing.parse(fields.object("sharing")) if fields.has("sharing") else None,
            read_rights(fields),
        )

    @classmethod
    def read_plain(cls, members: dict[str, JsonValue]) -> "ItemRelease | None":
        """Read a body whose label was read before and that has no links; None: read it whole."""
        if members.keys() != _RELEASE_MEMBERS or members["supersedes"] is not None:
            return None
        label = _labels.get(repr(members["label"]))
        parcel, sealed = plain_parcel(members["parcel"]), plain_sealed(members["sealed"])
        if label is None or parcel is None or sealed is None or members["answers"] is not None:
            return None
        return cls(label, parcel, sealed)

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        derived = {"derived_from": format_places(self.derived_from)} if self.derived_from else {}
        return {
            "label": format_label(self.label),
            "parcel": format_parcel(self.parcel),
            "sealed": format_sealed(self.sealed),
            "supersedes": format_nullable_place(self.supersedes),
            "answers": format_nullable_place(self.answers),
            **derived,
            **({} if self.passed_on is None else {"passed_on": self.passed_on.to_json()}),
            **({} if self.sharing is None else {"sharing": self.sharing.to_json()}),
            **format_rights(self.rights),
        }


CONSULTATION: Final = "consultation:"
"""What the purpose of a consultation begins with; the act that it is about follows."""

_LABELS_KEPT: Final = 256
_labels: Final[dict[str, Label]] = {}
_markings: Final[dict[str, str]] = {}
_RELEASE_MEMBERS: Final = frozenset({"label", "parcel", "sealed", "supersedes", "answers"})
_RECEIPT_MEMBERS: Final = frozenset({"item", "parcel_sha256", "marking"})


def _read_label(fields: Fields) -> Label:
    """Read a label; one that was read before is the same, and is kept in memory once."""
    written = repr(fields.value("label"))
    label = _labels.get(written)
    if label is None:
        label_fields = fields.object("label")
        label = parse_label(label_fields)
        check_marking(label_fields, label.marking)
        if len(_labels) >= _LABELS_KEPT:
            _labels.clear()
        _labels[written] = label
    return label


class ItemReceipt(Struct, frozen=True, gc=False):
    """Statement and payload are held, under the receiver's own marking."""

    KIND: ClassVar[str] = "item.receipt"
    item: Place
    parcel_sha256: Digest
    marking: str

    @classmethod
    def parse(cls, fields: Fields) -> "ItemReceipt":
        """Read the body."""
        item, digest = read_place(fields, "item"), read_digest(fields, "parcel_sha256")
        marking = take_marking(fields)
        if len(_markings) >= _LABELS_KEPT:
            _markings.clear()
        _markings[marking] = marking
        return cls(item, digest, marking)

    @classmethod
    def read_plain(cls, members: dict[str, JsonValue]) -> "ItemReceipt | None":
        """Read a body whose marking was read before; None: read it whole."""
        if members.keys() != _RECEIPT_MEMBERS:
            return None
        item, digest, marking = members["item"], members["parcel_sha256"], members["marking"]
        if not isinstance(item, str) or not isinstance(marking, str):
            return None
        kept, named = _markings.get(marking), plain_digest(digest)
        if kept is None or named is None:
            return None
        try:
            return cls(parse_place(item), named, kept)
        except InputError:
            return None

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "parcel_sha256": self.parcel_sha256,
            "marking": self.marking,
        }


class ItemRefusal(Struct, frozen=True, gc=False):
    """An item is not taken: why, and by which articles. It counts for the party that says so."""

    KIND: ClassVar[str] = "item.refusal"
    item: Place
    code: str
    articles: tuple[str, ...]

    @classmethod
    def parse(cls, fields: Fields) -> "ItemRefusal":
        """Read the body."""
        return cls(
            read_place(fields, "item"),
            read_code(fields, "code"),
            fields.texts(
                "articles",
                max_items=STATEMENT_WORDS_MAX,
                max_chars=STATEMENT_ARTICLE_CHARS_MAX,
                pattern=ARTICLE,
            ),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "code": self.code,
            "articles": list(self.articles),
        }


class ItemReclassify(Struct, frozen=True, gc=False):
    """The originator changes an item's level from `effective` on. Source: GSOMIA Art. 6(g)"""

    KIND: ClassVar[str] = "item.reclassify"
    item: Place
    level: str
    marking: str
    effective: Instant

    @classmethod
    def parse(cls, fields: Fields) -> "ItemReclassify":
        """Read the body."""
        return cls(
            read_place(fields, "item"),
            read_word(fields, "level"),
            take_marking(fields),
            read_instant(fields, "effective"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "level": self.level,
            "marking": self.marking,
            "effective": format_instant(self.effective),
        }


class ConsentAsk(Struct, frozen=True, gc=False):
    """Leave is asked for an onward release of items, or of a category."""

    KIND: ClassVar[str] = "consent.ask"
    items: tuple[Place, ...]
    category: str | None
    recipient: PartyId
    purpose: str
    until: Until

    @classmethod
    def parse(cls, fields: Fields) -> "ConsentAsk":
        """Read the body."""
        return cls(
            read_places(fields, "items"),
            read_nullable_word(fields, "category"),
            read_party(fields, "recipient"),
            read_word(fields, "purpose"),
            read_until(fields, "until"),
        )

    @property
    def consulted(self) -> tuple[str, ...]:
        """Give the act that the others are consulted about, where the purpose is a consultation."""
        act = self.purpose.removeprefix(CONSULTATION)
        return () if act == self.purpose else (act,)

    def consults(self, by: PartyId) -> bool:
        """Answer whether it is a consultation: its speaker itself is the recipient that it names.

        It asks for understanding before an act, and for no leave to pass anything on.
        """
        return self.recipient == by and bool(self.consulted)

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "items": format_places(self.items),
            "category": self.category,
            "recipient": self.recipient,
            "purpose": self.purpose,
            "until": format_until(self.until),
        }


class ConsentGive(Struct, frozen=True, gc=False):
    """The originator's prior written consent, bound by its authority key.

    Source: GSOMIA Art. 6(a)
    """

    KIND: ClassVar[str] = "consent.give"
    ask: Place | None
    items: tuple[Place, ...]
    category: str | None
    recipient: PartyId
    purpose: str
    until: Until
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "ConsentGive":
        """Read the body."""
        return cls(
            read_nullable_place(fields, "ask"),
            read_places(fields, "items"),
            read_nullable_word(fields, "category"),
            read_party(fields, "recipient"),
            read_word(fields, "purpose"),
            read_until(fields, "until"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "ask": format_nullable_place(self.ask),
            "items": format_places(self.items),
            "category": self.category,
            "recipient": self.recipient,
            "purpose": self.purpose,
            "until": format_until(self.until),
            "authority": self.authority,
        }


class ConsentRefuse(Struct, frozen=True, gc=False):
    """An ask is refused; no reason is owed."""

    KIND: ClassVar[str] = "consent.refuse"
    ask: Place

    @classmethod
    def parse(cls, fields: Fields) -> "ConsentRefuse":
        """Read the body."""
        return cls(read_place(fields, "ask"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"ask": format_place(self.ask)}


class ConsentWithdraw(Struct, frozen=True, gc=False):
    """A consent ends for releases that have this statement in their `seen`."""

    KIND: ClassVar[str] = "consent.withdraw"
    consent: Place

    @classmethod
    def parse(cls, fields: Fields) -> "ConsentWithdraw":
        """Read the body."""
        return cls(read_place(fields, "consent"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"consent": format_place(self.consent)}


class Subject(StrEnum):
    """What is asked for, where it is no information: the laws that protect what is of a category.

    Source: Japan-ROK GSOMIA Art. 3
    """

    LAW = "law"


class RequestMake(Struct, frozen=True, gc=False):
    """Information is asked for, or what `subject` names; the question itself is payload."""

    KIND: ClassVar[str] = "request.make"
    category: str
    parcel: ParcelRef | None
    sealed: SealedRef | None
    subject: Subject | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "RequestMake":
        """Read the body."""
        subject = fields.choice("subject", Subject) if fields.has("subject") else None
        return cls(read_word(fields, "category"), *read_enclosed(fields), subject)

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        named: dict[str, JsonValue] = (
            {} if self.subject is None else {"subject": self.subject.value}
        )
        return {
            "category": self.category,
            **format_enclosed(self.parcel, self.sealed),
            **named,
        }


class RequestAnswer(Struct, frozen=True, gc=False):
    """A request is answered by an item."""

    KIND: ClassVar[str] = "request.answer"
    request: Place
    item: Place

    @classmethod
    def parse(cls, fields: Fields) -> "RequestAnswer":
        """Read the body."""
        return cls(read_place(fields, "request"), read_place(fields, "item"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"request": format_place(self.request), "item": format_place(self.item)}


class RequestDecline(Struct, frozen=True, gc=False):
    """A request is declined; no reason is owed."""

    KIND: ClassVar[str] = "request.decline"
    request: Place

    @classmethod
    def parse(cls, fields: Fields) -> "RequestDecline":
        """Read the body."""
        return cls(read_place(fields, "request"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"request": format_place(self.request)}


INFORMATION_KINDS: Final = (
    AssuranceGive,
    ItemRelease,
    ItemReceipt,
    ItemRefusal,
    ItemReclassify,
    ConsentAsk,
    ConsentGive,
    ConsentRefuse,
    ConsentWithdraw,
    RequestMake,
    RequestAnswer,
    RequestDecline,
)

InformationBody = (
    AssuranceGive
    | ItemRelease
    | ItemReceipt
    | ItemRefusal
    | ItemReclassify
    | ConsentAsk
    | ConsentGive
    | ConsentRefuse
    | ConsentWithdraw
    | RequestMake
    | RequestAnswer
    | RequestDecline
)
