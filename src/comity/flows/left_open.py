# SPDX-License-Identifier: Apache-2.0
"""What waits and nobody owes by a term: visits, signatures, closings, markings, copies to end.

Source: Japan-ROK GSOMIA Art. 6(g), 7(1), 8, 17, 21(2)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from comity.basis.ids import PartyId, PersonId, Place, parse_place
from comity.basis.instants import Instant
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.copies import copies_of
from comity.flows.documents import COPIES
from comity.flows.keeping.asking import find_held, may_open
from comity.flows.listing import may_know, may_know_all
from comity.flows.view import View
from comity.state.closing import Keeping, keeping_of
from comity.state.goods_bills import receipts_of
from comity.state.lifecycle_dates import day_end
from comity.state.protected import find_protected
from comity.state.queries import held_marking, zone_of
from comity.state.queries_cases import is_closed, measures_and_outcome
from comity.state.queries_goods import (
    accounts_of,
    billable_of,
    collector_of,
    ends_of_order,
    is_left_short,
    is_overdue,
    today_of,
)
from comity.state.records import Item
from comity.statement.order_values import Officer


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Something that waits for a party: what, of what, and which officer of the creditor collects.

    Source: treaties.md A12, 4.5
    """

    what: str
    by: PartyId
    about: Place
    collects: Officer | None = None


async def left_open(context: Context, view: View, by: Person | None) -> tuple[LeftOpen, ...]:
    """List it, as far as a person may know of it; without one, all."""
    at = view.moment(context)
    said = (
        *_visits(view, at),
        *_signatures(view),
        *_closings(view, by),
        *_markings(view, by, at),
        *_orders(view, at),
        *_claimed(view),
        *_handed_over(view),
        *_unbilled(view, at),
    )
    return (*said, *[each async for each in _copies(context, view, by)])


def is_consultation(view: View, place: Place) -> bool:
    """Answer whether a question is a consultation before an act, and asks for no leave."""
    asked = view.fold.state.asks.get(place)
    return asked is not None and asked.ask.consults(place.party)


def _visits(view: View, at: Instant) -> Iterator[LeftOpen]:
    """Give the visits that their host has not decided, until their last day has passed."""
    state = view.fold.state
    for place, visit in state.visits.items():
        host, over = visit.request.host, day_end(visit.request.last_day, zone_of(state))
        concerns = view.own in (host, place.party)
        if concerns and at < over and place not in state.visit_decisions:
            yield LeftOpen("visit.decide", host, place)


def _orders(view: View, at: Instant) -> Iterator[LeftOpen]:
    """Give the orders to be answered, those that are late, and those that the other side disputes.

    Nobody must accept any; what was accepted and is not handed over by its day either side cancels,
    or it holds its share of a yearly cap; a dispute is settled between the two.
    Source: treaties.md A14, A16; 10 U.S.C. 2347
    """
    state, today = view.fold.state, today_of(view.fold.state, at)
    for place, order in state.orders.items():
        concerns = view.own in (order.provider, place.party)
        if concerns and any(each.open_to_accept for each in accounts_of(state, order)):
            yield LeftOpen("order.accept", order.provider, place)
        ends = ends_of_order(order)
        if view.own in ends and is_overdue(state, order, today):
            yield from (LeftOpen("order.overdue", each, place) for each in sorted(ends))
        for party in sorted({each[0] for each in order.disputed} if view.own in ends else ()):
            yield from (LeftOpen("order.disputed", each, place) for each in ends - {party})


def _claimed(view: View) -> Iterator[LeftOpen]:
    """Give the settlements that one side has said and the other has yet to confirm."""
    state = view.fold.state
    for place, settled in state.settlements.items():
        order = state.orders.get(settled.record.order)
        open_ = settled.counted is None and settled.dropped is None
        if open_ and order is not None:
            ends = ends_of_order(order)
            if view.own in ends:
                who = collector_of(order)
                other = ends - {place.party}
                yield from (LeftOpen("settlement.confirm", each, place, who) for each in other)


