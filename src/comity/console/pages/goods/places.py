# SPDX-License-Identifier: Apache-2.0
"""Which order a path names, and which agreements are on goods at all."""

from __future__ import annotations

from comity.basis.ids import AgreementId, Place
from comity.console.places import named_agreement, named_place
from comity.console.visit import Visit, done
from comity.decision.house import allow_goods_listing
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.front.answers import not_there
from comity.state.records_goods import PlacedOrder


def is_for_goods(view: View) -> bool:
    """Answer whether an agreement speaks of orders at all."""
    file = view.find_agreement()
    return file is not None and bool(file.clauses("order"))


async def goods_agreements(visit: Visit) -> tuple[AgreementId, ...]:
    """List the agreements here under which goods and services are ordered."""
    pinned = await pinned_agreements(visit.context)
    return tuple([each for each in pinned if is_for_goods(await read_view(visit.context, each))])


async def goods_agreement(visit: Visit) -> tuple[AgreementId, View]:
    """Give the agreement that the path names, if whoever asks may read of orders at all.

    Raises:
        NotThere: it is none of ours.
        TurnedDown: an administrator asks.
    """
    done(allow_goods_listing(visit.signed_in.person))
    agreement = await named_agreement(visit)
    return agreement, await read_view(visit.context, agreement)


async def named_order(visit: Visit) -> tuple[AgreementId, View, PlacedOrder]:
    """Give the order that the path names.

    Raises:
        NotThere: there is none.
        TurnedDown: an administrator asks.
    """
    agreement, view = await goods_agreement(visit)
    place = named_place(visit)
    order = view.fold.state.orders.get(place)
    if order is None:
        raise not_there()
    return agreement, view, order


def order_path(agreement: AgreementId, place: Place) -> str:
    """Give the path of an order's page."""
    return f"/orders/{agreement}/{place.party}/{place.index}"
