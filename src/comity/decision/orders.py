# SPDX-License-Identifier: Apache-2.0
"""Conditions on orders: who provides what for which activity, what the order shows, how it is paid.

Source: AGREEMENTS.md section 3 (order, settlement); treaties.md A1 to A10, 10 U.S.C. 2342 to 2345
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.agreement.rules import (
    OffsetDue,
    OrderBetween,
    OrderEnd,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    RuleBook,
    SettledBy,
)
from comity.basis.errors import InputError
from comity.basis.instants import (
    Date,
    Duration,
    Instant,
    Zone,
    add_to_date,
    date_of,
    format_date,
)
from comity.decision.kleene import HOLDS, Outcome, every, fails, unknown
from comity.decision.request import (
    MISSING,
    Absent,
    Order,
    Request,
    Settlement,
    Texts,
    missing_of,
)
from comity.decision.wording import listed, quoted

_OFFSET = "offset"
_SERVICE = "service"
_CASH = "cash"
_CONVERTED = "converted"


def order_between(condition: OrderBetween, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the order is between two parties, one of which the actor acts for."""
    order = _order(request)
    if not isinstance(order, Order):
        return order
    by, requester, provider = request.actor.party, order.requester, order.provider
    if by is MISSING or requester is MISSING or provider is MISSING:
        names = (
            ("actor.party", by),
            ("order.requester", requester),
            ("order.provider", provider),
        )
        return unknown(*missing_of(*names))
    sides: dict[OrderEnd, str | None] = {"requester": requester, "provider": provider}
    return every(_between(condition, by, sides))


def _between(
    condition: OrderBetween, by: str | None, sides: dict[OrderEnd, str | None]
) -> Iterator[Outcome]:
    requester, provider = sides.values()
    for party in (requester, provider):
        if party not in condition.parties:
            yield fails(f"party {quoted(party)} is not a party: {listed(condition.parties)}")
    if requester == provider:
        yield fails(f"party {quoted(provider)} asks itself")
    if by not in {sides[end] for end in condition.ends}:
        acts = " or ".join(condition.ends)
        yield fails(f"party {quoted(by)} is not the {acts} of the order")


def order_listed(condition: OrderListed, request: Request, book: RuleBook) -> Outcome:
    """Ask whether each category stands in a row that was valid on the day of the order."""
    facts = _facts(request, book)
    if not isinstance(facts, _Facts):
        return facts
    if not facts.categories:
        return fails("the order has no line")
    return every(
        fails(
            f"category {quoted(category)} may not be provided by {quoted(facts.provider)} for "
            f"activity {quoted(facts.activity)} on {format_date(facts.day)}"
        )
        for category in facts.categories
        if not any(_in_row(row, facts, category) for row in condition.rows)
    )


def order_not_excluded(condition: OrderNotExcluded, request: Request, book: RuleBook) -> Outcome:
    """Ask whether no category stands in a row of what is never provided."""
    facts = _facts(request, book)
    if not isinstance(facts, _Facts):
        return facts
    return every(
        fails(
            f"category {quoted(category)} is excluded for {quoted(facts.provider)} as provider, "
            f"activity {quoted(facts.activity)}, on {format_date(facts.day)}"
        )
        for category in facts.categories
        if any(_in_row(row, facts, category) for row in condition.rows)
    )


