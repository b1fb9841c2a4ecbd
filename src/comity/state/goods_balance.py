# SPDX-License-Identifier: Apache-2.0
"""What is owed between the parties at an instant: by currency, by kind, line by line, how late.

Worked out from the accounts of lines alone, so that two nodes with the same registers find the same
to the last digit. Each debt of one party is a claim of another: what is owed adds up to nothing.
Source: treaties.md 4.5, U5; 10 U.S.C. 2342(h), 2345
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from comity.basis.amounts import format_decimal, from_millionths
from comity.basis.ids import PartyId, Place, format_place
from comity.basis.instants import Date, Instant, format_date, format_instant
from comity.basis.strict_json import JsonValue
from comity.state.goods_tallies import sums_at
from comity.state.queries_goods import (
    accounts_of,
    claims_at,
    today_of,
)
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.support.accounts import Claim, LineAccount, Owed


class OpenLine(Struct, frozen=True, gc=False):
    """What is open of one line: who owes whom, since when, by when, and whether it is disputed."""

    order: Place
    line: int
    debtor: PartyId
    creditor: PartyId
    category: str
    unit: str
    currency: str
    claim: Claim
    disputed: bool


class UnmatchedLine(Struct, frozen=True, gc=False):
    """A line on which the two sides differ: how much nobody has receipted, and how much is missing.

    `damaged` came, and is among the missing: it is not owed for.
    """

    order: Place
    line: int
    unit: str
    delivered: int
    received: int
    awaited: int
    missing: int
    damaged: int


def open_lines(state: State, instant: Instant) -> Iterator[OpenLine]:
    """Give everything that is open at an instant, by order, line and arrival."""
    for place in sorted(state.owing.keys()):
        order = state.orders.get(place)
        yield from () if order is None else open_lines_of(state, order, instant)


def open_lines_of(state: State, order: PlacedOrder, instant: Instant) -> Iterator[OpenLine]:
    """Give what is open of one order at an instant."""
    for account in accounts_of(state, order):
        for claim in claims_at(state, order, account, instant):
            yield OpenLine(
                order.place,
                account.line,
                order.requester,
                order.provider,
                account.category,
                account.unit,
                account.currency,
                claim,
                is_disputed(order, account.line),
            )


def unmatched_lines(state: State) -> Iterator[UnmatchedLine]:
    """Give each line of which more was handed over than was receipted in good condition."""
    for (place, _), account in sorted(state.unmatched.items()):
        yield _unmatched(place, account)


def balance_json(state: State, instant: Instant) -> dict[str, JsonValue]:
    """Write the balance at an instant: sums by debtor, creditor and kind, and what differs.

    What it costs does not grow with the number of orders that are settled.
    """
    sums = sums_at(state, today_of(state, instant))
    return {
        "agreement": state.agreement_id,
        "at": format_instant(instant),
        "owed": [
            {
                "by": debtor,
                "to": creditor,
                "in": kind.value,
                "category": category or None,
                "unit": measure if kind is Owed.KIND else None,
                "currency": None if kind is Owed.KIND else measure,
                "open": _number(open_),
                "late": _number(late),
            }
            for (debtor, creditor, kind, category, measure), (open_, late) in sorted(sums.items())
        ],
        "unmatched": [
            {
                "order": format_place(each.order),
                "line": each.line,
                "unit": each.unit,
                "delivered": _number(each.delivered),
                "received": _number(each.received),
                "awaited": _number(each.awaited),
                "missing": _number(each.missing),
                "damaged": _number(each.damaged),
            }
            for each in unmatched_lines(state)
        ],
        "claimed": [
            {"settlement": format_place(place), "order": format_place(order)}
            for place, order in sorted(state.claimed.items())
        ],
    }


def open_line_json(each: OpenLine, today: Date) -> dict[str, JsonValue]:
    """Write one open line."""
    due = each.claim.due
    return {
        "order": format_place(each.order),
        "line": each.line,
        "by": each.debtor,
        "to": each.creditor,
        "category": each.category,
        "in": each.claim.owed.value,
        "open": _number(each.claim.open),
        "unit": each.unit if each.claim.owed is Owed.KIND else None,
        "currency": None if each.claim.owed is Owed.KIND else each.currency,
        "handed_over": format_date(each.claim.on),
        "due": None if due is None else format_date(due),
        "late": is_late(each, today),
        "converted": each.claim.converted,
        "disputed": each.disputed,
    }


def is_late(each: OpenLine, today: Date) -> bool:
    """Say whether a debt is past its last day; one that is disputed is not called late."""
    return _is_past(each.claim, today) and not each.disputed


def _is_past(claim: Claim, today: Date) -> bool:
    return claim.due is not None and today > claim.due


def _unmatched(order: Place, account: LineAccount) -> UnmatchedLine:
    return UnmatchedLine(
        order,
        account.line,
        account.unit,
        account.delivered,
        account.received,
        account.awaited,
        account.missing,
        account.damaged,
    )


def is_disputed(order: PlacedOrder, line: int) -> bool:
    """Say whether either side disputes a line."""
    return order.dispute_of(line) is not None


def _number(count: int) -> str:
    return format_decimal(from_millionths(count))
