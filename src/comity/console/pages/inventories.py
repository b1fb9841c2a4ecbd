# SPDX-License-Identifier: Apache-2.0
"""Inventories: how each party's came out, and the count of our own copies.

What is not found is put down as missing, and a loss is reported at once.
Source: Japan-ROK GSOMIA Art. 6(f), 17
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import AgreementId, Place
from comity.console.acts import answer_form
from comity.console.errors import Finding, closed_to, status_of
from comity.console.forms import bounded_text, check_filled, one_of, write_query
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.incidents import incident_path
from comity.console.places import (
    choosing,
    cursor_of,
    item_path,
    listed,
    named_agreement,
    named_row,
    path_of,
)
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import allow_listing
from comity.decision.stages import Refused
from comity.flows.copies import NODE
from comity.flows.facts import list_facilities
from comity.flows.keeping.counting import (
    COUNTING,
    CopyName,
    Counted,
    Row,
    all_but,
    count,
    expected_copies,
    parse_copy_name,
)
from comity.flows.keeping.inventory_search import find_count, search_counts
from comity.flows.turns import read_view
from comity.statement.custody import InventoryResult

PAGE: Final = 25
SHOWN_MAX: Final = 400
"""Copies that one count shows with a box each: the others are named in the field below."""

_ALL: Final = "/inventories/{agreement}"
_ONE: Final = f"{_ALL}/{{party}}/{{index}}"
_COUNT: Final = f"{_ALL}/count"


class Seen(StrEnum):
    """What the ticked copies of a count say."""

    TICKED = "ticked"
    EVERY = "every"
    ALL_BUT = "all_but"


_SEEN: Final = {
    Seen.TICKED: phrase("only those that are ticked were seen"),
    Seen.EVERY: phrase("every copy was seen"),
    Seen.ALL_BUT: phrase("all but those that are ticked were seen"),
}


async def show_list(visit: Visit) -> Outcome:
    """List how the inventories of every party came out."""
    agreement = await named_agreement(visit)
    found = done(
        await search_counts(
            visit.context,
            agreement,
            visit.person,
            cursor_of(visit.query.texts("before")),
            limit=PAGE,
        )
    )
    file = (await read_view(visit.context, agreement)).find_agreement()
    asked = () if file is None else file.clauses("inventory")
    values = {
        **await listed(visit, agreement, found, "/inventories", lambda row: row.count.place),
        "articles": [each.article for each in asked],
        "closed": closed_to(visit, InventoryResult.KIND, COUNTING),
    }
    return Page("inventories/list.html", visit.say("Inventories"), values)


async def show(visit: Visit) -> Outcome:
    """Show how one inventory came out."""
    agreement, row = await named_row(visit, find_count)
    values = {
        "agreement": agreement,
        "row": row,
        "result": row.count.result,
        "name": await party_names(visit, agreement),
        "missing": [(each, item_path(agreement, each)) for each in row.missing],
        "incident": None if row.incident is None else incident_path(agreement, row.incident),
    }
    title = visit.say("Inventory %(number)s", number=f"{agreement}/{row.count.place}")
    return Page("inventories/result.html", title, values)


async def show_count(visit: Visit) -> Outcome:
    """Show what should be found, at one facility or everywhere, and the form to count it."""
    return await _counting(visit, await named_agreement(visit))


async def take(visit: Visit) -> Outcome:
    """Count: what is missing is put down and reported, and partners told as the file asks."""
    agreement = await named_agreement(visit)
    act, again = partial(_take, visit, agreement), partial(_counting, visit, agreement)
    return await answer_form(visit, act, again, partial(_counted, agreement))


def _counted(agreement: AgreementId, counted: Counted) -> Outcome:
    """Go to the incident of what is missing, else to what was told, else to the figures."""
    if counted.incident is not None:
        return Elsewhere(incident_path(agreement, counted.incident))
    if counted.told is not None:
        return Elsewhere(path_of("/inventories", agreement, counted.told.place))
    told = {"counted": str(len(counted.rows)), "missing": str(len(counted.missing))}
    return Elsewhere(f"/inventories/{agreement}/count?{write_query(told)}")


async def _take(visit: Visit, agreement: AgreementId) -> Counted | Refused:
    """Read what was seen, and count.

    Raises:
        InputError: nothing says what was seen, or a copy does not read.
        StateError: no such facility, or a copy was found that should not be there.
    """
    form, context, person = visit.form, visit.context, visit.person
    check_filled(form, ("seen",), "say whether the ticked copies were seen, or missed, or all were")
    seen, facility = one_of(Seen, form, "seen"), form.text("facility") or None
    named = _named_copies(visit)
    if seen is Seen.EVERY and named:
        raise InputError(
            "console.seen",
            "every copy was seen, and some are ticked",
            where="copy",
            hint="take the ticks away, or say what they mean",
        )
    if seen is not Seen.TICKED:
        rows = await expected_copies(context, agreement, person, facility=facility)
        if isinstance(rows, Refused):
            return rows
        named = all_but(agreement, rows, named)
    return await count(context, agreement, person, named, facility=facility)


def _named_copies(visit: Visit) -> tuple[CopyName, ...]:
    """Read the copies that are ticked, and those that are written below."""
    written = (bounded_text(visit.form, "copies") or "").replace(",", " ").split()
    texts = (*visit.form.texts("copy"), *written)
    return tuple(sorted({parse_copy_name(each, "copy") for each in texts}))


async def _counting(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    done(allow_listing(visit.signed_in.person))
    form = visit.form if visit.form.pairs else visit.query
    facility = form.text("facility") or None
    try:
        expected = await expected_copies(visit.context, agreement, visit.person, facility=facility)
    except StateError as unknown:
        expected, error = (), error or unknown
    closed = closed_to(visit, InventoryResult.KIND, COUNTING)
    is_closed = isinstance(expected, Refused)
    rows: tuple[Row, ...] = () if isinstance(expected, Refused) else expected
    places = [] if is_closed else [each.id for each in await list_facilities(visit.context)]
    values = {
        "agreement": agreement,
        "rows": [(each, _name(each.item, each.copy.number)) for each in rows[:SHOWN_MAX]],
        "item": lambda item: item_path(agreement, item),
        "how_many": len(rows),
        "shown_max": SHOWN_MAX,
        "facility": facility or "",
        "facilities": [*places, NODE],
        "is_closed": is_closed,
        "closed": closed,
        "seen": [(each.value, visit.say(words)) for each, words in _SEEN.items()],
        "counted": _number(visit, "counted"),
        "missing": _number(visit, "missing"),
        "form": form,
        "error": error,
        "refused": refused,
    }
    title = visit.say("Count copies of %(agreement)s", agreement=agreement)
    return Page("inventories/count.html", title, values, status_of(error, refused))


def _name(item: Place, number: int) -> str:
    return f"{item}:{number}"


def _number(visit: Visit, name: str) -> int | None:
    """Give what the count that just ended says; None: none did."""
    text = visit.query.text(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else None


INVENTORIES: Final = (
    Route("GET", "/inventories", choosing("/inventories", phrase("Inventories"))),
    Route("GET", _ALL, show_list),
    Route("GET", _COUNT, show_count),
    Route("POST", _COUNT, take),
    Route("GET", _ONE, show),
)