def _handed_over(view: View) -> Iterator[LeftOpen]:
    """Give the deliveries that nobody has receipted, and what came short and nobody wants any more.

    Without a receipt there is no claim; and what came short its provider alone can end.
    """
    state = view.fold.state
    lines = sorted(state.unmatched.keys())
    for place in dict.fromkeys(place for place, _ in lines):
        order = state.orders.get(place)
        if order is not None and view.own in ends_of_order(order):
            for delivery in order.deliveries:
                if delivery not in state.receipt_of:
                    yield LeftOpen("delivery.receipt", order.requester, delivery)
            if is_left_short(accounts_of(state, order)):
                yield LeftOpen("order.short", order.provider, place)


def _unbilled(view: View, at: Instant) -> Iterator[LeftOpen]:
    """Give what came, is payable and was not billed: whoever collects is to know of it at once."""
    state = view.fold.state
    for place in sorted(state.owing.keys()):
        order = state.orders.get(place)
        if order is None or view.own not in ends_of_order(order):
            continue
        for row in receipts_of(state, order):
            if billable_of(state, order, row, today_of(state, at)):
                # Its duty, where the file makes one, follows from the claim: one thing, told once.
                claim = state.claims.get(row.place) or row.place
                yield LeftOpen("invoice.issue", order.provider, claim, collector_of(order))


def _signatures(view: View) -> Iterator[LeftOpen]:
    """Give who has not signed the text on the table."""
    state = view.fold.state
    table = state.life.on_table
    text = None if table is None else state.texts.get(table)
    if text is not None:
        signed = {each.party for each in text.signed}
        for party in (view.own, *view.partners):
            if party not in signed:
                yield LeftOpen("agreement.sign", party, text.place)


def _closings(view: View, by: Person | None) -> Iterator[LeftOpen]:
    """Give the incidents of which all is told, by who has yet to take them as closed."""
    state = view.fold.state
    for place, incident in state.incidents.items():
        if incident.report.names_victim or is_closed(state, incident):
            continue
        measures, outcome = measures_and_outcome(state, place)
        items = tuple(each.item for each in incident.report.affected)
        if not measures or outcome is None:
            continue
        if by is None or may_know_all(state, by, items):
            for party in incident.closers:
                if (place, party) not in state.incident_closes:
                    yield LeftOpen("incident.close", party, place)


def _markings(view: View, by: Person | None, at: Instant) -> Iterator[LeftOpen]:
    """Give what we receipted and hold, and whose level was changed so that none of ours fits it."""
    state, own = view.fold.state, view.own
    changed = {place for (place, _), _ in state.changes.items()}
    for place in sorted({*changed, *state.derived.keys()}):
        item = state.items.get(place)
        if item is None or (place, own) not in state.receipts:
            continue
        if by is not None and not may_know(by, item):
            continue
        held = keeping_of(state, item, own) is Keeping.HELD
        if held and held_marking(state, item, own, at) is None:
            yield LeftOpen("item.mark", own, place)


async def _copies(context: Context, view: View, by: Person | None) -> AsyncIterator[LeftOpen]:
    """Give the items of which somebody holds a copy who may not open it any more."""
    start = f"{view.agreement_id}/"
    for document in await context.ports.store.documents(COPIES, prefix=start):
        place = parse_place(document.key.removeprefix(start))
        item = find_protected(view.fold.state, place)
        if item is None or (by is not None and not may_know(by, item)):
            continue
        if await _in_wrong_hands(context, view, item):
            yield LeftOpen("copy.take_back", view.own, place)


async def _in_wrong_hands(context: Context, view: View, item: Item) -> bool:
    copies = await copies_of(context, view, item)
    holders = {each.hand.holder for each in copies.here} - {None}
    if copies.unread:
        return False
    return any([not await _may_have(context, view, item, PersonId(str(h))) for h in holders])


async def _may_have(context: Context, view: View, item: Item, holder: PersonId) -> bool:
    """Ask as when a copy is handed over: of a purpose that the item is for."""
    held = await find_held(context, view, item, holder)
    purpose = item.release.label.purposes[0]
    return not isinstance(await may_open(context, view, held, held.person, purpose), Refused)
