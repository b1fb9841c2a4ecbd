# SPDX-License-Identifier: Apache-2.0
"""The parcels of a bundle: those that statements name, may travel so, and are not here yet.

Source: DESIGN 4, 5
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from comity.basis.errors import StateError
from comity.basis.ids import AgreementId, Digest
from comity.decision.house import allow_house_act
from comity.flows.alerts import COURIER_CHANNEL
from comity.flows.arrivals import due_parcels, is_too_large, keep_parcel
from comity.flows.brought import brought_document, parcel_key, parts_brought
from comity.flows.channels import check_way
from comity.flows.context import Context
from comity.flows.courier.work import Work
from comity.flows.parcels import Named, is_held
from comity.flows.turns import turn
from comity.flows.view import View
from comity.ports import Change
from comity.sealing.bundle import BodyReader, Listing


async def take_parcels(context: Context, body: BodyReader, listing: Listing, work: Work) -> None:
    """Store the parts that are lacked, as they are read; the others are read past.

    Nothing is kept that no statement names, and nothing twice.
    """
    carried = {each.digest for each in listing.parcels if not each.clear}
    due: dict[Digest, list[tuple[View, Named]]] = {}
    for agreement in sorted(work.agreements):
        for view, part in await _due(context, agreement, carried, work):
            due.setdefault(part.digest, []).append((view, part))
    came: dict[str, set[Digest]] = {}
    for parcel in listing.parcels:
        if parcel.clear:
            continue
        lacking = [
            (view, part)
            for view, part in due.get(parcel.digest, ())
            if part.size == parcel.size and not await is_held(context, view, part)
        ]
        stream = body.stream(parcel.size)
        if not lacking:
            for _ in stream:
                pass
            continue
        await keep_parcel(context, lacking[0][1], stream)
        work.parcels += 1
        for view, part in lacking:
            if part.place is not None:
                key = parcel_key(view.heads[part.place.party].origin, part.place.index)
                came.setdefault(key, set()).add(part.digest)
    await _note_brought(context, came)


async def _due(
    context: Context, agreement: AgreementId, carried: AbstractSet[Digest], work: Work
) -> list[tuple[View, Named]]:
    """Give the parts among those carried that the sender's statements lack here.

    What must not travel by courier, or is larger than is taken, is noted and left out.
    """
    due: list[tuple[View, Named]] = []
    async with turn(context, agreement) as view:
        for each in await due_parcels(context, view):
            if each.place.party != work.party or carried.isdisjoint(
                part.digest for part in each.parts
            ):
                continue
            control = f"{agreement}/{each.place}"
            try:
                check_way(view, each.place, each.statement, COURIER_CHANNEL)
            except StateError as err:
                work.not_by_courier.add(f"{control}: {err.code}, expected {err.expected}")
                continue
            if is_too_large(context, each):
                work.too_large.add(control)
            else:
                due += [(view, part) for part in each.parts]
    return due


async def _note_brought(context: Context, came: Mapping[str, AbstractSet[Digest]]) -> None:
    """Keep for which entries the parts have come, beside what came for them before."""
    if came:
        notes = tuple(
            [
                brought_document(key, map(Digest, await parts_brought(context, key) | parts))
                for key, parts in came.items()
            ]
        )
        allowed = allow_house_act("courier.take")
        await context.ports.store.commit(Change(allowed_by=allowed, documents=notes))
