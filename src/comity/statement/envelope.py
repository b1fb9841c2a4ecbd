# SPDX-License-Identifier: Apache-2.0
"""The envelope of every statement, in its exact bytes.

An entry of a register is the RFC 8785 JSON of one statement, at most 65,535 bytes; it is read
only if writing its value again gives the same bytes. Source: DESIGN 4; C2SP tlog-tiles, entries
"""

import re
from dataclasses import dataclass
from typing import Final, cast

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import AgreementId, Digest, PartyId, parse_agreement_id, parse_party_id
from comity.basis.instants import Instant, format_instant, parse_instant_canonical
from comity.basis.limits import (
    JSON_INTEGER_MAX,
    PARTY_ID_CHARS_MAX,
    STATEMENT_BYTES_MAX,
    STATEMENT_TO_MAX,
)
from comity.basis.strict_json import JsonValue, format_json, parse_canonical, parse_json
from comity.statement.kinds import FORMATS, SPOKEN_KINDS, Body, InertBody, SpokenBody
from comity.statement.values import AgreementRef, read_digest

FORMAT: Final = 1
"""The format that this version speaks."""

Seen = tuple[tuple[PartyId, int], ...]
"""For each partner, sorted, the size up to which the speaker has judged its register."""

_NONCE: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Statement:
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


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """All of a statement but the moment it is entered: `at` and `seen` come with that."""

    agreement: AgreementRef
    by: PartyId
    to: tuple[PartyId, ...]
    nonce: str
    body: SpokenBody


def parse_statement(raw: bytes, where: str = "statement") -> Statement:
    """Read an entry.

    Checks form only: whether the party may say it, there and then, is judged elsewhere.

    Raises:
        InputError: the bytes are not the one form of a statement of a known format and kind.

    Source: DESIGN 4
    """
    fields = Fields(parse_canonical(raw, bytes_max=STATEMENT_BYTES_MAX, where=where), where)
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
    return statement


def format_statement(draft: StatementDraft, *, at: Instant, seen: Seen) -> bytes:
    """Write a statement in its exact bytes.

    Raises:
        InputError: it would be longer than an entry may be.
    """
    raw = format_json(draft_json(draft) | {"at": format_instant(at), "seen": dict(seen)})
    if len(raw) > STATEMENT_BYTES_MAX:
        raise InputError(
            "statement.oversize",
            "statement is too long for an entry",
            expected=f"at most {STATEMENT_BYTES_MAX} bytes",
            found=f"{len(raw)} bytes",
        )
    return raw


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
    reader = SPOKEN_KINDS.get(kind)
    body_fields = fields.object("body")
    if reader is None:
        return InertBody(kind)
    body: Body = reader.parse(body_fields)
    body_fields.finish()
    return body
