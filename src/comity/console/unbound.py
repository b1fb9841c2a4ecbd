# SPDX-License-Identifier: Apache-2.0
"""What every page says of agreements that do not bind. Source: TISA 2014, paragraph 8 (T6)"""

from __future__ import annotations

from dataclasses import replace

from comity.basis.ids import AgreementId
from comity.console.visit import Outcome, Page, Visit
from comity.flows.binding import not_binding
from comity.flows.set_up import pinned_agreements


async def with_unbound(outcome: Outcome, visit: Visit) -> Outcome:
    """Name on a page the agreement that it is about, or else all of ours, where they do not bind.

    A page is about what its path, its values or its choice name.
    """
    if not isinstance(outcome, Page) or visit.caller is None or visit.is_part:
        return outcome
    pinned = await pinned_agreements(visit.context)
    named = outcome.values.get("agreement") or visit.values.get("agreement")
    about = tuple(each for each in pinned if each == named) or pinned
    chosen: tuple[AgreementId, ...] = outcome.values.get("chosen", about)
    return replace(outcome, unbound=await not_binding(visit.context, chosen))
