# SPDX-License-Identifier: Apache-2.0
"""Parcels as they travelled: sealed bytes, which open nothing without the key that stays here.

For archives and for whoever compares a payload with the digest that its statement names.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from litestar import Request
from litestar.response import Stream

from comity.api.desk import desk_of
from comity.api.item_wishes import CONTENT_TYPE
from comity.api.operations import get
from comity.api.places import (
    AgreementPath,
    IndexPath,
    PartyPath,
    agreement_of,
    known_item,
    place_of,
)
from comity.basis.encoding import encode_base64
from comity.flows.parcels import read_sealed
from comity.flows.turns import read_view
from comity.signin.permissions import Permission


@get(
    "/agreements/{agreement:str}/items/{party:str}/{index:int}/parcel",
    summary="Give an item's sealed payload",
    tags=["items"],
    media_type=CONTENT_TYPE,
)
async def give_parcel(
    request: Request[Any, Any, Any], agreement: AgreementPath, party: PartyPath, index: IndexPath
) -> Stream:
    """Give the sealed payload that the item's statement names, with its digest (RFC 9530)."""
    desk = desk_of(request, Permission.ITEMS_READ)
    named, place = agreement_of(agreement), place_of(party, index)
    item = await known_item(desk, named, place)
    view = await read_view(desk.context, named)
    parcel, sealed = item.release.parcel, item.release.sealed
    chunks = await read_sealed(desk.context, view, place, parcel, sealed)
    headers = {
        "content-disposition": "attachment",
        "content-length": str(sealed.size),
        "repr-digest": f"sha-256=:{encode_base64(bytes.fromhex(sealed.sha256))}:",
    }
    return Stream(_drawn(chunks), media_type=CONTENT_TYPE, headers=headers)


async def _drawn(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
        await asyncio.sleep(0)


PARCELS: Final = (give_parcel,)
