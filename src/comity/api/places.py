# SPDX-License-Identifier: Apache-2.0
"""Names in paths and queries, read into ids, and items that a caller may know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from litestar.params import Parameter

from comity.api.desk import Desk
from comity.api.limits import PAGE, PAGE_MAX
from comity.api.replies import not_there
from comity.basis.errors import InputError
from comity.basis.ids import (
    AgreementId,
    PartyId,
    Place,
    parse_agreement_id,
    parse_party_id,
    parse_place,
)
from comity.basis.limits import PARTIES_MAX
from comity.flows.item_pages import find_all_known, find_known
from comity.state.records import Item

SOUGHT: Final = "item.sought"

AgreementPath = Annotated[
    str, Parameter(pattern="^[a-z0-9-]{1,64}$", description="The agreement's id.")
]
PartyPath = Annotated[
    str, Parameter(pattern="^[A-Z][A-Z0-9-]{0,31}$", description="The party whose register it is.")
]
IndexPath = Annotated[
    int, Parameter(ge=0, le=2**53 - 1, description="The index in that register, from 0.")
]
Limit = Annotated[int, Parameter(ge=1, le=PAGE_MAX, description="At most so many.")]
LIMIT: Final = PAGE
Start = Annotated[
    list[str] | None,
    Parameter(
        max_items=PARTIES_MAX,
        description="A place in each register to go on from, as `next` of the page before.",
    ),
]
PersonPath = Annotated[
    str, Parameter(pattern="^[a-z0-9][a-z0-9._-]{0,63}$", description="The person's id.")
]


def agreement_of(text: str) -> AgreementId:
    """Read the agreement of a path."""
    return parse_agreement_id(text, "agreement")


def place_of(party: str, index: int) -> Place:
    """Read the place of a path."""
    return parse_place(f"{party}/{index}", "place")


def party_of(text: str) -> PartyId:
    """Read the party of a path."""
    return parse_party_id(text, "party")


def cursor_of(start: Sequence[str] | None) -> dict[PartyId, int]:
    """Read where a page begins in each register.

    Raises:
        InputError: a place does not read, or a register is named twice.
    """
    places = [parse_place(each, "start") for each in start or ()]
    cursor = {each.party: each.index for each in places}
    if len(cursor) != len(places):
        raise InputError("api.cursor-twice", "a register is named twice", where="start")
    return cursor


def refuse_own_party(desk: Desk, parties: Iterable[PartyId]) -> None:
    """Refuse our own party where a partner is to be named.

    Raises:
        InputError: it is our own.
    """
    own = desk.context.config.party
    if own in parties:
        raise InputError(
            "api.own-party", "this is the node's own party: name the partner", found=own
        )


async def known_item(desk: Desk, agreement: AgreementId, place: Place) -> Item:
    """Find an item that the caller may know of.

    What is hidden and what is not there are counted and answered alike.

    Raises:
        NotThere: it is one or the other.
    """
    item = await find_known(desk.context, agreement, place, desk.person)
    if item is None:
        desk.node.door.count(SOUGHT, desk.person)
        raise not_there()
    return item


async def known_items(
    desk: Desk, agreement: AgreementId, places: Sequence[Place]
) -> frozenset[Place]:
    """Find those places at which there is an item that the caller may know of.

    Each of the others is counted as `known_item` counts it, and answered alike.
    """
    found = await find_all_known(desk.context, agreement, places, desk.person)
    for place in places:
        if place not in found:
            desk.node.door.count(SOUGHT, desk.person)
    return found
