# SPDX-License-Identifier: Apache-2.0
"""From hand to hand: each change of a copy's holder is confirmed by the one who takes it.

A copy that nobody handed over to this person has a gap in its chain, and is taken only with a
report of it. Source: Japan-ROK GSOMIA Art. 6(f), 12(b) (treaties.md G12b)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, PersonId, Place
from comity.basis.instants import format_instant
from comity.basis.strict_json import JsonValue
from comity.decision.house import CONTENT_ROLES, allow_house_act, join_refusals
from comity.decision.keeping import for_another, refuse_gap, refuse_stranger
from comity.decision.people import Role
from comity.decision.stages import Allowed, Refused
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.copies import Copy, Ending, Hand, Offer
from comity.flows.documents import COPIES
from comity.flows.drafts import keep_refusal
from comity.flows.facts import find_person
from comity.flows.journal import done_entry
from comity.flows.keeping.asking import Held, find_held, may_open
from comity.flows.turns import turn_about
from comity.flows.view import View
from comity.ports import Basis, Change

_EQUIPMENT = "equipment"
HANDLING = CONTENT_ROLES | {Role.REGISTRAR}
"""Who may have a copy in hand."""

_Handed = tuple[Copy, Allowed]
"""A copy as it is then, and the decision that whoever takes it may see it."""


@dataclass(frozen=True, slots=True)
class CopyAt:
    """One copy of one item."""

    agreement: AgreementId
    item: Place
    number: int


async def hand_over(
    context: Context, which: CopyAt, person: PersonId, *, to: PersonId, purpose: str
) -> Copy | Refused:
    """Hand a copy over to another person, who is still to confirm it.

    Its holder does so, or a registrar for what lies in the node; the other person must be one who
    may open the item for the purpose.

    Raises:
        StateError: no such copy is left, or no such person.
    """

    act = "copy.hand-over"

    async def change(view: View, held: Held, copy: Copy) -> _Handed | Refused:
        receiver = await find_person(context, to)
        out_of_the_node = {Role.REGISTRAR} if copy.in_node else HANDLING
        sees = await may_open(context, view, held, receiver, purpose)
        refused = join_refusals(
            allow_house_act(act, held.person.roles, out_of_the_node),
            refuse_stranger(act, copy.hand.holder, person),
            for_another(act, ("the receiver", receiver.id, person), sees),
        )
        if isinstance(sees, Refused):
            return refused or sees
        return refused or (replace(copy, offer=Offer(receiver.id, held.at, person)), sees)

    return await _change(context, which, person, _Handing(act, to, purpose, change))


async def take_over(
    context: Context, which: CopyAt, person: PersonId, *, purpose: str, gap: str | None = None
) -> Copy | Refused:
    """Confirm that one has a copy now: the next link of its chain.

    Where it was not handed over to this person a link is missing, and `gap` must report it; so it
    must of a copy that was missing itself and is found again. What is cited is the clause by which
    copies are located and their distribution controlled.

    Raises:
        StateError: no such copy is left, or this person has it; or no such person.
    """

    act = "copy.take-over"

    async def change(view: View, held: Held, copy: Copy) -> _Handed | Refused:
        _check_elsewhere(held, copy)
        offered = copy.offer is not None and copy.offer.to == person
        terms = view.fold.state.files[held.item.version]
        gone = refuse_gap(terms.agreement, act, terms.article("inventory"))
        sees = await may_open(context, view, held, held.person, purpose)
        refused = join_refusals(
            allow_house_act(act, held.person.roles, HANDLING),
            for_another(act, ("the receiver", person, person), sees),
            None if offered or gap is not None else gone,
        )
        hand = Hand(person, held.person.facility, held.at, person, None if offered else gap)
        if isinstance(sees, Refused):
            return refused or sees
        return refused or (replace(copy, hands=(*copy.hands, hand), offer=None, ended=None), sees)

    handing = _Handing(act, person, purpose, change, found_again=gap is not None)
    return await _change(context, which, person, handing)


@dataclass(frozen=True, slots=True)
class _Handing:
    """What is done with a copy, who is to have it and for what, and what the copy is then."""

    act: str
    to: PersonId
    purpose: str
    change: Callable[[View, Held, Copy], Awaitable[_Handed | Refused]]
    found_again: bool = False


async def _change(
    context: Context, which: CopyAt, person: PersonId, handing: _Handing
) -> Copy | Refused:
    async def attempt() -> Copy | Refused:
        async with turn_about(context, which.agreement, (which.item,)) as view:
            version = await context.ports.store.version(COPIES)
            held = await find_held(context, view, view.item(which.item), person)
            copy = _copy_in_question(held, which.number, found_again=handing.found_again)
            _check_portable(held, copy)
            handed = await handing.change(view, held, copy)
            details: dict[str, JsonValue] = {
                **held.details,
                "copy": which.number,
                "to": handing.to,
                "purpose": handing.purpose,
            }
            if isinstance(handed, Refused):
                return await keep_refusal(context, handed, person, details)
            changed, sees = handed
            details |= _link(changed)
            noted = done_entry(context, handing.act, person, sees, details)
            await commit_on(
                context,
                view,
                Change(
                    allowed_by=(allow_house_act(handing.act), sees),
                    basis=Basis(versions=((COPIES, version),)),
                    documents=(held.copies.with_copy(changed).grown(),),
                    journal=(noted,),
                ),
            )
            return changed

    return await decide_again(attempt)


def _link(copy: Copy) -> dict[str, JsonValue]:
    """Say of the last link of a chain since when and where it is; of an offer that it is none."""
    if copy.offer is not None:
        return {"gap": False}
    hand = copy.hand
    since = format_instant(hand.since)
    return {"gap": hand.gap is not None, "facility": hand.facility, "since": since}


def _copy_in_question(held: Held, number: int, *, found_again: bool) -> Copy:
    """Find a copy that is here, or one that was missing where somebody reports its gap."""
    copy = held.copies.copy(number)
    if found_again and copy.ended is not None and copy.ended.how is Ending.MISSING:
        return copy
    return held.copies.found(number)


def _check_portable(held: Held, copy: Copy) -> None:
    """Refuse to hand over what lies in the node: what is handed over is a copy of it."""
    if not copy.in_node or held.item.release.label.form == _EQUIPMENT:
        return
    raise StateError(
        "copy.in-the-node",
        "the item itself lies in the node and stays there",
        where=f"{held.copies.agreement}/{held.item.place}",
        found=str(copy.number),
        hint="make a copy for that person: comity copy make ITEM",
    )


def _check_elsewhere(held: Held, copy: Copy) -> None:
    """Refuse that somebody takes what he has, where he has it: it would be no link."""
    if not copy.is_here or (copy.hand.holder, copy.hand.facility) != (
        held.person.id,
        held.person.facility,
    ):
        return
    raise StateError(
        "copy.in-your-hands",
        "this person has the copy already",
        where=f"{held.copies.agreement}/{held.item.place}",
        found=str(copy.number),
        hint="see its chain: comity copy list ITEM",
    )
