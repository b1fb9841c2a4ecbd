# SPDX-License-Identifier: Apache-2.0
"""Orders the newest first, by how far they have come and whose turn it is; in pages.

Nobody must accept an order: that it is somebody's turn obliges to nothing.
Source: treaties.md 4.4, A16
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_goods_listing
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.export_goods import order_json
from comity.state.goods_bills import receipts_of
from comity.state.queries_goods import (
    accounts_of,
    billable_of,
    claims_at,
    is_left_short,
    today_of,
)
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.state.tables import walk
from comity.support.life import Life

SHEETS_MAX: Final = 8
"""An order of more sheets is listed without how far it has come: its own page says that."""
_LINES_A_LOOK: Final = 8
"""Of an order's lines so many cost as much as an entry that is looked at."""


class Step(StrEnum):
    """What is done next with an order."""

    ANSWER = "answer"
    DELIVER = "deliver"
    GIVE_UP = "give_up"
    RECEIPT = "receipt"
    BILL = "bill"
    SETTLE = "settle"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, to do what."""

    step: Step
    by: PartyId


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What is looked for; None: whatever there is. `number` is a document number, `turn` a party's.

    `by` asks or provides.
    """

    life: Life | None = None
    turn: PartyId | None = None
    by: PartyId | None = None
    number: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a list shows it; `life` None: it has too many lines for a list to say."""

    order: PlacedOrder
    lines: int
    life: Life | None
    turns: tuple[Turn, ...]


async def search_orders(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    wish: OrderWish,
    before: Mapping[PartyId, int],
    *,
    limit: int,
) -> Found[OrderRow] | Refused:
    """Find orders of an agreement, the newest first; every party to it may know of all of them."""
    view = await read_view(context, agreement)
    allowed = allow_goods_listing(await find_person(context, person))
    if isinstance(allowed, Refused):
        return allowed
    state, at = view.fold.state, view.moment(context)
    if wish.number is not None or wish.place is not None:
        named = [order_row(state, each, at) for each in _named(view, wish)]
        rows = tuple(each for each in named if _fits(each, wish))
        return Found(rows[:limit], None)
    rows_found: dict[Place, OrderRow] = {}

    async def fits(order: PlacedOrder) -> bool:
        row = order_row(state, order, at)
        going.left -= row.lines // _LINES_A_LOOK
        if _fits(row, wish):
            rows_found[order.place] = row
        return order.place in rows_found

    going = NewestFirst(context, view, state.orders.get, fits, before)
    return await going.page(limit, lambda order: rows_found[order.place])


def order_row(state: State, order: PlacedOrder, at: Instant) -> OrderRow:
    """Give an order as a list shows it at an instant."""
    if len(order.sheets) > SHEETS_MAX:
        return OrderRow(order, 0, None, ())
    row = order_json(state, order, at)
    lines = row["lines"]
    count = len(lines) if isinstance(lines, list) else 0
    turns = tuple(dict.fromkeys(turns_of(state, order, at)))
    return OrderRow(order, count, Life(str(row["life"])), turns)


def turns_of(state: State, order: PlacedOrder, at: Instant) -> Iterator[Turn]:
    """Say whose turn it is: to answer, hand over, give up, receipt, bill, settle, or confirm.

    What came short and was cancelled by its requester is given up by its provider, who alone ends
    that it is unmatched; until then the order is reconciled, and not closed.
    """
    accounts = tuple(accounts_of(state, order))
    if any(each.open_to_accept for each in accounts):
        yield Turn(Step.ANSWER, order.provider)
    if any(each.open_to_deliver for each in accounts):
        yield Turn(Step.DELIVER, order.provider)
    if is_left_short(accounts):
        yield Turn(Step.GIVE_UP, order.provider)
    if any(each not in state.receipt_of for each in order.deliveries):
        yield Turn(Step.RECEIPT, order.requester)
    today = today_of(state, at)
    for receipt in receipts_of(state, order):
        if billable_of(state, order, receipt, today):
            yield Turn(Step.BILL, order.provider)
    if any(claims_at(state, order, each, at) for each in accounts):
        yield Turn(Step.SETTLE, order.requester)
    ends = (order.requester, order.provider)
    for place in walk(state.papers_of.get(order.place)):
        said = state.settlements.get(place)
        if said is not None and said.counted is None and said.dropped is None:
            yield from (Turn(Step.CONFIRM, each) for each in ends if each != place.party)


def _named(view: View, wish: OrderWish) -> Iterator[PlacedOrder]:
    state = view.fold.state
    numbers = state.order_numbers
    places: list[Place | None] = [wish.place]
    if wish.number is not None:
        places += [numbers.get((party, wish.number)) for party in view.heads]
    found = (state.orders.get(each) for each in dict.fromkeys(places) if each is not None)
    yield from (each for each in found if each is not None)


def _fits(row: OrderRow, wish: OrderWish) -> bool:
    """Answer whether an order is looked for; one of too many lines fits whatever life or turn."""
    ends = (row.order.requester, row.order.provider)
    if wish.by is not None and wish.by not in ends:
        return False
    if row.life is None:
        return True
    if wish.life is not None and row.life is not wish.life:
        return False
    return wish.turn is None or any(each.by == wish.turn for each in row.turns)
