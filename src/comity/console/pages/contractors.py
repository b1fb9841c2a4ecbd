# SPDX-License-Identifier: Apache-2.0
"""Firms: what a party made sure of at each, until when, and what it then gives to it.

A firm and its facility are words of the party that answers for them, so the query names them.
Source: Japan-ROK GSOMIA Art. 16, 6(d)
"""

from __future__ import annotations

from functools import partial
from typing import Final

from comity.basis.errors import ComityError, InputError
from comity.basis.ids import AgreementId, PartyId, parse_party_id, parse_place
from comity.basis.instants import UTC, Date, date_of, format_date, parse_date
from comity.basis.limits import STATEMENT_WORD_CHARS_MAX
from comity.console.acts import answer_form
from comity.console.contents import show_content
from comity.console.errors import Finding, closed_to, findings_of, status_of
from comity.console.forms import (
    TEXT_CHARS_MAX,
    Fields,
    check_filled,
    sealed_text,
    write_query,
)
from comity.console.languages import phrase
from comity.console.names import party_names
from comity.console.places import choosing, item_path, named_agreement
from comity.console.routes import Route
from comity.console.visit import Elsewhere, Outcome, Page, Visit, done
from comity.decision.house import KEEPING_OFFICES
from comity.flows.cases.contractors import (
    assure_contractor,
    letters_asked,
    open_evidence,
    release_to_contractor,
)
from comity.flows.cases.firm_search import (
    FirmPage,
    Met,
    find_firm,
    giving_refused,
    page_firms,
    points_asked,
)
from comity.flows.item_pages import find_known
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.front.answers import not_there
from comity.marking.hidden import printable_text
from comity.state.records_cases import FirmKey
from comity.statement.cases import ContractorAssure

PAGE: Final = 25
_ALL: Final = "/contractors/{agreement}"
_ONE: Final = f"{_ALL}/firm"
_STANDING: Final = {
    Met.STANDS: phrase("stands"),
    Met.ENDS_SOON: phrase("ends soon"),
    Met.EXPIRED: phrase("EXPIRED"),
    Met.NOT_MET: phrase("NOT MET"),
    Met.NEVER: phrase("never made sure of"),
}


async def show_list(visit: Visit) -> Outcome:
    """List firms with what lacks at each, and the form to make sure of one."""
    return await _list(visit, await named_agreement(visit))


async def assure_new(visit: Visit) -> Outcome:
    """Make sure of conditions at a firm that the form names."""
    agreement = await named_agreement(visit)
    act, again = partial(_assure, visit, agreement), partial(_list, visit, agreement)
    return await answer_form(
        visit, act, again, lambda _said: Elsewhere(_named_path(visit, agreement))
    )


async def _assure(visit: Visit, agreement: AgreementId) -> object:
    """Say which conditions are met at a firm's facility, by what evidence, until when.

    Raises:
        InputError: something is missing, or does not read.
        StateError: it would not count.
    """
    form = visit.form
    check_filled(form, ("firm", "facility", "assured_by"), "say of which firm, and who made sure")
    letters = form.texts("condition")
    if form.text("every") == "yes":
        letters = await letters_asked(visit.context, agreement)
    if not letters:
        check_filled(form, ("condition",), "tick the conditions, or say that it is every one")
    on, until = form.text("assured_on"), form.text("until")
    body = ContractorAssure(
        firm=form.text("firm"),
        facility=form.text("facility"),
        parent=form.text("parent") or None,
        conditions=tuple(sorted(set(letters))),
        met=form.text("met") != "no",
        clearance=form.text("clearance") or None,
        document=form.text("document") or None,
        assured_by=form.text("assured_by"),
        assured_on=parse_date(on, "assured_on") if on else _today(visit),
        until=parse_date(until, "until") if until else None,
    )
    text = sealed_text(form, title="evidence")
    return await assure_contractor(visit.context, agreement, body, person=visit.person, text=text)


