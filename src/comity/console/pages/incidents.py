# SPDX-License-Identifier: Apache-2.0
"""Losses and compromises: told at once by anybody, looked into, closed by the originators.

A possibility is enough, and nothing is reviewed before it is told. Source: Japan-ROK GSOMIA Art. 17
"""

from __future__ import annotations

from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError, StateError
from comity.basis.ids import AgreementId, Place, parse_party_id, parse_place
from comity.basis.instants import Instant, parse_instant
from comity.console.acts import answer_form
from comity.console.contents import show_content
from comity.console.errors import Finding, closed_to, status_of
from comity.console.forms import (
    TEXT_CHARS_MAX,
    check_filled,
    one_of,
    read_items,
    sealed_text,
    words_of,
)
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
from comity.decision.house import KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows.case_texts import open_incident_text
from comity.flows.cases import incidents
from comity.flows.cases.incident_search import (
    IncidentRow,
    find_incident_row,
    search_incidents,
)
from comity.flows.cases.incidents import Report
from comity.flows.cases.shapes import milliseconds_words
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.statement.cases import Affected, Certainty, Harm, IncidentClose, IncidentFindings
from comity.statement.cases import Outcome as Found

PAGE: Final = 25
_ALL: Final = "/incidents/{agreement}"
_ONE: Final = f"{_ALL}/{{party}}/{{index}}"
_HARM: Final = {
    Harm.LOSS: phrase("loss"),
    Harm.COMPROMISE: phrase("compromise"),
    Harm.VICTIM_NAMED: phrase("a victim is named"),
}
_CERTAINTY: Final = {
    Certainty.ACTUAL: phrase("it happened"),
    Certainty.POSSIBLE: phrase("it may have happened"),
}
_FOUND: Final = {
    Found.LOSS: phrase("loss"),
    Found.COMPROMISE: phrase("compromise"),
    Found.NEITHER: phrase("neither"),
    Found.UNKNOWN: phrase("not to be found out"),
}


async def show_list(visit: Visit) -> Outcome:
    """List incidents, and the form to report one."""
    return await _list(visit, await named_agreement(visit))


async def report(visit: Visit) -> Outcome:
    """Tell the originators at once."""
    agreement = await named_agreement(visit)
    begun = visit.context.ports.clock.now()

    async def act() -> Entered | Refused:
        said, text = _said(visit, begun), sealed_text(visit.form)
        return await incidents.report_incident(
            visit.context, agreement, said, person=visit.person, text=text
        )

    again = partial(_list, visit, agreement)
    return await answer_form(
        visit, act, again, lambda told: Elsewhere(incident_path(agreement, told.place))
    )


def _said(visit: Visit, begun: Instant) -> Report:
    """Read what is reported; whoever finds a loss may name items that they may not know of.

    Raises:
        InputError: something is missing, or does not read.
    """
    form = visit.form
    check_filled(form, ("items", "harm", "certainty"), "name the items, and what happened to them")
    found_at, held_by = form.text("found_at"), form.text("held_by")
    return Report(
        incidents.put_together(Affected(each, ()) for each in read_items(form)),
        one_of(Harm, form, "harm"),
        one_of(Certainty, form, "certainty"),
        begun,
        parse_instant(found_at, "found_at") if found_at else None,
        parse_party_id(held_by, "held_by") if held_by else None,
    )


