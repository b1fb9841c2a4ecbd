# SPDX-License-Identifier: Apache-2.0
"""A STIX 2.1 bundle that others made, taken as a draft under the TLP marking that it bears.

The whole is marked as its strictest object, and sealed as it came; nothing is released by it.
Source: STIX 2.1 7.2; FIRST TLP 2.0; docs/formats/foreign.md
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.ids import PersonId
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.formats.stix import MEDIA_TYPE, parse_stix
from comity.sealing.payload import PayloadHeader


async def draft_stix(
    context: Context, person: PersonId, item: ItemDraft, raw: bytes, *, title: str
) -> KeptDraft | Refused:
    """Keep a bundle as a draft for a releasing officer; its marking takes the place of `item`'s.

    A marking that is on no list of the agreement is refused, with its article, before anything is
    sealed.

    Raises:
        InputError: it is no bundle that is taken here.
        StateError: no such person, or no agreement is signed.
    """
    marked = replace(item, marking=parse_stix(raw).tlp)
    return await draft_item(context, person, marked, PayloadHeader(title, MEDIA_TYPE), iter([raw]))
