# SPDX-License-Identifier: Apache-2.0
"""What a party says of statements, clocks and its own journal.

A verdict that rests on more than register bytes counts only as said here. Source: DESIGN 4.
"""

from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import Digest, PartyId
from comity.basis.instants import Instant, format_instant
from comity.basis.limits import ORIGIN_BYTES_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    read_article,
    read_code,
    read_digest,
    read_instant,
    read_party,
)
from comity.tlog.origin import parse_origin


class StatementReject(Struct, frozen=True, gc=False):
    """An entry of a partner's register is stored and cosigned, but not admitted by this party.

    `entry` is the SHA-256 of that entry, where the rejection is to prove that it came after it.
    """

    KIND: ClassVar[str] = "statement.reject"
    party: PartyId
    index: int
    code: str
    article: str | None
    entry: Digest | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "StatementReject":
        """Read the body."""
        return cls(
            read_party(fields, "party"),
            fields.integer("index"),
            read_code(fields, "code"),
            read_article(fields, "article"),
            read_digest(fields, "entry") if fields.has("entry") else None,
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        body: dict[str, JsonValue] = {
            "party": self.party,
            "index": self.index,
            "code": self.code,
            "article": self.article,
        }
        if self.entry is not None:
            body["entry"] = self.entry
        return body


class TimeDispute(Struct, frozen=True, gc=False):
    """This party's clock, when it took the entry, was more than `limit_ms` off its `at`."""

    KIND: ClassVar[str] = "time.dispute"
    party: PartyId
    index: int
    clock: Instant
    limit_ms: int

    @classmethod
    def parse(cls, fields: Fields) -> "TimeDispute":
        """Read the body."""
        return cls(
            read_party(fields, "party"),
            fields.integer("index"),
            read_instant(fields, "clock"),
            fields.integer("limit_ms", 1),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "party": self.party,
            "index": self.index,
            "clock": format_instant(self.clock),
            "limit_ms": self.limit_ms,
        }


class JournalAnchor(Struct, frozen=True, gc=False):
    """A blinded digest of the journal's checkpoint; `restored_from` names an older journal."""

    KIND: ClassVar[str] = "journal.anchor"
    digest: Digest
    restored_from: str | None

    @classmethod
    def parse(cls, fields: Fields) -> "JournalAnchor":
        """Read the body."""
        return cls(read_digest(fields, "digest"), _read_journal_origin(fields, "restored_from"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"digest": self.digest, "restored_from": self.restored_from}


TRUST_KINDS: Final = (StatementReject, TimeDispute, JournalAnchor)

TrustBody = StatementReject | TimeDispute | JournalAnchor


def _read_journal_origin(fields: Fields, key: str) -> str | None:
    text = fields.nullable_text(key, max_chars=ORIGIN_BYTES_MAX)
    if text is not None and parse_origin(text, fields.place(key)).agreement is not None:
        raise InputError(
            "statement.not-a-journal",
            "not the origin of a journal",
            where=fields.place(key),
            expected="<domain>/journal",
            found=excerpt(text),
        )
    return text
