# SPDX-License-Identifier: Apache-2.0
"""Small values that several kinds of statement carry: file names, places, ends of validity.

Everything is named by the SHA-256 of stored bytes: sealed ones, or clear agreement files and
cards. No statement holds a digest of plaintext (DESIGN 4).
"""

import itertools
import re
import unicodedata
from typing import Final

from msgspec import Struct

from comity.agreement.acts import PrivateRight
from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    Digest,
    PartyId,
    Place,
    format_place,
    parse_party_id,
    parse_place,
)
from comity.basis.instants import (
    Date,
    Instant,
    format_date,
    format_instant,
    parse_date,
    parse_instant_canonical,
)
from comity.basis.limits import (
    AGREEMENT_BYTES_MAX,
    AUTHORITY_NOTE_CHARS_MAX,
    CARD_BYTES_MAX,
    CARD_VERSION_MAX,
    JSON_INTEGER_MAX,
    MARKING_CHARS_MAX,
    PARCEL_HEAD_BYTES_MAX,
    PARTY_ID_CHARS_MAX,
    STATEMENT_ARTICLE_CHARS_MAX,
    STATEMENT_PLACES_MAX,
    STATEMENT_WORD_CHARS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.keys.suites import SEALING_ALGORITHMS
from comity.marking.equivalence import keep_marking

WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:+-]*")
"""Categories, levels and purposes: words of the agreement file, never sentences."""

CODE: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""Reasons, findings and suites: stable codes in lower case."""

ARTICLE: Final = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
)
"""An article as the agreement file numbers it, in any script: `6(a)`."""

READING: Final = re.compile(r"[a-z]+(?:_[a-z]+)*")
"""The name of a lifecycle state."""

# The tables of Unicode 3.2 come with every Python and never change.
_UNICODE: Final = unicodedata.ucd_3_2_0
_UNASSIGNED: Final = frozenset({"Cn", "Co", "Cs"})

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_INSTANT_CHARS: Final = 24

Until = Date | Instant | None
"""How long something holds: to the end of a day, to an instant, or without end."""


_PARCEL_MEMBERS: Final = frozenset({"sha256", "size"})
_SEALED_MEMBERS: Final = frozenset({"suite", "size", "sha256"})
_SUITES: Final = {each.value: each.value for each in SEALING_ALGORITHMS}


class AgreementRef(Struct, frozen=True, gc=False):
    """The version of the agreement that a statement is made under."""

    id: AgreementId
    sha256: Digest


class FileRef(Struct, frozen=True, gc=False):
    """An agreement file, a clear payload. `size` in bytes."""

    sha256: Digest
    size: int


class CardRef(Struct, frozen=True, gc=False):
    """A party card, a clear payload, and the version that it is said to have."""

    sha256: Digest
    size: int
    version: int


class ParcelRef(Struct, frozen=True, gc=False):
    """A parcel, named by its head, which holds the wraps and names the sealed payload.

    `size` counts the head alone; `SealedRef.size` counts what follows it.
    """

    sha256: Digest
    size: int


class SealedRef(Struct, frozen=True, gc=False):
    """A sealed payload: how its key is wrapped, its length, and its SHA-256 as sealed."""

    suite: str
    size: int
    sha256: Digest


def parse_file(fields: Fields) -> FileRef:
    """Read `{sha256, size}` of an agreement file."""
    ref = FileRef(read_digest(fields, "sha256"), fields.integer("size", 1, AGREEMENT_BYTES_MAX))
    fields.finish()
    return ref


def format_file(ref: FileRef) -> dict[str, JsonValue]:
    """Write `{sha256, size}`."""
    return {"sha256": ref.sha256, "size": ref.size}


def parse_card_ref(fields: Fields) -> CardRef:
    """Read `{sha256, size, version}` of a card."""
    ref = CardRef(
        read_digest(fields, "sha256"),
        fields.integer("size", 1, CARD_BYTES_MAX),
        fields.integer("version", 1, CARD_VERSION_MAX),
    )
    fields.finish()
    return ref


def format_card_ref(ref: CardRef) -> dict[str, JsonValue]:
    """Write `{sha256, size, version}`."""
    return {"sha256": ref.sha256, "size": ref.size, "version": ref.version}


def parse_parcel(fields: Fields) -> ParcelRef:
    """Read `{sha256, size}` of a parcel's head."""
    size = fields.integer("size", 1, PARCEL_HEAD_BYTES_MAX)
    ref = ParcelRef(read_digest(fields, "sha256"), size)
    fields.finish()
    return ref


