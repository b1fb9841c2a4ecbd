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
from comity.basis.amounts import to_millionths
from comity.state.findings import Finding, Uncounted
from comity.state.fold_bills import apply_agree, apply_balance, apply_invoice
from comity.state.fold_claims import apply_drop
from comity.state.fold_orders import finding, with_person
from comity.state.goods_decisions import refuse_by_file, settling_by
from comity.state.goods_settled import note_paper, note_settled
from comity.state.queries_goods import (
    accounts_of,
    ends_of_order,
    find_line,
    put_lines,
    settlement_terms,
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
    SettledLine,
    SettlementBody,
    SettlementDrop,
    SettlementRecord,
)
from comity.support.accounts import (
    IN_KIND,
    LineAccount,
    Owed,
    amount_of,
    claims_of,
    is_overpaid,
)

_KIND: Final = "settlement"
_BY_BOTH: Final = frozenset({Method.OFFSET, Method.CONVERTED})

Settled = tuple[tuple[PlacedOrder, dict[int, LineAccount]], ...]
"""The accounts as they stand once a settlement counts, by order."""


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

    def open_in(self, account: LineAccount, kinds: tuple[Owed, ...]) -> int:
        """Give what was owed in one of these ways on the day of the settlement."""
        terms, day = settlement_terms(self.state, self.order.version), self.body.on
        claims = claims_of(account, terms, day)
        return sum(each.open for each in claims if each.owed in kinds and each.on <= day)


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
    settled = _settled(settling)
    if isinstance(settled, Finding):
        return settling.refuse(settled)
    refused = refuse_by_file(state, said, *settling_by(order, body, tuple(settled[0][1].values())))
    if refused is None:
        _take(settling, confirmed, settled)
    return refused


def _take(settling: _Settling, confirmed: SettlementRow | None, settled: Settled) -> None:
    state, said, body, order = settling.state, settling.said, settling.body, settling.order
    by_both = confirmed is not None if body.method in _BY_BOTH else said.by == order.provider
    counted = said.place if by_both else None
    row = SettlementRow(said.place, said.at, said.version, body, counted)
    state.settlements.put(said.place, row)
    note_paper(state, order.place, said.place)
    acted = with_person(order, said, body.acting.person, Action.SETTLE)
    state.orders.put(order.place, structs.replace(order, acted=acted))
    if counted is None:
        state.claimed.put(said.place, order.place)
        return
    if confirmed is not None:
        state.settlements.put(confirmed.place, structs.replace(confirmed, counted=said.place))
        state.claimed.drop(confirmed.place)
    for each, accounts in settled:
        put_lines(state, each, accounts)
        note_settled(state, said, each.place)


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


def _settled(settling: _Settling) -> Settled | Finding:
    """Work out the accounts after a settlement, or say what is wrong with its figures."""
    terms = settlement_terms(settling.state, settling.order.version)
    accounts: dict[int, LineAccount] = {}
    total = 0
    for each in settling.body.lines:
        account = find_line(settling.state, settling.order, each.line)
        if account is None:
            return Finding.UNKNOWN_LINE
        if each.amount is not None and settling.body.currency != account.currency:
            return Finding.CURRENCY
        after = _settle_line(settling, each, account)
        if isinstance(after, Finding):
            return after
        if is_overpaid(after, terms):
            return Finding.SETTLED_BEYOND
        accounts[each.line] = after
        total += after.paid - account.paid
    if settling.body.method is not Method.OFFSET:
        return ((settling.order, accounts),)
    other = _taken_from(settling, total)
    return other if isinstance(other, Finding) else ((settling.order, accounts), other)


def _settle_line(
    settling: _Settling, line: SettledLine, account: LineAccount
) -> LineAccount | Finding:
    match settling.body.method:
        case Method.RETURN | Method.REPLACEMENT_IN_KIND:
            return _give_back(settling, line, account)
        case Method.CONVERTED:
            return _convert(settling, line, account)
        case Method.CASH | Method.EQUAL_VALUE | Method.OFFSET:
            return _pay(settling, line, account)
        case _:
            assert_never(settling.body.method)


def _give_back(
    settling: _Settling, line: SettledLine, account: LineAccount
) -> LineAccount | Finding:
    """Give back a quantity of what was owed in kind on that day: by its own kind and unit."""
    if line.quantity is None or line.amount is not None or line.price is not None:
        return Finding.SETTLED_FIGURES
    if account.method not in IN_KIND:
        return Finding.SETTLED_OTHERWISE
    quantity = to_millionths(line.quantity)
    if quantity > settling.open_in(account, (Owed.KIND,)):
        return Finding.SETTLED_BEYOND
    return structs.replace(account, given_back=account.given_back + quantity)


def _convert(settling: _Settling, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    """Take the price of the day for a debt in kind that has become one in cash."""
    if line.price is None or line.quantity is not None or line.amount is not None:
        return Finding.SETTLED_FIGURES
    if account.method not in IN_KIND or not settling.open_in(account, (Owed.CASH,)):
        return Finding.NOT_CONVERTED
    return structs.replace(account, day_price=to_millionths(line.price))


def _pay(settling: _Settling, line: SettledLine, account: LineAccount) -> LineAccount | Finding:
    """Pay an amount; of what is still owed in kind, a quantity at its price in the amount."""
    if line.amount is None or line.price is not None:
        return Finding.SETTLED_FIGURES
    method, amount = settling.body.method, to_millionths(line.amount)
    if line.quantity is not None:
        return _pay_for(settling, account, to_millionths(line.quantity), amount)
    kinds = (Owed.EQUAL_VALUE, Owed.CASH) if method is Method.EQUAL_VALUE else (Owed.CASH,)
    owed = settling.open_in(account, kinds)
    if not owed and settling.open_in(account, tuple(Owed)):
        return Finding.SETTLED_OTHERWISE
    if amount > owed:
        return Finding.SETTLED_BEYOND
    return structs.replace(account, paid=account.paid + amount)


def _pay_for(
    settling: _Settling, account: LineAccount, quantity: int, amount: int
) -> LineAccount | Finding:
    """Pay for a quantity that is still owed in kind. Source: treaties.md A9 (3)"""
    rounding = settlement_terms(settling.state, settling.order.version).rounding
    in_kind = settling.open_in(account, (Owed.KIND,))
    if settling.body.method is not Method.CASH or not in_kind:
        return Finding.SETTLED_OTHERWISE
    if quantity > in_kind:
        return Finding.SETTLED_BEYOND
    if amount != amount_of(quantity, account.price, account.currency, rounding):
        return Finding.SETTLED_FIGURES
    return structs.replace(account, given_back=account.given_back + quantity)


def _taken_from(
    settling: _Settling, total: int
) -> tuple[PlacedOrder, dict[int, LineAccount]] | Finding:
    """Take a total from an order of the other direction, its first lines first."""
    against, order = settling.body.against, settling.order
    other = None if against is None else settling.state.orders.get(against)
    if other is None or (other.requester, other.provider) != (order.provider, order.requester):
        return Finding.UNKNOWN_ORDER
    left, taken = total, {}
    for account in accounts_of(settling.state, other):
        part = 0
        if account.currency == settling.body.currency:
            part = min(left, settling.open_in(account, (Owed.CASH,)))
        if part:
            taken[account.line] = structs.replace(account, paid=account.paid + part)
            left -= part
    return Finding.SETTLED_BEYOND if left else (other, taken)
