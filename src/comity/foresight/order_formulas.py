# SPDX-License-Identifier: Apache-2.0
"""The conditions on orders and settlements as formulas for z3, over the variables of a world.

Written down anew from what each means, not from the evaluator's answers. Needs `comity[check]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, assert_never

import z3  # type: ignore[import-untyped]  # z3 ships no types

from comity.agreement.rules import (
    OffsetDue,
    OrderBetween,
    OrderCondition,
    OrderListed,
    OrderNotExcluded,
    OrderRow,
    OrderShows,
    PersonsApart,
    SettledBy,
)
from comity.basis.instants import UTC, add_to_date, date_of, format_date
from comity.foresight.order_situations import LATELY, LONG_AGO, ends_of
from comity.foresight.worlds import AT, NO, NONE, YES, World

Formula: TypeAlias = z3.BoolRef
AmongWords = Callable[[str, Iterable[str]], Formula]
_ORDERS = (YES, "back", "self", "outside")


def order_formula(world: World, among: AmongWords, condition: OrderCondition) -> Formula:
    """Say when a condition on an order holds; `among` says that a variable is one of some words."""
    there = z3.Not(among("order", (NONE,)))
    match condition:
        case OrderBetween():
            return _between(world, among, condition)
        case OrderListed():
            return z3.And(there, _in_rows(world, among, condition.rows))
        case OrderNotExcluded():
            return z3.And(there, z3.Not(_in_rows(world, among, condition.rows)))
        case OrderShows():
            lacking = (f"-{need}" for need in condition.needs)
            return z3.And(there, z3.Not(among("order.shows", lacking)))
        case PersonsApart():
            return z3.And(there, among("order.acted", (NO,)))
        case SettledBy():
            return _settled_by(among, condition)
        case OffsetDue():
            return _offset_due(world, among, condition)
        case _:
            assert_never(condition)


def _between(world: World, among: AmongWords, condition: OrderBetween) -> Formula:
    ways = []
    for how in _ORDERS:
        requester, provider = ends_of(world, how)
        if requester == provider or not {requester, provider} <= set(condition.parties):
            continue
        sides = {"requester": requester, "provider": provider}
        acting = among("actor.party", (sides[end] for end in condition.ends))
        ways.append(z3.And(among("order", (how,)), acting))
    return z3.Or(*ways)


def _in_rows(world: World, among: AmongWords, rows: Iterable[OrderRow]) -> Formula:
    found = []
    for row in rows:
        orders = (
            how for how in _ORDERS if not row.providers or ends_of(world, how)[1] in row.providers
        )
        days = (
            day
            for day in world.words("order.dated")
            if (row.since is None or format_date(row.since) <= day)
            and (row.until is None or day <= format_date(row.until))
        )
        parts = [among("order", orders), among("order.dated", days)]
        if row.categories:
            parts.append(among("order.category", row.categories))
        if row.activities:
            parts.append(among("order.activity", row.activities))
        found.append(z3.And(*parts))
    return z3.Or(*found)


def _settled_by(among: AmongWords, condition: SettledBy) -> Formula:
    service = among("settlement.nature", ("service",))
    goods = z3.Not(service)
    cash = among("settlement", ("cash",))
    known = z3.Or(
        among("settlement", ("offset", "converted")),
        z3.And(service, among("settlement", condition.services)),
        z3.And(goods, among("settlement", condition.supplies)),
    )
    if not condition.in_order:
        return known
    return z3.And(known, z3.Or(z3.Not(z3.And(goods, cash)), among("settlement.reason", (YES,))))


def _offset_due(world: World, among: AmongWords, condition: OffsetDue) -> Formula:
    there = z3.Not(among("settlement", (NONE,)))
    parts = []
    if condition.after is not None:
        today = date_of(AT, UTC)
        old = (
            word
            for word, day in (("long_ago", LONG_AGO), ("lately", LATELY))
            if today > add_to_date(date_of(day, UTC), condition.after)
        )
        parts.append(among("settlement.delivered", old))
    if condition.approved:
        one, _ = world.hosts
        ends = ((how, set(ends_of(world, how))) for how in _ORDERS)
        alone = (how for how, both in ends if both <= {one})
        approved = among("settlement.approved", (YES,))
        both = z3.And(approved, z3.Not(among("order", ("outside", NONE))))
        parts.append(z3.Or(both, among("order", alone)))
    return z3.And(there, z3.Or(z3.Not(among("settlement", ("offset",))), z3.And(*parts)))
