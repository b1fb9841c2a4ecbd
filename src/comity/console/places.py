# SPDX-License-Identifier: Apache-2.0
"""What paths and cursors name: agreements, items; and whether the reader may know of them.

What is hidden and what is not there are counted and answered alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from comity.basis.errors import InputError
from comity.basis.ids import (
    AgreementId,
    PartyId,
    PersonId,
    Place,
    parse_agreement_id,
    parse_place,
)
from comity.basis.instants import Date, Instant, end_of_day, parse_day_or_instant
from comity.console.forms import read_items
from comity.console.names import party_names
from comity.console.routes import Act
from comity.console.visit import Elsewhere, Outcome, Page, Visit
from comity.flows.context import Context
from comity.flows.item_pages import find_known
from comity.flows.newest_first import Found
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.state.queries import zone_of
from comity.state.records import Item

SOUGHT = "item.sought"

Row = TypeVar("Row")


def choosing(base: str, title: str) -> Act:
    """Give the page that lets an agreement be chosen for a family of pages.

    Where there is one, it goes there at once. `title` is a message.
    """

    async def choose(visit: Visit) -> Outcome:
        pinned = await pinned_agreements(visit.context)
        if len(pinned) == 1:
            return Elsewhere(f"{base}/{pinned[0]}")
        return Page("choose.html", visit.say(title), {"agreements": pinned, "base": base})

    return choose


async def named_agreement(visit: Visit) -> AgreementId:
    """Give the agreement that the path names, if it is one of ours.

    Raises:
        NotThere: it is not.
    """
    try:
        named = parse_agreement_id(visit.values["agreement"])
    except InputError:
        raise not_there() from None
    if named not in await pinned_agreements(visit.context):
        raise not_there()
    return named


def named_place(visit: Visit, party: str = "party", index: str = "index") -> Place:
    """Give the place that two parts of the path name.

    Raises:
        NotThere: they name none.
    """
    try:
        return parse_place(f"{visit.values[party]}/{visit.values[index]}")
    except InputError:
        raise not_there() from None


async def named_row(
    visit: Visit,
    find: Callable[[Context, AgreementId, Place, PersonId], Awaitable[Row | None]],
) -> tuple[AgreementId, Row]:
    """Give what a search finds at the place that the path names, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement = await named_agreement(visit)
    row = await find(visit.context, agreement, named_place(visit), visit.person)
    if row is None:
        raise not_there()
    return agreement, row


async def named_item(visit: Visit) -> tuple[AgreementId, Place, Item]:
    """Give the item that the path names, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement, place = await named_agreement(visit), named_place(visit)
    item = await find_known(visit.context, agreement, place, visit.person)
    if item is None:
        visit.node.door.count(SOUGHT, visit.person)
        raise not_there()
    return agreement, place, item


def cursor_of(texts: Iterable[str]) -> dict[PartyId, int]:
    """Read where a page begins in each register."""
    return {each.party: each.index for each in map(parse_place, texts)}


async def listed(
    visit: Visit,
    agreement: AgreementId,
    found: Found[Row],
    base: str,
    place: Callable[[Row], Place],
) -> dict[str, object]:
    """Give what every list of an agreement shows: rows with their pages, and where it goes on."""
    return {
        "name": await party_names(visit, agreement),
        "agreement": agreement,
        "others": await pinned_agreements(visit.context),
        "rows": [(row, path_of(base, agreement, place(row))) for row in found.rows],
        "next": [str(each) for each in found.next or ()],
        "is_cut": found.is_cut,
        "query": visit.query,
    }


def path_of(base: str, agreement: AgreementId, place: Place) -> str:
    """Give the path of the page of what stands at a place, in a family of pages."""
    return f"{base}/{agreement}/{place.party}/{place.index}"


def item_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of an item's page."""
    return path_of("/items", agreement, place)


async def known_place(visit: Visit, name: str) -> tuple[AgreementId, Place]:
    """Give the item that a form names, as `gsomia-jpn-kor/JPN/12`, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement, _, rest = name.partition("/")
    party, _, index = rest.partition("/")
    values = {"agreement": agreement, "party": party, "index": index}
    named, place, _ = await named_item(replace(visit, values=values))
    return named, place


async def known_items(visit: Visit, agreement: AgreementId) -> tuple[Place, ...]:
    """Give the items that a form names with commas between them.

    Raises:
        InputError: one does not read, or they are too many.
        NotThere: the reader may not know of one, or it is not there.
    """
    items = read_items(visit.form)
    for each in items:
        if await find_known(visit.context, agreement, each, visit.person) is None:
            raise not_there()
    return items


async def read_until(visit: Visit, agreement: AgreementId, text: str) -> Date | Instant | None:
    """Read an end that has not passed in the agreement's zone; None: none was written."""
    if not text:
        return None
    until = parse_day_or_instant(text, "until")
    zone = zone_of((await read_view(visit.context, agreement)).fold.state)
    end = end_of_day(until, zone) if isinstance(until, Date) else until
    if end <= visit.context.ports.clock.now():
        raise InputError(
            "console.past-end",
            "this end has passed already, so nothing would ever hold",
            where="until",
            found=text,
            hint="look at the year; without it, it holds without end",
        )
    return until
