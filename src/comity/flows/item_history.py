# SPDX-License-Identifier: Apache-2.0
"""What was said of one item, by whom and when, and whether each other party acknowledged it.

Kinds, places and times alone; what tells of an item that the reader may not know of is left out.
Source: Japan-ROK GSOMIA Art. 7(1), 18
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.basis.instants import Instant
from comity.decision.house import allow_sight
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all
from comity.flows.turns import read_view
from comity.flows.view import View, statement_at
from comity.state.records import Item
from comity.state.state import State
from comity.state.tables import newest_first

HISTORY_MAX: Final = 100
"""Statements that are told of one item: its release, and the latest by their places."""
LOOKED_MAX: Final = 2_000
"""Statements that are looked at, the newest of each kind first."""


@dataclass(frozen=True, slots=True)
class SaidOf:
    """One statement about an item; `proved`: every other party acknowledged it."""

    place: Place
    kind: str
    at: Instant
    to: tuple[PartyId, ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class History:
    """What was said of an item, the earliest first; `left_out` are more than are told.

    `is_cut`: there are so many that not all were looked at, and more are left out than counted.
    """

    said: tuple[SaidOf, ...]
    left_out: int
    is_cut: bool


async def item_history(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> History | Refused:
    """Tell what was said of an item, as far as a person may know of it.

    Raises:
        StateError: no such item.
    """
    view = await read_view(context, agreement)
    item, by = view.protected(place), await find_person(context, person)
    sight = allow_sight(by, item.release.label.category)
    if isinstance(sight, Refused):
        return sight
    places, is_cut = _known(view.fold.state, item, by)
    proved = await _acknowledged_sizes(context, view)
    shown = (places[0], *places[max(1, len(places) - HISTORY_MAX + 1) :])
    said = [await _said(context, view, each, proved) for each in shown]
    said.sort(key=lambda each: (each.at, each.place))
    return History(tuple(said), len(places) - len(said), is_cut)


def _known(state: State, item: Item, by: Person) -> tuple[list[Place], bool]:
    looked = [*islice(_about(state, item), LOOKED_MAX + 1)]
    found = {each for each in looked[:LOOKED_MAX] if each != item.place}
    known = [each for each in found if may_know_all(state, by, (each,))]
    places = [item.place, *sorted(known, key=lambda each: (each.index, each.party))]
    return places, len(looked) > LOOKED_MAX


def _about(state: State, item: Item) -> Iterator[Place]:
    """Give where something about an item was said, of each kind the newest first; some twice."""
    place = item.place
    for party in item.to:
        for answers in (state.receipts, state.refusals):
            answer = answers.get((place, party))
            if answer is not None:
                yield answer.place
    for party in item.release.label.originators:
        yield from (each.place for each in newest_first(state.changes.get((place, party))))
        recall = state.recalls.get((place, party))
        if recall is not None:
            yield recall.place
    for consent in newest_first(state.consents_by_item.get(place)):
        yield consent.place
        withdrawn = state.withdrawals.get(consent.place)
        if withdrawn is not None:
            yield withdrawn
    superseded = state.superseded_by.get(place)
    if superseded is not None:
        yield superseded
    for act in newest_first(state.acts_about.get(place)):
        yield act.place
        yield from (each.place for each in newest_first(state.acts_about.get(act.place)))


async def _acknowledged_sizes(context: Context, view: View) -> dict[PartyId, int]:
    """Give of each register how much every other party has cosigned."""
    sizes: dict[PartyId, int] = {}
    for party, head in view.heads.items():
        others = [each for each in view.heads if each != party]
        found = [await context.ports.store.latest_cosignature(head.origin, each) for each in others]
        sizes[party] = min((0 if each is None else each.size for each in found), default=0)
    return sizes


async def _said(context: Context, view: View, place: Place, proved: dict[PartyId, int]) -> SaidOf:
    statement = await statement_at(context, view, place)
    covered = place.index < proved.get(place.party, 0)
    return SaidOf(place, statement.kind, statement.at, statement.to, covered)