async def _list(
    visit: Visit,
    agreement: AgreementId,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    query = visit.query
    after = _key(query) if query.text("firm") else None
    lacking_only = query.text("lacking") == "yes"
    rows, last = done(
        await page_firms(
            visit.context, agreement, visit.person, after, limit=PAGE, lacking_only=lacking_only
        )
    )
    values = {
        **await _assuring(visit, agreement),
        "agreement": agreement,
        "others": await pinned_agreements(visit.context),
        "name": await party_names(visit, agreement),
        "rows": [(row, firm_path(agreement, row.key)) for row in rows],
        "last": last,
        "query": query,
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    return Page("contractors/list.html", visit.say("Firms"), values, status_of(error, refused))


async def _assuring(visit: Visit, agreement: AgreementId) -> dict[str, object]:
    """Give what the form needs by which conditions are made sure of."""
    file = (await read_view(visit.context, agreement)).find_agreement()
    code = visit.tongue.code
    words = points_asked(file).items()
    return {
        "letters": [(each, f"({each}) {told.in_language(code)}") for each, told in words],
        "levels": () if file is None else file.levels.order,
        "today": format_date(_today(visit)),
        "word_max": STATEMENT_WORD_CHARS_MAX,
        "text_max": TEXT_CHARS_MAX,
        "closed": closed_to(visit, ContractorAssure.KIND, KEEPING_OFFICES),
    }


def _today(visit: Visit) -> Date:
    return date_of(visit.context.ports.clock.now(), UTC)


async def show(visit: Visit) -> Outcome:
    """Show one firm's facility: each condition with its evidence, and what was given to it."""
    agreement, found = await _named(visit)
    return await _page(visit, agreement, found)


async def assure(visit: Visit) -> Outcome:
    """Make sure of conditions at this firm anew, or say that they are no longer met."""
    agreement, found = await _named(visit)
    act, again = partial(_assure, visit, agreement), partial(_page, visit, agreement, found)
    return await answer_form(
        visit, act, again, lambda _said: Elsewhere(firm_path(agreement, found.row.key))
    )


async def give(visit: Visit) -> Outcome:
    """Give an item that we hold to this firm: every letter that lacks is named."""
    agreement, found = await _named(visit)
    form = visit.form

    async def act() -> object:
        check_filled(form, ("item", "purpose"), "name the item, and what it is given for")
        place = parse_place(form.text("item"), "item")
        if await find_known(visit.context, agreement, place, visit.person) is None:
            raise not_there()
        return await release_to_contractor(
            visit.context,
            agreement,
            place,
            found.row.key[1:],
            person=visit.person,
            purpose=form.text("purpose"),
            rights_confirmed=form.text("rights") == "yes",
        )

    again = partial(_page, visit, agreement, found)
    return await answer_form(
        visit, act, again, lambda _given: Elsewhere(firm_path(agreement, found.row.key))
    )


async def read_text(visit: Visit) -> Outcome:
    """Read the evidence beside an assurance; the journal has it first."""
    agreement, found = await _named(visit)
    said = {str(each.assured.place) for each in found.row.points if each.assured is not None}
    if visit.form.text("of") not in said:
        raise not_there()
    place = parse_place(visit.form.text("of"))
    opened = done(await open_evidence(visit.context, agreement, place, visit.person))
    name = f"evidence-{agreement}-{place.party}-{place.index}"
    return await show_content(visit, opened, name, firm_path(agreement, found.row.key))


async def _named(visit: Visit) -> tuple[AgreementId, FirmPage]:
    """Give the firm that the form names, or the query.

    Raises:
        NotThere: there is none, or it is hidden.
    """
    agreement = await named_agreement(visit)
    key = _key(visit.form if "firm" in visit.form else visit.query)
    found = None if key is None else await find_firm(visit.context, agreement, key, visit.person)
    if found is None:
        raise not_there()
    return agreement, found


def _key(named: Fields) -> FirmKey | None:
    """Read which firm's facility is named; None: none is."""
    try:
        party: PartyId = parse_party_id(named.text("by"))
    except InputError:
        return None
    return party, named.text("firm"), named.text("facility")


async def _page(
    visit: Visit,
    agreement: AgreementId,
    found: FirmPage,
    *,
    error: ComityError | None = None,
    refused: tuple[Finding, ...] = (),
) -> Page:
    key = found.row.key
    is_ours = key[0] == visit.node.own
    given = [(each.item, item_path(agreement, each.item)) for each in found.given]
    values = {
        **await _assuring(visit, agreement),
        "agreement": agreement,
        "page": found,
        "row": found.row,
        "key": key,
        "name": await party_names(visit, agreement),
        "standing": lambda each: visit.say(_STANDING[each]),
        "code": visit.tongue.code,
        "path": f"/contractors/{agreement}/firm",
        "fields": (("by", key[0]), ("firm", key[1]), ("facility", key[2])),
        "given": given,
        "below": [(each, firm_path(agreement, each)) for each in found.below],
        "is_ours": is_ours,
        "closed_giving": await _closed(visit, agreement, key) if is_ours else (),
        "unread": closed_to(visit, "contractor.open", KEEPING_OFFICES),
        "form": visit.form,
        "error": error,
        "refused": refused,
    }
    named = {"firm": printable_text(key[1]), "facility": printable_text(key[2])}
    title = visit.say("Firm %(firm)s at %(facility)s", **named)
    return Page("contractors/firm.html", title, values, status_of(error, refused))


async def _closed(visit: Visit, agreement: AgreementId, key: FirmKey) -> tuple[Finding, ...]:
    """Say why nothing is given to a firm by whoever looks; empty: something may be."""
    office = closed_to(visit, "contractor_release", KEEPING_OFFICES)
    if (await read_view(visit.context, agreement)).find_agreement() is None:
        return office
    refused = await giving_refused(visit.context, agreement, key[1:], visit.person)
    return office if refused is None else (*office, *findings_of(refused, visit))


def _named_path(visit: Visit, agreement: AgreementId) -> str:
    form = visit.form
    return firm_path(agreement, (visit.node.own, form.text("firm"), form.text("facility")))


def firm_path(agreement: AgreementId, key: FirmKey) -> str:
    """Give the path of the page of a firm's facility."""
    named = write_query({"by": key[0], "firm": key[1], "facility": key[2]})
    return f"/contractors/{agreement}/firm?{named}"


CONTRACTORS: Final = (
    Route("GET", "/contractors", choosing("/contractors", phrase("Firms"))),
    Route("GET", _ALL, show_list),
    Route("POST", _ALL, assure_new),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/assure", assure),
    Route("POST", f"{_ONE}/give", give),
    Route("POST", f"{_ONE}/text", read_text),
)