def format_parcel(ref: ParcelRef) -> dict[str, JsonValue]:
    """Write `{sha256, size}`."""
    return {"sha256": ref.sha256, "size": ref.size}


def read_enclosed(fields: Fields) -> tuple[ParcelRef | None, SealedRef | None]:
    """Take `parcel` and `sealed` of a text that goes along, or null for none."""
    parcel, sealed = fields.nullable_object("parcel"), fields.nullable_object("sealed")
    return (
        None if parcel is None else parse_parcel(parcel),
        None if sealed is None else parse_sealed(sealed),
    )


def format_enclosed(parcel: ParcelRef | None, sealed: SealedRef | None) -> dict[str, JsonValue]:
    """Write `parcel` and `sealed` of a text that goes along, or null for none."""
    return {
        "parcel": None if parcel is None else format_parcel(parcel),
        "sealed": None if sealed is None else format_sealed(sealed),
    }


def plain_digest(value: JsonValue) -> Digest | None:
    """Read a SHA-256 digest at a glance, or None where it is none."""
    if not isinstance(value, str) or _DIGEST.fullmatch(value) is None:
        return None
    return Digest(value)


def plain_parcel(value: JsonValue) -> ParcelRef | None:
    """Read `{sha256, size}` of a parcel's head as `parse_parcel` does, or None."""
    if not isinstance(value, dict) or value.keys() != _PARCEL_MEMBERS:
        return None
    size, digest = value["size"], plain_digest(value["sha256"])
    if digest is None or type(size) is not int or not 1 <= size <= PARCEL_HEAD_BYTES_MAX:
        return None
    return ParcelRef(digest, size)


def plain_sealed(value: JsonValue) -> SealedRef | None:
    """Read `{suite, size, sha256}` as `parse_sealed` does, or None; known suites alone."""
    if not isinstance(value, dict) or value.keys() != _SEALED_MEMBERS:
        return None
    suite, size, digest = value["suite"], value["size"], plain_digest(value["sha256"])
    known = _SUITES.get(suite) if isinstance(suite, str) else None
    if known is None or digest is None:
        return None
    if type(size) is not int or not 1 <= size <= JSON_INTEGER_MAX:
        return None
    return SealedRef(known, size, digest)


def parse_sealed(fields: Fields) -> SealedRef:
    """Read `{suite, size, sha256}` of a sealed payload."""
    ref = SealedRef(
        fields.text("suite", max_chars=STATEMENT_WORD_CHARS_MAX, pattern=CODE),
        fields.integer("size", 1, JSON_INTEGER_MAX),
        read_digest(fields, "sha256"),
    )
    fields.finish()
    return ref


def format_sealed(ref: SealedRef) -> dict[str, JsonValue]:
    """Write `{suite, size, sha256}`."""
    return {"suite": ref.suite, "size": ref.size, "sha256": ref.sha256}


def read_digest(fields: Fields, key: str) -> Digest:
    """Take a SHA-256 digest."""
    return Digest(fields.text(key, pattern=_DIGEST))


def read_party(fields: Fields, key: str) -> PartyId:
    """Take a party id; whether it is a party to the agreement is judged elsewhere."""
    return parse_party_id(fields.text(key, max_chars=PARTY_ID_CHARS_MAX), fields.place(key))


def read_word(fields: Fields, key: str) -> str:
    """Take a word of the agreement file."""
    return fields.text(key, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=WORD)


def read_nullable_word(fields: Fields, key: str) -> str | None:
    """Take a word of the agreement file, or null."""
    return fields.nullable_text(key, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=WORD)


def read_code(fields: Fields, key: str) -> str:
    """Take a stable code."""
    return fields.text(key, max_chars=STATEMENT_WORD_CHARS_MAX, pattern=CODE)


def read_article(fields: Fields, key: str) -> str | None:
    """Take an article as it is cited, or null."""
    return fields.nullable_text(key, max_chars=STATEMENT_ARTICLE_CHARS_MAX, pattern=ARTICLE)


def take_marking(fields: Fields) -> str:
    """Take a printed marking in the form that is kept; what it means is judged elsewhere."""
    text = fields.text("marking", max_chars=MARKING_CHARS_MAX)
    check_marking(fields, keep_marking(text, fields.place("marking")))
    return text


