# SPDX-License-Identifier: Apache-2.0
"""The tables of orders, deliveries, settlements and balances, and what is kept to read them fast.

Sums and lists of what is open stand in tables as well, so that what is said late takes them back
with all else.
"""

from __future__ import annotations

from comity.basis.ids import Digest, PartyId, Place
from comity.basis.instants import Instant
from comity.state.packed_goods import PackedRows
from comity.state.records_goods import (
    BalanceRowSaid,
    DeliveredRow,
    InvoiceRow,
    PlacedOrder,
    ReceiptRow,
    SettlementRow,
    Sheet,
    Tally,
    TallyKey,
)
from comity.state.tables import Chain, Table, UndoLog
from comity.support.accounts import LineAccount
from comity.support.terms import SettlementTerms


class GoodsTables:
    """What was said of goods and services, of one agreement."""

    def _lay_goods(self, log: UndoLog) -> None:
        self.goods_terms: dict[Digest, SettlementTerms] = {}
        # orders with their lines by sheets, by number, by exercise
        self.orders: Table[Place, PlacedOrder] = Table(log, PackedRows(PlacedOrder))
        self.sheets: Table[Place, Sheet] = Table(log, PackedRows(Sheet))
        self.order_numbers: Table[tuple[PartyId, str], Place] = Table(log)
        self.exercises: Table[str, Chain[Place]] = Table(log)
        # what was handed over, receipted, billed and settled; bills and settlements by order
        self.deliveries: Table[Place, DeliveredRow] = Table(log, PackedRows(DeliveredRow))
        self.goods_receipts: Table[Place, ReceiptRow] = Table(log, PackedRows(ReceiptRow))
        self.receipt_of: Table[Place, Place] = Table(log)
        self.claims: Table[Place, Place] = Table(log)
        self.claim_of: Table[Place, tuple[Instant, Place]] = Table(log)
        self.invoices: Table[Place, InvoiceRow] = Table(log, PackedRows(InvoiceRow))
        # the first bill for a receipt; the last, where some of it turned into cash after the first
        self.invoiced: Table[Place, Place] = Table(log)
        self.billed_again: Table[Place, Place] = Table(log)
        self.settlements: Table[Place, SettlementRow] = Table(log, PackedRows(SettlementRow))
        self.papers_of: Table[Place, Chain[Place]] = Table(log)
        self.balances: Table[Place, BalanceRowSaid] = Table(log)
        # what is open: sums by month, orders by how many of their lines are, deliveries that nobody
        # receipted, receipts with a debt, settlements by one side's word, lines that do not match;
        # what counts under yearly caps: whose, by which clause, of what, currency, month
        # (less than 0: by when what is accepted is handed over); by days
        self.tallies: Table[TallyKey, Tally] = Table(log)
        self.cap_sums: Table[tuple[PartyId, int, str, str, int], tuple[tuple[int, int], ...]] = (
            Table(log)
        )
        self.owing: Table[Place, int] = Table(log)
        self.unanswered: Table[Place, Place] = Table(log)
        self.unsettled: Table[Place, Place] = Table(log)
        self.claimed: Table[Place, Place] = Table(log)
        self.unmatched: Table[tuple[Place, int], LineAccount] = Table(log)
