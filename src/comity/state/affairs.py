# SPDX-License-Identifier: Apache-2.0
"""The rows of authorities, changes of law, disputes, consultations, and of what is owed.

Rows are immutable, as those of `records`. Source: Japan-ROK GSOMIA Art. 2(d), 3, 20; AGREEMENTS 5
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Date, Instant
from comity.state.records_goods import DeliveredRow, InvoiceRow, LoanRow, ReceiptRow
from comity.statement.affairs import (
    DisputeOpen,
    DutyExtend,
    DutyWaive,
    PartyAuthority,
    PartyLawChange,
)
from comity.statement.kinds import Body

GoodsRow = DeliveredRow | ReceiptRow | InvoiceRow | LoanRow


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """Authority keys that a party may bind itself by: from when, and where that was notified.

    `notified` is None for the keys of the card that was compared by hand.
    """

    keys: tuple[str, ...]
    since: Instant
    notified: Place | None


@dataclass(frozen=True, slots=True)
class Authority:
    """A party's notified competent authority."""

    place: Place
    at: Instant
    authority: PartyAuthority


@dataclass(frozen=True, slots=True)
class LawChange:
    """A change of law, table or rule that a party told of."""

    place: Place
    at: Instant
    change: PartyLawChange


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute between its opener and the parties in `to`; `settled` holds each one's word.

    `settled_at` is set when the last of them has said so.
    """

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    dispute: DisputeOpen
    settled: tuple[Place, ...] = ()
    settled_at: Instant | None = None

    @property
    def parties(self) -> frozenset[PartyId]:
        """Give all who are in it."""
        return frozenset((self.place.party, *self.to))


@dataclass(frozen=True, slots=True)
class Waiver:
    """A creditor waives a duty."""

    place: Place
    at: Instant
    waiver: DutyWaive


@dataclass(frozen=True, slots=True)
class Extension:
    """A creditor gives more time."""

    place: Place
    at: Instant
    extension: DutyExtend


@dataclass(frozen=True, slots=True)
class Act:
    """A counted statement that may trigger or discharge a duty, or an event that follows from it.

    `body` is None for such an event. Of goods it is what the fold keeps of the statement.
    """

    kind: str
    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    body: Body | GoodsRow | None

    @property
    def order(self) -> tuple[int, str, int]:
        """Give its rank in the fold's order."""
        return self.at, self.place.party, self.place.index


@dataclass(frozen=True, slots=True)
class Doing:
    """An act that a party does or is about to do, and what it concerns, as far as that is known."""

    action: str
    by: PartyId
    items: tuple[Place, ...] = ()
    categories: frozenset[str] = frozenset()


Consulted: TypeAlias = tuple[tuple[PartyId, Date | Instant | None], ...]
"""Who was asked about an act before it, and until when that holds; None: without an end."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """An act that was done before the others were asked, and the article that asks for it.

    `left` are those who were not asked yet, neither in time nor since.
    """

    place: Place
    at: Instant
    version: Digest
    article: str
    doing: Doing
    left: frozenset[PartyId]
