# SPDX-License-Identifier: Apache-2.0
"""What the agreement is asked about a held item: by whom, how many copies, with whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.basis.errors import StateError
from comity.basis.ids import PersonId
from comity.basis.instants import Instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act, join_refusals
from comity.decision.people import Person
from comity.decision.request import Request, SecondPerson
from comity.decision.stages import Allowed, Refused
from comity.flows.at_firms import allow_by_person
from comity.flows.context import Context
from comity.flows.copies import Copies, copies_of
from comity.flows.facts import find_person, person_request, with_assurances, with_item
from comity.flows.view import View
from comity.state.protected import is_sealed
from comity.state.records import Item


@dataclass(frozen=True, slots=True)
class Held:
    """An item that we hold, its copies, and who asks about it at what time."""

    item: Item
    copies: Copies
    person: Person
    request: Request
    at: Instant

    @property
    def details(self) -> dict[str, JsonValue]:
        """Name the item for the journal."""
        return {"item": f"{self.copies.agreement}/{self.item.place}"}


async def find_held(context: Context, view: View, item: Item, person: PersonId) -> Held:
    """Gather an item, its copies and the facts of a request about it.

    Raises:
        StateError: we do not hold it, or nothing of it is left; or no such person; or it was told
            without a note.
    """
    if not is_sealed(item):
        raise StateError(
            "disclosure.no-note",
            "it was told or shown without a note, so nothing of it lies here to open, erase, "
            "destroy or give back",
            where=f"{view.agreement_id}/{item.place}",
            hint="its level and its recall hold all the same: comity disclosure list",
        )
    at = view.moment(context)
    copies = await copies_of(context, view, item)
    copies.check_read()
    copies.check_open()
    if not copies.rows:
        raise StateError(
            "item.not-held",
            "this item is not held here",
            where=f"{view.agreement_id}/{item.place}",
            hint="give its receipt first: comity item receipt ITEM",
        )
    by = await find_person(context, person)
    request = await _about(context, view, item, by, at)
    known = replace(request.item, copies=len(copies.here))
    return Held(item, copies, by, replace(request, item=known), at)


async def _about(context: Context, view: View, item: Item, person: Person, at: Instant) -> Request:
    request = with_item(view, await person_request(context, view, person, at), item, at)
    named = item.release.label.named_for
    return with_assurances(view, request, (*view.partners, view.own), named, at)


async def second_fact(
    context: Context, view: View, held: Held, second: PersonId | None, *, purpose: str | None
) -> SecondPerson | Refused | None:
    """Give the facts of the second person, who must be one that may open the item too.

    Without a purpose the second person need not see content.
    """
    if second is None:
        return None
    other = await find_person(context, second)
    if purpose is not None:
        allowed = await may_open(context, view, held, other, purpose)
        if isinstance(allowed, Refused):
            return allowed
    return SecondPerson(other.id, other.kind)


async def may_open(
    context: Context, view: View, held: Held, person: Person, purpose: str
) -> Allowed | Refused:
    """Decide whether a person might open the item for a purpose: whoever has a copy sees it."""
    about = await _about(context, view, held.item, person, held.at)
    asked = replace(about, action="open", purpose=purpose)
    opened = await allow_by_person(context, view, held.item, person, asked)
    house = allow_house_act("open", person.roles, CONTENT_ROLES)
    return join_refusals(house, opened) or opened
