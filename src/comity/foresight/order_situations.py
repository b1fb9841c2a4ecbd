# SPDX-License-Identifier: Apache-2.0
"""Orders and settlements of a world: the words of their variables, and what a word stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from comity.agreement.model import Agreement
from comity.agreement.rules import (
    Condition,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    SettledBy,
)
from comity.basis.instants import DAY_MS, UTC, Date, Instant, date_of, format_date, parse_date
from comity.decision.request import Order, Settlement
from comity.foresight.worlds import AT, NO, NONE, OTHER, YES, Situation, World

LONG_AGO: Final = Instant(AT - 4000 * DAY_MS)
LATELY: Final = Instant(AT - DAY_MS)


def order_words(
    found: Iterable[Condition], agreements: Iterable[Agreement]
) -> dict[str, Iterable[str]]:
    """List the variables of orders and settlements, each with its words."""
    found, agreements = tuple(found), tuple(agreements)
    return {
        "order": (YES, "back", "self", "outside", NONE),
        "order.category": (*_ordered(found, agreements), OTHER),
        "order.activity": (*(a for each in agreements for a in each.scope.activities), OTHER),
        "order.dated": _days(found),
        "order.shows": (YES, *_needs(found)),
        "order.acted": (NO, YES),
        "settlement": (*_methods(found), "offset", NONE),
        "settlement.nature": ("supply", "service"),
        "settlement.reason": (YES, NO),
        "settlement.delivered": ("long_ago", "lately"),
        "settlement.approved": (YES, "one"),
    }


def order_of(world: World, said: Situation, person: str) -> Order | None:
    """Make the order of a situation; `person` is the one who acts."""
    how = said["order"]
    if how == NONE:
        return None
    requester, provider = ends_of(world, how)
    shown = said["order.shows"]
    needs = [word[1:] for word in world.words("order.shows") if word != YES]
    return Order(
        requester=requester,
        provider=provider,
        activity=said["order.activity"],
        categories=(said["order.category"],),
        dated=parse_date(said["order.dated"]),
        shows=tuple(need for need in needs if shown != f"-{need}"),
        acted=(person,) if said["order.acted"] == YES else (),
    )


def ends_of(world: World, how: str) -> tuple[str, str]:
    """Give requester and provider of the order that a word stands for."""
    one, other = world.hosts
    ends = {"back": (other, one), "self": (one, one), "outside": (one, world.outsider)}
    return ends.get(how, (one, other))


def settlement_of(world: World, said: Situation) -> Settlement | None:
    """Make the settlement of a situation."""
    method = said["settlement"]
    if method == NONE:
        return None
    one, other = world.hosts
    return Settlement(
        method=method,
        natures=(said["settlement.nature"],),
        reason="consumed" if said["settlement.reason"] == YES else None,
        delivered=date_of(LONG_AGO if said["settlement.delivered"] == "long_ago" else LATELY, UTC),
        approved_by=(one, other) if said["settlement.approved"] == YES else (one,),
    )


def _rows(found: Iterable[Condition]) -> Iterator[OrderRow]:
    for each in found:
        if isinstance(each, OrderListed | OrderNotExcluded):
            yield from each.rows


def _ordered(found: Iterable[Condition], agreements: Iterable[Agreement]) -> Iterator[str]:
    for each in agreements:
        if each.scope.activities:
            yield from each.scope.categories
    for row in _rows(found):
        yield from row.categories


def _days(found: Iterable[Condition]) -> Iterator[str]:
    """Give a day now, and each on which a row begins or ends, with the day beside it."""
    yield format_date(date_of(AT, UTC))
    days: set[Date] = set()
    for row in _rows(found):
        if row.since is not None:
            days |= {row.since, _beside(row.since, -1)}
        if row.until is not None:
            days |= {row.until, _beside(row.until, 1)}
    yield from (format_date(day) for day in sorted(days))


def _beside(day: Date, step: int) -> Date:
    return Date.fromordinal(min(max(1, day.toordinal() + step), Date.max.toordinal()))


def _needs(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, OrderShows):
            yield from (f"-{need}" for need in each.needs)


def _methods(found: Iterable[Condition]) -> Iterator[str]:
    for each in found:
        if isinstance(each, SettledBy):
            yield from (*each.supplies, *each.services)
