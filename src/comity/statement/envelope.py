# SPDX-License-Identifier: Apache-2.0
"""The envelope of every statement, in its exact bytes.

An entry of a register is the RFC 8785 JSON of one statement, at most 65,535 bytes; it is read
only if writing its value again gives the same bytes. Source: DESIGN 4; C2SP tlog-tiles, entries
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from msgspec import Struct

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, Digest, PartyId, parse_agreement_id, parse_party_id
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import (
    JSON_INTEGER_MAX,
    PARCEL_HEAD_BYTES_MAX,
    PARTY_ID_CHARS_MAX,
    STATEMENT_BYTES_MAX,
    STATEMENT_TO_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_canonical, parse_json
from comity.statement.information import ItemRelease
from comity.statement.kinds import (
    FORMATS,
    PLAIN_BODIES,
    SPOKEN_KINDS,
    Body,
)
from comity.statement.release_glance import COMMON, find_release
from comity.statement.values import AgreementRef, ParcelRef, SealedRef, read_digest

FORMAT: Final = 1
"""The format that this version speaks."""

Seen = tuple[tuple[PartyId, int], ...]
"""For each partner, sorted, the size up to which the speaker has judged its register."""

_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_HEAD_MEMBERS: Final = ("format", "kind", "agreement", "by", "to")
_MEMBERS: Final = frozenset({*_HEAD_MEMBERS, "at", "seen", "nonce", "body"})
_HEADS_KEPT: Final = 256
_heads: "Final[dict[str, Statement]]" = {}
_releases: "Final[dict[tuple[bytes, ...], tuple[Statement, ItemRelease]]]" = {}
_seen: "Final[dict[tuple[bytes, ...], Seen]]" = {}
_parties: Final[dict[str, PartyId]] = {}


class Statement(Struct, frozen=True, gc=False):
    """One statement; `raw` is the entry, byte for byte.

    `at` is what the speaker says. Nothing here says whether it is admitted: see `judgement`.
    """

    format: int
    kind: str
    agreement_id: AgreementId
    agreement_sha256: Digest
    by: PartyId
    to: tuple[PartyId, ...]
    at: Instant
    seen: Seen
    nonce: str
    body: Body
    raw: bytes

    def seen_size(self, party: PartyId) -> int:
        """Give how much of `party`'s register the speaker had judged; 0 when it says nothing."""
        return dict(self.seen).get(party, 0)


class Form(Protocol):
    """What many statements have in common, written already."""

    def compose(self, draft: "StatementDraft", *, at: Instant, seen: Seen) -> Statement | None:
        """Write a draft as the statement that is entered; None: it is not one of these."""


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """All of a statement but the moment it is entered: `at` and `seen` come with that.

    `form` is what it has in common with others, where that is known; it says nothing by itself.
    """

    agreement: AgreementRef
    by: PartyId
    to: tuple[PartyId, ...]
    nonce: str
    body: Body
    form: Form | None = field(default=None, compare=False, repr=False)


def parse_statement(raw: bytes, where: str = "statement") -> Statement:
    """Read an entry.

    Checks form only: whether the party may say it, there and then, is judged elsewhere.

    Raises:
        InputError: the bytes are not the one form of a statement of a known format and kind.

    Source: DESIGN 4
    """
    release = find_release(raw) if len(raw) <= STATEMENT_BYTES_MAX else None
    known = None if release is None else _read_release(release, raw)
    if known is not None:
        return known
    value = parse_canonical(raw, bytes_max=STATEMENT_BYTES_MAX, where=where)
    statement = read_plain(value, raw) or _read_any(value, raw, where)
    if release is not None:
        _meet_release(release, statement)
    return statement


def read_releases(raws: Iterable[bytes]) -> list[Statement]:
    """Read entries from the first on, as far as they are releases like ones that were met before.

    What it reads, it reads as `parse_statement` does.
    """
    read: list[Statement] = []
    for raw in raws:
        found = find_release(raw) if len(raw) <= STATEMENT_BYTES_MAX else None
        known = None if found is None else _read_release(found, raw)
        if known is None:
            break
        read.append(known)
    return read


