# SPDX-License-Identifier: Apache-2.0
"""Orders: asked, accepted, declined, cancelled, disputed; each by an office, decided by the file.

Names, titles, signatures and special needs are payload; nobody must provide anything.
Source: treaties.md A1 to A11, A14, A16, 4.4
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from comity.agreement.acts import Action
from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.limits import KIB, ORDER_LINES_MAX
from comity.basis.strict_json import format_json
from comity.decision.house import GOODS_OFFICES, ORDERING_OFFICES
from comity.decision.stages import Allowed, Refused
from comity.flows.cases.speaking import Saying, preparing, refuse_role, say_case
from comity.flows.context import Context
from comity.flows.enclosures import Text, seal_text
from comity.flows.speak import Entered, Prepare, Unsaid, Utterance
from comity.flows.speaker import say_all
from comity.flows.support.finding import ask_file, find_order, lines_of, other_end
from comity.flows.support.parts import say_parts, sheets_of
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.state.fold_orders import asked_for, lacking_in
from comity.state.goods_decisions import Asked
from comity.state.records_goods import PlacedOrder
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    OrderAccept,
    OrderCancel,
    OrderDecline,
    OrderDispute,
    OrderHead,
    OrderLine,
    OrderRequest,
)

_SHEET_BYTES_MAX: Final = 40 * KIB
"""What the lines of one statement may take; the rest of its bytes is for head and envelope."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for, by whom, with the text that goes sealed beside it."""

    head: OrderHead
    lines: tuple[OrderLine, ...]
    text: Text | None = None


async def ask_order(
    context: Context, agreement: AgreementId, asking: Asking
) -> tuple[Entered, ...] | Refused:
    """Ask a party for goods and services; what one statement does not hold, further ones continue.

    1. the role: a refusal is journalled, and nothing is sealed;
    2. the text is sealed;
    3. the file decides on each sheet, and all of them are entered in one commit.

    Raises:
        InputError: no line is asked for.
        NotCounted: it would not count, so it was not said.

    Source: treaties.md A1, A3 to A7, 10 U.S.C. 2342(f)
    """
    sheets = tuple(_sheets(asking.lines))
    if not sheets:
        raise InputError("order.no-lines", "an order asks for something", expected="a line")
    first = _sheet(context, asking, OrderRequest(asking.head, None, sheets[0]), asking.text)
    refused = await refuse_role(context, agreement, first)  # 1
    if refused is not None:
        return refused
    sealed = await seal_text(context, agreement, asking.text)  # 2
    further = (_further(context, agreement, asking, lines) for lines in sheets[1:])
    outcomes = await say_all(
        context, agreement, (preparing(context, agreement, first, sealed), *further)
    )  # 3
    return _all_entered(outcomes)


def _sheets(lines: Sequence[OrderLine]) -> Iterator[tuple[OrderLine, ...]]:
    """Share lines out to statements, by how many each may have and how many bytes."""
    sheet: list[OrderLine] = []
    taken = 0
    for line in lines:
        size = len(format_json(OrderRequest(None, None, (line,)).to_json()["lines"]))
        if sheet and (len(sheet) == ORDER_LINES_MAX or taken + size > _SHEET_BYTES_MAX):
            yield tuple(sheet)
            sheet, taken = [], 0
        sheet.append(line)
        taken += size
    if sheet:
        yield tuple(sheet)


def _sheet(
    context: Context, asking: Asking, body: OrderRequest, text: Text | None = None
) -> Saying[OrderRequest]:
    head = asking.head

    async def decide(view: View) -> Allowed | Refused:
        return decide_asking(context, view, head, body)

    return Saying(body, head.ordering.person, ORDERING_OFFICES, text, (head.provider,), decide)


def decide_asking(
    context: Context, view: View, head: OrderHead, body: OrderRequest
) -> Allowed | Refused:
    """Hold lines that are asked for against the file, as if they were said now."""
    at, version = view.moment(context), view.under().sha256
    place = Place(view.own, view.registers.judged_size(view.own))
    order = PlacedOrder(place, at, (head.provider,), version, head, ())
    if body.continues is not None:
        order = find_order(view, body.continues)
    return ask_file(context, view, asked_for(order, body.lines))


def _further(
    context: Context, agreement: AgreementId, asking: Asking, lines: tuple[OrderLine, ...]
) -> Prepare:
    async def prepare(view: View) -> Utterance | Unsaid:
        first = view.fold.state.order_numbers.get((view.own, asking.head.number))
        if first is None:
            raise StateError(
                "order.unknown",
                "the order that these lines continue was not said",
                where=agreement,
                found=asking.head.number,
            )
        saying = _sheet(context, asking, OrderRequest(None, first, lines))
        return await preparing(context, agreement, saying, None)(view)

    return prepare


