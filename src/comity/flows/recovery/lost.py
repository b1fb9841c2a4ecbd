# SPDX-License-Identifier: Apache-2.0
"""Items that cannot be opened here any more after a restore, and asking their originators again.

The custody of keys stands outside every backup of the database: whichever of the two is the older,
some items are left without key or payload. Source: DESIGN 7
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from comity.basis.ids import AgreementId, PartyId, PersonId, Place
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.erased import erased_among
from comity.flows.parcels import Named, is_held
from comity.flows.requests import ask
from comity.flows.set_up import pinned_agreements
from comity.flows.speak import Entered
from comity.flows.turns import turn
from comity.flows.view import View
from comity.sealing.payload import PayloadHeader
from comity.state.records import Item
from comity.statement.values import SealedRef


class Lack(StrEnum):
    """What of an item is not here: the key that opens it, the sealed payload, or both."""

    KEY = "key"
    PAYLOAD = "payload"
    BOTH = "key and payload"


@dataclass(frozen=True, slots=True)
class LostItem:
    """An item that was held here and cannot be opened.

    It is ours, or one that we had receipted, or whose key we took before its payload was lost.
    """

    agreement: AgreementId
    place: Place
    category: str
    lack: Lack

    @property
    def originator(self) -> PartyId:
        """Give the party whose register released it."""
        return self.place.party


async def lost_items(context: Context) -> tuple[LostItem, ...]:
    """List what was held here once, by our own word or custody, and cannot be opened now."""
    found: list[LostItem] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            items = [each for each in view.fold.state.items.values() if _is_ours(view, each)]
            refs = frozenset(view.item_ref(each.place, each.release.sealed) for each in items)
            keys = await context.ports.keys.held_item_keys(refs)
            erased = await erased_among(context, view, (each.place for each in items))
            for each in sorted(items, key=lambda item: item.place):
                if each.place in erased:
                    continue
                sealed = each.release.sealed
                has_key = view.item_ref(each.place, sealed) in keys
                if not (has_key or _was_held(view, each)):
                    continue
                named = Named(sealed.sha256, sealed.size, clear=False, place=each.place)
                is_here = await is_held(context, view, named)
                lack = _lack(has_key=has_key, has_payload=is_here)
                if lack is not None:
                    found.append(LostItem(agreement, each.place, each.release.label.category, lack))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LostText:
    """A sealed text that was here and cannot be opened: a request's words, or a statement's."""

    agreement: AgreementId
    place: Place
    lack: Lack


async def lost_texts(context: Context) -> tuple[LostText, ...]:
    """List the texts of ours, and those whose key or payload is left, that cannot be opened now.

    Of a partner's text of which neither is left nobody can say here that it had come: it is on its
    way, for all that is known, and is asked for like any parcel.
    """
    found: list[LostText] = []
    for agreement in await pinned_agreements(context):
        async with turn(context, agreement) as view:
            sealed = dict(_texts(view))
            refs = frozenset(view.item_ref(place, ref) for place, ref in sealed.items())
            keys = await context.ports.keys.held_item_keys(refs)
            for place, ref in sorted(sealed.items()):
                named = Named(ref.sha256, ref.size, clear=False, place=place)
                has_key = view.item_ref(place, ref) in keys
                has_payload = await is_held(context, view, named)
                lack = _lack(has_key=has_key, has_payload=has_payload)
                was_here = place.party == view.own or has_key
                if lack is not None and was_here:
                    found.append(LostText(agreement, place, lack))
    return tuple(found)


def _texts(view: View) -> Iterator[tuple[Place, SealedRef]]:
    """Give the sealed texts of ours or to us: of requests, and beside other statements."""
    state = view.fold.state
    for request in state.requests.values():
        if request.request.sealed is not None and view.own in (request.place.party, *request.to):
            yield request.place, request.request.sealed
    for each in state.enclosed.values():
        if view.own in (each.place.party, *each.to):
            yield each.place, each.sealed


async def ask_again(context: Context, person: PersonId) -> tuple[Entered | Refused, ...]:
    """Ask each originator once for what it released to us and is lost here, by control numbers.

    What we released ourselves nobody else can give us: it is not asked for.
    """
    wanted: dict[tuple[AgreementId, PartyId, str], list[Place]] = {}
    for each in await lost_items(context):
        if each.originator != context.config.party:
            key = (each.agreement, each.originator, each.category)
            wanted.setdefault(key, []).append(each.place)
    said: list[Entered | Refused] = []
    for (agreement, originator, category), places in sorted(wanted.items()):
        numbers = "".join(f"{agreement}/{place}\n" for place in places)
        text = f"Lost here in a restore from a backup; please release again:\n{numbers}"
        question = (PayloadHeader("Lost in a restore", "text/plain"), [text.encode()])
        to = (originator,)
        said.append(
            await ask(context, agreement, to, category=category, person=person, question=question)
        )
    return tuple(said)


def _is_ours(view: View, item: Item) -> bool:
    """Answer whether an item is of ours or to us."""
    return view.own in (item.place.party, *item.to)


def _was_held(view: View, item: Item) -> bool:
    """Answer whether we said the item ourselves, or gave our receipt for it."""
    return item.place.party == view.own or (item.place, view.own) in view.fold.state.receipts


def _lack(*, has_key: bool, has_payload: bool) -> Lack | None:
    match has_key, has_payload:
        case True, True:
            return None
        case False, False:
            return Lack.BOTH
        case True, False:
            return Lack.PAYLOAD
        case _:
            return Lack.KEY
