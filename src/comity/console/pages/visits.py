# SPDX-License-Identifier: Apache-2.0
"""Visits: asked by the visitors' authority, granted by the host's alone, up to a level.

Subject and visitors are sealed; level, days and facility are said. Source: Japan-ROK GSOMIA Art. 8
"""

from __future__ import annotations

from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError, excerpt
from comity.basis.ids import AgreementId, Place, parse_party_id
from comity.basis.instants import Date, parse_date
from comity.basis.limits import VISITORS_MAX
from comity.console.acts import answer_form
from comity.console.contents import show_content
from comity.console.errors import Finding, closed_to, findings_of, status_of
from comity.console.forms import TEXT_CHARS_MAX, Fields, check_filled, sealed_text
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.pages.disclosures import disclosure_path
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
from comity.decision.house import KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows.case_texts import open_visit_text
from comity.flows.cases import visits
from comity.flows.cases.visit_search import (
    LOOKS_MAX,
    VisitRow,
    find_visit_row,
    search_disclosures,
    search_visits,
)
from comity.flows.cases.visits import Grant
from comity.flows.facts import find_facility
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.statement.cases import VisitDecide, VisitKind, VisitRequest

PAGE: Final = 25
_ALL: Final = "/visits/{agreement}"
_ONE: Final = f"{_ALL}/{{party}}/{{index}}"
_DIGITS_MAX: Final = len(str(VISITORS_MAX))
_PURPOSE: Final = {
    VisitKind.OFFICIAL: phrase("official business"),
    VisitKind.SECURITY: phrase("security staff look at how information is protected"),
}


async def show_list(visit: Visit) -> Outcome:
    """List visits, and the form to ask for one."""
    return await _list(visit, await named_agreement(visit))


async def ask(visit: Visit) -> Outcome:
    """Ask a host for a visit."""
    agreement = await named_agreement(visit)

    async def act() -> Entered | Refused:
        text = sealed_text(visit.form)
        return await visits.ask_visit(
            visit.context, agreement, _wanted(visit), person=visit.person, text=text
        )

    again = partial(_list, visit, agreement)
    return await answer_form(
        visit, act, again, lambda asked: Elsewhere(visit_path(agreement, asked.place))
    )


def _wanted(visit: Visit) -> VisitRequest:
    """Read what is asked for; a visit of one day needs no last day.

    Raises:
        InputError: something is missing, or does not read.
    """
    form = visit.form
    needed = ("host", "facility", "level", "from", "visitors", "clearance")
    check_filled(form, needed, "say where, when, how many come and at which levels")
    first = parse_date(form.text("from"), "from")
    return VisitRequest(
        host=parse_party_id(form.text("host"), "host"),
        facility=form.text("facility"),
        purpose=VisitKind.SECURITY if form.text("security") == "yes" else VisitKind.OFFICIAL,
        level=form.text("level"),
        first_day=first,
        last_day=_day(form, "to") or first,
        visitors=_visitors(form),
        clearance=form.text("clearance"),
        clearance_until=_day(form, "clearance_until"),
    )


def _visitors(form: Fields) -> int:
    text = form.text("visitors")
    is_number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX
    if not is_number or not 1 <= int(text) <= VISITORS_MAX:
        raise InputError(
            "console.visitors",
            "this is no number of visitors",
            where="visitors",
            expected=f"a number from 1 to {VISITORS_MAX}",
            found=excerpt(text),
            hint="count all who come; their names go into the text, which is sealed",
        )
    return int(text)


def _day(form: Fields, name: str) -> Date | None:
    text = form.text(name)
    return parse_date(text, name) if text else None


