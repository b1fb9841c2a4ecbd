# SPDX-License-Identifier: Apache-2.0
"""Texts that were sealed beside a statement, read over HTTP; the journal has who did, first.

Of what is hidden, of what has no text and of what is not there, the answer is the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import litestar
from litestar import Request
from litestar.response import Stream

from comity.api.case_sight import may_know_category
from comity.api.desk import Desk, desk_of, done
from comity.api.item_payloads import streamed
from comity.api.item_wishes import CONTENT_TYPE
from comity.api.operations import post
from comity.api.places import AgreementPath, IndexPath, PartyPath, agreement_of, place_of
from comity.api.replies import not_there
from comity.basis.ids import AgreementId, PersonId, Place
from comity.decision.stages import Refused
from comity.flows.case_texts import (
    open_affairs_text,
    open_certificate,
    open_disclosure_text,
    open_incident_text,
    open_visit_text,
)
from comity.flows.cases.contractors import open_evidence
from comity.flows.context import Context
from comity.flows.enclosures import OpenedText
from comity.flows.support.texts import open_goods_text
from comity.flows.turns import read_view
from comity.signin.permissions import Permission

Opening: TypeAlias = Callable[
    [Context, AgreementId, Place, PersonId], Awaitable[OpenedText | Refused]
]


def _opens(of: str, summary: str, *, tag: str) -> litestar.post:
    """Describe the operation that opens the texts of one kind of statement."""
    return post(
        f"/agreements/{{agreement:str}}/{of}/{{party:str}}/{{index:int}}/open",
        summary=summary,
        tags=[tag],
        status_code=200,
        media_type=CONTENT_TYPE,
    )


@_opens("incidents", "Read the text of a report", tag="incidents")
async def open_report(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read what happened, as it was reported or found; the journal has it first."""
    desk = desk_of(request, Permission.CASES_READ)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_incident_text)


@_opens("visits", "Read who comes on a visit, and what about", tag="visits")
async def open_visit(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read subject, scope and visitors; the journal has it first."""
    desk = desk_of(request, Permission.CASES_READ)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_visit_text)


@_opens("disclosures", "Read the note on what was told or shown", tag="visits")
async def open_note(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read what was told or shown, as an item under such a label is opened."""
    desk = desk_of(request, Permission.CASES_READ, Permission.ITEMS_OPEN)
    named, place = agreement_of(agreement), place_of(party, index)
    known = (await read_view(desk.context, named)).fold.state.disclosures.get(place)
    if known is None or not may_know_category(desk, known.record.label.category):
        raise not_there()
    return await _text(desk, named, place, open_disclosure_text)


@_opens("contractors", "Read the evidence of an assurance about a firm", tag="contractors")
async def open_assurance(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read the evidence that was enclosed; the journal has it first."""
    desk = desk_of(request, Permission.CASES_READ)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_evidence)


@_opens("certificates", "Read a certificate of destruction", tag="copies")
async def open_ending(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read a certificate, or the note of a return: persons' names stand in it."""
    desk = desk_of(request, Permission.ITEMS_END)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_certificate)


@_opens("affairs", "Read the text of a dispute or of a change of law", tag="duties")
async def open_affair(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read the text of a dispute, of its settlement, or of a law; the journal has it first."""
    desk = desk_of(request, Permission.AGREEMENTS_READ, Permission.ITEMS_OPEN)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_affairs_text)


@_opens("goods", "Read the text beside an order, a delivery or a settlement", tag="goods")
async def open_goods(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Read names, titles, signatures and special needs; the journal has it first."""
    desk = desk_of(request, Permission.GOODS_READ)
    return await _text(desk, agreement_of(agreement), place_of(party, index), open_goods_text)


async def _text(desk: Desk, agreement: AgreementId, place: Place, opening: Opening) -> Stream:
    opened = done(await opening(desk.context, agreement, place, desk.person))
    return streamed(desk, f"{agreement}/{place}", opened)


SEALED_TEXTS: Final = (
    open_report,
    open_visit,
    open_note,
    open_assurance,
    open_ending,
    open_affair,
    open_goods,
)
