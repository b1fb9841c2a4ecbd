# SPDX-License-Identifier: Apache-2.0
"""One view of an exercise: its orders, and the visits and items that these name or that are for it.

A visit or an item belongs to it where an order of the exercise names it by its control number; an
item also where the exercise is among its purposes. Nobody sees an item that they may not know of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.people import Person
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know
from comity.flows.set_up import pinned_agreements
from comity.flows.support.order_papers import control_number
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.export_goods import order_json
from comity.state.tables import walk

Row = dict[str, JsonValue]


async def exercise_view(
    context: Context, name: str, person: PersonId | None
) -> dict[str, list[Row]]:
    """List what hangs on an exercise, of every agreement here; items as the person may know."""
    by = None if person is None else await find_person(context, person)
    views = {each: await read_view(context, each) for each in await pinned_agreements(context)}
    orders: list[Row] = []
    named: set[tuple[AgreementId, Place]] = set()
    for agreement, view in views.items():
        for row in _orders(context, view, name):
            orders.append({"place": f"{agreement}/{row['place']}", "told": _told(row), **_of(row)})
            head: Any = row["head"]
            protected = head["protected"]
            for each in protected:
                control = control_number(agreement, str(each))
                named |= set() if control is None else {control}
    return {
        "orders": orders,
        "visits": [*_visits(views, named)],
        "items": [*_items(views, named, name, by)],
    }


def _orders(context: Context, view: View, name: str) -> Iterator[Row]:
    state, at = view.fold.state, view.moment(context)
    for place in sorted(walk(state.exercises.get(name))):
        order = state.orders.get(place)
        if order is not None:
            yield order_json(state, order, at)


def _of(row: Row) -> Row:
    head: Any = row["head"]
    same = {name: head[name] for name in ("provider", "activity", "number")}
    return {"by": row["by"], **same, "life": row["life"]}


def _told(row: Row) -> str:
    head: Any = row["head"]
    return f"{row['by']} asks {head['provider']}, order {head['number']}: {row['life']}"


def _visits(views: dict[AgreementId, View], named: set[tuple[AgreementId, Place]]) -> Iterator[Row]:
    for agreement, place in sorted(named):
        view = views.get(agreement)
        visit = None if view is None else view.fold.state.visits.get(place)
        if visit is not None:
            said = visit.request
            told = f"{place.party} to {said.host}, {said.first_day} to {said.last_day}"
            yield {"place": f"{agreement}/{place}", "by": place.party, "told": told}


def _items(
    views: dict[AgreementId, View],
    named: set[tuple[AgreementId, Place]],
    name: str,
    by: Person | None,
) -> Iterator[Row]:
    for agreement, view in views.items():
        for place, item in sorted(view.fold.state.items.items()):
            label = item.release.label
            hangs = (agreement, place) in named or name in label.purposes
            if hangs and by is not None and may_know(by, item):
                told = f"{label.category}, {label.form}"
                yield {"place": f"{agreement}/{place}", "by": place.party, "told": told}
