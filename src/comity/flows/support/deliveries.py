# SPDX-License-Identifier: Apache-2.0
"""Goods handed over and receipted; a receipt of goods makes the claim by itself, at once.

That nobody told the officer who collects is what auditors found on both sides of the Pacific.
Source: treaties.md 4.4 (elements 6, 15, 21, 25), 4.5, A12
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.amounts import from_millionths, to_millionths
from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Place, format_place
from comity.basis.instants import Date
from comity.decision.house import ORDERING_OFFICES
from comity.decision.stages import Allowed, Refused
from comity.flows.cases.speaking import Saying, preparing, refuse_role
from comity.flows.context import Context
from comity.flows.enclosures import Text, seal_text
from comity.flows.speak import Entered, Prepare, Unsaid, Utterance, draft_for, house_act
from comity.flows.speaker import say_all
from comity.flows.support.finding import (
    ask_file,
    find_delivery,
    find_order,
    lines_of,
    other_end,
)
from comity.flows.support.parts import say_parts, sheets_of, together
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.fold_deliveries import to_receipt
from comity.state.goods_bills import receipts_of
from comity.state.goods_decisions import Asked
from comity.state.queries_goods import accounts_of, today_of
from comity.state.records_goods import PlacedOrder
from comity.statement.deliveries import (
    ClaimNotice,
    Condition,
    DeliveredLine,
    DeliveryMake,
    DeliveryReceipt,
    ReceivedLine,
)
from comity.statement.order_values import Officer


@dataclass(frozen=True, slots=True)
class Handing:
    """What is handed over: by which paper, where, by whom; no lines: all that is open.

    `on` None: today, in the agreement's zone.
    """

    order: Place
    number: str
    at: str
    issuing: Officer
    lines: tuple[DeliveredLine, ...] = ()
    on: Date | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Receiving:
    """What came of a delivery, or of what is open of an order; `on` None: today.

    `lines` None: all of it, in good condition. `further`: it came beside what was receipted of the
    delivery before, which said too little; `another`: it is not what was receipted so, though it
    looks like it.
    """

    delivery: Place
    receiving: Officer
    lines: tuple[ReceivedLine, ...] | None = None
    on: Date | None = None
    text: Text | None = None
    further: bool = False
    another: bool = False


@dataclass(frozen=True, slots=True)
class Receipted:
    """A receipt of goods, and the claim that it made; None: nothing came that is owed for.

    Of an order that is receipted whole the others stand in `further` of the receipt.
    """

    receipt: Entered
    claim: Entered | None


async def deliver(context: Context, agreement: AgreementId, handing: Handing) -> Entered | Refused:
    """Say that we handed over some of what we accepted; every deadline counts from that day.

    What one statement does not hold goes in several of one commit.

    Raises:
        StateError: no such order, or nothing of it is left to be handed over.
        NotCounted: it would not count, so it was not said.
    """
    view = await read_view(context, agreement)
    order = find_order(view, handing.order)
    lines = handing.lines or _all_open(view, handing.order)
    on = handing.on or today_of(view.fold.state, view.moment(context))
    issuing = handing.issuing
    to = other_end(view, order)

    def part(sheet: tuple[DeliveredLine, ...]) -> Saying[DeliveryMake]:
        async def decide(view: View) -> Allowed | Refused:
            placed = find_order(view, handing.order)
            accounts = lines_of(view, placed, (each.line for each in sheet))
            return ask_file(context, view, Asked(Action.DELIVER, placed, issuing.person, accounts))

        body = DeliveryMake(order.place, handing.number, on, handing.at, issuing, sheet)
        return Saying(body, issuing.person, ORDERING_OFFICES, handing.text, to, decide)

    return await say_parts(context, agreement, [part(sheet) for sheet in sheets_of(lines)])


async def receive(
    context: Context, agreement: AgreementId, receiving: Receiving
) -> Receipted | Refused:
    """Receipt a delivery, and enter in the same commit the claim that this makes.

    Of an order it receipts whatever nobody has receipted, whole and in good condition.

    1. the role: a refusal is journalled, and nothing is sealed;
    2. the text is sealed;
    3. the file decides, and the receipt is entered;
    4. with it the node says that a claim exists, and names the officer who collects.

    Raises:
        StateError: no such delivery, or it was receipted so before and this is not `another`.
        NotCounted: it would not count, so it was not said.

    Source: treaties.md 4.4, 4.5
    """
    view = await read_view(context, agreement)
    wanted = [*_of_deliveries(view, receiving)]
    sayings = [_receipt(context, view, each) for each in wanted]
    refused = await refuse_role(context, agreement, sayings[0])  # 1
    if refused is not None:
        return refused
    sealed = await seal_text(context, agreement, receiving.text)  # 2
    said: list[Prepare] = []
    for saying in sayings:
        text = sealed if saying is sayings[0] else None
        said.append(preparing(context, agreement, saying, text))
        if any(each.condition is Condition.GOOD for each in saying.body.lines):
            said.append(_claim(context, saying.body.delivery))
    outcome = together(agreement, await say_all(context, agreement, said))  # 3, 4
    if isinstance(outcome, Refused):
        return outcome
    claims = [each for each in outcome.further if isinstance(each.statement.body, ClaimNotice)]
    return Receipted(outcome, claims[0] if claims else None)


def _of_deliveries(view: View, receiving: Receiving) -> Iterator[Receiving]:
    """Give what is receipted: a delivery, or whatever of an order nobody has receipted, whole."""
    order = view.fold.state.orders.get(receiving.delivery)
    if order is None or receiving.lines is not None:
        yield receiving
        return
    found = [place for place in order.deliveries if place not in view.fold.state.receipt_of]
    if not found:
        raise StateError(
            "delivery.nothing-open",
            "nothing of this order is handed over and not receipted yet",
            where=f"{view.agreement_id}/{order.place}",
            hint=f"see how far it has come: comity order show {view.agreement_id}/{order.place}",
        )
    for place in found:
        yield replace(receiving, delivery=place)


def _receipt(context: Context, view: View, receiving: Receiving) -> Saying[DeliveryReceipt]:
    delivery = find_delivery(view, receiving.delivery)
    order, officer = find_order(view, delivery.order), receiving.receiving
    lines, state = receiving.lines, view.fold.state
    if lines is None:
        most = to_receipt(state, order, delivery) if receiving.further else dict(delivery.lines)
        lines = tuple(
            ReceivedLine(line, from_millionths(quantity), Condition.GOOD)
            for line, quantity in most.items()
            if quantity
        )
    on = receiving.on or today_of(view.fold.state, view.moment(context))
    body = DeliveryReceipt(delivery.place, on, officer, lines)

    async def decide(view: View) -> Allowed | Refused:
        placed = find_order(view, delivery.order)
        if receiving.lines and not receiving.further:
            _refuse_receipted(view, delivery.place)
        elif receiving.lines and not receiving.another:
            _refuse_alike(view, placed, body)
        accounts = lines_of(view, placed, (line for line, _ in delivery.lines))
        return ask_file(context, view, Asked(Action.DELIVER, placed, officer.person, accounts))

    return Saying(
        body, officer.person, ORDERING_OFFICES, receiving.text, other_end(view, order), decide
    )


def _refuse_receipted(view: View, delivery: Place) -> None:
    """Refuse to say again what came of a delivery; two persons may say it at once."""
    known = view.fold.state.receipt_of.get(delivery)
    if known is not None:
        raise StateError(
            "delivery.receipted-before",
            "what came of this delivery was said before",
            where=f"{view.agreement_id}/{delivery}",
            found=format_place(known),
            hint="if more came than was said, receipt what came besides, and only that: --further",
        )


def _refuse_alike(view: View, order: PlacedOrder, said: DeliveryReceipt) -> None:
    """Refuse a further receipt of a delivery that says what one before it says: it makes a claim.

    Raises:
        StateError: one says the same, line by line and condition by condition.
    """
    wanted = {
        condition: {
            each.line: to_millionths(each.quantity)
            for each in said.lines
            if each.condition is condition
        }
        for condition in Condition
    }
    for row in receipts_of(view.fold.state, order):
        if row.delivery != said.delivery:
            continue
        if (dict(row.lines), dict(row.damaged)) == (
            wanted[Condition.GOOD],
            wanted[Condition.DAMAGED],
        ):
            raise StateError(
                "delivery.looks-alike",
                "it looks like what was receipted of the same delivery before",
                where=f"{view.agreement_id}/{row.place}",
                expected="another load",
                hint="if it is the same, it counts; if it is another one, say so with --another",
            )


def _claim(context: Context, delivery: Place) -> Prepare:
    """Say that a claim exists, and who collects as the acceptance has it; no person says so."""

    async def prepare(view: View) -> Utterance | Unsaid:
        state = view.fold.state
        order = find_order(view, find_delivery(view, delivery).order)
        rows = [row.place for row in receipts_of(state, order) if row.delivery == delivery]
        receipt = rows[-1] if rows else None
        if receipt is None or receipt.party != view.own or order.acceptance is None:
            raise StateError(
                "delivery.unknown-receipt",
                "no receipt of ours makes this claim",
                where=f"{view.agreement_id}/{delivery}",
            )
        body = ClaimNotice(receipt, order.acceptance.collects)
        draft = draft_for(context, view, body, to=other_end(view, order))
        return Utterance(draft, house_act(body.KIND))

    return prepare


def _all_open(view: View, place: Place) -> tuple[DeliveredLine, ...]:
    order = find_order(view, place)
    accounts = accounts_of(view.fold.state, order)
    lines = tuple(
        DeliveredLine(each.line, from_millionths(each.open_to_deliver))
        for each in accounts
        if each.open_to_deliver
    )
    if not lines:
        raise StateError(
            "delivery.nothing-open",
            "nothing of this order is accepted and not handed over yet",
            where=f"{view.agreement_id}/{place}",
            hint=f"see how far it has come: comity order show {view.agreement_id}/{place}",
        )
    return lines
