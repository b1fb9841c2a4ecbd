# SPDX-License-Identifier: Apache-2.0
"""Orders, deliveries, settlements and balances found in a view, and the file asked about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from comity.basis.errors import StateError
from comity.basis.ids import PartyId, Place
from comity.decision.house import GOODS_OFFICES, SETTLING_OFFICES
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.context import Context
from comity.flows.view import View
from comity.state.goods_decisions import Asked, Settling, request_for
from comity.state.queries_goods import find_line
from comity.state.records_goods import BalanceRowSaid, DeliveredRow, PlacedOrder, SettlementRow
from comity.state.tables import Table
from comity.statement.orders import Method
from comity.support.accounts import IN_KIND, LineAccount

_Row = TypeVar("_Row")


def find_order(view: View, place: Place) -> PlacedOrder:
    """Return an order.

    Raises:
        StateError: no such order was asked for.
    """
    return _find(view, view.fold.state.orders, place, "order")


def find_delivery(view: View, place: Place) -> DeliveredRow:
    """Return a delivery.

    Raises:
        StateError: no such delivery was made.
    """
    return _find(view, view.fold.state.deliveries, place, "delivery")


def find_settlement(view: View, place: Place) -> SettlementRow:
    """Return a settlement as one side said it.

    Raises:
        StateError: no such settlement was said.
    """
    return _find(view, view.fold.state.settlements, place, "settlement")


def find_balance(view: View, place: Place) -> BalanceRowSaid:
    """Return a balance that a party stated.

    Raises:
        StateError: no such balance was stated.
    """
    return _find(view, view.fold.state.balances, place, "balance")


def _find(view: View, rows: Table[Place, _Row], place: Place, what: str) -> _Row:
    row = rows.get(place)
    if row is None:
        raise StateError(
            f"{what}.unknown",
            f"there is no such {what}",
            where=view.agreement_id,
            found=str(place),
            hint=f"list what there is: comity {what} list",
        )
    return row


def lines_of(view: View, order: PlacedOrder, lines: Iterable[int]) -> tuple[LineAccount, ...]:
    """Give the accounts of those lines that the order has."""
    found = (find_line(view.fold.state, order, line) for line in lines)
    return tuple(each for each in found if each is not None)


def offices_for(method: Method) -> frozenset[Role]:
    """Give whose office settles so: what goes back in kind is a matter of supply too."""
    return GOODS_OFFICES if method in IN_KIND else SETTLING_OFFICES


def other_end(view: View, order: PlacedOrder) -> tuple[PartyId, ...]:
    """Give whom a word about an order is for: its other end."""
    return tuple(sorted({order.requester, order.provider} - {view.own}))


def ask_file(
    context: Context, view: View, asked: Asked, settling: Settling | None = None
) -> Allowed | Refused:
    """Ask the file of the order about an act, on the very facts that both nodes fold it by.

    Source: treaties.md A1 to A10
    """
    at = view.moment(context)
    with view.fold.standing_at(at) as state:
        request = request_for(state, view.own, at, asked, settling)
    return allow(view.file(asked.order.version), request)
