# SPDX-License-Identifier: Apache-2.0
"""The fold of deliveries: what is handed over, what is receipted, and the claim that it makes.

Source: treaties.md 4.4 (elements 6, 15, 21, 25), A12
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from msgspec import structs

from comity.agreement.acts import Action
from comity.basis.amounts import to_millionths
from comity.basis.ids import Place
from comity.basis.instants import Date
from comity.basis.limits import ORDER_DELIVERIES_MAX, ORDER_LINES_MAX
from comity.state.findings import Finding, Uncounted
from comity.state.fold_orders import finding, with_person
from comity.state.goods_bills import receipts_of
from comity.state.goods_decisions import Asked, refuse_by_file
from comity.state.goods_settled import note_settled
from comity.state.queries_goods import asks_cash, find_line, put_lines, settlement_terms, today_of
from comity.state.records import Said
from comity.state.records_goods import DeliveredRow, LoanRow, PlacedOrder, ReceiptRow
from comity.state.state import State
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveryBody,
    DeliveryMake,
    DeliveryReceipt,
)
from comity.support.accounts import LineAccount, Owed, arrived, handed_over, owed_in


def apply_delivery(state: State, said: Said, body: DeliveryBody) -> Uncounted | None:
    """Apply a statement about a delivery."""
    match body:
        case DeliveryMake():
            return apply_make(state, said, body)
        case DeliveryReceipt():
            return apply_goods_receipt(state, said, body)
        case ClaimNotice():
            return apply_claim(state, said, body)
        case _:
            assert_never(body)


def apply_make(state: State, said: Said, body: DeliveryMake) -> Uncounted | None:
    """Take the provider's word that it handed over some of what it accepted.

    What came short or damaged is handed over again on its line.
    """
    order = state.orders.get(body.order)
    if order is None:
        return finding(state, said, Finding.UNKNOWN_ORDER)
    if said.by != order.provider:
        return finding(state, said, Finding.NOT_THE_PROVIDER)
    if len(order.deliveries) >= ORDER_DELIVERIES_MAX:
        return finding(state, said, Finding.TOO_MANY_DELIVERIES)
    if _has_number(state, order, body):
        return finding(state, said, Finding.DELIVERY_NUMBER_TWICE)
    if not today_of(state, order.at) <= body.on <= today_of(state, said.at):
        return finding(state, said, Finding.DELIVERY_LATER)
    accounts: dict[int, LineAccount] = {}
    lines = []
    for each in body.lines:
        account = find_line(state, order, each.line)
        if account is None:
            return finding(state, said, Finding.UNKNOWN_LINE)
        quantity = to_millionths(each.quantity)
        if quantity > account.open_to_deliver:
            return finding(state, said, Finding.DELIVERED_BEYOND)
        accounts[each.line] = handed_over(account, quantity)
        lines.append((each.line, quantity))
    asked = Asked(Action.DELIVER, order, body.issuing.person, tuple(accounts.values()))
    refused = refuse_by_file(state, said, asked)
    if refused is not None:
        return refused
    put_lines(state, order, accounts)
    acted = with_person(order, said, body.issuing.person, Action.DELIVER)
    deliveries = (*order.deliveries, said.place)
    state.orders.put(order.place, structs.replace(order, acted=acted, deliveries=deliveries))
    row = DeliveredRow(said.place, said.at, order.place, body.number, body.on, tuple(lines))
    state.deliveries.put(said.place, row)
    state.unanswered.put(said.place, order.place)
    return None


def _has_number(state: State, order: PlacedOrder, body: DeliveryMake) -> bool:
    """Answer whether another paper of an order bears the number of this one.

    A paper of more lines than one statement holds is said in several, one after the other, full but
    the last, the lines rising; all of them bear its number. Source: treaties.md 4.4 (element 16)
    """
    found = (state.deliveries.get(place) for place in order.deliveries)
    made = [row for row in found if row is not None]
    if all(row.number != body.number for row in made):
        return False
    last = made[-1]
    return not (
        (last.number, last.on) == (body.number, body.on)
        and len(last.lines) == ORDER_LINES_MAX
        and last.lines[-1][0] < body.lines[0].line
    )


def apply_goods_receipt(state: State, said: Said, body: DeliveryReceipt) -> Uncounted | None:
    """Take the requester's word of what came: from here on it owes for it.

    What it does not name did not come; what came damaged is shown and not owed. A further receipt
    of a delivery says what had come of it beside, and was missing since.
    """
    delivery = state.deliveries.get(body.delivery)
    order = None if delivery is None else state.orders.get(delivery.order)
    if delivery is None or order is None:
        return finding(state, said, Finding.UNKNOWN_DELIVERY, "receipt")
    if said.by != order.requester:
        return finding(state, said, Finding.NOT_THE_REQUESTER, "receipt")
    is_further = delivery.place in state.receipt_of
    if is_further and not body.lines:
        return finding(state, said, Finding.GOODS_RECEIPTED, "receipt")
    if is_further and len(order.further) >= ORDER_DELIVERIES_MAX:
        return finding(state, said, Finding.TOO_MANY_DELIVERIES, "receipt")
    if not delivery.on <= body.on <= today_of(state, said.at):
        return finding(state, said, Finding.DELIVERY_LATER, "receipt")
    most = to_receipt(state, order, delivery)
    if any(to_millionths(each.quantity) > most.get(each.line, 0) for each in body.lines):
        beyond = Finding.GOODS_RECEIPTED if is_further else Finding.RECEIVED_BEYOND
        return finding(state, said, beyond, "receipt")
    refused = refuse_by_file(
        state,
        said,
        Asked(Action.DELIVER, order, body.receiving.person, _named(state, order, delivery)),
    )
    if refused is not None:
        return refused
    _take(state, said, body, order, delivery)
    return None


def to_receipt(state: State, order: PlacedOrder, delivery: DeliveredRow) -> dict[int, int]:
    """Give how much of each line a receipt of a delivery may name.

    That is what was handed over; once it is receipted, what of that is missing.
    """
    rest = dict(delivery.lines)
    if delivery.place not in state.receipt_of:
        return rest
    for row in receipts_of(state, order):
        for line, quantity in (*row.lines, *row.damaged) if row.delivery == delivery.place else ():
            rest[line] -= quantity
    return {
        each.line: min(rest[each.line], each.missing) for each in _named(state, order, delivery)
    }


def _take(
    state: State, said: Said, body: DeliveryReceipt, order: PlacedOrder, delivery: DeliveredRow
) -> None:
    rounding = settlement_terms(state, order.version).rounding
    worth: dict[str, int] = {}
    good, damaged = [], []
    nth, further = order.deliveries.index(delivery.place), order.further
    accounts = {each.line: each for each in _named(state, order, delivery)}
    if delivery.place in state.receipt_of:
        nth, further = ORDER_DELIVERIES_MAX + len(further), (*further, said.place)
    else:
        accounts = _answered(state, order, delivery)
        state.receipt_of.put(delivery.place, said.place)
    for each in body.lines:
        account = accounts[each.line]
        quantity = to_millionths(each.quantity)
        if each.condition is Condition.DAMAGED:
            damaged.append((each.line, quantity))
            accounts[each.line] = structs.replace(account, damaged=account.damaged + quantity)
            continue
        good.append((each.line, quantity))
        came = arrived(account, nth, delivery.on, quantity)
        accounts[each.line] = came
        # The parts make up the whole, however they are rounded.
        more = came.value(rounding) - account.value(rounding)
        worth[account.currency] = worth.get(account.currency, 0) + more
    put_lines(state, order, accounts)
    acted = with_person(order, said, body.receiving.person, Action.DELIVER)
    state.orders.put(order.place, structs.replace(order, acted=acted, further=further))
    row = ReceiptRow(
        said.place,
        said.at,
        delivery.place,
        order.place,
        delivery.on,
        tuple(good),
        tuple(damaged),
        tuple(sorted(worth.items())),
        loans=tuple(_loans(order.place, delivery.on, (accounts[line] for line, _ in good))),
        nth=nth,
    )
    state.goods_receipts.put(said.place, row)
    state.unanswered.drop(delivery.place)
    state.unsettled.put(said.place, order.place)
    note_settled(state, said, order.place)


def _loans(order: Place, on: Date, came: Iterable[LineAccount]) -> Iterator[LoanRow]:
    """Give what came on loan, by the day of return. Source: treaties.md U7; 10 U.S.C. 2350(4)"""
    days: dict[int, list[int]] = {}
    for each in came:
        if each.return_by is not None and owed_in(each) is Owed.KIND:
            days.setdefault(each.return_by, []).append(each.line)
    for day, lines in sorted(days.items()):
        yield LoanRow(order, on, Date.fromordinal(day), tuple(sorted(lines)))


def _answered(state: State, order: PlacedOrder, delivery: DeliveredRow) -> dict[int, LineAccount]:
    """Give the accounts of a delivery's lines once it is receipted, whatever came of them."""
    handed = dict(delivery.lines)
    return {
        each.line: structs.replace(each, answered=each.answered + handed[each.line])
        for each in _named(state, order, delivery)
    }


def apply_claim(state: State, said: Said, body: ClaimNotice) -> Uncounted | None:
    """Take word that a claim exists and who collects it: as the acceptance named the officer."""
    receipt = state.goods_receipts.get(body.receipt)
    order = None if receipt is None else state.orders.get(receipt.order)
    if receipt is None or order is None or order.acceptance is None:
        return finding(state, said, Finding.UNKNOWN_GOODS_RECEIPT, "settlement")
    if said.by != order.requester:
        return finding(state, said, Finding.NOT_THE_REQUESTER, "settlement")
    if receipt.place in state.claims:
        return finding(state, said, Finding.ALREADY_CLAIMED, "settlement")
    if body.collector != order.acceptance.collects:
        return finding(state, said, Finding.OTHER_COLLECTOR, "settlement")
    state.claims.put(receipt.place, said.place)
    if asks_cash(state, order, receipt.place):
        # What is owed in kind is not billed: no bill is due for it.
        state.claim_of.put(said.place, (said.at, receipt.place))
    return None


def _named(state: State, order: PlacedOrder, delivery: DeliveredRow) -> tuple[LineAccount, ...]:
    found = (find_line(state, order, line) for line, _ in delivery.lines)
    return tuple(each for each in found if each is not None)
