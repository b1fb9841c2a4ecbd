# SPDX-License-Identifier: Apache-2.0
"""How inventories came out, the newest first: of what is missing, what a person may know of.

Source: Japan-ROK GSOMIA Art. 6(f), 7(1)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.house import allow_listing
from comity.decision.people import Person
from comity.decision.stages import Allowed, Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all, view_of_lister
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.records_handling import Count


@dataclass(frozen=True, slots=True)
class CountRow:
    """A result, the items missing that the reader may know of, and the report of them.

    `incident` None: nothing is missing, or the reader may not know of all that it is about.
    """

    count: Count
    missing: tuple[Place, ...]
    incident: Place | None


async def search_counts(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
) -> Found[CountRow] | Refused:
    """Find how the inventories of every party came out."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister

    async def fits(_: Count) -> bool:
        return True

    going = NewestFirst(context, view, view.fold.state.inventories.get, fits, before)
    return await going.page(limit, lambda count: _row(view, by, count))


async def find_count(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> CountRow | None:
    """Give one result; None: there is none, or the person lists nothing."""
    view, by = await read_view(context, agreement), await find_person(context, person)
    known = view.fold.state.inventories.get(place)
    if known is None or not isinstance(allow_listing(by), Allowed):
        return None
    return _row(view, by, known)


def _row(view: View, by: Person, count: Count) -> CountRow:
    state, result = view.fold.state, count.result
    missing = tuple(each for each in result.missing if may_know_all(state, by, (each,)))
    reported = None if result.incident is None else state.incidents.get(result.incident)
    affected = () if reported is None else (each.item for each in reported.report.affected)
    known = reported is not None and may_know_all(state, by, affected)
    return CountRow(count, missing, result.incident if known else None)
