# SPDX-License-Identifier: Apache-2.0
"""A STIX 2.1 bundle that others made, taken as a draft under the TLP marking that it bears.

The whole is marked as its strictest object, and sealed as it came; nothing is released by it.
Source: STIX 2.1 7.2; FIRST TLP 2.0; docs/formats/foreign.md
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import PersonId
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.formats.stix import MEDIA_TYPE as STIX
from comity.formats.stix import parse_stix
from comity.sealing.payload import PayloadHeader

__all__ = ["STIX", "check_stix", "draft_stix"]


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
    return await draft_item(context, person, marked, PayloadHeader(title, STIX), iter([raw]))


def check_stix(raw: bytes, marking: str) -> None:
    """Hold a bundle to what is taken here, and the marking that a person chose for it to its own.

    Raises:
        InputError: it is no bundle that is taken here, or the marking is another.
    """
    tlp = parse_stix(raw).tlp
    if marking != tlp:
        raise InputError(
            "item.other-tlp",
            "the marking is not the strictest that an object of the bundle bears",
            where="marking",
            expected=tlp,
            found=excerpt(marking),
            hint="choose the bundle's own marking; an agreement without it does not let it in",
        )
