# SPDX-License-Identifier: Apache-2.0
"""An item made from held ones, drafted with what it inherits from them.

Source: Japan-ROK GSOMIA Art. 4(3) (treaties.md G4.3), 6(d)
"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.errors import InputError
from comity.basis.ids import PersonId
from comity.basis.instants import date_of
from comity.decision.stages import Refused
from comity.flows.context import Context
from comity.flows.deriving import inherited, parents_of
from comity.flows.drafts import ItemDraft, KeptDraft, draft_item
from comity.flows.sealed_content import Content
from comity.flows.turns import holding_about
from comity.marking.equivalence import corresponding_markings
from comity.sealing.payload import PayloadHeader
from comity.state.derivation import inherited_rights


async def derive_item(
    context: Context,
    person: PersonId,
    item: ItemDraft,
    header: PayloadHeader,
    content: Content,
) -> KeptDraft | Refused:
    """Draft an item made from the items in `derived_from`, as the drafter.

    1. originators are those of all of them and ourselves, and it bears every private right in one
       of them; without purposes, persons or an end of use of its own it is for those that all of
       them are for, and may be used as long as the first of them; without a marking it gets ours
       for the highest level;
    2. it is drafted like any other, and decided for each of them besides.

    Raises:
        InputError: it is made from nothing, no purpose is left, or several markings of ours fit.
        StateError: one of them is no item, or is not held here.
    """
    if not item.derived_from:
        raise InputError(
            "item.made-from-nothing",
            "what is derived names what it is made from",
            hint="name each item: --from ITEM",
        )
    async with holding_about(context, item.agreement, item.derived_from) as view:
        parents = parents_of(view, item.derived_from)
        ours = inherited(context, view, item.derived_from)  # 1
        file = view.agreement()
        on = date_of(view.moment(context), file.lifecycle.zone)
        markings = corresponding_markings(file.table, view.own, ours.level, on)
    marking = item.marking or (markings[0] if len(markings) == 1 else "")
    if not marking:
        raise InputError(
            "item.marking-choice",
            "several markings of ours fit that level",
            where="marking",
            expected=" or ".join(markings),
            hint="choose one: --marking",
        )
    made = replace(
        item,
        marking=marking,
        originators=ours.originators,
        purposes=item.purposes or ours.purposes,
        use_until=item.use_until or ours.use_until,
        named_for=item.named_for or ours.named_for,
        rights=tuple(sorted({*item.rights, *inherited_rights(parents)})),
    )
    return await draft_item(context, person, made, header, content)  # 2