async def _list(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    view, query = await read_view(visit.context, agreement), visit.query
    file = view.find_agreement()
    found = done(
        await search_visits(
            visit.context,
            agreement,
            visit.person,
            cursor_of(query.texts("before")),
            limit=PAGE,
            open_only=query.text("open") == "yes",
            up_to=query.text("up_to") or None,
        )
    )
    values = {
        **await listed(visit, agreement, found, "/visits", lambda row: row.visit.place),
        "form": visit.form if visit.form.pairs else query,
        "partners": view.partners,
        "levels": () if file is None else file.levels.order,
        "visitors_max": VISITORS_MAX,
        "text_max": TEXT_CHARS_MAX,
        "closed": closed_to(visit, VisitRequest.KIND, KEEPING_OFFICES),
        "error": error,
        "refused": refused,
    }
    return Page("visits/list.html", visit.say("Visits"), values, status_of(error, refused))


async def show(visit: Visit) -> Outcome:
    """Show one visit, what was disclosed on it, and what may be done about it."""
    agreement, row = await named_row(visit, find_visit_row)
    return await _page(visit, agreement, row)


async def grant(visit: Visit) -> Outcome:
    """Grant a visit to one of our facilities, at most what was asked for."""
    agreement, row = await named_row(visit, find_visit_row)
    place, asked, form = row.visit.place, row.visit.request, visit.form

    async def act() -> Entered | Refused:
        granted = Grant(
            form.text("level") or asked.level,
            _day(form, "from") or asked.first_day,
            _day(form, "to") or asked.last_day,
        )
        return await visits.decide_visit(
            visit.context, agreement, place, granted, person=visit.person
        )

    again = partial(_page, visit, agreement, row)
    return await answer_form(
        visit, act, again, lambda _said: Elsewhere(visit_path(agreement, place))
    )


async def refuse(visit: Visit) -> Outcome:
    """Refuse a visit, or take back what was granted; no reason is owed."""
    agreement, row = await named_row(visit, find_visit_row)
    place = row.visit.place
    done(await visits.decide_visit(visit.context, agreement, place, None, person=visit.person))
    return Elsewhere(visit_path(agreement, place))


async def read_text(visit: Visit) -> Outcome:
    """Read subject and visitors; the journal has it first."""
    agreement, row = await named_row(visit, find_visit_row)
    place = row.visit.place
    opened = done(await open_visit_text(visit.context, agreement, place, visit.person))
    name = f"visit-{agreement}-{place.party}-{place.index}"
    return await show_content(visit, opened, name, visit_path(agreement, place))


async def _page(
    visit: Visit,
    agreement: AgreementId,
    row: VisitRow,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    place, asked = row.visit.place, row.visit.request
    is_ours = asked.host == visit.node.own
    told = done(
        await search_disclosures(
            visit.context, agreement, visit.person, {}, limit=PAGE, visit=place, looks=LOOKS_MAX
        )
    )
    values = {
        "agreement": agreement,
        "row": row,
        "asked": asked,
        "purpose": visit.say(_PURPOSE[asked.purpose]),
        "name": await party_names(visit, agreement),
        "path": visit_path(agreement, place),
        "told": [(each, disclosure_path(agreement, each.disclosure.place)) for each in told.rows],
        "more_told": told.next is not None,
        "is_ours": is_ours,
        "is_refused": bool(row.said) and row.said[-1].decide.level is None,
        "levels": await _levels_within(visit, agreement, asked.level),
        "closed": await _closed(visit, agreement, row) if is_ours else (),
        "closed_refusal": closed_to(visit, VisitDecide.KIND, KEEPING_OFFICES),
        "unread": closed_to(visit, "visit.open", KEEPING_OFFICES),
        "lacks_facility": is_ours and await find_facility(visit.context, asked.facility) is None,
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    title = visit.say("Visit %(number)s", number=f"{agreement}/{place}")
    return Page("visits/visit.html", title, values, status_of(error, refused))


async def _levels_within(visit: Visit, agreement: AgreementId, asked: str) -> tuple[str, ...]:
    """List the levels up to that which was asked for, the highest first."""
    file = (await read_view(visit.context, agreement)).find_agreement()
    order = () if file is None else file.levels.order
    return order[order.index(asked) :] if asked in order else ()


async def _closed(visit: Visit, agreement: AgreementId, row: VisitRow) -> tuple[Finding, ...]:
    """Say why whoever looks may not grant the visit at any level; empty: they may at some."""
    office = closed_to(visit, VisitDecide.KIND, KEEPING_OFFICES)
    file = (await read_view(visit.context, agreement)).find_agreement()
    if file is None:
        return office
    refused = await visits.grant_refused(visit.context, agreement, row.visit.place, visit.person)
    return office if refused is None else (*office, *findings_of(refused, visit))


def visit_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of a visit's page."""
    return path_of("/visits", agreement, place)


VISITS: Final = (
    Route("GET", "/visits", choosing("/visits", phrase("Visits"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, ask),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/grant", grant),
    Route("POST", f"{_ONE}/refuse", refuse),
    Route("POST", f"{_ONE}/text", read_text),
)
