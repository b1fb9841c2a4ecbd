# SPDX-License-Identifier: Apache-2.0
"""The fold of settlements.

What the creditor says of a settlement counts, since it says it against itself; what the debtor
alone says is claimed. An offset and the price of a day need the word of both.
Source: treaties.md A9 to A12, U5; 10 U.S.C. 2344, 2345
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from msgspec import structs

from comity.agreement.acts import Action
from comity.state.findings import Finding, Uncounted
from comity.state.fold_bills import apply_agree, apply_balance, apply_invoice
from comity.state.fold_claims import apply_drop
from comity.state.fold_orders import finding, with_person
from comity.state.goods_decisions import refuse_by_file
from comity.state.goods_settled import note_paper, note_settled
from comity.state.goods_settling import SettledOrder, ask_of, parts_of, work_out
from comity.state.queries_goods import (
    ends_of_order,
    put_lines,
    today_of,
)
from comity.state.records import Said
from comity.state.records_goods import PlacedOrder, SettlementRow
from comity.state.state import State
from comity.statement.orders import Method
from comity.statement.settlements import (
    BalanceAgree,
    BalanceState,
    InvoiceIssue,
    SettlementBody,
    SettlementDrop,
    SettlementRecord,
)

_KIND: Final = "settlement"
_BY_BOTH: Final = frozenset({Method.OFFSET, Method.CONVERTED})


@dataclass(frozen=True, slots=True)
class _Settling:
    """What a party says of the settlement of an order."""

    state: State
    said: Said
    body: SettlementRecord
    order: PlacedOrder

    def refuse(self, found: Finding) -> Uncounted:
        """Say why it does not count."""
        return finding(self.state, self.said, found, _KIND)


def apply_settlement(state: State, said: Said, body: SettlementBody) -> Uncounted | None:
    """Apply a bill, a settlement or a balance."""
    match body:
        case InvoiceIssue():
            return apply_invoice(state, said, body)
        case SettlementRecord():
            return apply_record(state, said, body)
        case SettlementDrop():
            return apply_drop(state, said, body)
        case BalanceState():
            return apply_balance(state, said, body)
        case BalanceAgree():
            return apply_agree(state, said, body)
        case _:
            assert_never(body)


def apply_record(state: State, said: Said, body: SettlementRecord) -> Uncounted | None:
    """Take word of a settlement; it counts by the creditor's word, or by that of both."""
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER, _KIND)
    settling = _Settling(state, said, body, order)
    if said.by not in ends_of_order(order):
        return settling.refuse(Finding.NOT_OF_THE_ORDER)
    if body.on > today_of(state, said.at):
        return settling.refuse(Finding.SETTLED_LATER)
    confirmed = None if body.confirms is None else state.settlements.get(body.confirms)
    if body.confirms is not None:
        wrong = _why_not_confirmed(settling, confirmed)
        if wrong is not None:
            return settling.refuse(wrong)
    settled = work_out(state, order, body)
    if isinstance(settled, Finding):
        return settling.refuse(settled)
    for each in settled:
        refused = refuse_by_file(state, said, *ask_of(body, each))
        if refused is not None:
            return refused
    _take(settling, confirmed, settled)
    return None


def _take(
    settling: _Settling, confirmed: SettlementRow | None, settled: tuple[SettledOrder, ...]
) -> None:
    state, said, body, order = settling.state, settling.said, settling.body, settling.order
    by_both = confirmed is not None if body.method in _BY_BOTH else said.by == order.provider
    counted = said.place if by_both else None
    alone = counted is not None and confirmed is None
    taken = tuple(parts_of(state, settled[0])) if alone else ()
    row = SettlementRow(said.place, said.at, said.version, body, counted, taken=taken)
    state.settlements.put(said.place, row)
    note_paper(state, order.place, said.place)
    for each in settled:
        acted = with_person(each.order, said, body.acting.person, Action.SETTLE)
        state.orders.put(each.order.place, structs.replace(each.order, acted=acted))
    if counted is None:
        state.claimed.put(said.place, order.place)
        return
    if confirmed is not None:
        state.settlements.put(confirmed.place, structs.replace(confirmed, counted=said.place))
        state.claimed.drop(confirmed.place)
    for each in settled:
        put_lines(state, each.order, each.accounts)
        note_settled(state, said, each.order.place)


def _why_not_confirmed(settling: _Settling, confirmed: SettlementRow | None) -> Finding | None:
    """Say why a settlement does not confirm another; None: it does."""
    if confirmed is None or confirmed.place.party == settling.said.by:
        return Finding.UNKNOWN_SETTLEMENT
    if confirmed.counted is not None:
        return Finding.ALREADY_COUNTED
    if confirmed.dropped is not None:
        return Finding.ALREADY_DROPPED
    same = _what_it_says(confirmed.record) == _what_it_says(settling.body)
    return None if same else Finding.OTHER_SETTLEMENT


def _what_it_says(record: SettlementRecord) -> tuple[object, ...]:
    return record.order, record.method, record.currency, record.lines, record.against
