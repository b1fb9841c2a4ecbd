# SPDX-License-Identifier: Apache-2.0
"""Contractors: what a party makes sure of at a firm, and what it then may give to the firm.

A firm is a word of the party that answers for it. Nothing goes to it, and nothing is opened in
its facility, while one condition of the agreement's list lacks, there or at a firm above it.
Source: Japan-ROK GSOMIA Art. 16, 6(d)
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.errors import InputError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act, join_refusals
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.admission import refusal_of
from comity.flows.at_firms import Given, firm_facts, read_given
from comity.flows.cases.speaking import KEEPING_CASES, Saying, say_case
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import copies_of
from comity.flows.documents import CONTRACTOR_ITEM, COPIES, json_document
from comity.flows.drafts import keep_refusal
from comity.flows.enclosures import OpenedText, Text, open_text
from comity.flows.facts import find_person, person_request, with_item
from comity.flows.journal import cited_articles, done_entry
from comity.flows.listing import may_know
from comity.flows.recalls import refuse_more
from comity.flows.speak import Entered
from comity.flows.turns import read_view, turn_about
from comity.flows.view import View
from comity.ports import Basis, Change
from comity.state.export_cases import contractor_json
from comity.state.queries_cases import (
    contractor_letters,
    missing_conditions,
)
from comity.state.records import Item
from comity.statement.cases import ContractorAssure


async def assure_contractor(
    context: Context,
    agreement: AgreementId,
    assure: ContractorAssure,
    *,
    person: PersonId,
    text: Text | None = None,
) -> Entered | Refused:
    """Say which conditions are met at a firm's facility, by what evidence, until when.

    Raises:
        InputError: conditions are met, and no end is named.
        NotCounted: conditions are met and no evidence is named or enclosed, or it is dated later
            than now.

    Source: Japan-ROK GSOMIA Art. 16
    """
    if assure.met and assure.until is None:
        raise InputError(
            "contractor.no-end",
            "what is made sure of at a firm holds until a day, and none is named",
            where="until",
            hint="name the day of the next inspection: --until",
        )
    return await say_case(context, agreement, Saying(assure, person, text=text))


async def release_to_contractor(
    context: Context,
    agreement: AgreementId,
    item: Place,
    firm: tuple[str, str],
    *,
    person: PersonId,
    purpose: str,
    rights_confirmed: bool = False,
) -> Given | Refused:
    """Give an item that we hold to a firm, at one of its facilities; journalled, yes or no.

    1. gather the item, the firm and all firms above it, as they stand now;
    2. the role and the agreement's decision: every letter that lacks is named; nothing that was
       called back is given;
    3. what was given is kept, with the journal's entry.

    Raises:
        StateError: no such item, or no copy of it is left here.

    Source: Japan-ROK GSOMIA Art. 16, 6(c), 6(d)
    """

    async def attempt() -> Given | Refused:
        async with turn_about(context, agreement, (item,)) as view:
            known = view.item(item)
            version = await context.ports.store.version(COPIES)
            (await copies_of(context, view, known)).check_open()
            allowed = await _decide(
                context, view, known, firm, (person, purpose, rights_confirmed)
            )  # 1, 2
            given = Given(agreement, item, *firm)
            if isinstance(allowed, Refused):
                return await keep_refusal(context, allowed, person, _details(given))
            details = {**_details(given), "purpose": purpose}
            noted = done_entry(context, "item.contractor_release", person, allowed, details)
            kept = json_document(CONTRACTOR_ITEM, given.key, {})
            change = Change(
                allowed_by=allowed,
                basis=Basis(versions=((COPIES, version),)),
                documents=(kept,),
                journal=(noted,),
            )
            await commit_on(context, view, change)  # 3
            return replace(given, articles=cited_articles(allowed))

    return await decide_again(attempt)


async def open_evidence(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> OpenedText | Refused:
    """Open the evidence beside an assurance about a firm; journalled first."""
    return await open_text(
        context,
        agreement,
        place,
        person,
        act="contractor.open",
        roles=KEEPING_CASES,
        kinds=(ContractorAssure,),
    )


async def given_to_firms(context: Context, agreement: AgreementId) -> tuple[Given, ...]:
    """List what was given to firms here, by item."""
    found = await context.ports.store.documents(CONTRACTOR_ITEM, prefix=f"{agreement}/")
    return tuple(read_given(each.key) for each in found)


async def letters_asked(context: Context, agreement: AgreementId) -> tuple[str, ...]:
    """List the letters of the conditions that the signed file asks of firms.

    Raises:
        StateError: no version is signed.
    """
    return contractor_letters((await read_view(context, agreement)).agreement())


async def firms_now(
    context: Context, agreement: AgreementId, person: PersonId | None = None
) -> list[dict[str, JsonValue]]:
    """Give the firms as they stand now: conditions, those that lack, and what was given here.

    With a person, only such items are named as that person may know of.
    """
    view = await read_view(context, agreement)
    reader = None if person is None else await find_person(context, person)
    now, state = view.moment(context), view.fold.state
    letters = contractor_letters(view.agreement())
    given: dict[tuple[str, str], list[str]] = {}
    for each in await given_to_firms(context, agreement):
        item = state.items.get(each.item)
        if reader is not None and (item is None or not may_know(reader, item)):
            continue
        given.setdefault((each.firm, each.facility), []).append(f"{agreement}/{each.item}")
    rows: list[dict[str, JsonValue]] = []
    for key, firm in sorted(state.firms.items()):
        lacking = missing_conditions(state, key, letters, now)
        ours = given.get(key[1:], []) if key[0] == view.own else []
        row = contractor_json(state, key, firm, now)
        rows.append({**row, "lacking": [*lacking], "given": [*ours]})
    return rows


async def _decide(
    context: Context,
    view: View,
    item: Item,
    firm: tuple[str, str],
    asked: tuple[PersonId, str, bool],
) -> Allowed | Refused:
    person, purpose, rights_confirmed = asked
    by, now = await find_person(context, person), view.moment(context)
    file = view.file(item.version)
    request = with_item(view, await person_request(context, view, by, now), item, now)
    key = (view.own, *firm)
    wanted = replace(
        request,
        action="contractor_release",
        purpose=purpose,
        firms=firm_facts(view.fold.state, key, contractor_letters(file), now),
        rights_confirmed=rights_confirmed,
    )
    allowed = allow(file, wanted)
    house = allow_house_act("contractor_release", by.roles, KEEPING_CASES)
    came = None if item.place.party == view.own else await refusal_of(context, view, item)
    recalled = await refuse_more(context, view, "contractor_release", item)
    return join_refusals(allowed, house, came, recalled) or allowed


def _details(given: Given) -> dict[str, JsonValue]:
    return {
        "item": f"{given.agreement}/{given.item}",
        "firm": given.firm,
        "facility": given.facility,
    }