def check_marking(fields: Fields, kept: str) -> None:
    """Refuse a `marking` that does not already stand in the form `kept`.

    Only characters that every Python knows alike are accepted: a verdict must not depend on
    whose Unicode tables are newer. People's input is composed when it is labelled, so an honest
    statement has one spelling.
    """
    if fields.value("marking") != kept or not _UNASSIGNED.isdisjoint(map(_UNICODE.category, kept)):
        raise InputError(
            "statement.marking-form",
            "marking has a character of no settled meaning, or is not in normal form C",
            where=fields.place("marking"),
            found=excerpt(kept),
        )


def read_version(fields: Fields) -> int:
    """Take the version number of an agreement file."""
    return fields.integer("version", 1)


def read_authority(fields: Fields) -> str:
    """Take the authority note as it stands; its signatures are judged with the card at hand."""
    return fields.text("authority", max_chars=AUTHORITY_NOTE_CHARS_MAX)


def read_place(fields: Fields, key: str) -> Place:
    """Take a control number such as `JPN/12`."""
    return parse_place(fields.text(key), fields.place(key))


def read_nullable_place(fields: Fields, key: str) -> Place | None:
    """Take a control number, or null."""
    text = fields.nullable_text(key)
    return None if text is None else parse_place(text, fields.place(key))


def read_optional_place(fields: Fields, key: str) -> Place | None:
    """Take a control number, or None where the key is absent."""
    return read_place(fields, key) if fields.has(key) else None


def read_places(fields: Fields, key: str, min_items: int = 0) -> tuple[Place, ...]:
    """Take control numbers, sorted by party and index, none twice."""
    texts = fields.texts(key, min_items=min_items, max_items=STATEMENT_PLACES_MAX)
    places = tuple(parse_place(text, fields.place(key)) for text in texts)
    if any(first >= second for first, second in itertools.pairwise(places)):
        raise InputError(
            "statement.not-sorted",
            "control numbers must be sorted and stand once",
            where=fields.place(key),
            found=excerpt(", ".join(texts)),
        )
    return places


def read_optional_places(fields: Fields, key: str) -> tuple[Place, ...]:
    """Take control numbers, at least one, or none where the key is absent."""
    return read_places(fields, key, min_items=1) if fields.has(key) else ()


def read_rights(fields: Fields) -> tuple[PrivateRight, ...]:
    """Take the private rights in an item, sorted, at least one, or none where the key is absent.

    Source: Japan-ROK GSOMIA Art. 6(d)
    """
    if not fields.has("rights"):
        return ()
    texts = fields.texts("rights", min_items=1, max_items=len(PrivateRight))
    rights = tuple(each for each in PrivateRight if each.value in texts)
    if texts != rights:
        raise InputError(
            "statement.rights",
            "private rights are of the known words, sorted, each once",
            where=fields.place("rights"),
            expected=", ".join(PrivateRight),
            found=excerpt(", ".join(texts)),
        )
    return rights


def format_rights(rights: tuple[PrivateRight, ...]) -> dict[str, JsonValue]:
    """Write the private rights in an item; nothing where there are none."""
    return {"rights": [each.value for each in rights]} if rights else {}


def format_places(places: tuple[Place, ...]) -> list[JsonValue]:
    """Write control numbers."""
    return [format_place(place) for place in places]


def format_nullable_place(place: Place | None) -> str | None:
    """Write a control number, or null."""
    return None if place is None else format_place(place)


def read_date(fields: Fields, key: str) -> Date:
    """Take a date."""
    return parse_date(fields.text(key), fields.place(key))


def read_nullable_date(fields: Fields, key: str) -> Date | None:
    """Take a date, or null."""
    text = fields.nullable_text(key)
    return None if text is None else parse_date(text, fields.place(key))


def format_nullable_date(date: Date | None) -> str | None:
    """Write a date, or null."""
    return None if date is None else format_date(date)


def read_instant(fields: Fields, key: str) -> Instant:
    """Take an instant in its one written form."""
    return parse_instant_canonical(fields.text(key), fields.place(key))


def read_until(fields: Fields, key: str) -> Until:
    """Take a date, an instant, or null."""
    text = fields.nullable_text(key)
    if text is None:
        return None
    if len(text) == _INSTANT_CHARS:
        return parse_instant_canonical(text, fields.place(key))
    return parse_date(text, fields.place(key))


def format_until(until: Until) -> str | None:
    """Write a date, an instant, or null."""
    if until is None:
        return None
    return format_date(until) if isinstance(until, Date) else format_instant(until)