def order_shows(condition: OrderShows, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the order shows all that the clause needs."""
    order = _order(request)
    if not isinstance(order, Order):
        return order
    shown = order.shows
    if shown is MISSING:
        return unknown("order.shows")
    return every(
        fails(f"the order does not show: {need}") for need in condition.needs if need not in shown
    )


def persons_apart(_condition: PersonsApart, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the person has not acted on the order before. Source: 10 U.S.C. 2342(f)"""
    order, person = _order(request), request.actor.id
    if not isinstance(order, Order):
        return order
    if person is MISSING or order.acted is MISSING:
        return unknown(*missing_of(("actor.id", person), ("order.acted", order.acted)))
    if person in order.acted:
        return fails(f"person {quoted(person)} has acted on this order before")
    return HOLDS


def settled_by(condition: SettledBy, request: Request, _book: RuleBook) -> Outcome:
    """Ask whether the method is one for what is settled. Source: treaties.md A9, A10"""
    settlement = _settlement(request)
    if not isinstance(settlement, Settlement):
        return settlement
    method, natures = settlement.method, settlement.natures
    if method is MISSING or natures is MISSING:
        names = (("settlement.method", method), ("settlement.natures", natures))
        return unknown(*missing_of(*names))
    if method in (_OFFSET, _CONVERTED):
        return HOLDS
    return every(_by_method(condition, settlement, method, natures))


def _by_method(
    condition: SettledBy, settlement: Settlement, method: str | None, natures: tuple[str, ...]
) -> Iterator[Outcome]:
    if not natures:
        yield fails("nothing is settled")
    for nature in natures:
        known = condition.services if nature == _SERVICE else condition.supplies
        if method not in known:
            yield fails(
                f"nature {quoted(nature)} is settled by: {listed(known)}; method {quoted(method)} "
                "is none of them"
            )
    goods = any(nature != _SERVICE for nature in natures)
    if condition.in_order and goods and method == _CASH:
        if settlement.reason is MISSING:
            yield unknown("settlement.reason")
        elif settlement.reason is None:
            first = listed(tuple(each for each in condition.supplies if each != _CASH))
            yield fails(f"cash needs a reason why not: {first}")


def offset_due(condition: OffsetDue, request: Request, book: RuleBook) -> Outcome:
    """Ask whether an offset has waited long enough, and whether both approve of it.

    Source: 10 U.S.C. 2345(c)
    """
    settlement = _settlement(request)
    if not isinstance(settlement, Settlement):
        return settlement
    if settlement.method is MISSING:
        return unknown("settlement.method")
    if settlement.method != _OFFSET:
        return HOLDS
    return every(_offset(condition, settlement, request, book))


def _offset(
    condition: OffsetDue, settlement: Settlement, request: Request, book: RuleBook
) -> Iterator[Outcome]:
    delivered, at = settlement.delivered, request.at
    if condition.after is not None:
        if delivered is MISSING or at is MISSING:
            yield unknown(*missing_of(("settlement.delivered", delivered), ("at", at)))
        elif delivered is None:
            yield fails("nothing was delivered")
        else:
            day = _day(delivered, book.zone)
            if not _has_passed(day, condition.after, at, book.zone):
                yield fails(
                    f"an offset waits {condition.after} from delivery on {format_date(day)}"
                )
    if condition.approved:
        yield from _approved(settlement.approved_by, request)


def _approved(approved: Texts, request: Request) -> Iterator[Outcome]:
    order = _order(request)
    if not isinstance(order, Order):
        yield order
        return
    requester, provider = order.requester, order.provider
    if approved is MISSING or requester is MISSING or provider is MISSING:
        yield unknown(
            *missing_of(
                ("settlement.approved_by", approved),
                ("order.requester", requester),
                ("order.provider", provider),
            )
        )
        return
    for party in dict.fromkeys((requester, provider)):
        if party not in approved:
            yield fails(f"party {quoted(party)} has not approved of the offset")


def _has_passed(day: Date, wait: Duration, at: Instant, zone: Zone) -> bool:
    """Ask whether the wait is over: a credit is unpaid for more than so long."""
    try:
        return date_of(at, zone) > add_to_date(day, wait)
    except InputError:  # beyond the calendar
        return False


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of one order that its table is asked for."""

    provider: str | None
    activity: str | None
    categories: tuple[str, ...]
    day: Date


def _facts(request: Request, book: RuleBook) -> _Facts | Outcome:
    order = _order(request)
    if not isinstance(order, Order):
        return order
    provider, activity = order.provider, order.activity
    categories, dated = order.categories, order.dated
    if provider is MISSING or activity is MISSING or categories is MISSING or dated is MISSING:
        names = (
            ("order.provider", provider),
            ("order.activity", activity),
            ("order.categories", categories),
            ("order.dated", dated),
        )
        return unknown(*missing_of(*names))
    if dated is None:
        return fails("the order has no date")
    return _Facts(provider, activity, categories, _day(dated, book.zone))


def _in_row(row: OrderRow, facts: _Facts, category: str) -> bool:
    return (
        (not row.providers or facts.provider in row.providers)
        and (not row.categories or category in row.categories)
        and (not row.activities or facts.activity in row.activities)
        and (row.since is None or row.since <= facts.day)
        and (row.until is None or facts.day <= row.until)
    )


def _day(when: Date | Instant, zone: Zone) -> Date:
    return when if isinstance(when, Date) else date_of(when, zone)


def _order(request: Request) -> Order | Outcome:
    order: Order | Absent | None = request.order
    if order is MISSING:
        return unknown("order")
    return fails("there is no order") if order is None else order


def _settlement(request: Request) -> Settlement | Outcome:
    settlement: Settlement | Absent | None = request.settlement
    if settlement is MISSING:
        return unknown("settlement")
    return fails("nothing is settled") if settlement is None else settlement
