# SPDX-License-Identifier: Apache-2.0
"""The papers of one order as a page shows them: what was said of it, by register and number.

What an order names of protected items is told to whoever may know of these alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity.basis.errors import InputError
from comity.basis.ids import (
    AgreementId,
    PartyId,
    PersonId,
    Place,
    parse_agreement_id,
    parse_place,
)
from comity.basis.instants import Instant
from comity.flows.context import Context
from comity.flows.item_pages import find_known
from comity.flows.set_up import pinned_agreements
from comity.flows.view import View, statement_at
from comity.state.goods_bills import receipts_of
from comity.state.records_goods import PlacedOrder
from comity.state.tables import walk


@dataclass(frozen=True, slots=True)
class Paper:
    """One statement about an order; `has_text`: a text is sealed beside it."""

    place: Place
    kind: str
    at: Instant
    has_text: bool

    @property
    def by(self) -> PartyId:
        """Give who said it."""
        return self.place.party


async def page_papers(
    context: Context, view: View, order: PlacedOrder, start: int, *, limit: int
) -> tuple[tuple[Paper, ...], int | None]:
    """Give some papers of an order from a number on, and the number of the next; None: no more."""
    places = sorted(set(_places(view, order)))
    shown = places[start : start + limit]
    papers = [await _paper(context, view, each) for each in shown]
    more = start + limit < len(places)
    return tuple(papers), start + limit if more else None


def is_paper(view: View, order: PlacedOrder, place: Place) -> bool:
    """Answer whether a statement is a paper of an order."""
    return place in set(_places(view, order))


def _places(view: View, order: PlacedOrder) -> Iterator[Place]:
    state = view.fold.state
    yield from (place for _, place in order.sheets)
    yield from (place for _, _, place in order.disputed)
    yield from order.deliveries
    for receipt in receipts_of(state, order):
        yield receipt.place
        claim = state.claims.get(receipt.place)
        yield from () if claim is None else (claim,)
    for place in walk(state.papers_of.get(order.place)):
        yield place
        settled = state.settlements.get(place)
        if settled is not None and settled.dropped is not None:
            yield settled.dropped


async def _paper(context: Context, view: View, place: Place) -> Paper:
    statement = await statement_at(context, view, place)
    return Paper(place, statement.kind, statement.at, place in view.fold.state.enclosed)


async def known_items(
    context: Context, agreement: AgreementId, named: Iterable[str], person: PersonId
) -> tuple[tuple[AgreementId, Place], ...]:
    """Give the items that an order names and a person may know of; of others there is no trace."""
    pinned = await pinned_agreements(context)
    found: list[tuple[AgreementId, Place]] = []
    for each in named:
        at = control_number(agreement, each)
        if at is not None and at[0] in pinned and await find_known(context, *at, person):
            found.append(at)
    return tuple(found)


def control_number(agreement: AgreementId, text: str) -> tuple[AgreementId, Place] | None:
    """Read a control number, with its agreement or of this one; None: it is none."""
    first, _, rest = text.partition("/")
    try:
        if "/" in rest:
            return parse_agreement_id(first), parse_place(rest)
        return agreement, parse_place(text)
    except InputError:
        return None
