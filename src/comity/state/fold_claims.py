# SPDX-License-Identifier: Apache-2.0
"""The fold of settlements that are taken back or refused.

What is claimed never comes to count then. What counts by its creditor's word alone the creditor
takes back as well, until others rest on it: its lines are owed again, each of its own day.
Source: treaties.md A14, U12, 4.5
"""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.ids import PartyId
from comity.state.findings import Finding, Uncounted
from comity.state.fold_orders import finding, with_person
from comity.state.goods_decisions import refuse_by_file
from comity.state.goods_settled import note_settled
from comity.state.goods_settling import ask_of, work_back
from comity.state.queries_goods import ends_of_order, is_agreed_since, put_lines
from comity.state.records import Said
from comity.state.records_goods import PlacedOrder, SettlementRow
from comity.state.state import State
from comity.state.tables import newest_first
from comity.statement.settlements import SettlementDrop

_KIND: Final = "settlement"


def apply_drop(state: State, said: Said, body: SettlementDrop) -> Uncounted | None:
    """Take word that a settlement was taken back, or that one which does not count is refused."""
    row = state.settlements.get(body.settlement)
    order = None if row is None else state.orders.get(row.record.order)
    if row is None or order is None:
        return finding(state, said, Finding.UNKNOWN_SETTLEMENT, _KIND)
    if said.by not in ends_of_order(order):
        return finding(state, said, Finding.NOT_OF_THE_ORDER, _KIND)
    if row.dropped is not None:
        return finding(state, said, Finding.ALREADY_DROPPED, _KIND)
    if row.counted is not None:
        refused = _take_back(state, said, body, order, row)
        if refused is not None:
            return refused
    gone = structs.replace(row, counted=None, dropped=said.place, taken=())
    state.settlements.put(row.place, gone)
    state.claimed.drop(row.place)
    return None


def _take_back(
    state: State, said: Said, body: SettlementDrop, order: PlacedOrder, row: SettlementRow
) -> Uncounted | None:
    """Let the lines of a settlement that counts be owed again, or say why they are not."""
    wrong = why_it_stays(state, said.by, order, row)
    if wrong is not None:
        return finding(state, said, wrong, _KIND)
    before = work_back(state, order, row)
    asks = ask_of(structs.replace(row.record, acting=body.acting), before)
    refused = refuse_by_file(state, said, *asks)
    if refused is not None:
        return refused
    acted = with_person(order, said, body.acting.person, Action.SETTLE)
    state.orders.put(order.place, structs.replace(order, acted=acted))
    put_lines(state, order, before.accounts)
    note_settled(state, said, order.place, reopens=True)
    return None


def why_it_stays(
    state: State, by: PartyId, order: PlacedOrder, row: SettlementRow
) -> Finding | None:
    """Say why a party does not take a settlement back that counts; None: it may."""
    if row.place.party != by:
        return Finding.ALREADY_COUNTED
    if row.counted != row.place or row.record.confirms is not None:
        return Finding.SETTLED_BY_BOTH
    if _is_billed_since(state, order, row):
        return Finding.SETTLED_AND_BILLED
    return Finding.SETTLED_AND_AGREED if is_agreed_since(state, order, row.at) else None


def _is_billed_since(state: State, order: PlacedOrder, row: SettlementRow) -> bool:
    """Answer whether a bill left out what a settlement had settled: it would stand on none."""
    lines = {each.line for each in row.record.lines}
    papers = newest_first(state.papers_of.get(order.place))
    since = (state.invoices.get(each) for each in takewhile(lambda at: at != row.place, papers))
    receipts = (
        state.goods_receipts.get(each)
        for bill in since
        if bill is not None
        for each in bill.receipts
    )
    return any(each is not None and lines.intersection(each.of) for each in receipts)
