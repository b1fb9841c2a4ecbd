# SPDX-License-Identifier: Apache-2.0
"""Partners: their cards and keys, how delivery goes, and each step of the way there and back."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from comity.basis.ids import PartyId
from comity.console.errors import closed_to
from comity.console.languages import phrase
from comity.console.routes import Route
from comity.console.visit import Outcome, Page, TurnedDown, Visit
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.delivery_line import LineState, LineStatus
from comity.flows.doctor.partner import NOT_TRIED, examine_partner
from comity.flows.listing import RegisterRowNow, list_registers
from comity.flows.set_up import agreement_pins, pinned_agreements, pinned_cards
from comity.front.answers import not_there
from comity.keys.cards import Card, fingerprint, format_fingerprint, shown_name
from comity.marking.hidden import printable_text

TRYING: Final = frozenset({Role.ADMINISTRATOR, Role.REGISTRAR})
"""Who may try the way to a partner: it sends one signed echo and tells nothing else."""

_ACT: Final = "partner.examine"
_STATES: Final = {
    LineState.IDLE: phrase("all of it arrived"),
    LineState.SENDING: phrase("being sent"),
    LineState.RETRYING: phrase("tried again by itself"),
    LineState.STOPPED: phrase("stopped until somebody acts"),
}

STEPS: Final = {
    "card": phrase("the card"),
    "agreements": phrase("agreements"),
    "address": phrase("the address"),
    "resolve": phrase("finding the machine"),
    "connect": phrase("connecting"),
    "tls": "TLS",
    "pin": phrase("the pinned key"),
    "send": phrase("sending"),
    "read": phrase("reading the answer"),
    "echo": phrase("the echo"),
    "way back": phrase("the way back"),
    "clocks": phrase("clocks"),
    "their card": phrase("their card"),
    "our card": phrase("our card"),
    "our register": phrase("our register"),
    "their register": phrase("their register"),
    NOT_TRIED: phrase("not tried"),
}
"""The words of each step that is tried; a step of another name is shown by it."""


async def show(visit: Visit) -> Outcome:
    """List the partners whose cards are pinned, and what keeps any of them out of reach."""
    lines = visit.node.lines()
    rows = [
        {
            "card": card,
            "name": _name(visit, card),
            "troubled": [
                each for each in lines if each.partner == card.party and each.problem is not None
            ],
            "waiting": sum(
                each.size - each.acknowledged for each in lines if each.partner == card.party
            ),
            "is_served": any(each.partner == card.party for each in lines),
        }
        for card in await pinned_cards(visit.context)
    ]
    return Page("partners/list.html", visit.say("Partners"), {"rows": rows})


async def show_partner(visit: Visit) -> Outcome:
    """Show one partner: card, keys, lines, and where the registers shared with it stand."""
    card = await _named(visit)
    return await _page(visit, card)


async def try_partner(visit: Visit) -> Outcome:
    """Try each step of the way to a partner and back; nothing is changed by it."""
    card = await _named(visit)
    decided = allow_house_act(_ACT, visit.signed_in.person.roles, TRYING)
    if isinstance(decided, Refused):
        raise TurnedDown(decided)
    if visit.is_kept:
        return await _page(visit, card)
    return await _page(visit, card, found=await examine_partner(visit.context, card.party))


async def _named(visit: Visit) -> Card:
    """Give the partner's card that the path names.

    Raises:
        NotThere: no card of such a party is pinned.
    """
    for card in await pinned_cards(visit.context):
        if card.party == visit.values["party"]:
            return card
    raise not_there()


async def _page(visit: Visit, card: Card, found: Any = None) -> Page:
    lines = [each for each in visit.node.lines() if each.partner == card.party]
    values = {
        "card": card,
        "fingerprint": format_fingerprint(fingerprint(card)),
        "now": visit.context.ports.clock.now(),
        "lines": [(each, visit.say(_STATES[each.state]), _left(each)) for each in lines],
        "shared": await _shared(visit, card.party),
        "found": found,
        "step": partial(_step, visit),
        "not_tried": NOT_TRIED,
        "closed": closed_to(visit, _ACT, TRYING),
        "path": f"/partners/{card.party}",
    }
    return Page("partners/one.html", _name(visit, card), values)


async def _shared(visit: Visit, party: PartyId) -> list[tuple[RegisterRowNow, PartyId, int]]:
    """Give the registers shared with a partner, with who of the two cosigns it how far."""
    own, found = visit.node.own, []
    for agreement in await pinned_agreements(visit.context):
        if party not in await agreement_pins(visit.context, agreement):
            continue
        for row in await list_registers(visit.context, agreement):
            if row.head.party in (own, party):
                other = party if row.head.party == own else own
                found.append((row, other, dict(row.cosigned).get(other, 0)))
    return found


def _step(visit: Visit, name: str) -> str:
    return visit.say(STEPS.get(name, name))


def _left(status: LineStatus) -> int:
    return status.size - status.acknowledged


def _name(visit: Visit, card: Card) -> str:
    return f"{printable_text(shown_name(card, visit.tongue.code))} ({card.party})"


PARTNERS: Final = (
    Route("GET", "/partners", show),
    Route("GET", "/partners/{party}", show_partner),
    Route("POST", "/partners/{party}/try", try_partner),
)
