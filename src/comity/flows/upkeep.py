# SPDX-License-Identifier: Apache-2.0
"""What a node owes its partners by itself after every exchange, and completes after a crash.

Each step may be repeated at any time; what is done is not done again. Source: DESIGN 4, 6
"""

from __future__ import annotations

from comity.basis.ids import AgreementId
from comity.decision.house import allow_house_act
from comity.flows.answers import answer_partners
from comity.flows.arrivals import take_custody
from comity.flows.context import Context, decide_again
from comity.flows.rotation import enter_card
from comity.flows.speak import Entered
from comity.flows.view import Views, commit_on, judgements_of
from comity.ports import Change


async def tend(context: Context, views: Views, agreement: AgreementId) -> tuple[Entered, ...]:
    """Do what is due in one agreement.

    1. verdicts on what had waited are kept;
    2. the keys of parcels that are whole are taken into custody;
    3. what is not taken in is answered;
    4. our newest card is entered, where the register shows an older one.
    """

    await decide_again(lambda: _keep_verdicts(context, views, agreement))  # 1
    unreadable = await take_custody(context, await views.of(agreement))  # 2
    answers = await answer_partners(context, views, agreement, unreadable)  # 3
    return (*answers, *await enter_card(context, views, agreement))  # 4


async def _keep_verdicts(context: Context, views: Views, agreement: AgreementId) -> None:
    """Keep verdicts that are found now and stand nowhere yet, as when a card was pinned by hand."""
    view = await views.of(agreement)
    kept: set[tuple[str, int]] = set()
    for head in view.heads.values():
        found = await context.ports.store.judgements(head.origin, 0, head.size)
        kept |= {(each.origin, each.index) for each in found}
    missing = tuple(
        each for each in judgements_of(view, view.judged) if (each.origin, each.index) not in kept
    )
    if missing:
        allowed = allow_house_act("register.judge")
        await commit_on(context, view, Change(allowed_by=allowed, judgements=missing))
