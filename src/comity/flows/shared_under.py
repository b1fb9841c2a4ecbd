# SPDX-License-Identifier: Apache-2.0
"""What is marked to be shared under an arrangement: its file has a word before the hub gets it.

Source: TISA 2014, paragraphs 1, 2 and 4 (treaties.md T1, T2, T4)
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from comity.agreement.acts import Action
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.basis.instants import date_of
from comity.decision.house import allow_house_act
from comity.decision.stages import Refused, allow
from comity.flows.channels import usual_channel
from comity.flows.context import Context
from comity.flows.facts import find_person, person_request
from comity.flows.journal import refusal_entry
from comity.flows.set_up import pinned_agreements
from comity.flows.turns import read_view
from comity.marking.equivalence import find_level
from comity.ports import Change
from comity.statement.passing import Sharing


class Shared(Protocol):
    """A draft, as far as an arrangement asks about it."""

    @property
    def agreement(self) -> AgreementId:
        """Give the agreement that it is released under."""

    @property
    def to(self) -> tuple[PartyId, ...]:
        """Give whom it is released to."""

    @property
    def marking(self) -> str:
        """Give our own marking, as typed."""

    @property
    def form(self) -> str:
        """Give what kind of thing it is."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """Give what it is released for."""

    @property
    def named_for(self) -> tuple[str, ...]:
        """Give the persons and posts that it is for."""

    @property
    def channel(self) -> str | None:
        """Give the way that it goes by; None: the usual one."""

    @property
    def sharing(self) -> Sharing | None:
        """Give its mark to be shared."""


async def refuse_unshareable(context: Context, person: PersonId, item: Shared) -> Refused | None:
    """Refuse to give its hub what an arrangement of ours does not cover, and journal it."""
    mark, refused = item.sharing, await find_unshareable(context, person, item)
    if mark is not None and refused is not None:
        entry = refusal_entry(
            context, refused, person, {"agreement": mark.under, "category": mark.category}
        )
        change = Change(allowed_by=allow_house_act("journal.refusal"), journal=(entry,))
        await context.ports.store.commit(change)
    return refused


async def find_unshareable(context: Context, person: PersonId, item: Shared) -> Refused | None:
    """Say why an arrangement of ours would not have its hub given this; nothing is written.

    What the hub may pass on is decided when it does. An arrangement that we have not signed says
    nothing here; what our own agreement says of the item is decided apart.
    """
    mark = item.sharing
    if mark is None or mark.under == item.agreement:
        return None
    if mark.under not in await pinned_agreements(context):
        return None
    view = await read_view(context, mark.under)
    arrangement, now = view.find_agreement(), view.moment(context)
    if arrangement is None:
        return None
    request = await person_request(context, view, await find_person(context, person), now)
    on = date_of(now, arrangement.lifecycle.zone)
    asked = replace(
        request,
        action=Action.RELEASE.value,
        item=replace(
            request.item,
            originators=(view.own,),
            level=find_level(arrangement.table, view.own, item.marking, on) or item.marking,
            category=mark.category,
            form=item.form,
            purposes=item.purposes,
            named_for=item.named_for,
            use_until=None,
        ),
        purpose=item.purposes[0] if item.purposes else None,
        channel=item.channel or usual_channel(arrangement),
        consents=(),
        sharing=None,
    )
    decided = (allow(arrangement, replace(asked, recipient=party)) for party in item.to)
    return next((each for each in decided if isinstance(each, Refused)), None)
