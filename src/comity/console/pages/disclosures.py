# SPDX-License-Identifier: Apache-2.0
"""What was told or shown: put on record with a control number, within its visit if it had one.

The note on it is opened as an item would be. Source: Japan-ROK GSOMIA Art. 2(a), 8
"""

from __future__ import annotations

from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.basis.instants import date_of, parse_instant
from comity.console.acts import answer_form
from comity.console.contents import show_content
from comity.console.errors import Finding, closed_to, status_of
from comity.console.forms import TEXT_CHARS_MAX, check_filled, sealed_text, words_of
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.items import marking_of_levels
from comity.console.places import (
    choosing,
    cursor_of,
    listed,
    named_agreement,
    named_row,
    path_of,
)
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import CONTENT_ROLES, KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows.case_texts import open_disclosure_text
from comity.flows.cases.visit_search import (
    find_disclosure_row,
    find_visit_row,
    search_disclosures,
)
from comity.flows.cases.visits import Disclosed, record_disclosure
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.statement.cases import DisclosureRecord

PAGE: Final = 25
_ALL: Final = "/disclosures/{agreement}"
_ONE: Final = f"{_ALL}/{{party}}/{{index}}"
_FORMS: Final = {"oral": phrase("told"), "visual": phrase("shown")}


async def show_list(visit: Visit) -> Outcome:
    """List what was told or shown, of one visit or of all, and the form to record it."""
    return await _list(visit, await named_agreement(visit))


async def record(visit: Visit) -> Outcome:
    """Put on record what was told or shown."""
    agreement = await named_agreement(visit)

    async def act() -> Entered | Refused:
        text = sealed_text(visit.form)
        return await record_disclosure(
            visit.context, agreement, _told(visit), person=visit.person, text=text
        )

    again = partial(_list, visit, agreement)
    return await answer_form(
        visit, act, again, lambda told: Elsewhere(disclosure_path(agreement, told.place))
    )


def _told(visit: Visit) -> Disclosed:
    """Read what was told or shown.

    Raises:
        InputError: something is missing, or does not read.
    """
    form = visit.form
    needed = ("to", "marking", "category", "form", "purposes")
    check_filled(form, needed, "say to whom, under which marking, in which category and what for")
    at, visited = form.text("at"), form.text("visit")
    return Disclosed(
        to=tuple(sorted({parse_party_id(each, "to") for each in form.texts("to")})),
        marking=form.text("marking"),
        category=form.text("category"),
        form=form.text("form"),
        purposes=tuple(sorted(words_of(form, "purposes"))),
        disclosed_at=parse_instant(at, "at") if at else None,
        visit=parse_place(visited, "visit") if visited else None,
    )


async def _list(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    view, query = await read_view(visit.context, agreement), visit.query
    file = view.find_agreement()
    form = visit.form if visit.form.pairs else query
    named = query.text("visit")
    found = done(
        await search_disclosures(
            visit.context,
            agreement,
            visit.person,
            cursor_of(query.texts("before")),
            limit=PAGE,
            visit=parse_place(named, "visit") if named else None,
        )
    )
    table = () if file is None else file.table.entries
    on = None if file is None else date_of(view.moment(visit.context), file.lifecycle.zone)
    values = {
        **await listed(visit, agreement, found, "/disclosures", lambda row: row.disclosure.place),
        "form": form,
        "partners": view.partners,
        "markings": [
            (e.text, f"{e.text} ({e.level})")
            for e in table
            if on is not None and e.party == view.own and e.holds_on(on)
        ],
        "categories": () if file is None else file.scope.categories,
        "forms": [(each, visit.say(words)) for each, words in _FORMS.items()],
        "how": lambda each: visit.say(_FORMS[each]) if each in _FORMS else each,
        "visit_of": await _visited(visit, agreement, form.text("visit")),
        "closed": closed_to(visit, DisclosureRecord.KIND, KEEPING_OFFICES),
        "text_max": TEXT_CHARS_MAX,
        "error": error,
        "refused": refused,
    }
    levels = [each.level for each in found.rows]
    labels = marking_of_levels(view, visit, levels) if levels else None
    status = status_of(error, refused)
    return Page("disclosures/list.html", visit.say("Disclosures"), values, status, labels=labels)


async def _visited(visit: Visit, agreement: AgreementId, text: str) -> tuple[str, str] | None:
    """Give the path of the visit that a form names, and the level granted for it; None: neither."""
    try:
        place = parse_place(text)
    except InputError:
        return None
    row = await find_visit_row(visit.context, agreement, place, visit.person)
    if row is None:
        return None
    level = None if row.grant is None else row.grant.decide.level
    return path_of("/visits", agreement, place), level or ""


async def show(visit: Visit) -> Outcome:
    """Show what was told or shown once."""
    agreement, row = await named_row(visit, find_disclosure_row)
    place, label = row.disclosure.place, row.disclosure.record.label
    visited = row.disclosure.record.visit
    view = await read_view(visit.context, agreement)
    values = {
        "agreement": agreement,
        "row": row,
        "record": row.disclosure.record,
        "label": label,
        "how": visit.say(_FORMS[label.form]) if label.form in _FORMS else label.form,
        "name": await party_names(visit, agreement),
        "path": disclosure_path(agreement, place),
        "visited": None if visited is None else path_of("/visits", agreement, visited),
        "unread": closed_to(visit, "disclosure.open", CONTENT_ROLES),
    }
    title = visit.say("Disclosure %(number)s", number=f"{agreement}/{place}")
    labels = marking_of_levels(view, visit, (row.level,))
    return Page("disclosures/disclosure.html", title, values, labels=labels)


async def read_note(visit: Visit) -> Outcome:
    """Read the note, as an item is opened; the journal has it first."""
    agreement, row = await named_row(visit, find_disclosure_row)
    place = row.disclosure.place
    opened = done(await open_disclosure_text(visit.context, agreement, place, visit.person))
    name = f"disclosure-{agreement}-{place.party}-{place.index}"
    return await show_content(visit, opened, name, disclosure_path(agreement, place))


def disclosure_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of the page of what was told or shown."""
    return path_of("/disclosures", agreement, place)


DISCLOSURES: Final = (
    Route("GET", "/disclosures", choosing("/disclosures", phrase("Disclosures"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, record),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/text", read_note),
)
