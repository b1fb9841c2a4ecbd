# SPDX-License-Identifier: Apache-2.0
"""Facilities, the control officer who answers for each, and who stood on its register at a time.

Without a control officer in office nobody there is registered. Source: Japan-ROK GSOMIA Art. 6(e),
10
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import PersonId, parse_person_id
from comity.basis.instants import Date, Instant, parse_date, parse_day_or_instant
from comity.basis.limits import PERSON_WORD_CHARS_MAX
from comity.basis.strict_json import JsonValue
from comity.console.acts import answer_form
from comity.console.errors import Finding, findings_of, status_of
from comity.console.forms import check_filled
from comity.console.languages import phrase
from comity.console.pages.people import person_path
from comity.console.routes import Route
from comity.console.visit import Download, Elsewhere, Outcome, Page, Visit, done, whole
from comity.decision.people import Facility
from comity.decision.stages import Refused
from comity.flows.facts import find_facility
from comity.flows.people.register import add_facility, set_facility
from comity.flows.people.register_pages import (
    FacilityRow,
    Lasting,
    facility_row,
    page_facilities,
    refuse_reading,
    refuse_writing,
)
from comity.flows.people.register_then import (
    moment_of,
    register_at,
    register_table,
    then_json,
)
from comity.flows.zones import common_zone
from comity.front.answers import not_there

PAGE: Final = 50
CSV: Final = "text/csv; charset=utf-8"
_ONE: Final = "/facilities/{facility}"
_TERM: Final = {
    Lasting.NONE: phrase("NONE: nobody here may open an item"),
    Lasting.STANDS: phrase("in office"),
    Lasting.ENDS_SOON: phrase("ends soon"),
    Lasting.EXPIRED: phrase("EXPIRED"),
}


async def show_list(visit: Visit) -> Outcome:
    """List the facilities, and the form to put one on the register."""
    return await _list(visit)


async def add(visit: Visit) -> Outcome:
    """Put a facility on the register; its control officer is named once that person is there."""
    form = visit.form

    async def act() -> Facility | Refused:
        check_filled(form, ("facility",), "name the facility's id")
        return await add_facility(
            visit.context, form.text("facility"), form.text("firm") or None, visit.person
        )

    again = partial(_list, visit)
    return await answer_form(visit, act, again, lambda added: Elsewhere(facility_path(added.id)))


async def _list(
    visit: Visit, *, error: ComityError | None = None, refused: tuple[Finding, ...] = ()
) -> Page:
    found = await page_facilities(
        visit.context, visit.person, visit.query.text("after"), limit=PAGE
    )
    rows, last = done(found)
    values = {
        "rows": [(row, facility_path(row.facility.id)) for row in rows],
        "last": last,
        "term": lambda each: visit.say(_TERM[each]),
        "person": person_path,
        "word_max": PERSON_WORD_CHARS_MAX,
        "closed": await _closed(visit, "facility.add"),
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    return Page("facilities/list.html", visit.say("Facilities"), values, status_of(error, refused))


async def show(visit: Visit) -> Outcome:
    """Show a facility, and who stood on its register; or save that as a table."""
    row = await _named(visit)
    if visit.query.text("as") != "csv":
        return await _page(visit, row)
    try:
        rows, _ = await _register(visit, row.facility.id)
    except (InputError, StateError) as error:
        return await _page(visit, row, error=error)
    return Download(f"register-{row.facility.id}.csv", CSV, whole(register_table(rows)))


async def change(visit: Visit) -> Outcome:
    """Name the control officer, and until when; nobody: nothing is opened there."""
    row = await _named(visit)
    form = visit.form

    async def act() -> object:
        officer = _officer(visit)
        until = form.text("until")
        wanted = replace(
            row.facility,
            control_officer=officer,
            officer_until=parse_date(until, "until") if until and officer is not None else None,
        )
        return await set_facility(visit.context, wanted, visit.person)

    again = partial(_page, visit, row)
    return await answer_form(
        visit, act, again, lambda _changed: Elsewhere(facility_path(row.facility.id))
    )


def _officer(visit: Visit) -> PersonId | None:
    """Read who is to answer for a facility; None: nobody, where that is said.

    Raises:
        InputError: neither is said, or it is no id of a person.
    """
    form = visit.form
    if form.text("nobody") == "yes" and not form.text("officer"):
        return None
    check_filled(form, ("officer",), "name the person, or say that nobody answers for it")
    return parse_person_id(form.text("officer"), "officer")


async def _named(visit: Visit) -> FacilityRow:
    """Give the facility that the path names.

    Raises:
        TurnedDown: who looks does not read the register.
        NotThere: there is none.
    """
    refused = await refuse_reading(visit.context, visit.person)
    if refused is not None:
        done(refused)
    found = await find_facility(visit.context, visit.values["facility"])
    if found is None:
        raise not_there()
    return facility_row(found, visit.context.ports.clock.now())


async def _register(visit: Visit, facility: str) -> tuple[list[dict[str, JsonValue]], Instant]:
    """Give who stood on a facility's register, as of a day or instant that the query names."""
    text, context = visit.query.text("at"), visit.context
    at: Date | Instant | None = parse_day_or_instant(text, "at") if text else None
    moment = moment_of(at, await common_zone(context), context.ports.clock.now())
    found = await register_at(context, moment, facility=facility)
    return [then_json(each) for each in found], moment


async def _page(
    visit: Visit,
    row: FacilityRow,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    rows: list[dict[str, JsonValue]] = []
    moment = visit.context.ports.clock.now()
    try:
        rows, moment = await _register(visit, row.facility.id)
    except (InputError, StateError) as unknown:
        error = error or unknown
    values = {
        "row": row,
        "facility": row.facility,
        "path": facility_path(row.facility.id),
        "term": visit.say(_TERM[row.term]),
        "rows": rows,
        "moment": moment,
        "at": visit.query.text("at"),
        "person": person_path,
        "query": visit.query,
        "closed": await _closed(visit, "facility.change"),
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    title = visit.say("Facility %(facility)s", facility=row.facility.id)
    return Page("facilities/facility.html", title, values, status_of(error, refused))


async def _closed(visit: Visit, act: str) -> tuple[Finding, ...]:
    refused = await refuse_writing(visit.context, act, visit.person, None)
    return () if refused is None else findings_of(refused, visit)


def facility_path(facility: str) -> str:
    """Give the path of a facility's page."""
    return f"/facilities/{facility}"


FACILITIES: Final = (
    Route("GET", "/facilities", show_list),
    Route("POST", "/facilities", add),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/officer", change),
)
