# SPDX-License-Identifier: Apache-2.0
"""What a party says of the agreement itself, and of its own card.

All but `party.card` carry a note by the party's authority key: the node's online key alone
cannot bind a state. A card is signed by the root keys instead. Source: DESIGN 4, 6.
"""

from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.fields import Fields
from comity.basis.ids import Place, format_place
from comity.basis.instants import Date, format_date
from comity.basis.limits import STATEMENT_SUBJECT_CHARS_MAX, STATEMENT_WORD_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    CODE,
    READING,
    CardRef,
    FileRef,
    Until,
    format_card_ref,
    format_file,
    format_nullable_date,
    format_places,
    format_until,
    parse_card_ref,
    parse_file,
    read_authority,
    read_date,
    read_nullable_date,
    read_place,
    read_places,
    read_until,
    read_version,
    read_word,
)


class AgreementPropose(Struct, frozen=True, gc=False):
    """A text is proposed; `about` names an earlier statement that it answers."""

    KIND: ClassVar[str] = "agreement.propose"
    file: FileRef
    version: int
    authority: str
    about: Place | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementPropose":
        """Read the body."""
        return cls(*_parse_text(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return _format_text(self)


class AgreementCounter(Struct, frozen=True, gc=False):
    """Another text is proposed in place of the one on the table."""

    KIND: ClassVar[str] = "agreement.counter"
    file: FileRef
    version: int
    authority: str
    about: Place | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementCounter":
        """Read the body."""
        return cls(*_parse_text(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return _format_text(self)


class AgreementInitial(Struct, frozen=True, gc=False):
    """The text named by the envelope is initialled: frozen, not yet binding."""

    KIND: ClassVar[str] = "agreement.initial"
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementInitial":
        """Read the body."""
        return cls(read_authority(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"authority": self.authority}


class AgreementPostpone(Struct, frozen=True, gc=False):
    """Signing is put off: a record, not a transition."""

    KIND: ClassVar[str] = "agreement.postpone"
    authority: str
    reason_code: str | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementPostpone":
        """Read the body."""
        return cls(read_authority(fields), _read_reason(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"authority": self.authority, **_format_reason(self.reason_code)}


class AgreementSign(Struct, frozen=True, gc=False):
    """The text named by the envelope is signed."""

    KIND: ClassVar[str] = "agreement.sign"
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementSign":
        """Read the body."""
        return cls(read_authority(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"authority": self.authority}


class AgreementEntryNotification(Struct, frozen=True, gc=False):
    """The party has told, on `delivered`, that its own procedures for entry are complete."""

    KIND: ClassVar[str] = "agreement.entry_notification"
    delivered: Date
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementEntryNotification":
        """Read the body."""
        return cls(read_date(fields, "delivered"), read_authority(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"delivered": format_date(self.delivered), "authority": self.authority}


class AgreementAmend(Struct, frozen=True, gc=False):
    """A new version of an agreement that is signed, to be signed again by every party."""

    KIND: ClassVar[str] = "agreement.amend"
    file: FileRef
    version: int
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementAmend":
        """Read the body."""
        return cls(parse_file(fields.object("file")), read_version(fields), read_authority(fields))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "file": format_file(self.file),
            "version": self.version,
            "authority": self.authority,
        }


class AgreementEndNotice(Struct, frozen=True, gc=False):
    """Notice of termination: announced, delivered and effective dates are three fields."""

    KIND: ClassVar[str] = "agreement.end_notice"
    announced: Date | None
    delivered: Date
    effective: Date | None
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementEndNotice":
        """Read the body."""
        return cls(
            read_nullable_date(fields, "announced"),
            read_date(fields, "delivered"),
            read_nullable_date(fields, "effective"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "announced": format_nullable_date(self.announced),
            "delivered": format_date(self.delivered),
            "effective": format_nullable_date(self.effective),
            "authority": self.authority,
        }


class AgreementSuspendEndNotice(Struct, frozen=True, gc=False):
    """The effect of a notice is suspended."""

    KIND: ClassVar[str] = "agreement.suspend_end_notice"
    notice: Place
    delivered: Date
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementSuspendEndNotice":
        """Read the body."""
        return cls(
            read_place(fields, "notice"), read_date(fields, "delivered"), read_authority(fields)
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "notice": format_place(self.notice),
            "delivered": format_date(self.delivered),
            "authority": self.authority,
        }


class AgreementWithdrawEndNotice(Struct, frozen=True, gc=False):
    """A notice, its suspension, or both are withdrawn: each is named."""

    KIND: ClassVar[str] = "agreement.withdraw_end_notice"
    notices: tuple[Place, ...]
    delivered: Date
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementWithdrawEndNotice":
        """Read the body."""
        return cls(
            read_places(fields, "notices", 1),
            read_date(fields, "delivered"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "notices": format_places(self.notices),
            "delivered": format_date(self.delivered),
            "authority": self.authority,
        }


class AgreementSuspendCategory(Struct, frozen=True, gc=False):
    """A category is suspended: what the agreement names for it stops, from `since` to `until`.

    `since` None: from the statement's own `at` on. Source: AGREEMENTS 3 (`suspension`)
    """

    KIND: ClassVar[str] = "agreement.suspend_category"
    category: str
    since: Until
    until: Until
    authority: str
    reason_code: str | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementSuspendCategory":
        """Read the body."""
        return cls(
            read_word(fields, "category"),
            read_until(fields, "from"),
            read_until(fields, "until"),
            read_authority(fields),
            _read_reason(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "category": self.category,
            "from": format_until(self.since),
            "until": format_until(self.until),
            "authority": self.authority,
            **_format_reason(self.reason_code),
        }


class AgreementResumeCategory(Struct, frozen=True, gc=False):
    """A suspension of the speaker's own ends, from `since` on; None: from this statement's `at`."""

    KIND: ClassVar[str] = "agreement.resume_category"
    suspension: Place
    since: Until
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementResumeCategory":
        """Read the body."""
        return cls(
            read_place(fields, "suspension"), read_until(fields, "from"), read_authority(fields)
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "suspension": format_place(self.suspension),
            "from": format_until(self.since),
            "authority": self.authority,
        }


class AgreementInterpretation(Struct, frozen=True, gc=False):
    """The party's own reading of where the agreement stands, by the name of a state."""

    KIND: ClassVar[str] = "agreement.interpretation"
    about: Place
    reading: str
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementInterpretation":
        """Read the body."""
        return cls(
            read_place(fields, "about"),
            fields.text("reading", max_chars=STATEMENT_WORD_CHARS_MAX, pattern=READING),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "about": format_place(self.about),
            "reading": self.reading,
            "authority": self.authority,
        }


class AgreementAnnouncement(Struct, frozen=True, gc=False):
    """Something was said in public: a record, not a transition."""

    KIND: ClassVar[str] = "agreement.announcement"
    subject: str
    announced: Date
    authority: str

    @classmethod
    def parse(cls, fields: Fields) -> "AgreementAnnouncement":
        """Read the body."""
        return cls(
            fields.text("subject", max_chars=STATEMENT_SUBJECT_CHARS_MAX),
            read_date(fields, "announced"),
            read_authority(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "subject": self.subject,
            "announced": format_date(self.announced),
            "authority": self.authority,
        }


class PartyCard(Struct, frozen=True, gc=False):
    """The party's next card. Its keys count by the tree sizes of `key_history`."""

    KIND: ClassVar[str] = "party.card"
    card: CardRef

    @classmethod
    def parse(cls, fields: Fields) -> "PartyCard":
        """Read the body."""
        return cls(parse_card_ref(fields.object("card")))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"card": format_card_ref(self.card)}


TREATY_KINDS: Final = (
    AgreementPropose,
    AgreementCounter,
    AgreementInitial,
    AgreementPostpone,
    AgreementSign,
    AgreementEntryNotification,
    AgreementAmend,
    AgreementEndNotice,
    AgreementSuspendEndNotice,
    AgreementWithdrawEndNotice,
    AgreementSuspendCategory,
    AgreementResumeCategory,
    AgreementInterpretation,
    AgreementAnnouncement,
    PartyCard,
)

TreatyBody = (
    AgreementPropose
    | AgreementCounter
    | AgreementInitial
    | AgreementPostpone
    | AgreementSign
    | AgreementEntryNotification
    | AgreementAmend
    | AgreementEndNotice
    | AgreementSuspendEndNotice
    | AgreementWithdrawEndNotice
    | AgreementSuspendCategory
    | AgreementResumeCategory
    | AgreementInterpretation
    | AgreementAnnouncement
    | PartyCard
)


def _read_reason(fields: Fields) -> str | None:
    return fields.optional_text("reason_code", max_chars=STATEMENT_WORD_CHARS_MAX, pattern=CODE)


def _format_reason(code: str | None) -> dict[str, JsonValue]:
    return {} if code is None else {"reason_code": code}


def _parse_text(fields: Fields) -> tuple[FileRef, int, str, Place | None]:
    file = parse_file(fields.object("file"))
    version = read_version(fields)
    about = read_place(fields, "about") if fields.has("about") else None
    return file, version, read_authority(fields), about


def _format_text(body: AgreementPropose | AgreementCounter) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {
        "file": format_file(body.file),
        "version": body.version,
        "authority": body.authority,
    }
    if body.about is not None:
        written["about"] = format_place(body.about)
    return written
