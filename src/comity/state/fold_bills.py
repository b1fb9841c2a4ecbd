# SPDX-License-Identifier: Apache-2.0
"""The fold of bills and balances: what is said of sums that both sides can work out.

Source: treaties.md 4.4 (elements 9 to 11), 4.5, U6; 10 U.S.C. 2342(f)
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.amounts import to_millionths
from comity.state.findings import Finding, Uncounted
from comity.state.fold_orders import finding, with_person
from comity.state.goods_bills import bill_days
from comity.state.goods_decisions import bill_asks, refuse_by_file
from comity.state.goods_settled import note_paper
from comity.state.goods_tallies import note_bill
from comity.state.queries_goods import billable_of, billed_lines, settlement_terms, today_of
from comity.state.records import Said
from comity.state.records_goods import BalanceRowSaid, InvoiceRow
from comity.state.state import State
from comity.statement.settlements import BalanceAgree, BalanceState, InvoiceIssue

_KIND: Final = "settlement"


def apply_invoice(state: State, said: Said, body: InvoiceIssue) -> Uncounted | None:
    """Take a bill of the provider's for receipts: of what is open in cash and not billed yet."""
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER, _KIND)
    if said.by != order.provider:
        return finding(state, said, Finding.NOT_THE_PROVIDER, _KIND)
    rows = [state.goods_receipts.get(place) for place in body.receipts]
    known = [row for row in rows if row is not None and row.order == order.place]
    if len(known) < len(rows):
        return finding(state, said, Finding.UNKNOWN_GOODS_RECEIPT, _KIND)
    terms = settlement_terms(state, order.version)
    before = bill_days(state, order, terms)
    worth: dict[str, int] = {}
    for row in known:
        asked = billable_of(state, order, row, today_of(state, said.at))
        if not asked and row.place in state.invoiced:
            return finding(state, said, Finding.ALREADY_INVOICED, _KIND)
        for currency, amount in asked.items():
            worth[currency] = worth.get(currency, 0) + amount
    total = to_millionths(body.total.amount)
    if worth != {body.total.currency: total}:
        return finding(state, said, Finding.OTHER_TOTAL, _KIND)
    person, lines = body.billing.person, billed_lines(state, order, known)
    refused = refuse_by_file(state, said, *bill_asks(order, person, lines))
    if refused is not None:
        return refused
    bill = InvoiceRow(
        said.place, said.at, order.place, body.number, body.receipts, body.total.currency, total
    )
    state.invoices.put(said.place, bill)
    for place in body.receipts:
        bills = state.billed_again if place in state.invoiced else state.invoiced
        bills.put(place, said.place)
    acted = with_person(order, said, person, Action.SETTLE, bills=True)
    state.orders.put(order.place, structs.replace(order, acted=acted))
    note_bill(state, order, terms, before, lines)
    note_paper(state, order.place, said.place)
    return None


def apply_balance(state: State, said: Said, body: BalanceState) -> Uncounted | None:
    """Take a party's word of the balance at the end of a day that is over."""
    if body.until >= today_of(state, said.at):
        return finding(state, said, Finding.BALANCE_LATER, "statement")
    state.balances.put(said.place, BalanceRowSaid(said.place, said.at, body))
    return None


def apply_agree(state: State, said: Said, body: BalanceAgree) -> Uncounted | None:
    """Take another party's answer to a balance, once."""
    stated = state.balances.get(body.balance)
    if stated is None or stated.place.party == said.by:
        return finding(state, said, Finding.UNKNOWN_BALANCE, "statement")
    if any(place.party == said.by for place, _ in stated.answers):
        return finding(state, said, Finding.ALREADY_ANSWERED, "statement")
    answers = (*stated.answers, (said.place, body))
    state.balances.put(stated.place, structs.replace(stated, answers=answers))
    return None