def _read_release(found: re.Match[bytes], raw: bytes) -> Statement | None:
    """Read a release like one that was met before; None: not sure, so read it field by field."""
    agreement, at, label, parcel, parcel_size, sealed, sealed_size, *rest = found.groups()
    suite, by, nonce, written, to = rest
    like, seen = _releases.get((agreement, label, suite, by, to)), _seen.get((by, written))
    size = int(parcel_size)
    if like is None or seen is None or size > PARCEL_HEAD_BYTES_MAX:
        return None
    try:
        instant = parse_instant_canonical(at.decode())
    except InputError:
        return None
    met, said = like
    body = ItemRelease(
        said.label,
        ParcelRef(Digest(parcel.decode()), size),
        SealedRef(said.sealed.suite, int(sealed_size), Digest(sealed.decode())),
    )
    return Statement(
        met.format,
        met.kind,
        met.agreement_id,
        met.agreement_sha256,
        met.by,
        met.to,
        instant,
        seen,
        nonce.decode(),
        body,
        raw,
    )


def _meet_release(found: re.Match[bytes], statement: Statement) -> None:
    """Keep what the next release may have in common with one that was read field by field."""
    if max(len(_releases), len(_seen)) >= _HEADS_KEPT:
        _releases.clear()
        _seen.clear()
    body = cast("ItemRelease", statement.body)  # its kind was told apart by its bytes
    _releases[found.group(*COMMON)] = statement, body
    _seen[found.group("by", "seen")] = statement.seen


def read_plain(value: JsonValue, raw: bytes) -> Statement | None:
    """Read a statement of a shape that was met before; None: not sure, so read it field by field.

    What it reads, it reads as `parse_statement` does; what is refused, that alone refuses. It is
    for values that `raw` is the writing of.
    """
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        return None
    head = _heads.get(repr([value[key] for key in _HEAD_MEMBERS]))
    at, seen, nonce, body = (value[key] for key in ("at", "seen", "nonce", "body"))
    if head is None or not isinstance(at, str) or not isinstance(nonce, str):
        return None
    said = _read_seen_plain(seen, head.by)
    plain = PLAIN_BODIES.get(head.kind)
    read = None if plain is None or not isinstance(body, dict) else plain(body)
    if said is None or read is None or _NONCE.fullmatch(nonce) is None:
        return None
    try:
        instant = parse_instant_canonical(at)
    except InputError:
        return None
    return Statement(
        head.format,
        head.kind,
        head.agreement_id,
        head.agreement_sha256,
        head.by,
        head.to,
        instant,
        said,
        nonce,
        read,
        raw,
    )


def _read_seen_plain(seen: JsonValue, by: PartyId) -> Seen | None:
    if not isinstance(seen, dict) or len(seen) > STATEMENT_TO_MAX or by in seen:
        return None
    found: list[tuple[PartyId, int]] = []
    for name in sorted(seen):
        size, party = seen[name], _parties.get(name)
        if party is None or type(size) is not int or not 0 <= size <= JSON_INTEGER_MAX:
            return None
        found.append((party, size))
    return tuple(found)


def _read_any(value: JsonValue, raw: bytes, where: str) -> Statement:
    fields = Fields(value, where)
    format_number, kind = _read_format(fields), fields.text("kind")
    if kind not in FORMATS[format_number]:
        raise InputError(
            "statement.unknown-kind",
            "kind is not one of its format",
            where=fields.place("kind"),
            found=excerpt(kind),
        )
    by = parse_party_id(fields.text("by"), fields.place("by"))
    agreement = _read_agreement(fields)
    statement = Statement(
        format=format_number,
        kind=kind,
        agreement_id=agreement.id,
        agreement_sha256=agreement.sha256,
        by=by,
        to=_read_to(fields, by),
        at=parse_instant_canonical(fields.text("at"), fields.place("at")),
        seen=_read_seen(fields, by),
        nonce=fields.text("nonce", pattern=_NONCE),
        body=_read_body(fields, kind),
        raw=raw,
    )
    fields.finish()
    _meet_again(fields, statement)
    return statement


