# SPDX-License-Identifier: Apache-2.0
"""Consents and consultations: asked, refused, taken back, and given by the authority's key.

To give one binds the state: its key signs at the command line, and the page says by what command.
Source: Japan-ROK GSOMIA Art. 6(a), 6(c); DESIGN 4, 6
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, Place, parse_party_id
from comity.console.errors import Finding, closed_to, findings_of, status_of
from comity.console.forms import check_filled
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.places import (
    choosing,
    cursor_of,
    item_path,
    known_items,
    listed,
    named_agreement,
    named_place,
    path_of,
    read_until,
)
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows.consent_search import (
    AskRow,
    ConsentRow,
    find_ask,
    find_consent,
    search_asks,
    search_consents,
)
from comity.flows.consents import held_besides
from comity.flows.promises import consent_to, promise
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.state.protected import find_protected
from comity.statement.information import ConsentAsk, ConsentRefuse, ConsentWithdraw

PAGE: Final = 25
_ALL: Final = "/consents/{agreement}"
_GIVEN: Final = "/consents-given/{agreement}"
_AT: Final = "{party}/{index}"


async def show_asked(visit: Visit) -> Outcome:
    """List what was asked, and the form to ask."""
    return await _asked(visit, await named_agreement(visit))


async def ask(visit: Visit) -> Outcome:
    """Ask every partner, or some, for leave to pass on or for another purpose."""
    agreement = await named_agreement(visit)
    if visit.is_kept:
        return await _asked(visit, agreement)
    form = visit.form
    try:
        check_filled(form, ("recipient", "purpose"), "say who is to have it, and for what")
        body = await _worded(visit, agreement)
        to = tuple(sorted({parse_party_id(each, "to") for each in form.texts("to")}))
        entered = await promise(visit.context, agreement, body, visit.person, to=to or None)
    except InputError as error:
        return await _asked(visit, agreement, error=error)
    if isinstance(entered, Refused):
        return await _asked(visit, agreement, refused=findings_of(entered, visit))
    return Elsewhere(ask_path(agreement, entered.place))


async def _worded(visit: Visit, agreement: AgreementId) -> ConsentAsk:
    """Word what was written; items that the reader may not know of are not there.

    Raises:
        InputError: something does not read.
    """
    form = visit.form
    items = await known_items(visit, agreement)
    worded = consent_to(
        items=items,
        category=form.text("category") or None,
        recipient=parse_party_id(form.text("recipient"), "recipient"),
        purpose=form.text("purpose"),
        until=await read_until(visit, agreement, form.text("until")),
    )
    return ConsentAsk(worded.items, worded.category, worded.recipient, worded.purpose, worded.until)


async def _asked(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: InputError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    view, query = await read_view(visit.context, agreement), visit.query
    found = done(
        await search_asks(
            visit.context,
            agreement,
            visit.person,
            cursor_of(query.texts("before")),
            limit=PAGE,
            open_only=query.text("open") == "yes",
        )
    )
    values = {
        **await listed(visit, agreement, found, "/consents", lambda row: row.ask.place),
        "form": visit.form if visit.form.pairs else query,
        "partners": view.partners,
        "categories": view.agreement().scope.categories,
        "closed": closed_to(visit, ConsentAsk.KIND, KEEPING_OFFICES),
        "error": error,
        "refused": refused,
    }
    status = status_of(error, refused)
    return Page("consents/asked.html", visit.say("Consents"), values, status)


async def show_given(visit: Visit) -> Outcome:
    """List what was given, whether or not it is in effect."""
    agreement = await named_agreement(visit)
    before = cursor_of(visit.query.texts("before"))
    found = done(await search_consents(visit.context, agreement, visit.person, before, limit=PAGE))
    values = {
        **await listed(visit, agreement, found, "/consents-given", lambda row: row.consent.place),
    }
    return Page("consents/given.html", visit.say("Consents given"), values)


async def show_ask(visit: Visit) -> Outcome:
    """Show one question, its answers, and what may be done about it."""
    agreement, row = await _named_ask(visit)
    place = row.ask.place
    values = {
        "agreement": agreement,
        "row": row,
        "asked": row.ask.ask,
        "name": await party_names(visit, agreement),
        "path": ask_path(agreement, place),
        "item": lambda item: item_path(agreement, item),
        "consent": lambda given: consent_path(agreement, given),
        "known": await _known_items(visit, agreement, row.ask.ask.items),
        "command": f"comity consent give {agreement}/{place} --node DIR --as {visit.person}",
        "closed": closed_to(visit, ConsentRefuse.KIND, KEEPING_OFFICES),
    }
    title = visit.say("Question for consent %(number)s", number=f"{agreement}/{place}")
    return Page("consents/ask.html", title, values)


async def refuse(visit: Visit) -> Outcome:
    """Refuse what was asked; no reason is owed."""
    agreement, row = await _named_ask(visit)
    body = ConsentRefuse(row.ask.place)
    done(await promise(visit.context, agreement, body, visit.person))
    return Elsewhere(ask_path(agreement, row.ask.place))


async def show_consent(visit: Visit) -> Outcome:
    """Show one consent, and what of ours holds beside it."""
    agreement, row = await _named_consent(visit)
    place = row.consent.place
    ours = place.party == visit.node.own
    values = {
        "agreement": agreement,
        "row": row,
        "given": row.consent.consent,
        "name": await party_names(visit, agreement),
        "path": consent_path(agreement, place),
        "item": lambda item: item_path(agreement, item),
        "ask": lambda asked: ask_path(agreement, asked),
        "known": await _known_items(visit, agreement, row.consent.consent.items),
        "besides": await held_besides(visit.context, agreement, place) if ours else (),
        "consent": lambda given: consent_path(agreement, given),
        "ours": ours,
        "closed": closed_to(visit, ConsentWithdraw.KIND, KEEPING_OFFICES),
    }
    title = visit.say("Consent %(number)s", number=f"{agreement}/{place}")
    return Page("consents/consent.html", title, values)


async def withdraw(visit: Visit) -> Outcome:
    """Take our consent back, for what has not been released under it yet."""
    agreement, row = await _named_consent(visit)
    place = row.consent.place
    done(await promise(visit.context, agreement, ConsentWithdraw(place), visit.person))
    return Elsewhere(consent_path(agreement, place))


async def _known_items(
    visit: Visit, agreement: AgreementId, items: tuple[Place, ...]
) -> frozenset[Place]:
    """Give of some items those that have a page here."""
    state = (await read_view(visit.context, agreement)).fold.state
    return frozenset(each for each in items if find_protected(state, each) is not None)


async def _named_ask(visit: Visit) -> tuple[AgreementId, AskRow]:
    """Give the question that the path names, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement = await named_agreement(visit)
    row = await find_ask(visit.context, agreement, named_place(visit), visit.person)
    if row is None:
        raise not_there()
    return agreement, row


async def _named_consent(visit: Visit) -> tuple[AgreementId, ConsentRow]:
    """Give the consent that the path names, if the reader may know of it.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement = await named_agreement(visit)
    row = await find_consent(visit.context, agreement, named_place(visit), visit.person)
    if row is None:
        raise not_there()
    return agreement, row


def ask_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of a question for consent."""
    return path_of("/consents", agreement, place)


def consent_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of a consent."""
    return path_of("/consents-given", agreement, place)


CONSENTS: Final = (
    Route("GET", "/consents", choosing("/consents", phrase("Consents"))),
    Route("GET", _ALL, show_asked),
    Route("POST", _ALL, ask),
    Route("GET", f"{_ALL}/{_AT}", show_ask),
    Route("POST", f"{_ALL}/{_AT}/refuse", refuse),
    Route("GET", _GIVEN, show_given),
    Route("GET", f"{_GIVEN}/{_AT}", show_consent),
    Route("POST", f"{_GIVEN}/{_AT}/withdraw", withdraw),
)
