# SPDX-License-Identifier: Apache-2.0
"""Parcels that go again to a partner that was put back: it lost what came after its backup.

A partner that reads its own register here asks what it had said: it comes back from a restore. It
may have held the entry of a parcel before, and the parcel not; a hub may have lost one that it was
to carry on, and nobody would miss it. What its recipients have not answered goes again.
Source: DESIGN 5, 7
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from comity.basis.ids import AgreementId, PartyId
from comity.decision.house import allow_house_act
from comity.flows.commits import commit_along
from comity.flows.context import Context
from comity.flows.delivery_load import Ledger
from comity.flows.delivery_routes import Route, hub_of, is_for, routes_of
from comity.flows.documents import PARCELS_AGAIN, json_document
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Change, Document
from comity.state import records
from comity.state.records_handling import Enclosed


async def note_came_back(context: Context, agreement: AgreementId, party: PartyId) -> None:
    """Keep that a partner was put back, for every register that goes from here to it."""
    async with turn(context, agreement) as view:
        documents = tuple(
            json_document(PARCELS_AGAIN, _key(view, route), True)
            for route in routes_of(view.own, view.heads, hub_of(view))
            if route.partner == party
        )
        if documents:
            allowed = allow_house_act("delivery.again")
            await commit_along(context, view, Change(allowed_by=allowed, documents=documents))


async def send_again(
    context: Context, view: View, route: Route, ledger: Ledger, hub: PartyId | None
) -> None:
    """Begin a line's parcels again from the first that is not answered, if its partner came back.

    That is kept before any of them goes; a crash leaves it to be done by the next run.
    """
    version = await context.ports.store.version(PARCELS_AGAIN)
    if ledger.again_version == version:
        return
    key = _key(view, route)
    if await context.ports.store.document(PARCELS_AGAIN, key) is not None:
        ledger.queue.rewind(_first_unanswered(view, route, hub))
        documents = (*ledger.queue.note(), Document(PARCELS_AGAIN, key, None))
        allowed = allow_house_act("delivery.again")
        await commit_along(context, view, Change(allowed_by=allowed, documents=documents))
        ledger.queue.noted()
    ledger.again_version = version


def _key(view: View, route: Route) -> str:
    return f"{route.partner}/{view.heads[route.register].origin}"


def _first_unanswered(view: View, route: Route, hub: PartyId | None) -> int:
    """Give the index of the first parcel of a register that this line has not brought for good."""
    state = view.fold.state
    sent: Iterable[records.Item | records.Request | Enclosed] = chain(
        state.items.values(), state.requests.values(), state.enclosed.values()
    )
    waiting = (
        each.place.index
        for each in sent
        if each.place.party == route.register
        and any(
            (each.place, party) not in state.receipts and (each.place, party) not in state.refusals
            for party in each.to
            if is_for((party,), route, hub)
        )
    )
    return min(waiting, default=view.heads[route.register].size)
