# SPDX-License-Identifier: Apache-2.0
"""Looking at the register of copies, for those who may know of the item."""

from __future__ import annotations

from comity.basis.ids import AgreementId, PersonId, Place
from comity.decision.house import allow_sight
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.copies import Copies, copies_of
from comity.flows.facts import find_person
from comity.flows.turns import read_view


async def list_copies(
    context: Context, agreement: AgreementId, place: Place, person: PersonId
) -> Copies | Refused:
    """Give the copies of an item, those that have ended too; never their content.

    Raises:
        StateError: no such item.
    """
    view = await read_view(context, agreement)
    item, by = view.protected(place), await find_person(context, person)
    sight = allow_sight(by, item.release.label.category)
    return sight if isinstance(sight, Refused) else await copies_of(context, view, item)
