# SPDX-License-Identifier: Apache-2.0
"""Orders, deliveries, receipts, bills, settlements and balances as JSON, sorted by place.

Descriptions stay in the statements; what is written here is what the fold keeps.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.export_lifecycle import nullable_instant, nullable_place
from comity.state.goods_balance import is_disputed
from comity.state.goods_disputes import disputes_told
from comity.state.queries_goods import (
    accounts_of,
    asks_cash,
    claims_at,
    is_agreed_since,
    settlement_terms,
    today_of,
)
from comity.state.records_goods import (
    BalanceRowSaid,
    DeliveredRow,
    InvoiceRow,
    PlacedOrder,
    ReceiptRow,
    SettlementRow,
)
from comity.state.state import State
from comity.state.tables import walk
from comity.statement.order_values import format_officer
from comity.statement.orders import format_acceptance, format_head
from comity.support.accounts import Claim, LineAccount, Owed
from comity.support.life import Life, life_of_line, life_of_order

_Row = dict[str, JsonValue]


def orders_json(state: State, at: Instant) -> list[JsonValue]:
    """Write the orders, each with its lines, how far they have come and what is owed for them."""
    return [order_json(state, row, at) for _, row in sorted(state.orders.items())]


def order_json(state: State, order: PlacedOrder, at: Instant) -> _Row:
    """Write one order as it stands at an instant."""
    lines = [_line_json(state, order, each, at) for each in accounts_of(state, order)]
    lives = [Life(str(each["life"])) for each in lines]
    matched = not any(each.unmatched for each in accounts_of(state, order))
    return {
        **_placed(order.place, order.at),
        "to": list(order.to),
        "version": order.version,
        "head": format_head(order.head),
        "acceptance": None if order.acceptance is None else format_acceptance(order.acceptance),
        "accepted_at": nullable_instant(order.accepted_at),
        "disputed_by": [*sorted({party for party, *_ in order.disputed})],
        "disputes": [
            {"by": place.party, "place": format_place(place), "lines": list(lines)}
            for place, lines in disputes_told(order)
        ],
        "life": life_of_order(lives, agreed=_is_agreed(state, order), matched=matched).value,
        "lines": [*lines],
        "deliveries": [
            delivery_json(state, row)
            for row in (state.deliveries.get(place) for place in order.deliveries)
            if row is not None
        ],
    }


def _line_json(state: State, order: PlacedOrder, account: LineAccount, at: Instant) -> _Row:
    claims = claims_at(state, order, account, at)
    today, disputed = today_of(state, at), is_disputed(order, account.line)
    life = life_of_line(account, claims, billed=_is_billed(state, order), declined=order.declined)
    rounding = settlement_terms(state, order.version).rounding
    return_by = account.return_by
    return {
        "line": account.line,
        "category": account.category,
        "nature": account.nature.value,
        "unit": account.unit,
        "asked": _number(account.asked),
        "return_by": None if return_by is None else format_date(Date.fromordinal(return_by)),
        "method": None if account.method is None else account.method.value,
        "price": _number(account.price) if account.currency else None,
        "currency": account.currency or None,
        "taxes": _number(account.taxes),
        "accepted": _number(account.accepted),
        "ended": _number(account.ended),
        "delivered": _number(account.delivered),
        "received": _number(account.received),
        "damaged": _number(account.damaged),
        "unmatched": _number(account.unmatched),
        "given_back": _number(account.given_back),
        "paid": _number(account.paid),
        "worth": _number(account.value(rounding)) if account.currency else None,
        "disputed": disputed,
        "life": life.value,
        "open": [_claim_json(account, each, today, disputed=disputed) for each in claims],
    }


def _claim_json(account: LineAccount, claim: Claim, today: Date, *, disputed: bool) -> _Row:
    in_kind = claim.owed is Owed.KIND
    return {
        "in": claim.owed.value,
        "open": _number(claim.open),
        "unit": account.unit if in_kind else None,
        "currency": None if in_kind else account.currency,
        "handed_over": format_date(claim.on),
        "due": None if claim.due is None else format_date(claim.due),
        "late": claim.due is not None and today > claim.due and not disputed,
        "converted": claim.converted,
    }


def deliveries_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the deliveries, each with its receipt and the claim that it made."""
    return [delivery_json(state, row) for _, row in sorted(state.deliveries.items())]


