# SPDX-License-Identifier: Apache-2.0
"""What a party says of its authority and its laws, of disputes, and of what is owed to it.

All carry a note by the party's authority key. The words of a law or of a dispute are payload; here
stand articles, places, dates and codes only. Source: DESIGN 4; Japan-ROK GSOMIA Art. 2(d), 3, 20
"""

import re
from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.fields import Fields
from comity.basis.ids import Place, format_place
from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.basis.limits import (
    KEY_NAME_CHARS_MAX,
    STATEMENT_ARTICLE_CHARS_MAX,
    STATEMENT_PLACES_MAX,
    STATEMENT_SUBJECT_CHARS_MAX,
    STATEMENT_WORDS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    ARTICLE,
    ParcelRef,
    SealedRef,
    format_enclosed,
    format_nullable_place,
    format_places,
    read_authority,
    read_code,
    read_date,
    read_enclosed,
    read_instant,
    read_nullable_place,
    read_place,
    read_places,
    read_word,
)

DUTY_ID: Final = re.compile(r"[0-9a-f]{32}")
"""The id of a duty instance: half of a SHA-256, worked out alike on every node."""

_KEY: Final = re.compile(r"[^+\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]+\+[0-9a-f]{8}")
_KEY_CHARS_MAX: Final = KEY_NAME_CHARS_MAX + 9
_KEYS: Final = 2


class PartyAuthority(Struct, frozen=True, gc=False):
    """The party's competent authority, notified on `delivered`; it acts from `valid_from` on.

    `keys` name the keys that it signs with, as signature lines do: name, `+`, key id in hex.

    Source: Japan-ROK GSOMIA Art. 2(d)
    """

    KIND: ClassVar[str] = "party.authority"
    name: str
    keys: tuple[str, ...]
    valid_from: Instant
    delivered: Date
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "PartyAuthority":
        """Read the body."""
        return cls(
            fields.text("name", max_chars=STATEMENT_SUBJECT_CHARS_MAX, pattern=ARTICLE),
            fields.texts(
                "keys", min_items=_KEYS, max_items=_KEYS, max_chars=_KEY_CHARS_MAX, pattern=_KEY
            ),
            read_instant(fields, "valid_from"),
            read_date(fields, "delivered"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "name": self.name,
            "keys": list(self.keys),
            "valid_from": format_instant(self.valid_from),
            "delivered": format_date(self.delivered),
            "authority": self.authority,
        }


class PartyLawChange(Struct, frozen=True, gc=False):
    """A law, table or rule of the party changes from `effective` on; `effect` says what it touches.

    `answers` is the request for one's laws that it answers: then it tells what is law since then,
    and of no change. Source: Japan-ROK GSOMIA Art. 3
    """

    KIND: ClassVar[str] = "party.law_change"
    law: str
    effect: str
    articles: tuple[str, ...]
    effective: Date
    answers: Place | None
    parcel: ParcelRef | None
    sealed: SealedRef | None
    authority: str

    @property
    def is_change(self) -> bool:
        """Say whether it tells of a change, which is owed in time, and answers no request."""
        return self.answers is None

    @classmethod
    def parse(cls, fields: Fields) -> "PartyLawChange":
        """Read the body."""
        return cls(
            read_word(fields, "law"),
            read_code(fields, "effect"),
            _read_articles(fields),
            read_date(fields, "effective"),
            read_nullable_place(fields, "answers"),
            *read_enclosed(fields),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "law": self.law,
            "effect": self.effect,
            "articles": list(self.articles),
            "effective": format_date(self.effective),
            "answers": format_nullable_place(self.answers),
            **format_enclosed(self.parcel, self.sealed),
            "authority": self.authority,
        }


class DisputeOpen(Struct, frozen=True, gc=False):
    """A dispute, by articles and places, and the duties that it is about; nothing else changes.

    Source: Japan-ROK GSOMIA Art. 20
    """

    KIND: ClassVar[str] = "dispute.open"
    articles: tuple[str, ...]
    about: tuple[Place, ...]
    duties: tuple[str, ...]
    parcel: ParcelRef | None
    sealed: SealedRef | None
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "DisputeOpen":
        """Read the body."""
        return cls(
            _read_articles(fields, min_items=1),
            read_places(fields, "about"),
            fields.texts("duties", max_items=STATEMENT_PLACES_MAX, pattern=DUTY_ID),
            *read_enclosed(fields),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "articles": list(self.articles),
            "about": format_places(self.about),
            "duties": list(self.duties),
            **format_enclosed(self.parcel, self.sealed),
            "authority": self.authority,
        }


class DisputeSettle(Struct, frozen=True, gc=False):
    """A dispute is settled, as far as the speaker goes; it takes all who are in it to say so."""

    KIND: ClassVar[str] = "dispute.settle"
    dispute: Place
    parcel: ParcelRef | None
    sealed: SealedRef | None
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "DisputeSettle":
        """Read the body."""
        return cls(read_place(fields, "dispute"), *read_enclosed(fields), read_authority(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "dispute": format_place(self.dispute),
            **format_enclosed(self.parcel, self.sealed),
            "authority": self.authority,
        }


class DutyWaive(Struct, frozen=True, gc=False):
    """What is owed to the speaker need not be done. Source: AGREEMENTS 5"""

    KIND: ClassVar[str] = "duty.waive"
    trigger: Place
    duty: str
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "DutyWaive":
        """Read the body."""
        return cls(
            read_place(fields, "trigger"),
            fields.text("duty", pattern=DUTY_ID),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "trigger": format_place(self.trigger),
            "duty": self.duty,
            "authority": self.authority,
        }


class DutyExtend(Struct, frozen=True, gc=False):
    """What is owed to the speaker may be done until then. Source: AGREEMENTS 5"""

    KIND: ClassVar[str] = "duty.extend"
    trigger: Place
    duty: str
    until: Instant
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "DutyExtend":
        """Read the body."""
        return cls(
            read_place(fields, "trigger"),
            fields.text("duty", pattern=DUTY_ID),
            read_instant(fields, "until"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "trigger": format_place(self.trigger),
            "duty": self.duty,
            "until": format_instant(self.until),
            "authority": self.authority,
        }


AFFAIRS_KINDS: Final = (
    PartyAuthority,
    PartyLawChange,
    DisputeOpen,
    DisputeSettle,
    DutyWaive,
    DutyExtend,
)

AffairsBody = PartyAuthority | PartyLawChange | DisputeOpen | DisputeSettle | DutyWaive | DutyExtend


def _read_articles(fields: Fields, min_items: int = 0) -> tuple[str, ...]:
    return fields.texts(
        "articles",
        min_items=min_items,
        max_items=STATEMENT_WORDS_MAX,
        max_chars=STATEMENT_ARTICLE_CHARS_MAX,
        pattern=ARTICLE,
    )
