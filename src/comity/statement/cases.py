# SPDX-License-Identifier: Apache-2.0
"""What a party says of losses, visits, disclosures by word or sight, and contractors.

Texts (what happened, subject, visitors, evidence) are payload; here stand places, levels, dates,
codes and counts. Source: DESIGN 4; Japan-ROK GSOMIA Art. 2(a), 8, 16, 17, 18
"""

from enum import StrEnum
from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.basis.limits import (
    COPY_NUMBER_MAX,
    STATEMENT_PLACES_MAX,
    STATEMENT_WORD_CHARS_MAX,
    STATEMENT_WORDS_MAX,
    VISITORS_MAX,
)
from comity.basis.strict_json import JsonValue
from comity.marking.labels import Label, format_label, parse_label
from comity.statement.values import (
    CODE,
    ParcelRef,
    SealedRef,
    check_marking,
    format_enclosed,
    format_nullable_date,
    format_nullable_place,
    read_date,
    read_enclosed,
    read_instant,
    read_nullable_date,
    read_nullable_place,
    read_nullable_word,
    read_party,
    read_place,
    read_word,
)


class Certainty(StrEnum):
    """Whether it happened, or may have happened: each has to be told alike."""

    ACTUAL = "actual"
    POSSIBLE = "possible"


class Harm(StrEnum):
    """What happened: what was to be protected is gone, others saw it, or a victim is named by it.

    A named victim harms no item: its originator is told, and nothing is to be looked into.
    """

    LOSS = "loss"
    COMPROMISE = "compromise"
    VICTIM_NAMED = "victim_named"


class Outcome(StrEnum):
    """What an investigation found."""

    LOSS = "loss"
    COMPROMISE = "compromise"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class VisitKind(StrEnum):
    """Why a facility is visited: on official business, or by security staff (Art. 18)."""

    OFFICIAL = "official"
    SECURITY = "security"


class Affected(Struct, frozen=True, gc=False):
    """One item of an incident, and which of its numbered copies; none named: all of it."""

    item: Place
    copies: tuple[int, ...] = ()