def delivery_json(state: State, row: DeliveredRow) -> _Row:
    """Write one delivery."""
    place = state.receipt_of.get(row.place)
    receipt = None if place is None else state.goods_receipts.get(place)
    order = state.orders.get(row.order)
    others = () if order is None else (state.goods_receipts.get(each) for each in order.further)
    further = (each for each in others if each is not None)
    return {
        **_placed(row.place, row.at),
        "order": format_place(row.order),
        "number": row.number,
        "on": format_date(row.on),
        "lines": _quantities(row.lines),
        "receipt": None if receipt is None else _receipt_json(state, receipt),
        "further": [_receipt_json(state, each) for each in further if each.delivery == row.place],
    }


def _receipt_json(state: State, row: ReceiptRow) -> _Row:
    return {
        **_placed(row.place, row.at),
        "lines": _quantities(row.lines),
        "damaged": _quantities(row.damaged),
        "worth": [
            {"currency": currency, "amount": _number(amount)} for currency, amount in row.worth
        ],
        "claim": nullable_place(state.claims.get(row.place)),
        "invoice": nullable_place(state.invoiced.get(row.place)),
    }


def invoices_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the bills."""
    return [invoice_json(row) for _, row in sorted(state.invoices.items())]


def invoice_json(row: InvoiceRow) -> _Row:
    """Write one bill."""
    return {
        **_placed(row.place, row.at),
        "number": row.number,
        "order": format_place(row.order),
        "receipts": [format_place(each) for each in row.receipts],
        "total": _number(row.total),
        "currency": row.currency,
    }


def settlements_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the settlements, each with the statement by which it counts; null: it is claimed."""
    return [settlement_json(row) for _, row in sorted(state.settlements.items())]


def settlement_json(row: SettlementRow) -> _Row:
    """Write one settlement."""
    said = row.record.to_json()
    return {
        **_placed(row.place, row.at),
        **{key: said[key] for key in said if key not in ("parcel", "acting")},
        "acting": format_officer(row.record.acting),
        "counted": nullable_place(row.counted),
        "dropped": nullable_place(row.dropped),
        "approved_by": [*approved_by(row)],
    }


def approved_by(row: SettlementRow) -> tuple[PartyId, ...]:
    """Give who has said a settlement: an offset asks for both. Source: 10 U.S.C. 2345(c)"""
    said = (row.place, row.record.confirms, row.counted)
    return tuple(sorted({place.party for place in said if place is not None}))


def balances_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the balances that were stated, and what the others said to them."""
    return [_balance_json(row) for _, row in sorted(state.balances.items())]


def _balance_json(row: BalanceRowSaid) -> _Row:
    return {
        **_placed(row.place, row.at),
        **row.state.to_json(),
        "answers": [
            {
                "by": place.party,
                "place": format_place(place),
                "agreed": not answer.differs,
                "differs": answer.to_json()["differs"],
            }
            for place, answer in row.answers
        ],
    }


def exercises_json(state: State, _at: Instant) -> list[JsonValue]:
    """Write the exercises that orders hang on."""
    return [
        {"exercise": name, "orders": [format_place(each) for each in places]}
        for name, chain in sorted(state.exercises.items(), key=lambda row: row[0])
        for places in [sorted(walk(chain))]
    ]


def _is_billed(state: State, order: PlacedOrder) -> bool:
    """Answer whether all that came and was to be paid in cash is on a bill."""
    receipts = (*(state.receipt_of.get(place) for place in order.deliveries), *order.further)
    return all(
        each is not None and (each in state.invoiced or not asks_cash(state, order, each))
        for each in receipts
    )


def _is_agreed(state: State, order: PlacedOrder) -> bool:
    """Answer whether both ends agreed a balance of all that was said of an order."""
    papers = (state.settlements.get(each) for each in walk(state.papers_of.get(order.place)))
    latest = max((row.at for row in papers if row is not None), default=order.at)
    return is_agreed_since(state, order, latest)


def _quantities(lines: Iterable[tuple[int, int]]) -> list[JsonValue]:
    return [{"line": line, "quantity": _number(quantity)} for line, quantity in lines]


def _placed(place: Place, at: Instant) -> _Row:
    party: PartyId = place.party
    return {"place": format_place(place), "by": party, "at": format_instant(at)}


def _number(count: int) -> str:
    return format_decimal(from_millionths(count))
