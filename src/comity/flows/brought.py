# SPDX-License-Identifier: Apache-2.0
"""For which entry a part of a larger parcel has come: bytes lie under their digest alone.

Whoever sees a statement can name its payload in one of its own. What came for one place is
therefore not here for another: nobody learns by asking what we hold, and nobody is given or sent
what another party brought. Small parcels lie beside their entry, and need no note. Source: DESIGN 5
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.basis.ids import Digest, Place
from comity.flows.context import Context
from comity.flows.documents import PARCEL_BROUGHT, json_document, read_json_document
from comity.flows.outstanding import sealed_at
from comity.flows.view import View
from comity.ports import Document
from comity.tlog.origin import origin_hash


def parcel_key(origin: str, index: int) -> str:
    """Name the parcel of an entry in names of files and keys of documents."""
    return f"{origin_hash(origin)}.{index}"


def brought_document(key: str, parts: Iterable[Digest]) -> Document:
    """Keep which parts of a parcel have come for its own entry."""
    return json_document(PARCEL_BROUGHT, key, [*sorted(parts)])


async def parts_brought(context: Context, key: str) -> frozenset[str]:
    """Give the parts of a parcel that have come for its own entry, by digest."""
    raw = await context.ports.store.document(PARCEL_BROUGHT, key)
    value = None if raw is None else read_json_document(raw)
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset()


async def has_come(context: Context, view: View, place: Place, part: Digest) -> bool:
    """Answer whether a part has come for this place, or the payload was opened for it.

    What we released ourselves is ours. A key in custody says as much as the note, which a crash
    may have kept from us.
    """
    if place.party == view.own:
        return True
    key = parcel_key(view.heads[place.party].origin, place.index)
    if part in await parts_brought(context, key):
        return True
    sealed = sealed_at(view.fold.state, place)
    if sealed is None:
        return False
    ref = view.item_ref(place, sealed)
    return bool(await context.ports.keys.held_item_keys(frozenset({ref})))
