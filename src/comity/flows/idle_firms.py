# SPDX-License-Identifier: Apache-2.0
"""Firms that hold nothing of ours: what ended at one is no longer anybody's to make sure of.

What a firm was given stands in no register, so it is asked here. Source: GSOMIA Art. 16(g) (G16)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from comity.basis.ids import Place
from comity.basis.instants import Instant
from comity.flows.cases.contractors import given_to_firms
from comity.flows.context import Context
from comity.flows.view import View
from comity.state.closing import Keeping, keeping_of
from comity.state.coming import Coming
from comity.state.queries_cases import contractor_letters, firm_chain
from comity.state.state import State

_ENDS: Final = "contractor.assure"

Holding = tuple[tuple[Place, str, str], ...]
"""Items that were given to firms, each with firm and facility."""


async def given_here(context: Context, view: View) -> Holding:
    """List what firms were given; nothing is read where there is no firm."""
    if not len(view.fold.state.firms):
        return ()
    given = await given_to_firms(context, view.agreement_id)
    return tuple((each.item, each.firm, each.facility) for each in given)


def without_idle(
    view: View, state: State, coming: Iterable[Coming], given: Holding, at: Instant
) -> Iterator[Coming]:
    """Leave out what ended at firms that hold nothing, and that no firm below them holds."""
    rows = tuple(coming)
    if not any(each.what == _ENDS and each.has_passed(at) for each in rows):
        yield from rows
        return
    busy = frozenset(_busy(view, state, given, at))
    idle = {
        condition.place
        for (_, name, _), firm in state.firms.items()
        if name not in busy
        for condition in (*firm.conditions, *((firm.cleared,) if firm.cleared else ()))
    }
    for each in rows:
        if each.what != _ENDS or not each.has_passed(at) or each.about not in idle:
            yield each


def _busy(view: View, state: State, given: Holding, at: Instant) -> Iterator[str]:
    """Name the firms that hold something, and those that they work for."""
    for place, name, facility in given:
        item = state.items.get(place)
        if item is None or keeping_of(state, item, view.own) is not Keeping.HELD:
            continue
        letters = contractor_letters(state.files[item.version].agreement)
        for _, each, _ in firm_chain(state, (view.own, name, facility), letters, at):
            yield each
