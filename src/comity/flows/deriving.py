# SPDX-License-Identifier: Apache-2.0
"""Items made from others: decided for each of those, with what the new one would bear.

What comes of it inherits the highest level, every originator, the earliest end of use, and no
further purpose or person; the fold asks the same of the release.
Source: Japan-ROK GSOMIA Art. 4(3) (treaties.md G4.3)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from comity.agreement.acts import Action
from comity.basis.errors import StateError
from comity.basis.ids import PartyId, Place
from comity.decision.house import join_refusals
from comity.decision.people import Person
from comity.decision.request import Derived, Request
from comity.decision.stages import Allowed, Refused
from comity.flows.at_firms import allow_by_person
from comity.flows.context import Context
from comity.flows.copies import held_since
from comity.flows.facts import person_request, with_assurances, with_item
from comity.flows.recalls import inherited_now, refuse_more
from comity.flows.view import View
from comity.marking.labels import Label
from comity.state.derivation import (
    inherited_end,
    inherited_level,
    inherited_names,
    inherited_originators,
    inherited_purposes,
)
from comity.state.records import Item
from comity.statement.values import Until

_SHOWS = ("level", "originator")


def parents_of(view: View, places: tuple[Place, ...]) -> tuple[Item, ...]:
    """Give the items that something is made from.

    Raises:
        StateError: one of them is no item, or is not held here.
    """
    parents = tuple(view.protected(place) for place in places)
    for each in parents:
        if held_since(view.fold.state, view.own, each) is None:
            raise StateError(
                "item.not-held",
                "this item is not held here",
                where=f"{view.agreement_id}/{each.place}",
                hint="give its receipt first: comity item receipt ITEM",
            )
    return parents


@dataclass(frozen=True, slots=True)
class Inherited:
    """What an item made from others takes over from them where it says nothing itself."""

    level: str
    originators: tuple[PartyId, ...]
    purposes: tuple[str, ...]
    use_until: Until
    named_for: tuple[str, ...]


def inherited(context: Context, view: View, places: tuple[Place, ...]) -> Inherited:
    """Give what is inherited from items now."""
    parents, state = parents_of(view, places), view.fold.state
    level = inherited_level(state, parents, view.moment(context))
    return Inherited(
        inherited_now(context, view, level, places)[0],
        inherited_originators(parents, view.own),
        inherited_purposes(parents),
        inherited_end(state, parents),
        inherited_names(parents),
    )


async def decide_derivation(
    context: Context, view: View, person: Person, label: Label, places: tuple[Place, ...]
) -> tuple[Allowed, ...] | Refused:
    """Decide `derive` for each item that something is made from; give what allows it.

    Each is asked for every purpose that the new item would be for; of what was called back nothing
    is made.
    """
    if not places:
        return ()
    at = view.moment(context)
    made = Derived(
        level=label.level,
        originators=tuple(label.originators),
        purposes=label.purposes,
        use_until=label.use_until,
        marked=_SHOWS,
        named_for=label.named_for,
    )
    asked = replace(
        await person_request(context, view, person, at), action=Action.DERIVE.value, derived=made
    )
    decided: list[Allowed | Refused] = []
    recalled: list[Refused | None] = []
    for parent in parents_of(view, places):
        recalled.append(await refuse_more(context, view, "item.derive", parent))
        about: Request = with_item(view, asked, parent, at)
        named = parent.release.label.named_for
        about = with_assurances(view, about, (*view.partners, view.own), named, at)
        for purpose in label.purposes:
            wanted = replace(about, purpose=purpose)
            decided.append(await allow_by_person(context, view, parent, person, wanted))
    refused = join_refusals(*recalled, *decided)
    return refused or tuple(each for each in decided if isinstance(each, Allowed))
