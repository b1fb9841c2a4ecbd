# SPDX-License-Identifier: Apache-2.0
"""Orders as lists and pages show them: what the fold keeps, and what the statements describe."""

from __future__ import annotations

from typing import Any

from comity.basis.ids import AgreementId, Place, format_place
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.flows.context import Context
from comity.flows.support.finding import find_order
from comity.flows.support.orders import asked_lines
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.export_goods import invoice_json, order_json, settlement_json
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.state.tables import walk


async def read_orders(context: Context, agreement: AgreementId) -> list[dict[str, JsonValue]]:
    """List the orders as they stand now, without what the statements describe."""
    view = await read_view(context, agreement)
    at = view.moment(context)
    with view.fold.standing_at(at) as state:
        return [order_json(state, row, at) for _, row in sorted(state.orders.items())]


async def read_order(context: Context, agreement: AgreementId, place: Place) -> dict[str, Any]:
    """Give one order whole: described, with its deliveries, bills and settlements.

    Raises:
        StateError: no such order.
    """
    view = await read_view(context, agreement)
    order, at = find_order(view, place), view.moment(context)
    return await whole_order(context, view, order, view.fold.state, at)


async def whole_order(
    context: Context, view: View, order: PlacedOrder, state: State, at: Instant
) -> dict[str, Any]:
    """Give an order whole, as a state holds it at an instant."""
    row: dict[str, Any] = order_json(state, order, at)
    described = {each.line: each for each in await asked_lines(context, view, order)}
    for line in row["lines"]:
        said = described[line["line"]]
        line |= {"description": said.description, "stock": said.stock}
    papers = sorted(walk(state.papers_of.get(order.place)))
    bills = (state.invoices.get(each) for each in papers)
    settled = (state.settlements.get(each) for each in papers)
    return {
        **row,
        "order": f"{view.agreement_id}/{format_place(order.place)}",
        "invoices": [invoice_json(each) for each in bills if each is not None],
        "settlements": [settlement_json(each) for each in settled if each is not None],
    }
