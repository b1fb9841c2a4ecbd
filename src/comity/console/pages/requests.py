# SPDX-License-Identifier: Apache-2.0
"""Requests for information: asked, read, answered by an item, or declined.

A declined request owes no reason, and none sets a deadline. Source: treaties.md G-vol
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.console.contents import show_content
from comity.console.errors import Finding, closed_to, findings_of, status_of
from comity.console.forms import TEXT_CHARS_MAX, check_filled, sealed_text, write_query
from comity.console.languages import phrase
from comity.console.names import party_names
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
from comity.decision.house import CONTENT_ROLES, KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows import requests
from comity.flows.item_pages import find_known
from comity.flows.request_search import RequestRow, find_request, search_requests
from comity.flows.requests import ASKING
from comity.flows.turns import read_view
from comity.front.answers import not_there

PAGE: Final = 25
TITLE_CHARS_MAX: Final = 500
_ALL: Final = "/requests/{agreement}"
_ONE: Final = f"{_ALL}/{{party}}/{{index}}"


async def show_list(visit: Visit) -> Outcome:
    """List requests, and the form to ask."""
    return await _list(visit, await named_agreement(visit))


async def ask(visit: Visit) -> Outcome:
    """Ask partners for information of a category, with the question sealed to them."""
    agreement = await named_agreement(visit)
    if visit.is_kept:
        return await _list(visit, agreement)
    form = visit.form
    try:
        check_filled(form, ("to", "category"), "say whom you ask, and of which category")
        to = tuple(sorted({parse_party_id(each, "to") for each in form.texts("to")}))
        asked = await requests.ask(
            visit.context,
            agreement,
            to,
            category=form.text("category"),
            person=visit.person,
            question=sealed_text(form, "question", form.text("title") or "untitled"),
        )
    except InputError as error:
        return await _list(visit, agreement, error=error)
    if isinstance(asked, Refused):
        return await _list(visit, agreement, refused=findings_of(asked, visit))
    return Elsewhere(request_path(agreement, asked.place))


async def _list(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: InputError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    view = await read_view(visit.context, agreement)
    file, query = view.agreement(), visit.query
    before = cursor_of(query.texts("before"))
    found = done(
        await search_requests(
            visit.context,
            agreement,
            visit.person,
            before,
            limit=PAGE,
            open_only=query.text("open") == "yes",
        )
    )
    values = {
        **await listed(visit, agreement, found, "/requests", lambda row: row.request.place),
        "form": visit.form,
        "partners": view.partners,
        "categories": file.scope.categories,
        "question_max": TEXT_CHARS_MAX,
        "title_max": TITLE_CHARS_MAX,
        "closed": closed_to(visit, "request.make", ASKING),
        "error": error,
        "refused": refused,
    }
    status = status_of(error, refused)
    return Page("requests/list.html", visit.say("Requests"), values, status)


async def show(visit: Visit) -> Outcome:
    """Show one request, its answers, and what may be done about it."""
    agreement, row = await named_row(visit, find_request)
    return await _page(visit, agreement, row)


async def open_question(visit: Visit) -> Outcome:
    """Read the question; the journal has it before anything is shown."""
    agreement, row = await named_row(visit, find_request)
    place = row.request.place
    question = done(await requests.open_question(visit.context, agreement, place, visit.person))
    name = f"request-{agreement}-{place.party}-{place.index}"
    return await show_content(visit, question, name, request_path(agreement, place))


async def answer(visit: Visit) -> Outcome:
    """Say that an item of ours answers a request."""
    agreement, row = await named_row(visit, find_request)
    if visit.is_kept:
        return await _page(visit, agreement, row)
    try:
        item = parse_place(visit.form.text("item"), "item")
        if await find_known(visit.context, agreement, item, visit.person) is None:
            raise not_there()
    except InputError as error:
        return await _page(visit, agreement, row, error=error)
    place = row.request.place
    done(await requests.answer(visit.context, agreement, place, item, visit.person))
    return Elsewhere(request_path(agreement, place))


async def decline(visit: Visit) -> Outcome:
    """Decline a request; no reason is owed."""
    agreement, row = await named_row(visit, find_request)
    place = row.request.place
    done(await requests.decline(visit.context, agreement, place, visit.person))
    return Elsewhere(request_path(agreement, place))


async def _page(
    visit: Visit, agreement: AgreementId, row: RequestRow, *, error: InputError | None = None
) -> Page:
    place = row.request.place
    values = {
        "agreement": agreement,
        "row": row,
        "request": row.request.request,
        "name": await party_names(visit, agreement),
        "path": request_path(agreement, place),
        "link": lambda item: item_path(agreement, item),
        "write": _write_path(agreement, row),
        "closed": closed_to(visit, "request.answer", KEEPING_OFFICES),
        "unread": closed_to(visit, "request.open", CONTENT_ROLES),
        "form": visit.form,
        "error": error,
    }
    title = visit.say("Request %(number)s", number=f"{agreement}/{place}")
    return Page("requests/request.html", title, values, status_of(error))


def _write_path(agreement: AgreementId, row: RequestRow) -> str:
    """Give the path of the form in which an item that answers is written."""
    place = row.request.place
    said = {"to": place.party, "category": row.request.request.category, "answers": str(place)}
    return f"/write/{agreement}?{write_query(said)}"


def request_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of a request's page."""
    return path_of("/requests", agreement, place)


REQUESTS: Final = (
    Route("GET", "/requests", choosing("/requests", phrase("Requests"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, ask),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/open", open_question),
    Route("POST", f"{_ONE}/answer", answer),
    Route("POST", f"{_ONE}/decline", decline),
)
