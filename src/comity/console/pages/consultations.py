# SPDX-License-Identifier: Apache-2.0
"""Consultations: partners are asked before an act, and how each stands to it now.

They are said as questions for consent, whose page shows one with its answers and lets it be
refused; agreeing binds the state, by its key at the command line. Source: Japan-ROK GSOMIA Art. 20
"""

from __future__ import annotations

from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError
from comity.basis.ids import AgreementId, parse_party_id
from comity.basis.limits import STATEMENT_WORD_CHARS_MAX
from comity.console.acts import answer_form
from comity.console.errors import Finding, closed_to, status_of
from comity.console.forms import check_filled
from comity.console.languages import phrase
from comity.console.pages.consents import ask_path
from comity.console.places import (
    choosing,
    cursor_of,
    known_items,
    listed,
    named_agreement,
    read_until,
)
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import KEEPING_OFFICES
from comity.decision.stages import Refused
from comity.flows.cases.consultations import Standing, consult, named_matters
from comity.flows.consent_search import AskRow, search_asks
from comity.flows.speak import Entered
from comity.flows.turns import read_view
from comity.statement.information import CONSULTATION, ConsentAsk

PAGE: Final = 25
MATTER_CHARS_MAX: Final = STATEMENT_WORD_CHARS_MAX - len(CONSULTATION)
_ALL: Final = "/consultations/{agreement}"
_STANDING: Final = {
    Standing.WAITING: phrase("no answer yet"),
    Standing.AGREED: phrase("agrees"),
    Standing.REFUSED: phrase("refused"),
}


async def show_list(visit: Visit) -> Outcome:
    """List what was asked before acting, and the form to ask."""
    return await _list(visit, await named_agreement(visit))


async def ask(visit: Visit) -> Outcome:
    """Ask partners for their understanding and approval before an act."""
    agreement = await named_agreement(visit)
    act, again = partial(_ask, visit, agreement), partial(_list, visit, agreement)
    return await answer_form(
        visit, act, again, lambda asked: Elsewhere(ask_path(agreement, asked.place))
    )


async def _ask(visit: Visit, agreement: AgreementId) -> Entered | Refused:
    """Read what is asked, and ask it.

    Raises:
        InputError: something is missing, does not read, or is about items and a category.
    """
    form = visit.form
    check_filled(form, ("matter",), "say which act it is about")
    items, category = await known_items(visit, agreement), form.text("category")
    if bool(items) == bool(category):
        raise InputError(
            "console.consultation-about",
            "a consultation is about items or about a category",
            found="both" if items else "neither",
            hint="name items, or choose one category",
        )
    parties = (await read_view(visit.context, agreement)).partners
    to = tuple(sorted({parse_party_id(each, "to") for each in form.texts("to")}))
    strange = [each for each in to if each not in parties]
    if strange:
        raise InputError(
            "console.consultation-partner",
            "this is no partner under the agreement",
            where="to",
            expected=", ".join(parties),
            found=strange[0],
        )
    return await consult(
        visit.context,
        agreement,
        form.text("matter"),
        about=category or items,
        person=visit.person,
        until=await read_until(visit, agreement, form.text("until")),
        to=to or None,
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
    found = done(
        await search_asks(
            visit.context,
            agreement,
            visit.person,
            cursor_of(query.texts("before")),
            limit=PAGE,
            open_only=query.text("open") == "yes",
            consultations_only=True,
        )
    )
    values = {
        **await listed(visit, agreement, found, "/consents", lambda row: row.ask.place),
        "answers": lambda row: _answers(visit, row),
        "matters": await named_matters(visit.context, agreement),
        "form": visit.form if visit.form.pairs else query,
        "partners": view.partners,
        "categories": () if file is None else file.scope.categories,
        "matter_max": MATTER_CHARS_MAX,
        "closed": closed_to(visit, ConsentAsk.KIND, KEEPING_OFFICES),
        "error": error,
        "refused": refused,
    }
    status = status_of(error, refused)
    return Page("consultations/list.html", visit.say("Consultations"), values, status)


def _answers(visit: Visit, row: AskRow) -> list[tuple[str, str]]:
    """Say how each party that was asked stands to it now."""
    standing = dict.fromkeys(row.ask.to, Standing.WAITING)
    standing.update((each.party, Standing.REFUSED) for each in row.refused)
    standing.update(
        (each.consent.place.party, Standing.AGREED) for each in row.given if each.in_effect
    )
    return [(party, visit.say(_STANDING[each])) for party, each in standing.items()]


CONSULTATIONS: Final = (
    Route("GET", "/consultations", choosing("/consultations", phrase("Consultations"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, ask),
)
