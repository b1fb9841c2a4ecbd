# SPDX-License-Identifier: Apache-2.0
"""Orders, deliveries, settlements and balances, as the seed draws them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from comity.basis.amounts import Quantity, from_millionths
from comity.basis.ids import PartyId, Place
from comity.basis.instants import Date
from comity.flows.support.balances import agree_balance, state_balance
from comity.flows.support.claims import drop
from comity.flows.support.deliveries import Handing, Receipted, Receiving, deliver, receive
from comity.flows.support.orders import (
    Asking,
    accept_order,
    ask_order,
    cancel_order,
    decline_order,
    dispute_order,
)
from comity.flows.support.settlements import Wanted, bill, confirm, settle
from comity.sealing.payload import PayloadHeader
from comity.state.queries_goods import accounts_of, today_of
from comity.state.records_goods import PlacedOrder
from comity.state.state import State
from comity.statement.deliveries import Condition, DeliveredLine, ReceivedLine
from comity.statement.order_values import Officer
from comity.statement.orders import (
    AcceptanceHead,
    AcceptedLine,
    Method,
    Nature,
    OrderDispute,
    OrderHead,
    OrderLine,
)
from tests.simulator.cast import REGISTRAR

if TYPE_CHECKING:
    from tests.simulator.acts import Scene

_WHO = Officer(REGISTRAR, "J4")
_HEADER = PayloadHeader("Needs", "text/plain")
_METHODS = (Method.CASH, Method.REPLACEMENT_IN_KIND, Method.EQUAL_VALUE)


async def goods(scene: Scene) -> object:
    """Ask for goods, provide them, take them in, settle; or state and agree a balance."""
    view = await scene.view()
    state, own, draws = view.fold.state, scene.node.party, scene.draws
    orders = [row for _, row in sorted(state.orders.items())]
    ours = [each for each in orders if each.provider == own]
    theirs = [each for each in orders if each.requester == own]
    act = draws.choice(("ask", "give", "give", "give", "take", "take", "settle", "settle", "look"))
    if act == "ask" or not orders:
        return await _ask(scene)
    if act == "give" and ours:
        return await _give(scene, state, draws.choice(ours))
    if act == "take":
        return await _take(scene, state)
    if act == "look":
        return await _look(scene, state)
    chosen = draws.choice(ours or theirs or orders)
    return await _settle(scene, state, chosen)


def _number(scene: Scene) -> str:
    return f"N-{scene.draws.randrange(10**9)}"


async def _ask(scene: Scene) -> object:
    draws = scene.draws
    provider: PartyId = draws.choice(scene.others)
    lines = tuple(
        OrderLine(
            number,
            "nuclear-test" if draws.random() < 0.05 else "fuel",
            Nature.SUPPLY,
            None,
            "fuel",
            Quantity(Decimal(draws.randrange(1, 1000)), "LTR"),
        )
        for number in range(1, draws.randrange(2, 5))
    )
    head = OrderHead(
        number=_number(scene),
        provider=provider,
        activity="exercise",
        exercise=None,
        method=None,
        charter=True,
        authority=None,
        organisation="unit",
        ordering=_WHO,
        billed="J4",
        fund="F",
        at="port",
        by=None,
        asked_with=(),
        through=None,
        protected=(),
    )
    text = (_HEADER, [scene.content()]) if draws.random() < 0.3 else None
    outcome = await ask_order(scene.context, scene.pact.id, Asking(head, lines, text))
    return outcome[0] if isinstance(outcome, tuple) else outcome


async def _give(scene: Scene, state: State, order: PlacedOrder) -> object:
    """Answer an order that is open, hand over some of it, or bill what came."""
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    accounts = tuple(accounts_of(state, order))
    open_ = [each for each in accounts if each.open_to_accept]
    if open_:
        if draws.random() < 0.1:
            return await decline_order(context, pact, order.place, (), REGISTRAR)
        head = AcceptanceHead(
            _number(scene), _WHO, "payee", _WHO, "depot", None, Date(2017, 12, 31), None
        )
        method = draws.choice(_METHODS)
        lines = tuple(
            AcceptedLine(
                each.line, from_millionths(each.asked), Decimal("1.25"), "USD", "agreed", method
            )
            for each in open_
        )
        head_or_none = head if order.acceptance is None else None
        return await accept_order(context, pact, order.place, head_or_none, lines, person=REGISTRAR)
    left = [each for each in accounts if each.open_to_deliver]
    if not left:
        return await bill(context, pact, order.place, _number(scene), _WHO)
    part = draws.choice(left)
    lines_out = (DeliveredLine(part.line, from_millionths(part.open_to_deliver)),)
    handing = Handing(order.place, _number(scene), "port", _WHO, lines_out)
    return await deliver(context, pact, handing)


async def _take(scene: Scene, state: State) -> object:
    """Receipt a delivery to us: whole, in part, or damaged."""
    draws, own = scene.draws, scene.node.party
    waiting = [
        row
        for place, row in sorted(state.deliveries.items())
        if place not in state.receipt_of and row.order.party == own
    ]
    if not waiting:
        return None
    row = draws.choice(waiting)
    lines = None
    if draws.random() < 0.3:
        line, count = row.lines[0]
        condition = draws.choice((Condition.GOOD, Condition.DAMAGED))
        lines = (ReceivedLine(line, from_millionths(max(count // 2, 1)), condition),)
    outcome = await receive(scene.context, scene.pact.id, Receiving(row.place, _WHO, lines))
    return outcome.receipt if isinstance(outcome, Receipted) else outcome


async def _settle(scene: Scene, state: State, order: PlacedOrder) -> object:
    """Settle what is owed, confirm what the other side said, dispute, or cancel what is left."""
    context, pact, draws = scene.context, scene.pact.id, scene.draws
    claimed = [
        place
        for place, row in sorted(state.settlements.items())
        if row.counted is None and place.party != scene.node.party
    ]
    if claimed and draws.random() < 0.5:
        chosen, another = draws.choice(claimed), draws.random() < 0.5
        if draws.random() < 0.2:
            return await drop(context, pact, chosen, _WHO, own=False)
        return await confirm(context, pact, chosen, _number(scene), _WHO, another=another)
    own = [place for place in sorted(state.settlements.keys()) if place.party == scene.node.party]
    if own and draws.random() < 0.1:
        return await drop(context, pact, draws.choice(own), _WHO, own=True)
    if draws.random() < 0.1:
        return await cancel_order(context, pact, order.place, (), REGISTRAR)
    if draws.random() < 0.1:
        stands = not any(party == scene.node.party for party, *_ in order.disputed)
        body = OrderDispute(order.place, (), stands=stands)
        return await dispute_order(context, pact, body, person=REGISTRAR)
    methods = _of_lines(each.method for each in accounts_of(state, order))
    wanted = Wanted(order.place, _number(scene), draws.choice(methods), _WHO)
    return await settle(context, pact, wanted)


def _of_lines(found: Iterable[Method | None]) -> list[Method]:
    return sorted({each for each in found if each is not None}) or [Method.CASH]


async def _look(scene: Scene, state: State) -> object:
    """Agree a balance that another stated, or state that of yesterday."""
    context, pact, own = scene.context, scene.pact.id, scene.node.party
    stated: list[Place] = [
        place
        for place, row in sorted(state.balances.items())
        if place.party != own and not any(each.party == own for each, _ in row.answers)
    ]
    if stated:
        return await agree_balance(context, pact, scene.draws.choice(stated), REGISTRAR)
    today = today_of(state, context.ports.clock.now())
    yesterday = Date.fromordinal(today.toordinal() - 1)
    return await state_balance(context, pact, yesterday, REGISTRAR)
