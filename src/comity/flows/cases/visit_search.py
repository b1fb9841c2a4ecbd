# SPDX-License-Identifier: Apache-2.0
"""Visits, and what was told or shown, that a person may know of, the newest first.

A visit names a level and days, and nothing of what it is about: every office knows of it. What was
disclosed is known to whoever needs to know of its category. Source: Japan-ROK GSOMIA Art. 7(1), 8
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.house import allow_listing, knows_of
from comity.decision.people import Person
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import view_of_lister
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.lifecycle_dates import day_end
from comity.state.protected import told_as_item
from comity.state.queries import item_level, recalled_by, zone_of
from comity.state.queries_cases import granted
from comity.state.records_cases import Disclosure, Visit, VisitDecision
from comity.state.tables import walk

LOOKS_MAX: Final = 500
"""Entries that are looked at for what was disclosed on one visit: the list of all goes on."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit, what its host said, the oldest first, and the grant that stands now, if one does.

    `is_over`: its last day has passed. `waits_for_us`: we are the host, and have said nothing.
    """

    visit: Visit
    said: tuple[VisitDecision, ...]
    grant: VisitDecision | None
    is_over: bool
    waits_for_us: bool


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """What was told or shown, the level at which it stands, and who called it back."""

    disclosure: Disclosure
    level: str
    recalled_by: tuple[PartyId, ...]


async def search_visits(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    open_only: bool = False,
    up_to: str | None = None,
) -> Found[VisitRow] | Refused:
    """Find visits; `open_only`: that wait for our word. `up_to`: of that level at most.

    Raises:
        InputError: it is no level of the agreement.
    """
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, _ = lister
    state, at = view.fold.state, view.moment(context)
    ladder = None if up_to is None else view.agreement().levels
    highest = None if ladder is None or up_to is None else ladder.rank(up_to)

    async def fits(visit: Visit) -> bool:
        if open_only and not _row(view, visit, context).waits_for_us:
            return False
        if ladder is None or highest is None:
            return True
        grant = granted(state, visit, at)
        level = visit.request.level if grant is None else grant.decide.level
        return level is not None and ladder.knows(level) and ladder.rank(level) <= highest

    going = NewestFirst(context, view, state.visits.get, fits, before)
    return await going.page(limit, lambda visit: _row(view, visit, context))


async def find_visit_row(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> VisitRow | None:
    """Give one visit; None: there is none, or the person lists nothing."""
    view, by = await read_view(context, agreement), await find_person(context, person)
    known = view.fold.state.visits.get(place)
    if known is None or not isinstance(allow_listing(by), Allowed):
        return None
    return _row(view, known, context)


async def search_disclosures(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    visit: Place | None = None,
    looks: int | None = None,
) -> Found[DisclosureRow] | Refused:
    """Find what was told or shown, of one visit or of all; `looks`: at so many entries at most."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister

    async def fits(told: Disclosure) -> bool:
        return visit in (None, told.record.visit) and _may_know(by, told)

    going = NewestFirst(context, view, view.fold.state.disclosures.get, fits, before)
    going.left = going.left if looks is None else looks
    return await going.page(limit, lambda told: _told_row(view, told, context))


async def find_disclosure_row(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> DisclosureRow | None:
    """Give what was told or shown; None: nothing was, or a person may not know of it."""
    view, by = await read_view(context, agreement), await find_person(context, person)
    known = view.fold.state.disclosures.get(place)
    return None if known is None or not _may_know(by, known) else _told_row(view, known, context)


def _may_know(by: Person, told: Disclosure) -> bool:
    return knows_of(by, told.record.label.category)


def _row(view: View, visit: Visit, context: Context) -> VisitRow:
    state, at = view.fold.state, view.moment(context)
    said = tuple(walk(state.visit_decisions.get(visit.place)))
    is_over = at >= day_end(visit.request.last_day, zone_of(state))
    waits = visit.request.host == view.own and not said and not is_over
    return VisitRow(visit, said, granted(state, visit, at), is_over, waits)


def _told_row(view: View, told: Disclosure, context: Context) -> DisclosureRow:
    state, item = view.fold.state, told_as_item(told)
    level = item_level(state, item, view.moment(context))
    return DisclosureRow(told, level, tuple(recalled_by(state, item)))
