# SPDX-License-Identifier: Apache-2.0
"""The rows of orders, deliveries, settlements and balances: what each statement leaves behind.

Lines stand by sheets, as the statements brought them: whatever changes one line copies few others.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from msgspec import Struct

from comity.basis.ids import Digest, PartyId, PersonId, Place
from comity.basis.instants import Date, Instant
from comity.statement.orders import AcceptanceHead, OrderHead
from comity.statement.settlements import BalanceAgree, BalanceState, SettlementRecord
from comity.support.accounts import LineAccount, Owed
from comity.support.settling import Part

WHOLE: Final = 0
"""Every line of an order, in a dispute; lines are numbered from 1."""

Dispute = tuple[PartyId, int, Place]
"""Who disputes which line of an order, or `WHOLE`, and where that was said."""

Sheet = tuple[LineAccount, ...]
"""The lines of one `order.request`, their numbers rising."""


class PlacedOrder(Struct, frozen=True, gc=False):
    """An order: who asks whom for what, and how far it has come.

    `sheets` pairs the first line number of each sheet with its place. `acted` are the persons that
    have acted on it, by party, and in which part of it. `disputed` holds who disputes which lines,
    each line of a party once, in that order. Nobody may add lines once it is `answered`; `declined`
    tells that its provider declined some. It is priced in one `currency`. `further` are
    the receipts of what came by a delivery beside what its first receipt says.
    """

    place: Place
    at: Instant
    to: tuple[PartyId, ...]
    version: Digest
    head: OrderHead
    sheets: tuple[tuple[int, Place], ...]
    acceptance: AcceptanceHead | None = None
    accepted_at: Instant | None = None
    acted: tuple[tuple[PartyId, PersonId, str], ...] = ()
    disputed: tuple[Dispute, ...] = ()
    deliveries: tuple[Place, ...] = ()
    answered: bool = False
    declined: bool = False
    currency: str = ""
    further: tuple[Place, ...] = ()

    @property
    def requester(self) -> PartyId:
        """Give who asks, and owes for what it gets."""
        return self.place.party

    @property
    def provider(self) -> PartyId:
        """Give who provides, and is owed for it."""
        return self.head.provider

    def dispute_of(self, line: int) -> Place | None:
        """Find where a line is disputed, alone or with all of its order; of two the first."""
        ends = (self.requester, self.provider)
        found = [self._disputed(party, each) for party in ends for each in (WHOLE, line)]
        return min((place for place in found if place is not None), default=None)

    def _disputed(self, party: PartyId, line: int) -> Place | None:
        at = bisect_left(self.disputed, (party, line))
        named = self.disputed[at] if at < len(self.disputed) else None
        return None if named is None or named[:2] != (party, line) else named[2]


class DeliveredRow(Struct, frozen=True, gc=False):
    """A delivery: what was handed over of each line, on which day."""

    place: Place
    at: Instant
    order: Place
    number: str
    on: Date
    lines: tuple[tuple[int, int], ...]


class LoanRow(Struct, frozen=True, gc=False):
    """What came on loan by one receipt and is to be given back by one day, as `ReceiptRow`."""

    order: Place
    handed_over: Date
    return_by: Date
    of: tuple[int, ...]
    settled: tuple[Instant, Place] | None = None


class ReceiptRow(Struct, frozen=True, gc=False):
    """A receipt of goods: what came in good condition, and what it is worth, by currency.

    `handed_over` is the day of the delivery, from which every deadline counts. `settled` is when
    nothing of it was owed any more, and by which statement. `loans` is what of it is to be given
    back, by the day of return, the earliest first. `nth` is that of its arrivals.
    """

    place: Place
    at: Instant
    delivery: Place
    order: Place
    handed_over: Date
    lines: tuple[tuple[int, int], ...]
    damaged: tuple[tuple[int, int], ...]
    worth: tuple[tuple[str, int], ...]
    settled: tuple[Instant, Place] | None = None
    loans: tuple[LoanRow, ...] = ()
    nth: int = 0

    @property
    def of(self) -> tuple[int, ...]:
        """Give the lines of which something came in good condition."""
        return tuple(line for line, _ in self.lines)


class InvoiceRow(Struct, frozen=True, gc=False):
    """A bill for receipts of one order."""

    place: Place
    at: Instant
    order: Place
    number: str
    receipts: tuple[Place, ...]
    currency: str
    total: int


class SettlementRow(Struct, frozen=True, gc=False):
    """A settlement as one side said it; `counted` is the statement by which it counts.

    None: the debtor alone has said it, or one side alone where both have to. `dropped` is where it
    was taken back or refused: it does not count then. `taken` is what counts by the creditor's word
    alone took of each arrival, for it to be taken back.
    """

    place: Place
    at: Instant
    version: Digest
    record: SettlementRecord
    counted: Place | None = None
    dropped: Place | None = None
    taken: tuple[Part, ...] = ()


class BalanceRowSaid(Struct, frozen=True, gc=False):
    """A balance that a party has stated, and what the others said to it."""

    place: Place
    at: Instant
    state: BalanceState
    answers: tuple[tuple[Place, BalanceAgree], ...] = ()


TallyKey = tuple[PartyId, PartyId, Owed, str, str, int]
"""Debtor, creditor, in what, the category if in kind, unit or currency, and the month; 0: before
all months."""


class Tally(Struct, frozen=True, gc=False):
    """By how much what is open, and what of it is late, changes in a month: in all, and by days."""

    open: int
    late: int
    days: tuple[tuple[int, int, int], ...] = ()
