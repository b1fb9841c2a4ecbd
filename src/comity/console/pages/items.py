# SPDX-License-Identifier: Apache-2.0
"""Items: found by their labels, the newest first. Titles are content and stand on no list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import PartyId, Place, parse_party_id, parse_place
from comity.basis.instants import date_of
from comity.console.forms import Fields
from comity.console.languages import phrase
from comity.console.places import choosing, cursor_of, item_path, named_agreement
from comity.console.routes import Route
from comity.console.visit import Download, Outcome, Page, Visit, done, whole
from comity.flows.exporting import ROWS_MAX, export_found
from comity.flows.item_search import Wanted, search_items
from comity.flows.listing import ItemRow
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.marking.equivalence import corresponding_markings

PAGE: Final = 25


async def list_items(visit: Visit) -> Outcome:
    """List items by what is looked for."""
    agreement = await named_agreement(visit)
    view = await read_view(visit.context, agreement)
    query = visit.query
    wanted, before = _wanted(query), cursor_of(query.texts("before"))
    found = done(
        await search_items(visit.context, agreement, visit.person, wanted, before, limit=PAGE)
    )
    file = view.agreement()
    values = {
        "agreement": agreement,
        "others": await pinned_agreements(visit.context),
        "rows": [
            (row, item_path(agreement, row.item.place), standing(visit, row)) for row in found.rows
        ],
        "next": [str(each) for each in found.next or ()],
        "is_cut": found.is_cut,
        "is_first": not before,
        "rows_max": ROWS_MAX,
        "categories": file.scope.categories,
        "levels": file.levels.order,
        "parties": file.party_ids(),
        "query": query,
    }
    marking = highest_marking(view, visit, found.rows)
    return Page("items/list.html", visit.say("Items"), values, labels=marking)


async def save_list(visit: Visit) -> Outcome:
    """Give what is listed, from the page on, as a table; the journal notes it."""
    agreement = await named_agreement(visit)
    wanted, before = _wanted(visit.form), cursor_of(visit.form.texts("before"))
    found = done(await export_found(visit.context, agreement, visit.person, wanted, before))
    return Download(f"items-{agreement}.csv", found.media_type, whole(found.raw))


def standing(visit: Visit, row: ItemRow) -> str:
    """Say in a word where an item stands for us."""
    own, say = visit.node.own, visit.say
    if row.item.place.party == own:
        if row.receipts:
            parties = ", ".join(party for party, _ in row.receipts)
            return say("receipted by %(parties)s", parties=parties)
        if row.acknowledged:
            return say("acknowledged by %(parties)s", parties=", ".join(row.acknowledged))
        return say("released")
    if any(party == own for party, _ in row.receipts):
        return say("receipted")
    if any(party == own for party, _ in row.refusals):
        return say("refused by us")
    return say("to be receipted") if row.held else say("payload not here yet")


def _wanted(query: Fields) -> Wanted:
    by, index = _number(query.text("number"))
    named = query.text("by")
    return Wanted(
        category=query.text("category") or None,
        level=query.text("level") or None,
        by=by or (parse_party_id(named, "by") if named else None),
        index=index,
        open_only=query.text("open") == "yes",
        purpose=query.text("purpose") or None,
    )


def _number(text: str) -> tuple[PartyId | None, int | None]:
    """Read a control number, with or without its agreement, or its number alone."""
    if not text:
        return None, None
    if text.isascii() and text.isdecimal() and len(text) < 16:
        return None, int(text)
    try:
        place: Place = parse_place("/".join(text.split("/")[-2:]))
    except InputError:
        raise InputError(
            "console.no-number",
            "this is no control number",
            expected="JPN/12, or 12",
            hint="leave it out, or write it as the list shows it",
        ) from None
    return place.party, place.index


def highest_marking(view: View, visit: Visit, rows: Iterable[ItemRow]) -> str | None:
    """Give the highest level of some items, as our own party marks it today."""
    return marking_of_levels(view, visit, (row.level for row in rows))


def marking_of_levels(view: View, visit: Visit, levels: Iterable[str]) -> str | None:
    """Give the highest of some levels, as our own party marks it today; None: none is known."""
    file, own = view.agreement(), visit.node.own
    known = [each for each in levels if file.levels.knows(each)]
    if not known:
        return None
    level = min(known, key=file.levels.order.index)
    on = date_of(view.moment(visit.context), file.lifecycle.zone)
    return next(iter(corresponding_markings(file.table, own, level, on)), level)


ITEMS: Final = (
    Route("GET", "/items", choosing("/items", phrase("Items"))),
    Route("GET", "/items/{agreement}", list_items),
    Route("POST", "/items/{agreement}/table", save_list),
)