def _meet_again(fields: Fields, statement: Statement) -> None:
    """Keep what statements of one speaker under one agreement have in common, in memory once."""
    if len(_heads) >= _HEADS_KEPT:
        _heads.clear()
        _parties.clear()
    _heads[repr([fields.value(key) for key in _HEAD_MEMBERS])] = statement
    _parties.update((str(party), party) for party, _ in statement.seen)


def format_statement(draft: StatementDraft, *, at: Instant, seen: Seen) -> bytes:
    """Write a statement in its exact bytes.

    Raises:
        InputError: it would be longer than an entry may be.
    """
    return write_statement(draft, at=at, seen=seen)[1]


def write_statement(
    draft: StatementDraft, *, at: Instant, seen: Seen
) -> tuple[dict[str, JsonValue], bytes]:
    """Write a statement as JSON, and in its exact bytes.

    Raises:
        InputError: it would be longer than an entry may be.
    """
    members = draft_json(draft) | {"at": format_instant(at), "seen": dict(seen)}
    raw = format_json(members)
    check_entry_size(raw)
    return members, raw


def check_entry_size(raw: bytes) -> None:
    """Check that a statement is no longer than an entry may be.

    Raises:
        InputError: it is.
    """
    if len(raw) > STATEMENT_BYTES_MAX:
        raise InputError(
            "statement.oversize",
            "statement is too long for an entry",
            expected=f"at most {STATEMENT_BYTES_MAX} bytes",
            found=f"{len(raw)} bytes",
        )


def draft_json(draft: StatementDraft) -> dict[str, JsonValue]:
    """Give a draft as JSON: a statement without `at` and `seen`."""
    return {
        "format": FORMAT,
        "kind": draft.body.KIND,
        "agreement": {"id": draft.agreement.id, "sha256": draft.agreement.sha256},
        "by": draft.by,
        "to": list(draft.to),
        "nonce": draft.nonce,
        "body": draft.body.to_json(),
    }


def statement_json(statement: Statement) -> dict[str, JsonValue]:
    """Give a statement as the JSON that its own bytes hold."""
    value = parse_json(statement.raw, bytes_max=STATEMENT_BYTES_MAX)
    return cast("dict[str, JsonValue]", value)  # an object, or it would not have been read


def _read_format(fields: Fields) -> int:
    number = fields.integer("format")
    if number not in FORMATS:
        raise InputError(
            "statement.unknown-format",
            "format is not known",
            where=fields.place("format"),
            expected=", ".join(str(known) for known in FORMATS),
            found=str(number),
            hint="the agreement needs a newer version of the node",
        )
    return number


def _read_agreement(fields: Fields) -> AgreementRef:
    agreement = fields.object("agreement")
    ref = AgreementRef(
        parse_agreement_id(agreement.text("id"), agreement.place("id")),
        read_digest(agreement, "sha256"),
    )
    agreement.finish()
    return ref


def _read_to(fields: Fields, by: PartyId) -> tuple[PartyId, ...]:
    texts = fields.texts(
        "to", min_items=1, max_items=STATEMENT_TO_MAX, max_chars=PARTY_ID_CHARS_MAX
    )
    place = fields.place("to")
    parties = tuple(parse_party_id(text, place) for text in texts)
    if by in parties or list(parties) != sorted(set(parties)):
        raise InputError(
            "statement.to",
            "`to` must name other parties, sorted, each once",
            where=fields.place("to"),
            found=excerpt(", ".join(parties)),
        )
    return parties


def _read_seen(fields: Fields, by: PartyId) -> Seen:
    sizes = fields.object("seen")
    names = sizes.keys()
    if len(names) > STATEMENT_TO_MAX or by in names:
        raise InputError(
            "statement.seen",
            "`seen` must name other parties only",
            where=sizes.where,
            expected=f"at most {STATEMENT_TO_MAX} parties",
            found=excerpt(", ".join(names)),
        )
    return tuple(
        (parse_party_id(name, sizes.where), sizes.integer(name, 0, JSON_INTEGER_MAX))
        for name in names
    )


def _read_body(fields: Fields, kind: str) -> Body:
    body_fields = fields.object("body")
    body: Body = SPOKEN_KINDS[kind].parse(body_fields)
    body_fields.finish()
    return body
