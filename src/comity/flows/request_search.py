# SPDX-License-Identifier: Apache-2.0
"""Requests for information that a person may know of, the newest first, and who answered them.

A request is known by its category; an answer by an item that a person may not know of is left out
without a trace. Source: Japan-ROK GSOMIA Art. 7(1); treaties.md G-vol
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.house import knows_of
from comity.decision.people import Person
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.listing import may_know_all, view_of_lister
from comity.flows.newest_first import Found, NewestFirst
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.state.records import Reply, Request
from comity.state.tables import walk


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request, the answers that one may know of, and whether it waits for ours."""

    request: Request
    replies: tuple[tuple[PartyId, Reply], ...]
    waits_for_us: bool


async def search_requests(
    context: Context,
    agreement: AgreementId,
    person: PersonId,
    before: Mapping[PartyId, int],
    *,
    limit: int,
    open_only: bool = False,
) -> Found[RequestRow] | Refused:
    """Find requests, the newest first; `open_only`: those alone that wait for our answer."""
    lister = await view_of_lister(context, agreement, person)
    if isinstance(lister, Refused):
        return lister
    view, by = lister

    async def fits(request: Request) -> bool:
        if open_only and not _waits_for_us(view, request):
            return False
        return knows_of(by, request.request.category)

    going = NewestFirst(context, view, view.fold.state.requests.get, fits, before)
    return await going.page(limit, lambda request: _row(view, by, request))


async def find_request(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> RequestRow | None:
    """Give one request; None: there is none, or a person may not know of it."""
    view = await read_view(context, agreement)
    by = await find_person(context, person)
    known = view.fold.state.requests.get(place)
    if known is None or not knows_of(by, known.request.category):
        return None
    return _row(view, by, known)


def _row(view: View, by: Person, request: Request) -> RequestRow:
    state = view.fold.state
    replies = tuple(
        (party, each)
        for party in request.to
        for each in walk(state.replies.get((request.place, party)))
        if each.item is None or may_know_all(state, by, (each.item,))
    )
    return RequestRow(request, replies, _waits_for_us(view, request))


def _waits_for_us(view: View, request: Request) -> bool:
    answered = (request.place, view.own) in view.fold.state.replies
    return view.own in request.to and not answered