class IncidentReport(Struct, frozen=True, gc=False):
    """A loss, compromise or named victim, or the possibility of it, at `held_by`; told at once.

    `found_at` is when it was found, `begun_at` when its report was begun. Source: GSOMIA Art. 17
    """

    KIND: ClassVar[str] = "incident.report"
    affected: tuple[Affected, ...]
    held_by: PartyId
    harm: Harm
    certainty: Certainty
    found_at: Instant
    begun_at: Instant
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @property
    def names_victim(self) -> bool:
        """Say whether it tells of a victim, and of no harm to an item."""
        return self.harm is Harm.VICTIM_NAMED

    @property
    def is_harm(self) -> bool:
        """Say whether it tells of harm to an item, which is looked into."""
        return not self.names_victim

    @classmethod
    def parse(cls, fields: Fields) -> "IncidentReport":
        """Read the body."""
        return cls(
            _read_affected(fields),
            read_party(fields, "held_by"),
            fields.choice("harm", Harm),
            fields.choice("certainty", Certainty),
            read_instant(fields, "found_at"),
            read_instant(fields, "begun_at"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "affected": [
                {"item": format_place(each.item), "copies": list(each.copies)}
                for each in self.affected
            ],
            "held_by": self.held_by,
            "harm": self.harm.value,
            "certainty": self.certainty.value,
            "found_at": format_instant(self.found_at),
            "begun_at": format_instant(self.begun_at),
            **format_enclosed(self.parcel, self.sealed),
        }


class IncidentFindings(Struct, frozen=True, gc=False):
    """What an investigation found, and the measures taken against repetition, as far as known.

    `measures` are codes; what was found and done is told in the payload. Source: GSOMIA Art. 17
    """

    KIND: ClassVar[str] = "incident.findings"
    incident: Place
    outcome: Outcome | None
    measures: tuple[str, ...]
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "IncidentFindings":
        """Read the body."""
        return cls(
            read_place(fields, "incident"),
            _read_outcome(fields),
            _read_codes(fields, "measures"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "incident": format_place(self.incident),
            "outcome": None if self.outcome is None else self.outcome.value,
            "measures": list(self.measures),
            **format_enclosed(self.parcel, self.sealed),
        }


class IncidentClose(Struct, frozen=True, gc=False):
    """The other side takes an incident as closed, after findings and measures."""

    KIND: ClassVar[str] = "incident.close"
    incident: Place

    @classmethod
    def parse(cls, fields: Fields) -> "IncidentClose":
        """Read the body."""
        return cls(read_place(fields, "incident"))

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {"incident": format_place(self.incident)}


class VisitRequest(Struct, frozen=True, gc=False):
    """Leave to visit a facility of `host`, asked by the visitors' own authority.

    `visitors` counts them, `clearance` is the lowest of theirs and `clearance_until` its end; who
    they are, their subject and scope are payload. Source: GSOMIA Art. 8, 18
    """

    KIND: ClassVar[str] = "visit.request"
    host: PartyId
    facility: str
    purpose: VisitKind
    level: str
    first_day: Date
    last_day: Date
    visitors: int
    clearance: str
    clearance_until: Date | None
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "VisitRequest":
        """Read the body."""
        return cls(
            read_party(fields, "host"),
            read_word(fields, "facility"),
            fields.choice("purpose", VisitKind),
            read_word(fields, "level"),
            read_date(fields, "first_day"),
            read_date(fields, "last_day"),
            fields.integer("visitors", 1, VISITORS_MAX),
            read_word(fields, "clearance"),
            read_nullable_date(fields, "clearance_until"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "host": self.host,
            "facility": self.facility,
            "purpose": self.purpose.value,
            "level": self.level,
            "first_day": format_date(self.first_day),
            "last_day": format_date(self.last_day),
            "visitors": self.visitors,
            "clearance": self.clearance,
            "clearance_until": format_nullable_date(self.clearance_until),
            **format_enclosed(self.parcel, self.sealed),
        }


class VisitDecide(Struct, frozen=True, gc=False):
    """The host grants a visit up to the highest level that may be shown; `level` None refuses it.

    A visit that was granted may be refused later, while a refusal stands. Source: GSOMIA Art. 8
    """

    KIND: ClassVar[str] = "visit.decide"
    visit: Place
    level: str | None
    first_day: Date | None
    last_day: Date | None

    @classmethod
    def parse(cls, fields: Fields) -> "VisitDecide":
        """Read the body; whether it is a grant or a refusal, and no half, is judged elsewhere."""
        return cls(
            read_place(fields, "visit"),
            read_nullable_word(fields, "level"),
            read_nullable_date(fields, "first_day"),
            read_nullable_date(fields, "last_day"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "visit": format_place(self.visit),
            "level": self.level,
            "first_day": format_nullable_date(self.first_day),
            "last_day": format_nullable_date(self.last_day),
        }


class DisclosureRecord(Struct, frozen=True, gc=False):
    """Something classified was told or shown; it needs no payload, and has a control number.

    `visit` is the one it was disclosed on; None: under the rules of release alone.
    `disclosed_at` is when. Source: GSOMIA Art. 2(a), 8
    """

    KIND: ClassVar[str] = "disclosure.record"
    visit: Place | None
    label: Label
    disclosed_at: Instant
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "DisclosureRecord":
        """Read the body."""
        label_fields = fields.object("label")
        label = parse_label(label_fields)
        check_marking(label_fields, label.marking)
        return cls(
            read_nullable_place(fields, "visit"),
            label,
            read_instant(fields, "disclosed_at"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "visit": format_nullable_place(self.visit),
            "label": format_label(self.label),
            "disclosed_at": format_instant(self.disclosed_at),
            **format_enclosed(self.parcel, self.sealed),
        }


class ContractorAssure(Struct, frozen=True, gc=False):
    """A party has made sure of conditions at one facility of a firm, by what evidence, until when.

    `conditions` are letters of the agreement's list; `met` False takes them back. `clearance` is
    the level that the facility is cleared to, where this says so. `document` names the evidence
    where it is not the payload; `assured_by` is a post. `parent` is the firm that a subcontractor
    works for. Source: GSOMIA Art. 16
    """

    KIND: ClassVar[str] = "contractor.assure"
    firm: str
    facility: str
    parent: str | None
    conditions: tuple[str, ...]
    met: bool
    clearance: str | None
    document: str | None
    assured_by: str
    assured_on: Date
    until: Date | None
    parcel: ParcelRef | None = None
    sealed: SealedRef | None = None

    @property
    def met_conditions(self) -> tuple[str, ...]:
        """Give the conditions that it makes sure of; none where it takes them back."""
        return self.conditions if self.met else ()

    @classmethod
    def parse(cls, fields: Fields) -> "ContractorAssure":
        """Read the body."""
        return cls(
            read_word(fields, "firm"),
            read_word(fields, "facility"),
            read_nullable_word(fields, "parent"),
            _read_codes(fields, "conditions", min_items=1),
            fields.boolean("met"),
            read_nullable_word(fields, "clearance"),
            read_nullable_word(fields, "document"),
            read_word(fields, "assured_by"),
            read_date(fields, "assured_on"),
            read_nullable_date(fields, "until"),
            *read_enclosed(fields),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "firm": self.firm,
            "facility": self.facility,
            "parent": self.parent,
            "conditions": list(self.conditions),
            "met": self.met,
            "clearance": self.clearance,
            "document": self.document,
            "assured_by": self.assured_by,
            "assured_on": format_date(self.assured_on),
            "until": format_nullable_date(self.until),
            **format_enclosed(self.parcel, self.sealed),
        }


def _read_affected(fields: Fields) -> tuple[Affected, ...]:
    """Take items and their copies, sorted, none twice; at least one."""
    found: list[Affected] = []
    for each in fields.objects("affected", max_items=STATEMENT_PLACES_MAX):
        copies = each.integers(
            "copies", bounds=(1, COPY_NUMBER_MAX), max_items=STATEMENT_PLACES_MAX
        )
        found.append(Affected(read_place(each, "item"), copies))
        each.finish()
    places = [each.item for each in found]
    orderly = all(each.copies == tuple(sorted(set(each.copies))) for each in found)
    if not places or places != sorted(set(places)) or not orderly:
        raise InputError(
            "statement.not-sorted",
            "items and copies must be sorted and stand once, and one at least",
            where=fields.place("affected"),
            found=excerpt(", ".join(map(format_place, places))),
        )
    return tuple(found)


def _read_outcome(fields: Fields) -> Outcome | None:
    if fields.value("outcome") is None:
        return None
    return fields.choice("outcome", Outcome)


def _read_codes(fields: Fields, key: str, min_items: int = 0) -> tuple[str, ...]:
    """Take codes, sorted, none twice."""
    codes = fields.texts(
        key,
        min_items=min_items,
        max_items=STATEMENT_WORDS_MAX,
        max_chars=STATEMENT_WORD_CHARS_MAX,
        pattern=CODE,
    )
    if codes != tuple(sorted(set(codes))):
        raise InputError(
            "statement.not-sorted",
            "codes must be sorted and stand once",
            where=fields.place(key),
            found=excerpt(", ".join(codes)),
        )
    return codes


CASES_KINDS: Final = (
    IncidentReport,
    IncidentFindings,
    IncidentClose,
    VisitRequest,
    VisitDecide,
    DisclosureRecord,
    ContractorAssure,
)

CasesBody = (
    IncidentReport
    | IncidentFindings
    | IncidentClose
    | VisitRequest
    | VisitDecide
    | DisclosureRecord
    | ContractorAssure
)