def _all_entered(
    outcomes: Sequence[Entered | Refused | ComityError],
) -> tuple[Entered, ...] | Refused:
    entered: list[Entered] = []
    for outcome in outcomes:
        if isinstance(outcome, ComityError):
            raise outcome
        if isinstance(outcome, Refused):
            return outcome
        entered.append(outcome)
    return tuple(entered)


async def accept_order(
    context: Context,
    agreement: AgreementId,
    order: Place,
    head: AcceptanceHead | None,
    lines: tuple[AcceptedLine, ...],
    *,
    person: PersonId,
) -> Entered | Refused:
    """Accept lines of an order, at prices that stand from then on.

    `head` is left out where a former acceptance of this order gave it. What one statement does not
    hold goes in several of one commit.

    Raises:
        StateError: no such order, or nothing has accepted it before and there is no head.
        NotCounted: it would not count, so it was not said.

    Source: treaties.md 4.4, A9 to A11; 10 U.S.C. 2344(b)
    """
    view = await read_view(context, agreement)
    to, sheets = other_end(view, find_order(view, order)), sheets_of(lines)

    def part(named: AcceptanceHead | None, sheet: tuple[AcceptedLine, ...]) -> Saying[OrderAccept]:
        body = OrderAccept(order, named, sheet)

        async def decide(view: View) -> Allowed | Refused:
            return decide_acceptance(context, view, body, person)

        return Saying(body, person, ORDERING_OFFICES, to=to, decide=decide)

    further = [part(None, sheet) for sheet in sheets[1:]]
    return await say_parts(context, agreement, [part(head, sheets[0]), *further])


def decide_acceptance(
    context: Context, view: View, body: OrderAccept, person: PersonId
) -> Allowed | Refused:
    """Hold lines that are accepted against the file, as if they were said now.

    Raises:
        StateError: no such order, or nothing has accepted it before and there is no head.
    """
    placed = find_order(view, body.order)
    said = placed.acceptance if body.head is None else body.head
    if said is None:
        raise StateError(
            "order.acceptance-head",
            "the first acceptance of an order says who accepts, collects and is paid",
            where=f"{view.agreement_id}/{body.order}",
        )
    accounts = lines_of(view, placed, (each.line for each in body.lines))
    lacking = lacking_in(placed, said, body.lines)
    return ask_file(context, view, Asked(Action.APPROVE_ORDER, placed, person, accounts, lacking))


async def decline_order(
    context: Context, agreement: AgreementId, order: Place, lines: tuple[int, ...], person: PersonId
) -> Entered | Refused:
    """Decline lines of an order, or all that is open; no reason is owed.

    Source: treaties.md A16
    """
    return await _say_plainly(context, agreement, OrderDecline(order, lines), person)


async def cancel_order(
    context: Context, agreement: AgreementId, order: Place, lines: tuple[int, ...], person: PersonId
) -> Entered | Refused:
    """Cancel what is still to come of lines of an order, or of all."""
    return await _say_plainly(context, agreement, OrderCancel(order, lines), person)


async def dispute_order(
    context: Context,
    agreement: AgreementId,
    body: OrderDispute,
    *,
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Dispute lines of an order too, or all, or take them back; why goes sealed beside it.

    Source: treaties.md A14, U12
    """
    view = await read_view(context, agreement)
    to = other_end(view, find_order(view, body.order))
    saying = Saying(body, person, GOODS_OFFICES, text, to)
    return await say_case(context, agreement, saying)


async def _say_plainly(
    context: Context, agreement: AgreementId, body: OrderDecline | OrderCancel, person: PersonId
) -> Entered | Refused:
    view = await read_view(context, agreement)
    to = other_end(view, find_order(view, body.order))
    return await say_case(context, agreement, Saying(body, person, ORDERING_OFFICES, to=to))


async def asked_order(
    context: Context, agreement: AgreementId, place: Place
) -> tuple[PlacedOrder, tuple[OrderLine, ...]]:
    """Give an order and its lines as they were asked for.

    Raises:
        StateError: no such order.
    """
    view = await read_view(context, agreement)
    order = find_order(view, place)
    return order, await asked_lines(context, view, order)


async def asked_lines(context: Context, view: View, order: PlacedOrder) -> tuple[OrderLine, ...]:
    """Give the lines of an order as its statements asked for them, descriptions included."""
    lines: list[OrderLine] = []
    for _, place in order.sheets:
        body = (await statement_at(context, view, place)).body
        if isinstance(body, OrderRequest):
            lines += body.lines
    return tuple(lines)
