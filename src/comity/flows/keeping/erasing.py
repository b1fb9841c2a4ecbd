# SPDX-License-Identifier: Apache-2.0
"""Crypto-erase: the key in our custody is destroyed, and the payload is noise from then on.

It counts as destruction only where the file lists it; the certificate is another step, since it
waits for what else may hold the key (`erased`). Source: Japan-ROK GSOMIA Art. 13; DESIGN 6
"""

from __future__ import annotations

from dataclasses import replace

from comity.agreement.acts import Action, DestructionMeans
from comity.basis.ids import AgreementId, PersonId, Place
from comity.decision.house import allow_house_act, join_refusals
from comity.decision.stages import Allowed, Refused, allow
from comity.flows.commits import commit_on
from comity.flows.context import Context, decide_again
from comity.flows.documents import ERASED, PASSING
from comity.flows.drafts import keep_refusal
from comity.flows.erased import Erased, erased_document, find_erased
from comity.flows.journal import cited_articles, done_entry
from comity.flows.keeping.asking import Held, find_held, second_fact
from comity.flows.keeping.ending import ENDING
from comity.flows.keeping.opening_keys import key_refs, onward_copies, payload_places
from comity.flows.parcels import parcel_of, read_head
from comity.flows.turns import turn_about
from comity.flows.view import View, statement_at
from comity.ports import Basis, Change, Document
from comity.sealing.parcels import find_wrap, parse_parcel_head

_ACT = "item.erase"


async def erase_item(
    context: Context,
    agreement: AgreementId,
    place: Place,
    person: PersonId,
    means: DestructionMeans,
    *,
    second: PersonId | None = None,
) -> Erased | Refused:
    """Erase the key of an item, so that nobody here opens it again; there is no way back.

    1. decide, as for its destruction by these means;
    2. that it is erased is noted first: whatever a crash leaves is never taken into custody again;
    3. the key goes, by every place that it is kept by since we passed the item on, and the keys of
       its translations with it, whichever of these places they were made under.

    Safe to run again: a key that is gone is gone.

    Raises:
        StateError: the item is not held.
        EdgeError: a copy of the key is still on the disk; erase it again.
    """

    async def attempt() -> tuple[Erased, tuple[str, ...]] | Refused:
        async with turn_about(context, agreement, (place,)) as view:
            store = context.ports.store
            versions = [(each, await store.version(each)) for each in (ERASED, PASSING)]
            held = await find_held(context, view, view.protected(place), person)
            decided = await _decide(context, view, held, (means, second))
            if isinstance(decided, Refused):  # 1
                return await keep_refusal(context, decided, person, held.details)
            places = await payload_places(context, view, held.item)
            refs = await _refs(context, held, places)
            known = await find_erased(context, agreement, place)
            noted_all = [await find_erased(context, *each) is not None for each in places]
            articles = cited_articles(decided)
            if known is not None and all(noted_all):
                return replace(known, articles=articles), refs
            erased = known or Erased(held.at, person, await _sealing_key(context, view, held))
            noted = done_entry(context, _ACT, person, decided, held.details)
            change = Change(
                allowed_by=decided,
                basis=Basis(versions=tuple(versions)),
                documents=_notes(places, erased),
                journal=(noted,),
            )
            await commit_on(context, view, change)  # 2
            view.open.in_custody(place)
            return replace(erased, articles=articles), refs

    outcome = await decide_again(attempt)
    if isinstance(outcome, Refused):
        return outcome
    erased, refs = outcome
    for ref in refs:
        await context.ports.keys.erase_item_key(ref)  # 3
    return erased


async def _refs(
    context: Context, held: Held, places: tuple[tuple[AgreementId, Place], ...]
) -> tuple[str, ...]:
    """Name every key that goes: the payload's by each place, and those of translations made there.

    Raises:
        StateError: a record of copies does not read.
    """
    copies = (held.copies, *await onward_copies(context, places))
    texts = (each.sealed for record in copies for each in record.rows)
    return (
        *key_refs(held.item.release.sealed, places),
        *(each.sha256 for each in texts if each is not None),
    )


def _notes(places: tuple[tuple[AgreementId, Place], ...], erased: Erased) -> tuple[Document, ...]:
    """Note it by each place; what we released ourselves came with no key wrap for us."""
    own, *onward = places
    released = replace(erased, sealing_key=None)
    return (
        erased_document(*own, erased),
        *(erased_document(agreement, place, released) for agreement, place in onward),
    )


async def _decide(
    context: Context,
    view: View,
    held: Held,
    how: tuple[DestructionMeans, PersonId | None],
) -> Allowed | Refused:
    means, second = how
    other = await second_fact(context, view, held, second, purpose=None)
    if isinstance(other, Refused):
        return other
    asked = replace(
        held.request, action=Action.DESTROY.value, means=means.value, second_person=other
    )
    decided = allow(view.file(held.item.version), asked)
    house = allow_house_act(_ACT, held.person.roles, ENDING)
    return join_refusals(house, decided) or decided


async def _sealing_key(context: Context, view: View, held: Held) -> str | None:
    """Find which of our sealing keys the item's key wrap is for; None for an item of ours."""
    place = held.item.place
    if place.party == view.own:
        return None
    parcel = parcel_of(place, await statement_at(context, view, place))
    if parcel is None:
        return None
    head = parse_parcel_head(await read_head(context, view, parcel))
    return find_wrap(head, view.own).key_id
