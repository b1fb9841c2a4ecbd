# SPDX-License-Identifier: Apache-2.0
"""Exercises in pages: the orders that hang on one, the newest first, and what these name.

What `exercise_view` says of all at once. An item also belongs to it where it is among the item's
purposes: these are looked for by `flows/item_search.py`, a page of each register at a time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Final

from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_goods_listing
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.item_search import Wanted, search_items
from comity.flows.listing import ItemRow
from comity.flows.newest_first import Found
from comity.flows.set_up import pinned_agreements
from comity.flows.support.order_papers import control_number, known_items
from comity.flows.support.order_search import OrderRow, order_row
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.records_cases import Visit
from comity.state.tables import newest_first

NAMED_MAX: Final = 100
"""Control numbers that are looked up for one page."""

LOOKS_MAX: Final = 500
"""Entries of registers that are looked at for items that are meant: the list of items goes on."""


@dataclass(frozen=True, slots=True)
class ExerciseLine:
    """An exercise in a list: its newest order under each agreement that has one."""

    name: str
    newest: tuple[tuple[AgreementId, Place, Instant], ...]


@dataclass(frozen=True, slots=True)
class ExercisePart:
    """What hangs on an exercise under one agreement.

    `next` is the order that the page after it begins with. `visits` and `named` are what the orders
    shown name, `meant` the newest items that the exercise is a purpose of: on the first page alone.
    """

    agreement: AgreementId
    orders: tuple[OrderRow, ...]
    next: Place | None
    visits: tuple[tuple[AgreementId, Visit], ...]
    named: tuple[tuple[AgreementId, Place], ...]
    meant: Found[ItemRow]


async def list_exercises(
    context: Context, person: PersonId, *, after: str = "", limit: int
) -> tuple[tuple[ExerciseLine, ...], str | None] | Refused:
    """List the exercises that orders hang on, by name; and the last name, where there are more."""
    allowed = allow_goods_listing(await find_person(context, person))
    if isinstance(allowed, Refused):
        return allowed
    views = [await read_view(context, each) for each in await pinned_agreements(context)]
    tables = (view.fold.state.exercises.items() for view in views)
    names = {name for table in tables for name, _ in table if name > after}
    found = heapq.nsmallest(limit + 1, names)
    lines = tuple(ExerciseLine(name, tuple(_newest(views, name))) for name in found[:limit])
    return lines, lines[-1].name if len(found) > limit else None


async def page_exercise(
    context: Context,
    name: str,
    person: PersonId,
    agreements: Iterable[AgreementId],
    *,
    start: Place | None = None,
    limit: int,
) -> tuple[ExercisePart, ...] | Refused:
    """Give what hangs on an exercise under some agreements, where anything does.

    `start`: begin with that order, towards the older ones.
    """
    allowed = allow_goods_listing(await find_person(context, person))
    if isinstance(allowed, Refused):
        return allowed
    parts: list[ExercisePart] = []
    for agreement in agreements:
        part = await _part(context, agreement, name, person, (start, limit))
        if isinstance(part, Refused):
            return part
        if part.orders or part.meant.rows or part.meant.is_cut:
            parts.append(part)
    return tuple(parts)


async def _part(
    context: Context,
    agreement: AgreementId,
    name: str,
    person: PersonId,
    page: tuple[Place | None, int],
) -> ExercisePart | Refused:
    start, limit = page
    view = await read_view(context, agreement)
    state, at = view.fold.state, view.moment(context)
    places = newest_first(state.exercises.get(name))
    left = places if start is None else dropwhile(lambda each: each != start, places)
    orders = [*islice((state.orders.get(each) for each in left), limit + 1)]
    shown = [each for each in orders[:limit] if each is not None]
    after = orders[limit] if len(orders) > limit else None
    numbers = (each for order in shown for each in order.head.protected)
    named = tuple(islice(dict.fromkeys(numbers), NAMED_MAX))
    meant: Found[ItemRow] | Refused = Found((), None)
    if start is None:
        wanted = Wanted(purpose=name)
        meant = await search_items(
            context, agreement, person, wanted, {}, limit=limit, looks=LOOKS_MAX
        )
    if isinstance(meant, Refused):
        return meant
    return ExercisePart(
        agreement,
        tuple(order_row(state, each, at) for each in shown),
        None if after is None else after.place,
        await _visits(context, agreement, named),
        await known_items(context, agreement, named, person),
        meant,
    )


async def _visits(
    context: Context, agreement: AgreementId, named: Iterable[str]
) -> tuple[tuple[AgreementId, Visit], ...]:
    """Give the visits that orders name, under whichever agreement of ours."""
    pinned = await pinned_agreements(context)
    found: list[tuple[AgreementId, Visit]] = []
    for each in named:
        at = control_number(agreement, each)
        if at is None or at[0] not in pinned:
            continue
        visit = (await read_view(context, at[0])).fold.state.visits.get(at[1])
        if visit is not None:
            found.append((at[0], visit))
    return tuple(found)


def _newest(views: Iterable[View], name: str) -> Iterable[tuple[AgreementId, Place, Instant]]:
    for view in views:
        state = view.fold.state
        place = next(newest_first(state.exercises.get(name)), None)
        order = None if place is None else state.orders.get(place)
        if order is not None:
            yield view.agreement_id, order.place, order.at
