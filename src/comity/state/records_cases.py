# SPDX-License-Identifier: Apache-2.0
"""The rows of incidents, visits, disclosures and contractors: what each statement leaves behind."""

from __future__ import annotations

from msgspec import Struct

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Date, Instant
from comity.statement.cases import (
    ContractorAssure,
    DisclosureRecord,
    IncidentFindings,
    IncidentReport,
    VisitDecide,
    VisitRequest,
)

FirmKey = tuple[PartyId, str, str]
"""The party that answers for a firm, the firm, and one of its facilities."""


class Incident(Struct, frozen=True, gc=False):
    """A loss or compromise, told. `closers` are the parties that have to take it as closed.

    `answers` is who looks into it: where it happened, or who told of it at a third party.
    """

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    report: IncidentReport
    closers: tuple[PartyId, ...]
    answers: PartyId


class Found(Struct, frozen=True, gc=False):
    """Findings and measures of an investigation, as far as they were known then."""

    place: Place
    at: Instant
    findings: IncidentFindings


class Visit(Struct, frozen=True, gc=False):
    """A visit that was asked for."""

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    request: VisitRequest


class VisitDecision(Struct, frozen=True, gc=False):
    """What the host said to it."""

    place: Place
    at: Instant
    decide: VisitDecide


class Disclosure(Struct, frozen=True, gc=False):
    """Something told or shown: protected information that has a control number and no payload.

    `suspended` cites the clause by which its category was suspended when it was told, where its
    speaker had seen that by the time of putting it on record.
    """

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    record: DisclosureRecord
    suspended: str | None = None


class Condition(Struct, frozen=True, gc=False):
    """One condition at a firm's facility, by its letter, as it was assured last.

    It holds to the end of `until`: the day that was named, or that of the next inspection.
    """

    letter: str
    place: Place
    at: Instant
    assure: ContractorAssure
    until: Date | None


class Firm(Struct, frozen=True, gc=False):
    """A firm's facility as a party answers for it; `parent` is the firm that it works for.

    `conditions` are sorted by letter; `cleared` is the newest word on the facility's clearance.
    """

    parent: str | None
    conditions: tuple[Condition, ...]
    cleared: Condition | None