async def _list(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    view, query = await read_view(visit.context, agreement), visit.query
    found = done(
        await search_incidents(
            visit.context,
            agreement,
            visit.person,
            cursor_of(query.texts("before")),
            limit=PAGE,
            open_only=query.text("open") == "yes",
        )
    )
    values = {
        **await listed(visit, agreement, found, "/incidents", lambda row: row.incident.place),
        "form": visit.form if visit.form.pairs else query,
        "parties": (view.own, *view.partners),
        "harms": [(each.value, visit.say(words)) for each, words in _HARM.items()],
        "certainties": [(each.value, visit.say(words)) for each, words in _CERTAINTY.items()],
        "harm": lambda each: visit.say(_HARM[each]),
        "certainty": lambda each: visit.say(_CERTAINTY[each]),
        "text_max": TEXT_CHARS_MAX,
        "error": error,
        "refused": refused,
    }
    status = status_of(error, refused)
    return Page("incidents/list.html", visit.say("Incidents"), values, status)


async def show(visit: Visit) -> Outcome:
    """Show one incident with its clock, and what may be done about it."""
    agreement, row = await named_row(visit, find_incident_row)
    return await _page(visit, agreement, row)


async def give_findings(visit: Visit) -> Outcome:
    """Tell what was found, and what is done against repetition."""
    agreement, row = await named_row(visit, find_incident_row)
    place, form = row.incident.place, visit.form
    if visit.is_kept:
        return await _page(visit, agreement, row)
    try:
        given = await incidents.give_findings(
            visit.context,
            agreement,
            place,
            outcome=one_of(Found, form, "outcome") if form.text("outcome") else None,
            measures=words_of(form, "measures"),
            person=visit.person,
            text=sealed_text(visit.form),
        )
    except (InputError, StateError) as error:
        return await _page(visit, agreement, row, error=error)
    done(given)
    return Elsewhere(incident_path(agreement, place))


async def close(visit: Visit) -> Outcome:
    """Take an incident as closed, on the originator's side."""
    agreement, row = await named_row(visit, find_incident_row)
    place = row.incident.place
    done(await incidents.close_incident(visit.context, agreement, place, visit.person))
    return Elsewhere(incident_path(agreement, place))


async def read_text(visit: Visit) -> Outcome:
    """Read what was told beside the report, or beside findings; the journal has it first."""
    agreement, row = await named_row(visit, find_incident_row)
    told = (row.incident.place, *(each.place for each in row.found))
    try:
        place = parse_place(visit.form.text("of"))
    except InputError:
        raise not_there() from None
    if place not in told:
        raise not_there()
    opened = done(await open_incident_text(visit.context, agreement, place, visit.person))
    name = f"incident-{agreement}-{place.party}-{place.index}"
    return await show_content(visit, opened, name, incident_path(agreement, row.incident.place))


async def _page(
    visit: Visit, agreement: AgreementId, row: IncidentRow, *, error: ComityError | None = None
) -> Page:
    place, own = row.incident.place, visit.node.own
    clock = await incidents.incident_clock(visit.context, agreement, place)
    values = {
        "agreement": agreement,
        "row": row,
        "report": row.incident.report,
        "name": await party_names(visit, agreement),
        "path": incident_path(agreement, place),
        "item": lambda item: item_path(agreement, item),
        "clock": clock,
        "lasted": milliseconds_words,
        "harm": visit.say(_HARM[row.incident.report.harm]),
        "certainty": visit.say(_CERTAINTY[row.incident.report.certainty]),
        "outcomes": [(each.value, visit.say(words)) for each, words in _FOUND.items()],
        "outcome": lambda each: visit.say(_FOUND[each]),
        "is_ours_to_find": row.incident.answers == own and not row.is_closed,
        "is_ours_to_close": own in row.to_close and not row.is_closed,
        "closed_findings": closed_to(visit, IncidentFindings.KIND, KEEPING_OFFICES),
        "closed_close": closed_to(visit, IncidentClose.KIND, KEEPING_OFFICES)
        or await _too_early(visit, agreement, row),
        "unread": closed_to(visit, "incident.open", KEEPING_OFFICES),
        "text_max": TEXT_CHARS_MAX,
        "form": visit.form,
        "error": error,
    }
    title = visit.say("Incident %(number)s", number=f"{agreement}/{place}")
    status = status_of(error)
    return Page("incidents/incident.html", title, values, status)


async def _too_early(visit: Visit, agreement: AgreementId, row: IncidentRow) -> tuple[Finding, ...]:
    """Say why nobody takes an incident as closed yet; empty: result and measures are told.

    Source: Japan-ROK GSOMIA Art. 17 (treaties.md G17)
    """
    if row.outcome is not None and row.measures:
        return ()
    view = await read_view(visit.context, agreement)
    article = view.fold.state.files[row.incident.version].article("incident")
    why = visit.say("result and measures are not told yet")
    next_step = visit.say("Wait for what %(party)s finds", party=row.incident.answers)
    return (Finding(article, "incident", why, next_step),)


def incident_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of an incident's page."""
    return path_of("/incidents", agreement, place)


INCIDENTS: Final = (
    Route("GET", "/incidents", choosing("/incidents", phrase("Incidents"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, report),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/findings", give_findings),
    Route("POST", f"{_ONE}/close", close),
    Route("POST", f"{_ONE}/text", read_text),
)
