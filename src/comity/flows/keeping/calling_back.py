# SPDX-License-Identifier: Apache-2.0
"""An originator's word on what it gave: called back, and the receipt for what came back.

Source: Japan-ROK GSOMIA Art. 6(h) (treaties.md G6h)
"""

from __future__ import annotations

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import date_of
from comity.basis.strict_json import JsonValue
from comity.decision.house import allow_house_act
from comity.decision.people import Role
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.facts import find_person
from comity.flows.journal import refusal_entry
from comity.flows.promises import speak_in_role
from comity.flows.receipts import receipt_item
from comity.flows.speak import Act, Entered, Unsaid, Utterance, draft_for
from comity.flows.speaker import say
from comity.flows.turns import read_view
from comity.flows.view import View
from comity.marking.equivalence import choose_marking
from comity.state.queries import item_level
from comity.statement.handling import ItemRecall
from comity.statement.information import ItemReceipt


async def recall(
    context: Context, agreement: AgreementId, wanted: ItemRecall, person: PersonId
) -> Entered | Refused:
    """Call items of ours back; holders make nothing more of them.

    Raises:
        NotCounted: one of them is no item, or is not ours.
    """
    return await speak_in_role(context, agreement, wanted, person)


async def receipt_return(
    context: Context,
    agreement: AgreementId,
    returned: Place,
    person: PersonId,
    *,
    marking: str | None = None,
) -> Entered | Refused:
    """Give our receipt for copies that came back, under our own marking: it closes them.

    Raises:
        InputError: several markings correspond and none was chosen, or another was.
        StateError: no such return.
        NotCounted: the item is not ours, or the receipt was given before.
    """

    async def prepare(view: View) -> Utterance | Unsaid:
        state, officer = view.fold.state, await find_person(context, person)
        row = state.returns.get(returned)
        if row is None or row.body.follows is not None:
            raise StateError(
                "item.no-return",
                "nothing was given back so",
                where=agreement,
                found=str(returned),
                hint="list what was: comity item returns",
            )
        details: dict[str, JsonValue] = {"return": f"{agreement}/{returned}"}
        allowed = allow_house_act("item.receipt", officer.roles, {Role.REGISTRAR})
        if isinstance(allowed, Refused):
            return Unsaid(allowed, refusal_entry(context, allowed, person, details))
        item, now = view.protected(row.body.item), view.moment(context)
        file = view.file(item.version)
        chosen = choose_marking(
            file.table,
            view.own,
            item_level(state, item, now),
            choice=marking,
            on=date_of(now, file.lifecycle.zone),
        )
        body = ItemReceipt(returned, item.release.parcel.sha256, chosen)
        act = Act("item.receipt", allowed, person, {**details, "marking": chosen})
        return Utterance(draft_for(context, view, body), act)

    return await say(context, agreement, prepare)


async def receipt_any(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    *,
    marking: str | None = None,
) -> Entered | Refused:
    """Give the receipt for an item that came, or for copies of ours that came back."""
    view = await read_view(context, agreement)
    give = receipt_return if place in view.fold.state.returns else receipt_item
    return await give(context, agreement, place, person, marking=marking)
