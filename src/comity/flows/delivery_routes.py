# SPDX-License-Identifier: Apache-2.0
"""Which registers go to which partners: everybody's own to all, or through a hub.

Under a `hub` clause a party has one way, to the hub; the hub takes every mirror on to the other
parties. Source: DESIGN 4 (under a `hub` clause registers are mirrored through the hub only)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from comity.agreement.model import Agreement
from comity.basis.ids import PartyId
from comity.flows.view import View
from comity.statement.envelope import Statement


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A register, named by whose it is, and the partner that it is taken to."""

    register: PartyId
    partner: PartyId


def hub_of(view: View) -> PartyId | None:
    """Give the party that an agreement is exchanged through, or None.

    Every other file asks here; before an agreement is signed there is no hub.
    """
    return hub_in(view.find_agreement())


def hub_in(agreed: Agreement | None) -> PartyId | None:
    """Give the hub of the version that is signed, or None."""
    return None if agreed is None else named_hub(agreed)


def named_hub(agreement: Agreement) -> PartyId | None:
    """Give the hub that an agreement names, or None. Source: TISA 2014, paragraph 4"""
    return next((PartyId(each.text("party")) for each in agreement.clauses("hub")), None)


def is_direct(view: View, partner: PartyId) -> bool:
    """Answer whether what belongs to an agreement may go straight between us and a partner.

    Under a hub only what one of the two is the hub of may. Source: TISA 2014, paragraph 4
    """
    return is_straight(hub_of(view), view.own, partner)


def is_straight(hub: PartyId | None, own: PartyId, partner: PartyId) -> bool:
    """Answer `is_direct` where the hub is known. Source: TISA 2014, paragraph 4"""
    return hub is None or hub in (own, partner)


def is_carried_on(view: View, statement: Statement) -> bool:
    """Answer whether this node is the hub, and the statement's parcel is to others through it."""
    to_others = any(each not in (view.own, statement.by) for each in statement.to)
    return to_others and hub_of(view) == view.own


def routes_of(own: PartyId, parties: Iterable[PartyId], hub: PartyId | None) -> tuple[Route, ...]:
    """List the routes that this node serves, sorted."""
    others = sorted(set(parties) - {own})
    if hub is None:
        return tuple(Route(own, each) for each in others)
    if hub != own:
        return (Route(own, hub),) if hub in others else ()
    registers = (own, *others)
    return tuple(
        sorted(
            Route(register, partner)
            for register in registers
            for partner in others
            if register != partner
        )
    )


def is_for(to: Iterable[PartyId], route: Route, hub: PartyId | None) -> bool:
    """Answer whether what is addressed so travels on a route: to its partner, or on through it."""
    return route.partner in to or (route.partner == hub and bool(set(to) - {route.register}))
